"""What a clipboard looks like: a question, all of them, and the summary before it is submitted."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from genesis_tui.app.app import GenesisApp
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.screens.appointments.clipboard.screen import ClipboardScreen
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile, Settings
from tests.screens.signed_in import DANIEL, Session
from tests.screens.writing_app import Size, link, own_places
from tests.session.faulty_link import FaultyLink

__all__ = ["link", "own_places"]


async def the_question(app: Session) -> None:
    await app.press("f2", *["down"] * 3, "enter")
    await app.expect("how many nights did coughing wake")
    await app.press(*["down"] * 4, "space", *"only on Sundays")
    await app.expect("something else: only on Sundays")


async def all_of_them(app: Session) -> None:
    await app.press("down", "space", "enter", "space", "enter", *"3", "f2")
    await app.expect("because 2 is yes")


async def the_summary(app: Session) -> None:
    await app.press("down", "space", "enter", "space", "enter", *"3", "shift+tab", "down", "space", "ctrl+r")
    await app.expect("no longer asked: 3")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("what", [the_question, all_of_them, the_summary], ids=lambda what: what.__name__)
def test_it_looks_as_it_did(
    mock: Mock,
    link: FaultyLink,
    snap_compare: Callable[..., bool],
    what: Callable[[Session], Awaitable[None]],
    size: Size,
) -> None:
    portal = Portal(ServerProfile("test", mock.issuer, secrets="memory"), transport=link)
    app = GenesisApp(portal, replace(Settings(), theme="dark"))

    async def run(pilot: Pilot[Any]) -> None:
        stage = Session(app, pilot)
        await stage.enter(mock, DANIEL, "maya", "appointments")
        await stage.until(lambda: "Asthma follow-up" in stage.text and "✓" in stage.lines[0])
        app.clear_notes()
        await stage.press("b")
        await stage.expect("How well was the asthma controlled")
        await what(stage)
        cast("ClipboardScreen", app.screen).saving.keep_on_server()
        await stage.until(lambda: cast("ClipboardScreen", app.screen).saving.filling.on_server)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=run)
