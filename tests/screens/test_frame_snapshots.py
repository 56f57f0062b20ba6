"""Pictures of the screens of the frame, so that no change of looks goes unseen. The clock stands still."""

from collections.abc import Callable

import pytest
from textual.app import App
from textual.pilot import Pilot

from genesis_tui.screens.family.screen import FamilyScreen
from tests.screens.conftest import MakeApp, pick
from tests.screens.signed_in import SIZES, Session

Snap = Callable[..., bool]


def shown(app: App[int], username: str, *keys: str, text: str) -> Callable[[Pilot[int]], object]:
    """Signs in where a user name is given, presses keys, and waits for words."""

    async def run(pilot: Pilot[int]) -> None:
        stage = Session(app, pilot)  # type: ignore[arg-type]
        await stage.expect("SIGN IN WITH")
        if username:
            await pick(stage, username)
            await stage.until(lambda: "FAMILY" in stage.lines[0] and "✓" in stage.lines[0])
        for key in keys:
            await stage.press(key)
            await stage.until(lambda: not isinstance(app.screen, FamilyScreen) or "✓" in stage.lines[0])
        await stage.expect(text)
        await pilot.pause(0.2)

    return run


@pytest.mark.parametrize("size", SIZES)
def test_sign_in(snap_compare: Snap, new_app: MakeApp, size: tuple[int, int]) -> None:
    app = new_app()
    assert snap_compare(app, terminal_size=size, run_before=shown(app, "", text="DS Logon"))


@pytest.mark.parametrize("size", SIZES)
def test_switcher(snap_compare: Snap, new_app: MakeApp, size: tuple[int, int]) -> None:
    app = new_app()
    run = shown(app, "daniel.reyes", "7", "f", text="Whose record")
    assert snap_compare(app, terminal_size=size, run_before=run)


@pytest.mark.parametrize("theme", ["light", "contrast", "colour-blind", "ansi"])
def test_switcher_in_other_themes(snap_compare: Snap, new_app: MakeApp, theme: str) -> None:
    app = new_app(theme=theme)
    run = shown(app, "daniel.reyes", "7", "f", text="Whose record")
    assert snap_compare(app, terminal_size=(80, 24), run_before=run)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_family(snap_compare: Snap, new_app: MakeApp, size: tuple[int, int]) -> None:
    app = new_app()
    assert snap_compare(app, terminal_size=size, run_before=shown(app, "elena.reyes", "7", text="ACCESS YOU GAVE"))


@pytest.mark.parametrize("size", [(45, 24), (80, 24)])
def test_who_opened_a_record(snap_compare: Snap, new_app: MakeApp, size: tuple[int, int]) -> None:
    app = new_app()
    run = shown(app, "elena.reyes", "7", "o", "left", text="signed in")
    assert snap_compare(app, terminal_size=size, run_before=run)


def test_patient_information(snap_compare: Snap, new_app: MakeApp) -> None:
    app = new_app()
    assert snap_compare(app, terminal_size=(80, 24), run_before=shown(app, "daniel.reyes", "p", text="DoD ID"))


def test_who_to_call(snap_compare: Snap, new_app: MakeApp) -> None:
    app = new_app()
    assert snap_compare(app, terminal_size=(45, 50), run_before=shown(app, "", "f1", text="1-800-600-9332"))


def test_a_preview(snap_compare: Snap, new_app: MakeApp) -> None:
    app = new_app()
    keys = ("7", "n", *"elena.reyes", "ctrl+r")
    run = shown(app, "daniel.reyes", *keys, text="y give access")
    assert snap_compare(app, terminal_size=(80, 24), run_before=run)
