"""What every screen has: whose record, the places, the keys that work, messages, and a window that may be small."""

import asyncio
from datetime import timedelta

import pytest
from textual.events import Resize
from textual.geometry import Size
from textual.widget import Widget

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.base.errors import ApiError, Unreachable
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.frame.bar import Bar
from genesis_tui.widgets.frame.keys_row import KeysRow
from tests.screens.conftest import Start, pick

DANIEL = "daniel.reyes"


@pytest.mark.rule("FAM-9")
async def test_whose_record_is_open_stands_on_every_place(start: Start) -> None:
    async with start(username=DANIEL) as stage:
        await stage.expect("FAMILY · ")
        async for _ in stage.sizes():
            for key, shown in (("2", "DANIEL"), ("p", "DANIEL"), ("7", "FAMILY"), ("1", "FAMILY")):
                await stage.press(key)
                await stage.until(lambda shown=shown: shown in stage.lines[0])
                assert "MOCK" in stage.lines[0]


@pytest.mark.rule("FAM-9")
async def test_a_dialog_leaves_the_bar_in_sight(start: Start) -> None:
    async with start((40, 10), DANIEL) as stage:
        await stage.press("2")
        await stage.until(lambda: "DANIEL REYES" in stage.lines[0])
        for key in ("f", "question_mark", "f1", "ctrl+p"):
            await stage.press(key)
            await stage.until(lambda: len(stage.app.screen_stack) == 2)
            assert "DANIEL REYES" in stage.lines[0]
            await stage.press("escape")


@pytest.mark.rule("SUP-1")
async def test_the_service_center_is_one_key_away_everywhere(start: Start) -> None:
    async with start() as stage:
        await stage.expect("SIGN IN WITH")
        await stage.press("f1")
        async for _ in stage.sizes():
            await stage.expect("Who to call", "1-800-600-9332", "24/7")
        await stage.press("escape")
        await pick(stage, DANIEL)
        async for _ in stage.sizes():
            for key in ("1", "2", "7", "p", "f", "question_mark"):
                await stage.press(key, "f1")
                await stage.expect("1-800-600-9332")
                await stage.press("escape", "escape")


async def test_the_service_center_stands_on_the_sign_in_screen(start: Start) -> None:
    async with start((80, 24)) as stage:
        await stage.expect("f1 Global Service Center 1-800-600-9332, 24/7")
    async with start((45, 50)) as stage:
        await stage.expect("Global Service Center, 24/7", "1-800-600-9332")


async def test_a_window_too_small_asks_for_a_larger_one_in_what_fits(start: Start) -> None:
    async with start((60, 9)) as stage:
        for width, height, words in (
            (60, 9, "Make the window at least 40×10 (now 60×9)."),
            (40, 9, "Make the window 40×10 or larger."),
            (20, 5, "Needs 40×10 cells."),
            (8, 2, "40×10"),
        ):
            await stage.pilot.resize_terminal(width, height)
            await stage.pilot.pause()
            assert stage.lines[0] == words
            assert not "".join(stage.lines[1:])
        await stage.pilot.resize_terminal(40, 10)
        await stage.expect("SIGN IN WITH")


async def test_a_dialog_in_a_window_that_became_too_small(start: Start) -> None:
    async with start((80, 24)) as stage:
        await stage.expect("SIGN IN WITH")
        await stage.press("f1")
        await stage.pilot.resize_terminal(30, 8)
        await stage.expect("Needs 40×10 cells.")
        await stage.pilot.resize_terminal(80, 24)
        await stage.expect("Who to call")


async def test_keys_shown_fit_and_the_fixed_pair_stays(start: Start) -> None:
    async with start(username=DANIEL) as stage:
        await stage.expect("FAMILY")
        async for width, _ in stage.sizes():
            for key in ("1", "2", "7", "p"):
                await stage.press(key)
                assert stage.keys.endswith("f family  ? keys")
                assert len(stage.keys) < width


async def test_every_key_in_the_last_row_works(start: Start) -> None:
    async with start((120, 40), DANIEL) as stage:
        await stage.press("7")
        await stage.expect("n give access")
        await stage.press("n")
        await stage.expect("Give access to your record")


