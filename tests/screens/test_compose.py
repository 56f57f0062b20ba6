"""Writing a message from start to end, by the keyboard alone, at every size."""

from pathlib import Path

import pytest
from textual.widgets import Input

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.screens.base.confirm import Confirm
from genesis_tui.screens.messages.compose.attach import AttachPicker
from genesis_tui.screens.messages.compose.dialogs import EmergencyDialog
from genesis_tui.screens.messages.compose.fields import BodyField, ChoiceField
from genesis_tui.screens.messages.compose.recipients import ToField
from genesis_tui.screens.messages.compose.screen import ComposeScreen
from genesis_tui.screens.messages.inbox.screen import InboxScreen
from genesis_tui.widgets.page import Page
from tests.screens.signed_in import BOTH_ENDS, Session
from tests.screens.writing_app import (
    PDF,
    Size,
    Write,
    api,
    bodies,
    filled,
    first_match,
    folder,
    form,
    link,
    new_form,
    on_inbox,
    own_places,
    paste,
    review,
    whole_dialog,
    write,
)
from tests.session.faulty_link import FaultyLink

__all__ = ["folder", "link", "own_places", "write"]
NOTICE = "Not for emergencies: call 911 or go to the nearest emergency room."


def notice(app: Session) -> bool:
    """Whether the whole notice is on the screen."""
    return NOTICE in " ".join(line.strip("▌ ") for line in app.lines)


# from start to end


@pytest.mark.rule("MSG-1", "MSG-5", "FAM-9")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_a_message_from_start_to_end(mock: Mock, write: Write, size: Size) -> None:
    async with write(size) as app:
        await filled(app)
        draft = form(app).draft
        assert (draft.recipient, draft.subject, draft.category) == ("Dr. Anna Okafor", "Iron", "visit-instructions")
        async for width, _ in app.sizes():
            assert "Message ▌" in app.line("Is it low?"), "the label shows the focus"
            assert all(len(line) <= width for line in app.lines)
        await app.pilot.resize_terminal(*size)
        await review(app)
        assert app.line("DANIEL REYES  your record")
        told = whole_dialog(app)
        for part in ("Send this message", "Dr. Anna Okafor", "Iron", "Is it low?", "Fri 27 Nov 2026"):
            assert part in told
        await app.press("enter")
        assert isinstance(app.app.screen, Confirm), "enter never acts"
        assert bodies(mock, "Is it%") == []
        await app.press("y", "y")
        await on_inbox(app)
        await app.until(lambda: "due Fri" in app.text)
        assert "due Fri" in app.line("Iron") or "due Fri" in app.lines[app.lines.index(app.line("Iron")) + 1]
        assert bodies(mock, "Is it%") == ["Is it low?"]


@pytest.mark.rule("MSG-8")
async def test_esc_in_the_preview_sends_nothing(mock: Mock, write: Write) -> None:
    async with write() as app:
        await filled(app)
        await review(app)
        assert "can't be changed or taken back" in app.text
        await app.press("escape")
        assert form(app).draft.body == "Is it low?"
        assert bodies(mock, "Is it%") == []


@pytest.mark.rule("MSG-12")
async def test_a_second_y_does_nothing(mock: Mock, write: Write) -> None:
    async with write() as app:
        await filled(app)
        await review(app)
        dialog = app.app.screen
        assert isinstance(dialog, Confirm)
        await app.press("y", "y", "y")
        assert dialog.check_action("act", ()) is False
        await on_inbox(app)
        assert bodies(mock, "Is it%") == ["Is it low?"]


@pytest.mark.rule("FAM-9", "FAM-10")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_for_a_daughter_both_names_are_told(mock: Mock, write: Write, size: Size) -> None:
    async with write(size, patient="Maya") as app:
        await new_form(app, "")
        assert "MAYA REYES" in app.lines[0]
        assert "daughter" in app.line("Maya Reyes ·")
        await app.press("enter", "right", "enter", *"Iron", "enter", *"Low?")
        await review(app)
        assert app.line("MAYA REYES  daughter")
        assert "Daniel Reyes, for Maya Reyes" in whole_dialog(app)
        await app.press("y")
        await on_inbox(app)
        await app.until(lambda: bodies(mock, "Low?") == ["Low?"])
        with mock.database.begin() as conn:
            row = conn.exec_driver_sql("SELECT patient_id, sender FROM message WHERE body = 'Low?'").one()
        assert app.app.people is not None
        assert row[0] == app.app.people.find("Maya")[0].id
        assert "Daniel Reyes" in row[1]


