"""A reply that is written while its conversation closes (MSG-10)."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.screens.messages.compose.screen import ComposeScreen
from tests.screens.signed_in import BOTH_ENDS
from tests.screens.writing_app import (
    PDF,
    Size,
    Write,
    api,
    bodies,
    form,
    kept_on_disk,
    link,
    on_disk,
    on_inbox,
    own_places,
    paste,
    reply,
    review,
    to,
    whole_dialog,
    write,
)

__all__ = ["link", "own_places", "write"]
OPEN = "Blood pressure readings"
WORDS = "One more question about the readings."


def closes(mock: Mock, thread_id: str) -> None:
    """Its messages are 46 days older from now on."""
    earlier = timedelta(days=46) // timedelta(microseconds=1)
    with mock.database.begin() as conn:
        conn.execute(
            text("UPDATE message SET sent = sent - :by WHERE thread_id = :id"), {"by": earlier, "id": thread_id}
        )


@pytest.mark.rule("MSG-9", "MSG-10")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_a_reply_that_comes_too_late_goes_on_as_a_new_message(
    mock: Mock, write: Write, size: Size, tmp_path: Path
) -> None:
    paper = tmp_path / "readings.pdf"
    paper.write_bytes(PDF)
    async with write(size) as app:
        await to(app, OPEN)
        written = await reply(app)
        await paste(app, WORDS)
        written.attach(paper)
        await on_disk(app, lambda draft: WORDS in draft.body and len(draft.files) == 1)
        closes(mock, written.draft.thread_id)
        await review(app)
        assert "45 days" in whole_dialog(app)
        await app.press("escape")
        assert WORDS in form(app).draft.body, "nothing is lost where it is not wanted"
        await review(app)
        await app.press("y")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen) and form(app).thread is None)
        assert (form(app).draft.subject, form(app).draft.thread_id) == (OPEN, "")
        assert WORDS in form(app).draft.body
        assert "> Thank you, that is useful." in form(app).draft.body
        assert bodies(mock, f"%{WORDS}%") == []
        await on_disk(app, lambda draft: WORDS in draft.body and not draft.thread_id)
        assert [draft.thread_id for draft in await kept_on_disk(app)] == [""], "the reply itself is no draft any more"
        [file] = form(app).draft.files
        assert api(app).drafts.files.content(file) == PDF
        assert (form(app).draft.recipient, bool(form(app).draft.category)) == ("Dr. Anna Okafor", True)
        await review(app)
        assert "readings.pdf" in whole_dialog(app)
        await app.press("y")
        await on_inbox(app)
        await app.until(lambda: len(bodies(mock, f"{WORDS}%")) == 1)
