"""Drafts, and what is done to conversations: kept, gone on with, replied to, moved, undone, saved, sent once."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from genesis_tui.app import type_ahead
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.screens.base.confirm import Confirm
from genesis_tui.screens.messages.compose.dialogs import ConflictDialog
from genesis_tui.screens.messages.compose.fields import BodyField
from genesis_tui.screens.messages.compose.screen import ComposeScreen
from genesis_tui.screens.messages.inbox.pickers import FolderPicker
from genesis_tui.widgets.virtual_list import VirtualList
from tests.screens.signed_in import BOTH_ENDS, Session
from tests.screens.writing_app import (
    Size,
    Write,
    api,
    bodies,
    filled,
    folder,
    form,
    form_patient,
    in_folder,
    inbox,
    kept_on_disk,
    link,
    new_form,
    on_disk,
    on_inbox,
    own_places,
    reply,
    review,
    sealed,
    second_post,
    subjects,
    to,
    whole_dialog,
    write,
)
from tests.session.faulty_link import FaultyLink

__all__ = ["folder", "link", "own_places", "write"]
OPEN, CLOSED, KNEE = "Blood pressure readings", "Travel form for Germany", "Knee X-ray result"
CLOSED_TO = ("Fort Belvoir Family Medicine", "forms")


# drafts


@pytest.mark.rule("MSG-9")
async def test_what_is_typed_is_on_the_disk_within_a_second_without_a_pause(write: Write, own_places: Path) -> None:
    async with write() as app:
        await new_form(app)
        await app.press("right", "enter")
        assert sealed(own_places) == []
        began, typed = time.monotonic(), 0
        while not sealed(own_places):
            assert time.monotonic() - began < 1.0, f"not kept after {typed} keys"
            await app.press("a")
            typed += 1
        found = await on_disk(app, lambda draft: draft.subject.startswith("a"))
        assert found.recipient == "Dr. Anna Okafor"
        assert not any(b"Okafor" in path.read_bytes() for path in sealed(own_places))


@pytest.mark.rule("MSG-9", "MSG-8")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_a_draft_is_counted_gone_on_with_and_deleted_after_asking(write: Write, size: Size) -> None:
    async with write(size) as app:
        await filled(app)
        await app.press("escape")
        await on_inbox(app)
        await app.expect("Drafts 1")
        await in_folder(app, "drafts")
        await app.until(lambda: subjects(app) == ["Iron"])
        await app.press("enter")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        assert (form(app).draft.body, form(app).draft.recipient) == ("Is it low?", "Dr. Anna Okafor")
        assert form(app).draft.category == "visit-instructions"
        await app.press("!", "escape")
        await on_inbox(app)
        assert not inbox(app).in_detail or size[0] >= 120, "the list again"
        await on_disk(app, lambda draft: "!" in draft.body)
        await app.press("d")
        await app.until(lambda: isinstance(app.app.screen, Confirm))
        assert "gone for good" in whole_dialog(app)
        await app.press("escape")
        assert subjects(app) == ["Iron"]
        await app.press("d", "y")
        await on_inbox(app)
        await app.until(lambda: subjects(app) == [], "it is still there")
        assert await kept_on_disk(app) == ()
        assert await api(app).api.drafts(form_patient(app)) == ()


@pytest.mark.rule("MSG-9")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_a_conversation_has_one_draft(mock: Mock, write: Write, size: Size) -> None:
    async with write(size) as app:
        await to(app, OPEN)
        for more in ("Fine", ", and no"):
            await reply(app)
            assert "Not for emergencies" in app.text
            await app.press(*["space" if char == " " else char for char in more], "escape")
            await on_inbox(app)
        [kept] = await api(app).drafts.of(form_patient(app))
        assert kept.body == "Fine, and no"
        await reply(app)
        await review(app)
        await app.press("y")
        await on_inbox(app)
        await app.until(lambda: bodies(mock, "Fine%") == ["Fine, and no"])
        assert await api(app).drafts.of(form_patient(app)) == ()


@pytest.mark.rule("MSG-9")
@pytest.mark.parametrize("key", ["ctrl+l", "ctrl+q"])
async def test_a_lock_and_a_quit_keep_what_is_being_typed(write: Write, own_places: Path, key: str) -> None:
    async with write() as app:
        await filled(app, body="Still here")
        await app.press("!", key)
        if key == "ctrl+l":
            await app.until(lambda: bool(sealed(own_places)))
            await app.until(lambda: app.app.current_mode == "sign-in")
            assert "Still here" not in app.text
            await app.until(lambda: not any(worker.group == "locking" for worker in app.app.workers))
    assert sealed(own_places)
    async with write() as app:
        assert (await on_disk(app, lambda draft: draft.body == "Still here!")).subject == "Iron"
        await in_folder(app, "drafts")
        await app.until(lambda: subjects(app) == ["Iron"])


@pytest.mark.rule("MSG-9", "FAM-9")
async def test_another_person_on_the_same_disk_sees_nothing_of_it(write: Write, own_places: Path) -> None:
    async with write() as app:
        await filled(app)
        await on_disk(app, lambda draft: draft.body == "Is it low?")
    async with write(username="elena.reyes", patient="you") as app:
        assert (await second_post(app)).drafts.kept() == ()
        await in_folder(app, "drafts")
        await app.expect("No drafts")
    assert len(sealed(own_places)) == 1


@pytest.mark.rule("FAM-9")
async def test_a_draft_about_one_patient_is_in_no_folder_of_another(write: Write) -> None:
    async with write() as app:
        await filled(app)
        await app.press("escape")
        await on_inbox(app)
        await app.open("Maya", "inbox")
        await on_inbox(app)
        await in_folder(app, "drafts")
        await app.expect("No drafts")


async def test_private_writes_nothing(write: Write, own_places: Path) -> None:
    async with write(keep=False) as app:
        await filled(app)
        await app.until(lambda: "draft saved" in app.text)
        await app.press("escape")
        await on_inbox(app)
        assert sealed(own_places, "*") == []


async def conflicted(app: Session) -> Draft:
    """A draft that somebody changed on the server while it is open here, and what they made of it."""
    await filled(app, body="Mine")
    await on_disk(app, lambda draft: draft.body == "Mine")
    form(app).autosave.keep_on_server()
    await app.until(lambda: form(app).draft.on_server)
    theirs = replace(form(app).draft, body="Theirs", subject="Other", category="other")
    await api(app).api.keep_draft(theirs)
    await app.press("!")
    form(app).autosave.keep_on_server()
    await app.until(lambda: isinstance(app.app.screen, ConflictDialog))
    return theirs


@pytest.mark.rule("MSG-9")
@pytest.mark.parametrize("size", BOTH_ENDS)
@pytest.mark.parametrize("mine", [True, False])
async def test_two_versions_are_shown_and_one_is_kept(
    write: Write, size: Size, mine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type_ahead, "_STOP", 0.0)
    async with write(size) as app:
        await conflicted(app)
        told = whole_dialog(app)
        assert told.index("Mine!") < told.index("Theirs")
        assert app.line("DANIEL REYES  your record")
        await app.press("enter")
        assert isinstance(app.app.screen, ConflictDialog)
        await app.press("m" if mine else "t")
        await app.until(lambda: form(app).draft.on_server)
        expected = "Mine!" if mine else "Theirs"
        assert form(app).query_one("#text", BodyField).text == expected
        assert (form(app).draft.category == "other") is not mine
        [there] = await api(app).api.drafts(form_patient(app))
        assert there.body == expected
        async for _, height in app.sizes():
            if not mine and height > 10:
                assert "Other" in app.line("Subject")
                assert "7 of 7" in app.line("Category") or "Other" in app.line("Category")


# replying, forwarding


@pytest.mark.rule("MSG-10")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_a_closed_conversation_offers_a_new_message_with_the_old_one_quoted(
    mock: Mock, write: Write, size: Size
) -> None:
    async with write(size) as app:
        await to(app, CLOSED)
        await app.press("r")
        await app.until(lambda: isinstance(app.app.screen, Confirm))
        assert "closed" in whole_dialog(app)
        await app.press("y")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        draft = form(app).draft
        assert (draft.subject, draft.thread_id) == (CLOSED, "")
        assert (draft.recipient, draft.category) == CLOSED_TO, "whom and what it is about are known"
        last = [body for body in bodies(mock) if body.split("\n")[0] in draft.body]
        assert last, f"nothing is quoted: {draft.body}"
        assert all(line.startswith(">") for line in draft.body.strip().split("\n"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_w_forwards_the_whole_conversation(write: Write, size: Size) -> None:
    async with write(size) as app:
        await to(app, OPEN)
        await app.press("w")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        draft = form(app).draft
        assert draft.subject == f"Fwd: {OPEN}"
        assert "> I took my pressure" in draft.body
        assert "> Thank you, that is useful." in draft.body
        assert "> Thu 19 Nov 2026, Daniel Reyes:" in draft.body, "who wrote it, and when that was for them"
        assert "You" not in draft.body.replace("Your", "")


# moving


@pytest.mark.rule("MSG-7", "MSG-8")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_d_moves_to_trash_and_u_puts_back(write: Write, size: Size) -> None:
    """Out of a conversation that is read it goes back to the list; `u` shows that one again."""
    async with write(size) as app:
        for reading in (False, True):
            app.app.clear_notes()
            await moved_and_back(app, reading)


async def moved_and_back(app: Session, reading: bool) -> None:
    before = subjects(app)
    await to(app, KNEE)
    if reading:
        await app.press("enter")
        await app.until(lambda: inbox(app).in_detail)
    await app.press("d")
    await app.until(lambda: any(KNEE in note.text or KNEE in note.lead for note in app.app.notes), "what moved?")
    assert not inbox(app).in_detail
    await app.until(lambda: KNEE not in subjects(app))
    await app.press("u")
    await app.until(lambda: subjects(app) == before)
    await app.until(lambda: inbox(app).list.current.subject == KNEE and inbox(app).in_detail is reading)  # type: ignore[union-attr]
    assert [note.lead for note in app.app.notes] == ["Put back."], "nothing says that it is elsewhere"
    await app.press("u")
    assert subjects(app) == before


@pytest.mark.rule("MSG-7", "MSG-8")
async def test_what_is_marked_is_moved_marked_and_undone_in_one_step(write: Write) -> None:
    async with write() as app:
        before, unread = subjects(app), inbox(app).counts()["inbox"]
        await app.press("g", "space", "space", "j", "space")
        chosen = [row.subject for row in inbox(app).moves.chosen]
        assert (chosen, len(chosen)) == ([before[0], before[1], before[3]], 3)
        await app.expect("3 marked")
        await app.press("space", "k", "k", "escape")
        assert [row.subject for row in inbox(app).moves.chosen] == [before[3]], "esc took the marks away"
        await app.press("g", "space", "space", "space")
        await app.press("d")
        await app.expect("Moved to Trash: 3 conversations.", "u undoes it.")
        await app.until(lambda: subjects(app) == before[3:])
        await app.press("u")
        await app.until(lambda: subjects(app) == before)
        await app.press("g", "j", "j", "j", "space", "space", "space", "U")
        await app.expect("Marked unread: 3 conversations.")
        await app.until(lambda: inbox(app).counts()["inbox"] == unread + 3)
        await app.press("u")
        await app.until(lambda: inbox(app).counts()["inbox"] == unread)
        await app.press("g", "space", "space", "space", "R")
        await app.until(lambda: inbox(app).counts()["inbox"] == 0)
        await app.press("u")
        await app.until(lambda: inbox(app).counts()["inbox"] == unread)
        await app.press("g", "space", "space", "m", *"Knees", "enter")
        await app.expect("Moved to Knees: 2 conversations.")
        await app.press("u")
        await app.until(lambda: subjects(app) == before)


@pytest.mark.parametrize("size", [(45, 50), (120, 40)])
async def test_n_goes_to_the_next_unread_of_the_whole_family(mock: Mock, write: Write, size: Size) -> None:
    """First here, then in another folder, then with the next person; it says so where nobody has any."""
    async with write(size) as app:
        await app.press("g", "N")
        await app.until(lambda: inbox(app).in_detail and inbox(app).counts()["inbox"] == 0, "it is not read")
        assert inbox(app).list.current.subject == OPEN  # type: ignore[union-attr]
        await app.press("U", "m", *"Pressure", "enter")
        await app.expect("Moved to Pressure")
        await app.until(lambda: inbox(app).counts()["inbox"] == 1)
        await app.press("N")
        await app.until(lambda: inbox(app).in_detail and inbox(app).folder not in ("inbox", "trash"))
        await app.until(lambda: inbox(app).counts()["inbox"] == 0)
        whose = []
        for _ in range(6):
            await app.press("N")
            await app.until(lambda: inbox(app).in_detail or any("Nothing is unread" in n.lead for n in app.app.notes))
            if any("Nothing is unread" in note.lead for note in app.app.notes):
                break
            assert app.app.portal.record is not None
            await app.until(lambda: inbox(app).list.current is not None and inbox(app).list.current.unread == 0)
            whose.append(app.app.portal.record.patient.given)
        await app.expect("Nothing is unread.")
        assert whose, "nobody else had any"
        assert "Daniel" not in whose


@pytest.mark.rule("MSG-7")
async def test_m_moves_to_a_folder_that_is_made_there_and_x_removes_it_when_empty(write: Write) -> None:
    async with write() as app:
        await to(app, "Knee X-ray result")
        await app.press("m", *"Knees")
        await app.expect("Make the folder “Knees”")
        assert isinstance(app.app.screen, FolderPicker)
        await app.press("enter")
        await app.expect("Moved to Knees: “Knee X-ray result”.")
        own = next(f.id for f in inbox(app).folders if f.own) if any(f.own for f in inbox(app).folders) else ""
        await app.until(lambda: any(f.own for f in inbox(app).folders))
        own = own or next(f.id for f in inbox(app).folders if f.own)
        await in_folder(app, own)
        await app.until(lambda: subjects(app) == ["Knee X-ray result"])
        await app.press("X")
        assert inbox(app).folder == own, "a folder with something in it stays"
        await app.press("enter")
        await app.until(lambda: inbox(app).in_detail)
        await app.press("m", *"Inbox", "enter")
        await app.until(lambda: not inbox(app).in_detail and subjects(app) == [], "an empty detail stays")
        await app.until(lambda: "✓" in app.lines[0])
        await app.press("X")
        await app.until(lambda: inbox(app).folder == "inbox" and not any(f.own for f in inbox(app).folders))


async def test_what_was_read_can_be_unread_again(write: Write) -> None:
    async with write() as app:
        await to(app, OPEN)
        await app.press("enter")
        await app.until(lambda: inbox(app).counts()["inbox"] == 0, "it is not read")
        await app.press("escape", "U")
        await app.until(lambda: inbox(app).counts()["inbox"] == 1, "it is not unread")


async def test_found_words_stand_out_and_a_search_begins_anew(write: Write) -> None:
    async with write() as app:
        await app.press("slash", *"knee")
        await app.until(lambda: len(subjects(app)) == 3)
        assert underlined(inbox(app).list) == {"Knee"}
        await app.press("enter")
        await app.until(lambda: len(subjects(app)) == 5, "the server looks into every message")
        await app.press("j", "enter")
        await app.until(lambda: "knee" in {word.casefold() for word in underlined(inbox(app).detail)})
        await app.press("escape", "slash")
        assert inbox(app).search.words == ""
        await app.until(lambda: len(subjects(app)) == 10)


def underlined(rows: VirtualList[Any]) -> set[str]:
    lines = (rows.render_line(y) for y in range(rows.size.height))
    return {part.text for line in lines for part in line if part.style is not None and part.style.underline}


# sending


@pytest.mark.rule("MSG-11")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_a_refusal_shows_the_rules_words_and_it_stays_a_draft(mock: Mock, write: Write, size: Size) -> None:
    async with write(size) as app:
        await filled(app)
        await review(app)
        with mock.database.begin() as conn:
            conn.exec_driver_sql("UPDATE linked SET blocked = 1")
        await app.press("y")
        await app.until(lambda: "doesn't take" in whole_dialog(app) or "not taken" in whole_dialog(app))
        told = whole_dialog(app)
        assert "Dr. Anna Okafor" in told
        await app.press("y")
        await app.press("escape")
        assert form(app).draft.body == "Is it low?"
        assert bodies(mock, "Is it%") == []
        assert (await on_disk(app, lambda draft: bool(draft.refused))).body == "Is it low?"


@pytest.mark.rule("MSG-12")
@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_without_the_network_it_is_kept_asked_about_and_sent_once(
    mock: Mock, write: Write, link: FaultyLink, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("genesis_tui.screens.messages.compose.review._PATIENCE", 0.2)
    monkeypatch.setattr("genesis_tui.session.acts.outbox.PAUSES", (0.0, 0.05))
    async with write() as app:
        await filled(app)
        link.down = True
        await review(app)
        await app.press("y")
        await app.until(lambda: not isinstance(app.app.screen, Confirm | ComposeScreen))
        await app.until(lambda: any("goes out by itself, once" in note.text for note in app.app.notes))
        assert len(app.app.portal.unsent) == 1
        await app.press(*([key] if key == "ctrl+q" else [key, key]))
        await app.until(
            lambda: any("not sent yet" in note.lead and "Quit again" in note.text for note in app.app.notes)
        )
        assert app.app._exit is False
        link.down = False
        await app.until(lambda: app.app.portal.unsent == ())
        await asyncio.sleep(0.2)
        assert bodies(mock, "Is it%") == ["Is it low?"]


@pytest.mark.rule("MSG-9")
async def test_without_the_network_a_draft_is_kept_listed_and_gone_on_with(write: Write, link: FaultyLink) -> None:
    async with write() as app:
        await filled(app)
        link.down = True
        await app.press("!", "escape")
        await app.until(lambda: not isinstance(app.app.screen, ComposeScreen))
        await in_folder_offline(app, "drafts")
        await app.until(lambda: subjects(app) == ["Iron"])
        await app.press("enter")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        assert form(app).draft.body == "Is it low?!"


async def in_folder_offline(app: Session, id: str) -> None:
    for _ in range(8):
        if inbox(app).folder == id:
            return
        await app.press("right")
    raise AssertionError(app.text)
