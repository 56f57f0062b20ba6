"""A long value and what is missing, in the app on the server of a shared case."""

import pytest

from genesis_tui.app.app import GenesisApp
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile, Settings
from tests.cases import BASE, CaseServer, case
from tests.screens.signed_in import Session


@pytest.mark.parametrize("size", [(45, 50), (120, 40)])
async def test_a_long_text_is_whole_in_the_detail_and_behind_enter(size: tuple[int, int]) -> None:
    server = CaseServer([*case("long-text-value"), *case("report-text-in-observations")[1:]])
    portal = Portal(ServerProfile("elsewhere", BASE, trust_host=True), transport=server, keep=False)
    app = GenesisApp(portal, Settings(theme="dark"))
    async with app.run_test(size=size) as pilot:
        screen = Session(app, pilot)
        await screen.expect("Quill")
        await screen.press("enter")
        await screen.expect("Chest picture", "1 missing" if size[0] < 120 else "!")
        await screen.press("slash", *"wound", "enter", "enter")
        await screen.expect("No growth after 48 hours.", "Gram stain: few", "further tests before 6 March.")
        assert "    white cells seen, no organisms." in screen.text
        await screen.press("enter")
        await screen.expect("Taken", "further tests before 6 March.", "close")
    await app.portal.close()
