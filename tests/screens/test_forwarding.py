"""Forwarding: the conversation quoted, and its files with it (MSG-6)."""

from pathlib import Path

import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.screens.messages.compose.screen import ComposeScreen
from tests.screens.signed_in import Session
from tests.screens.writing_app import (
    PDF,
    Write,
    api,
    bodies,
    filled,
    folder,
    form,
    link,
    on_disk,
    on_inbox,
    own_places,
    review,
    to,
    write,
)

__all__ = ["folder", "link", "own_places", "write"]


async def sent_with_files(app: Session, mock: Mock, folder: Path) -> None:
    """A conversation about Iron, with two files, in Sent."""
    (folder / "good.pdf").write_bytes(PDF)
    (folder / "more.txt").write_text("more")
    await filled(app)
    for name in ("good.pdf", "more.txt"):
        form(app).attach(folder / name)
        await app.until(lambda name=name: form(app).draft.files[-1:] and form(app).draft.files[-1].name == name)
    await review(app)
    await app.press("y")
    await on_inbox(app)
    await app.until(lambda: bodies(mock, "Is it%") != [])
    await app.press("right")
    await to(app, "Iron")


@pytest.mark.rule("MSG-6")
async def test_files_go_with_what_is_forwarded(mock: Mock, write: Write, folder: Path) -> None:
    async with write() as app:
        await sent_with_files(app, mock, folder)
        await app.press("w")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        files, drafts = form(app).draft.files, api(app).drafts
        assert [file.name for file in files] == ["good.pdf", "more.txt"]
        assert [drafts.files.content(file) for file in files] == [PDF, b"more"]
        await app.press("escape")
        await on_inbox(app)
        assert [drafts.files.content(file) for file in files] == [None, None], "nothing was written, nothing is kept"
        await app.press("w")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        await app.press(*"Okafor")
        await app.until(lambda: bool(form(app).query("ToField.open")))
        await app.press("enter")
        await on_disk(app, lambda draft: len(draft.files) == 2 and draft.subject == "Fwd: Iron")


@pytest.mark.rule("MSG-6")
async def test_which_files_do_not_go_with_it_is_told(mock: Mock, write: Write, folder: Path) -> None:
    async with write() as app:
        await sent_with_files(app, mock, folder)
        with mock.database.begin() as conn:
            conn.exec_driver_sql("UPDATE attachment SET name = 'tool.exe' WHERE name = 'more.txt'")
        await app.press("enter", "f5")
        await app.expect("tool.exe")
        await app.press("w")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        assert [file.name for file in form(app).draft.files] == ["good.pdf"]
        assert any("tool.exe" in note.text for note in app.app.notes)
