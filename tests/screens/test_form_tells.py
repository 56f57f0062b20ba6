"""What the form says while one writes: what is missing, who was found, and nothing that holds no longer."""

import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.messages.drafts import Recipients
from genesis_tui.screens.messages.compose.recipients import ToField
from genesis_tui.screens.messages.compose.screen import ComposeScreen
from tests.screens.signed_in import BOTH_ENDS, Session
from tests.screens.writing_app import Size, Write, first_match, form, link, new_form, own_places, write
from tests.session.faulty_link import FaultyLink

__all__ = ["link", "own_places", "write"]


def said(app: Session) -> str:
    return " ".join(f"{note.lead} {note.text}" for note in app.app.notes)


@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_missing_fields_are_told_and_stay_until_esc(write: Write, size: Size) -> None:
    async with write(size) as app:
        await new_form(app, "")
        await app.press("ctrl+r")
        await app.expect("Not yet.")
        said = " ".join(f"{note.lead} {note.text}" for note in app.app.notes)
        for part in ("who it goes to", "what it is about", "The subject needs", "Write a message"):
            assert part in said
        await app.press("ctrl+r")
        assert len(app.app.notes) == 1, "what was said of an earlier try is gone"
        await app.press("escape")
        assert not app.app.notes
        assert isinstance(app.app.screen, ComposeScreen)


async def test_what_is_there_is_not_missed_any_more(write: Write) -> None:
    async with write() as app:
        await new_form(app)
        await app.press("right", "ctrl+r")
        await app.until(lambda: "The subject needs" in said(app) and "Write a message" in said(app))
        await app.press("enter", *"Iron")
        await app.until(lambda: "The subject needs" not in said(app))
        assert "Write a message" in said(app)
        await app.press("enter", *"Low")
        await app.until(lambda: not app.app.notes)
        await app.press("backspace", "backspace", "backspace")
        assert not app.app.notes, "nothing is missed before somebody asks"


@pytest.mark.rule("MSG-1")
async def test_whoever_was_found_is_found_without_the_server(write: Write, link: FaultyLink) -> None:
    async with write() as app:
        await new_form(app, to="")
        link.down = True
        await app.press(*"Okaf")
        await app.expect("only those found before are searched")
        await app.until(lambda: first_match(app).endswith("Okafor"))
        await app.press("enter")
        await app.until(lambda: form(app).draft.recipient.endswith("Okafor"))


async def test_what_was_not_found_before_says_why(write: Write, link: FaultyLink) -> None:
    async with write() as app:
        await app.app.portal.messaging()
        link.down = True
        await app.press("n")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        await app.until(lambda: any(note.tone == "critical" for note in app.app.notes))
        assert "No person or clinic" not in app.text


async def test_how_many_more_there_are_is_told(mock: Mock, write: Write) -> None:
    async with write() as app:
        await new_form(app, to="")
        field = form(app).query_one(ToField)
        field.show(Recipients(field.matches.rows, more=12))
        await app.expect("12 more: type more of the name.")