# the notice


@pytest.mark.rule("MSG-3")
async def test_the_notice_is_there_before_anything_can_be_typed_and_stays(write: Write) -> None:
    """In the first form of a sign-in and in those after it."""
    async with write() as app:
        async for _ in app.sizes():
            await new_form(app)
            assert notice(app)
            await app.press("right", "enter", "a", "enter")
            await paste(app, "\n" * 30)
            await app.press("b")
            assert notice(app)
            assert "b" in app.text
            app.app.say("Something.", "x" * 200, ok=False)
            app.app.say("Another.", "x" * 200, ok=False)
            await app.pilot.pause()
            assert notice(app)
            await app.press("escape", "escape")
            await on_inbox(app)


@pytest.mark.rule("MSG-3")
async def test_nothing_is_typed_before_the_notice_is_drawn(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that come before the form stands belong to the inbox."""
    seen: list[bool] = []
    usual = ComposeScreen.changed

    def changed(self: ComposeScreen, draft: object) -> None:
        seen.append(any(widget.region.height > 0 for widget in self.query("EmergencyNotice")))
        usual(self, draft)  # type: ignore[arg-type]

    monkeypatch.setattr(ComposeScreen, "changed", changed)
    async with write() as app:
        await new_form(app, "")
        app.app.screen.query_one("#text", BodyField).focus()
        await app.press(*"abc")
        assert len(seen) >= 3
        assert all(seen)


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_words_of_an_emergency_ask_first(mock: Mock, write: Write, size: Size) -> None:
    async with write(size) as app:
        await filled(app, body="x")
        for words in ("chest pain", "can’t breathe"):
            form(app).query_one("#text", BodyField).text = "x"
            await paste(app, f" {words}")
            await app.press("ctrl+r")
            await app.until(lambda: isinstance(app.app.screen, EmergencyDialog))
            async for _ in app.sizes():
                assert "911" in app.text
                assert "988" in app.text
            await app.pilot.resize_terminal(*size)
            told = whole_dialog(app)
            assert told.index("911") < told.index("988") < told.index("Your message has")
            await app.press("enter", "y")
            assert isinstance(app.app.screen, EmergencyDialog), "neither enter nor y goes on"
            await app.press("escape")
            assert words in form(app).draft.body
            await app.press("ctrl+r")
            await app.until(lambda: isinstance(app.app.screen, EmergencyDialog))
            await app.press("n")
            await app.until(lambda: isinstance(app.app.screen, Confirm))
            assert bodies(mock, "x%") == []
            await app.press("escape")
            await app.until(lambda: isinstance(app.app.screen, ComposeScreen))


# fields


@pytest.mark.rule("MSG-1", "MSG-2")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_the_pcm_comes_first_and_words_find_others(write: Write, size: Size) -> None:
    async with write(size) as app:
        await new_form(app, "")
        assert first_match(app) == "Dr. Anna Okafor"
        assert "your PCM" in app.text
        names = [row.name for row in form(app).query_one(ToField).matches.rows]
        kinds = [row.kind for row in form(app).query_one(ToField).matches.rows]
        assert kinds == sorted(kinds, key=lambda kind: kind != "provider"), "people first, then clinics"
        await app.press("down")
        assert first_match(app) == names[1]
        await app.press("up", *"derm")
        await app.until(lambda: "Dermatology" in app.text and first_match(app) != "Dr. Anna Okafor")
        await app.press(*["backspace"] * 4, *"zzz")
        await app.expect("No person or clinic of that")
        await app.press("enter")
        assert not form(app).draft.recipient_id


@pytest.mark.rule("MSG-1")
async def test_clinics_stand_above_strangers_and_more_is_marked(write: Write) -> None:
    async with write() as app:
        await new_form(app, "")
        await app.press(*"family")
        await app.until(lambda: any(not row.role for row in form(app).query_one(ToField).matches.rows))
        rows = form(app).query_one(ToField).matches.rows
        ranks = [0 if row.role else 1 if row.kind != "provider" else 2 for row in rows]
        assert (ranks, set(ranks)) == (sorted(ranks), {0, 1, 2})
        await app.until(lambda: any("↓" in line for line in app.lines), "nothing says that there are more")


@pytest.mark.rule("MSG-12")
async def test_sending_says_what_it_waits_for_and_esc_goes_on_without(
    mock: Mock, write: Write, link: FaultyLink, folder: Path
) -> None:
    put(folder)
    async with write() as app:
        await filled(app)
        await pick(app, "good")
        link.flows.clear()
        await app.press("ctrl+r")
        await app.expect("Sending good.pdf", "The server has not", "esc don't")
        await app.press("y", "x")
        assert bodies(mock, "Is it%") == [], "y is refused before there is a preview"
        await app.press("escape")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        assert form(app).draft.body == "Is it low?"
        link.flows.set()
        await review(app)
        link.flows.clear()
        await app.press("y")
        await app.expect("Sending", "The server has not", "esc go on without waiting")
        await app.press("escape")
        await app.expect("On its way.")
        assert isinstance(app.app.screen, InboxScreen)
        link.flows.set()
        await app.until(lambda: bodies(mock, "Is it%") == ["Is it low?"])
        await app.expect("Sent to Dr. Anna Okafor")


@pytest.mark.rule("MSG-11")
async def test_who_can_not_be_written_to_says_why_and_is_never_chosen(write: Write) -> None:
    async with write((45, 50)) as app:
        await new_form(app, "")
        await app.press(*"Greco")
        for size in ((45, 50), (80, 24), (120, 40)):
            await app.pilot.resize_terminal(*size)
            await app.until(lambda: "Greco" in app.text.replace("▌Greco", ""))
            said = " ".join(line.partition("│ ")[0].strip() for line in app.lines)
            assert "Lt. Cmdr. Angela Greco is not linked to this profile." in said
            assert "A visit there links them." in said, "the reason is whole"
            await app.press("enter", "down", "enter")
            assert not form(app).draft.recipient_id


async def test_other_words_choose_nobody_any_more(write: Write) -> None:
    async with write() as app:
        await new_form(app)
        await app.press("shift+tab")
        await app.press("backspace")
        await app.until(lambda: not form(app).draft.recipient_id)
        await app.expect("your PCM")
        assert form(app).due is None


async def test_the_name_stays_whole_beside_its_hint(write: Write) -> None:
    async with write() as app:
        await new_form(app)
        async for _ in app.sizes():
            assert "Dr. Anna Okafor" in app.line("To ")


async def test_lines_pasted_into_one_line_are_joined(write: Write) -> None:
    async with write() as app:
        await new_form(app)
        await app.press("right", "enter")
        await paste(app, "Knee brace:\r\n  which size?\n")
        assert form(app).draft.subject == "Knee brace: which size?"


@pytest.mark.rule("MSG-4")
async def test_categories_go_round_by_arrows(write: Write) -> None:
    async with write() as app:
        await new_form(app)
        row = form(app).query_one("#category", ChoiceField)
        assert row.has_focus
        seen = []
        for _ in row.words:
            await app.press("right")
            seen.append(row.words[row.chosen])
            assert f"{row.chosen + 1} of {len(row.words)}" in app.line("Category")
        assert seen == list(row.words)
        assert len(seen) == 7, "a correction begins at the entry that is wrong"
        await app.press("right", "left", "left")
        assert row.chosen == len(row.words) - 2
        await app.press("enter")
        assert form(app).query_one("#subject", Input).has_focus


@pytest.mark.rule("MSG-6")
async def test_counters_count_and_too_much_is_told(write: Write) -> None:
    async with write() as app:
        await new_form(app)
        await app.press("right", "enter")
        await paste(app, "s" * 51)
        assert "51/50" in app.line("Subject")
        await app.press("enter")
        await paste(app, "m" * 10_001)
        await app.until(lambda: "10,001 of 10,000 characters" in app.text)
        await app.press("ctrl+r")
        await app.expect("The subject needs 1 to 50 characters.")
        assert "too long" in app.app.notes[-1].text


# files


def put(folder: Path) -> None:
    (folder / "good.pdf").write_bytes(PDF)
    (folder / "again.pdf").write_bytes(PDF)
    (folder / "big.pdf").write_bytes(b"%PDF" + bytes(6 * 1024**2))
    (folder / "lie.png").write_bytes(b"no picture")
    (folder / "tool.exe").write_bytes(b"MZ")
    (folder / "empty.txt").touch()
    (folder / "more").mkdir()
    (folder / "more" / "inner.txt").write_text("inside")


def _words_of(app: Session) -> str:
    """What a picker says under its rows."""
    return " ".join(str(getattr(row, "text", "")) for row in app.app.screen.query_one("#words", Page).rows)


async def pick(app: Session, name: str) -> None:
    await app.press("ctrl+o", *name, "enter")
    await app.until(lambda: not (isinstance(app.app.screen, AttachPicker) and app.app.screen._attaching))


@pytest.mark.rule("MSG-6")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_files_are_attached_and_refused_by_name(write: Write, folder: Path, size: Size) -> None:
    put(folder)
    async with write(size) as app:
        await new_form(app)
        for name, why in (("big", "big.pdf is over 6 MiB"), ("tool", "kind"), ("empty", "empty.txt is empty")):
            await pick(app, name)
            await app.expect(why)
            await app.press("escape")
        await pick(app, "lie")
        await app.until(lambda: "lie.png is named like a PNG file" in _words_of(app))
        assert isinstance(app.app.screen, AttachPicker), "the picker stays"
        await app.press(*["backspace"] * 3, *"good")
        await app.until(lambda: "name says" not in _words_of(app), "its note goes with the next")
        await app.press("enter")
        await app.until(lambda: not isinstance(app.app.screen, AttachPicker))
        assert [file.name for file in form(app).draft.files] == ["good.pdf"]
        await pick(app, "again")
        await app.until(lambda: "again.pdf is attached already, as good.pdf" in _words_of(app))
        await app.press("escape", "ctrl+o", *"more", "enter", *"inn", "enter")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        assert [file.name for file in form(app).draft.files] == ["good.pdf", "inner.txt"]
        drafts, good = api(app).drafts, form(app).draft.files[0]
        await app.press("ctrl+o")
        await app.expect("take away")
        await app.press("enter")
        await app.until(lambda: "good.pdf" not in app.text)
        await app.until(lambda: drafts.files.content(good) is None, "it stays on this disk")


@pytest.mark.rule("MSG-6")
async def test_a_file_goes_with_the_message(mock: Mock, write: Write, folder: Path) -> None:
    put(folder)
    async with write() as app:
        await filled(app)
        await pick(app, "good")
        await app.until(lambda: "good.pdf" in app.line("Attached"))
        (folder / "good.pdf").write_bytes(b"%PDF changed since")
        await review(app)
        assert "good.pdf" in app.text
        await app.press("y")
        await on_inbox(app)
        await app.until(lambda: bool(bodies(mock, "Is it%")))
        with mock.database.begin() as conn:
            row = conn.exec_driver_sql("SELECT name, size FROM attachment WHERE message_id != ''").one()
        assert tuple(row) == ("good.pdf", len(PDF)), "as it was when it was attached"


async def test_no_path_that_is_typed_breaks_the_picker(write: Write, folder: Path) -> None:
    async with write() as app:
        await new_form(app)
        for typed in ("~nobody-of-this-name/x", "/proc/1/root/x", "../../../../..", "a\x00b", "~"):
            await app.press("ctrl+o")
            await app.until(lambda: isinstance(app.app.screen, AttachPicker))
            await paste(app, typed)
            await app.press("enter", "escape")
            assert isinstance(app.app.screen, ComposeScreen)


async def test_the_text_takes_line_ends_as_terminals_paste_them(write: Write) -> None:
    async with write() as app:
        await filled(app, body="x")
        await paste(app, "one\rtwo\r\nthree\nfour")
        assert form(app).draft.body == "xone\ntwo\nthree\nfour"


async def test_the_persons_own_editor(write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with write() as app:
        await filled(app)
        monkeypatch.setenv("EDITOR", "no-such-editor-here")
        monkeypatch.delenv("VISUAL", raising=False)
        await app.press("f4")
        await app.expect("There is no editor.", "EDITOR")
        assert form(app).draft.body == "Is it low?"
