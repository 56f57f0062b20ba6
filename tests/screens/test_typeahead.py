"""Keys that come all at once, as from fast hands or over a slow line: each goes where the keys before it lead."""

import asyncio
from dataclasses import replace

import pytest
from textual import events

from genesis_tui.app import type_ahead
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.messages.drafts import Conflict
from genesis_tui.screens.base.confirm import Confirm
from genesis_tui.screens.messages.compose.dialogs import ConflictDialog
from genesis_tui.screens.messages.compose.fields import BodyField, ChoiceField
from genesis_tui.screens.messages.compose.screen import ComposeScreen
from tests.screens.signed_in import Session
from tests.screens.writing_app import (
    Write,
    bodies,
    filled,
    form,
    inbox,
    link,
    new_form,
    on_inbox,
    own_places,
    write,
)
from tests.session.faulty_link import FaultyLink

__all__ = ["link", "own_places", "write"]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A form may take longer on a busy machine than keys wait for it; what becomes of them then has its own test."""
    monkeypatch.setattr(type_ahead, "_PATIENCE", 60.0)


@pytest.fixture(autouse=True)
def pilot_waits() -> None:
    """Textual's own pilot, as time is what these tests are about."""


def at_once(app: Session, *keys: str) -> None:
    """All of them before the app has done anything for the first."""
    for key in keys:
        character = key if len(key) == 1 else None
        name = {" ": "space"}.get(key, key)
        app.app.post_message(events.Key(name, character))


async def settled(app: Session) -> None:
    """Everything that was typed has got somewhere."""
    await app.until(lambda: not app.app.type_ahead.waiting)
    await app.pilot.pause()


def place_key(app: Session, place: str) -> str:
    """The key that opens a place."""
    active = app.app.screen.active_bindings
    return next(key for key, one in active.items() if one.binding.id == f"places.{place}" and len(key) == 1)


async def test_letters_behind_n_are_for_the_form(mock: Mock, write: Write) -> None:
    async with write() as app:
        before = [row.id for row in inbox(app).list.rows]
        at_once(app, "n", *"dru")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        await settled(app)
        assert form(app).query_one("#to").value == "dru"
        await app.press("escape")
        await on_inbox(app)
        assert [row.id for row in inbox(app).list.rows] == before, "d deletes where it is pressed on a conversation"


async def test_fields_get_what_was_typed_for_them(write: Write) -> None:
    async with write() as app:
        await new_form(app)
        at_once(app, "right", "enter", *"Iron", "enter", *"Is it low?", "shift+tab", "end", "!")
        await settled(app)
        await app.until(lambda: form(app).draft.subject == "Iron!")
        assert form(app).draft.body == "Is it low?"
        assert form(app).query_one(ChoiceField).chosen == 0


async def test_every_alphabet_behind_slash(write: Write) -> None:
    async with write() as app:
        at_once(app, "slash", *"Жя, d")
        await settled(app)
        assert inbox(app).query_one("#search").words == "Жя, d"


@pytest.mark.rule("FAM-9")
async def test_a_message_is_about_whom_was_chosen_just_before(mock: Mock, write: Write) -> None:
    async with write() as app:
        people = app.app.people
        assert people is not None
        maya = next(person for person in people.people if person.given == "Maya")
        at_once(app, "f", str(maya.number), place_key(app, "inbox"), "n", *"Ok")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        await settled(app)
        assert form(app).draft.patient_id == maya.id
        assert form(app).query_one("#to").value == "Ok"


@pytest.mark.rule("MSG-8")
async def test_what_was_typed_before_a_question_is_no_answer_to_it(mock: Mock, write: Write) -> None:
    async with write() as app:
        await filled(app)
        at_once(app, "ctrl+r", "y", "y")
        await app.until(lambda: isinstance(app.app.screen, Confirm))
        await settled(app)
        assert isinstance(app.app.screen, Confirm)
        assert bodies(mock, "Is it%") == []
        await app.press("y")
        await on_inbox(app)
        await app.until(lambda: bodies(mock, "Is it%") == ["Is it low?"])