async def test_messages_stand_above_the_keys_and_go_on_esc(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.expect("FAMILY")
        stage.app.say("Not done.", "It was refused. " * 8, ok=False)
        stage.app.say("Saved", "~/a.pdf")
        await stage.pilot.pause()
        rows = stage.lines
        assert rows[-2].startswith("▌ ✓ Saved ~/a.pdf")
        assert rows[-4].startswith("▌ Not done. It was refused.")
        assert rows[-3].startswith("▌ ")
        await stage.press("escape")
        assert "Saved" not in stage.text
        assert "Not done" not in stage.text


async def test_only_the_two_newest_messages_stay(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.expect("FAMILY")
        for number in range(4):
            stage.app.say(f"Note {number}", ok=False)
        await stage.expect("Note 2", "Note 3")
        assert "Note 1" not in stage.text


async def test_an_error_says_what_why_and_what_to_do(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.expect("FAMILY")
        stage.app.report(ApiError("It failed.", detail="The server is away.", next="Try later."))
        await stage.expect("It failed. The server is away. Try later.")


async def test_server_text_in_a_message_is_no_markup(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.expect("FAMILY")
        stage.app.report(ApiError("[@click=app.quit]press[/x] [b]", detail="[/nothing]"))
        await stage.expect("[@click=app.quit]press[/x] [b] [/nothing]")


async def test_nothing_is_drawn_while_nothing_changes(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    async with start((120, 40), DANIEL) as stage:
        await stage.expect("✓ ")
        await stage.pilot.pause(0.3)
        drawn: list[object] = []
        display = stage.app._display
        monkeypatch.setattr(stage.app, "_display", lambda *a: (drawn.append(a), display(*a)))
        await stage.pilot.pause(0.7)
        await stage.pilot.hover(Bar)
        await stage.pilot.hover(KeysRow)
        await stage.pilot.hover("#home")
        await stage.pilot.pause(0.1)
        assert drawn == []


async def test_facts_that_stay_the_same_are_not_drawn_again(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.expect("✓ ")
        await stage.pilot.pause()
        bar, keys = (stage.app.screen.query_one(kind) for kind in (Bar, KeysRow))
        refreshed: list[Widget] = []
        for row in (bar, keys):
            row.refresh = lambda *_, row=row, **__: refreshed.append(row)  # type: ignore[method-assign]
        stage.app.screen.refresh_frame()  # type: ignore[attr-defined]
        assert refreshed == []


async def test_q_goes_back_then_home_then_quits(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.expect("FAMILY")
        await stage.press("2")
        await stage.until(lambda: stage.app.current_mode.startswith("results"))
        await stage.press("q")
        await stage.until(lambda: stage.app.current_mode == "home")
        await stage.press("q")
        await stage.until(lambda: stage.app._exit)


async def test_signing_out_removes_every_screen_and_forgets_the_person(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.press("2")
        await stage.until(lambda: stage.app.current_mode.startswith("results"))
        await stage.press("Q")
        await stage.expect("SIGN IN WITH")
        await stage.until(lambda: set(stage.app._screen_stacks) <= {"sign-in", "support", "_default"})
        assert stage.app.portal.sign_in.me is None
        assert stage.app.portal.record is None
        assert stage.app.people is None


async def test_what_passes_takes_no_key_and_nothing_told_outlasts_the_sign_in(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.press("2")
        await stage.expect("Lipid panel")
        await stage.press("enter")
        await stage.expect("collected")
        stage.app.say("Saved", "~/a.pdf")
        stage.app.status.stand("This locks in 2 minutes.", "Any key keeps it open.", about="x")
        await stage.press("escape")
        await stage.expect("All  Labs", "Saved", "This locks in")
        stage.app.report(Unreachable("The server can't be reached."))
        await stage.expect("The server can't be reached.")
        await stage.press("f5")
        await stage.until(lambda: "can't be reached" not in stage.text)
        stage.app.say("Not saved.", ok=False)
        await stage.press("Q")
        await stage.expect("SIGN IN WITH")
        assert stage.app.notes == ()


async def test_places_keys_and_chips_react_to_the_mouse(start: Start) -> None:
    async def click(words: str, row: int) -> None:
        column = stage.lines[row].index(words)
        await stage.pilot.click(offset=(column, row))
        await stage.pilot.pause()

    async with start((80, 24), DANIEL) as stage:
        await stage.expect("FAMILY")
        await click("Results", 1)
        await stage.expect("Lipid panel", "83 ━")
        await click("Rad", 3)
        await stage.until(lambda: "Lipid panel" not in stage.text)
        await click("abnormal", 3)
        await stage.expect("No abnormal radiology results")
        await click("abnormal", 3)
        await click("newest", 3)
        await stage.expect("oldest first")
        await stage.press("o", "o", "o")
        await stage.expect("newest first")
        await click("enter", 23)
        await stage.expect("1 of 4")
        keys = [key for key, _ in stage.app.screen.query_one(KeysRow).keys]
        assert keys.index("a") < keys.index("[ ]") < keys.index("y") < keys.index("f5")
        await click("keys", 23)
        await stage.expect("Keys of this screen")


async def test_ctrl_z_takes_back_what_was_typed(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.press("2")
        await stage.expect("Lipid panel")
        await stage.press(*"/lipid", "space", *"pan", "ctrl+z")
        await stage.expect("/ lipid")
        assert "/ lipid pan" not in stage.text
        await stage.press("ctrl+z", "ctrl+z", "ctrl+z", "ctrl+z")
        await stage.expect("title, test, value, author")
        assert stage.app.portal.sign_in.locked is None
        await stage.press("escape", "ctrl+p", *"go", "space", *"inb", "ctrl+z")
        await stage.expect("/ go in ", "do it")
        await stage.press("ctrl+w")
        await stage.expect("/ go ", "Go to Family")
        await stage.press("ctrl+u")
        await stage.expect("type what to do")


async def test_no_color_paints_nothing_and_ascii_is_ascii_everywhere(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    symbols.use_ascii(ascii_only=True)
    places = {"1": "COMING UP", "2": "Lipid panel", "t": "2019", "4": "UPCOMING", "7": "OPENED"}
    try:
        async with start((120, 40), DANIEL, theme="dark") as stage:
            for key, part in places.items():
                await stage.press(key)
                await stage.expect(part)
                assert stage.text.isascii()
                strips = stage.app.screen._compositor.render_strips()
                styles = [segment.style for strip in strips for segment in strip if segment.style]
                assert all(s.color is None or s.color.is_default for s in styles)
                assert all(s.bgcolor is None or s.bgcolor.is_default for s in styles)
    finally:
        symbols.use_ascii(ascii_only=False)


async def test_a_session_that_the_server_ended_leads_back_to_signing_in(start: Start, mock: Mock) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.press("2")
        await stage.until(lambda: "DANIEL REYES" in stage.lines[0])
        mock.clock.advance(timedelta(hours=13))
        await stage.press("f5")
        await stage.expect("SIGN IN WITH", "session")
        assert stage.app.current_mode == "sign-in"
        assert stage.app.portal.record is None
        await stage.until(lambda: stage.app.portal.sign_in.me is None)
        await stage.until(lambda: "not signed in" in stage.lines[0])


async def test_ctrl_c_says_how_to_quit_in_the_message_line(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.expect("FAMILY")
        await stage.press("ctrl+c")
        await stage.expect("▌ ctrl+q quits.")
        assert not stage.app._notifications


@pytest.mark.parametrize("keys", [("2",), ("2", "question_mark")], ids=["place", "dialog"])
async def test_sizes_that_the_window_had_do_not_come_back(start: Start, keys: tuple[str, ...]) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.press(*keys)
        screen, told = stage.app.screen, list[object]()

        def laid_out(told_by: object) -> None:
            told.append(told_by)
            if len(told) == 50:  # it would go on for ever
                screen.disable_messages(Resize)

        screen.screen_layout_refresh_signal.subscribe(screen, laid_out)
        for size in (Size(80, 24), Size(120, 40), Size(80, 24)):
            screen.post_message(Resize(size, size))
            screen.call_later(lambda: None)  # two sizes in a row would be one
        await asyncio.sleep(0.2)
        assert len(told) < 10