async def test_keys_for_what_does_not_open_are_dropped(
    write: Write, link: FaultyLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type_ahead, "_PATIENCE", 0.1)
    monkeypatch.setattr(type_ahead, "_STOP", 0.1)
    async with write() as app:
        before = [row.id for row in inbox(app).list.rows]
        with app.app.opening():
            at_once(app, "n", *"d")
            await app.until(lambda: not app.app.type_ahead.waiting)
            await asyncio.sleep(0.15)
            at_once(app, "down")
            await app.until(lambda: inbox(app).list.cursor == 1, "a key after that works")
        await app.pilot.pause()
        assert [row.id for row in inbox(app).list.rows] == before
        assert inbox(app).list.cursor == 1


def moves(mock: Mock) -> int:
    """How many conversations were put into a folder."""
    with mock.database.begin() as conn:
        return int(conn.exec_driver_sql("SELECT count(*) FROM moved").scalar_one())


async def test_who_types_on_for_what_does_not_open_types_into_nothing(
    mock: Mock, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server hangs for longer than keys wait, and hands don't stop for that: `d` would delete."""
    monkeypatch.setattr(type_ahead, "_PATIENCE", 0.1)
    monkeypatch.setattr(type_ahead, "_STOP", 60.0)
    async with write() as app:
        before = moves(mock)
        with app.app.opening():
            at_once(app, "n", *"dru")
            await app.until(lambda: not app.app.type_ahead.waiting)
            await asyncio.sleep(0.15)
            for letter in "dddu":
                at_once(app, letter)
                await app.pilot.pause()
        await app.pilot.pause()
        assert moves(mock) == before


async def test_leaving_waits_for_nothing(mock: Mock, write: Write) -> None:
    async with write() as app:
        before = moves(mock)
        with app.app.opening():
            at_once(app, "d", "ctrl+l")
            await app.until(lambda: app.app.portal.sign_in.locked is not None)
        await settled(app)
        assert moves(mock) == before, "nothing was deleted behind the lock"


async def conflicted(app: Session) -> float:
    """The form asks which of two versions holds; when it did."""
    mine = form(app).draft
    form(app).conflicted(Conflict(mine, replace(mine, body="theirs")))
    came = app.app.type_ahead._typed
    await app.until(lambda: isinstance(app.app.screen, ConflictDialog))
    return came


def after(app: Session, came: float, key: str, seconds: float) -> None:
    """A key, so many seconds after a question came."""
    event = events.Key(key, key if len(key) == 1 else None)
    event.time = came + seconds
    app.app.post_message(event)


async def test_locking_waits_for_no_question(write: Write) -> None:
    async with write() as app:
        await filled(app)
        after(app, await conflicted(app), "ctrl+l", 0.1)
        await app.until(lambda: app.app.portal.sign_in.locked is not None)
        assert not isinstance(app.app.screen, ConflictDialog)


@pytest.mark.rule("MSG-9")
async def test_what_is_typed_behind_an_answer_goes_to_what_was_chosen(write: Write) -> None:
    async with write() as app:
        await filled(app)
        came = await conflicted(app)
        for key, seconds in (("t", 1.0), ("A", 1.05), ("B", 1.1)):
            after(app, came, key, seconds)
        await settled(app)
        await app.until(lambda: form(app).draft.body == "theirsAB")
        assert form(app).query_one(BodyField).text == "theirsAB"


async def test_a_question_that_comes_by_itself_is_not_answered_in_passing(write: Write) -> None:
    async with write() as app:
        await filled(app)
        came = await conflicted(app)
        for key, seconds in (("t", 0.1), ("m", 0.6), ("t", 1.2), ("m", 1.8)):
            after(app, came, key, seconds)
        await settled(app)
        assert isinstance(app.app.screen, ConflictDialog)
        after(app, came, "escape", 2.6)
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        assert form(app).query_one(BodyField).text == "Is it low?"


async def test_a_screen_that_goes_while_keys_wait_for_it(write: Write) -> None:
    """What was to tell that the key is done with goes with it."""
    async with write() as app:
        await new_form(app, to="")
        at_once(app, "escape", *"jk", "n", *"Ok")
        await settled(app)
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        await settled(app)
        assert form(app).query_one("#to").value == "Ok"
