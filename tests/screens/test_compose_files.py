"""Files of a message: several in quick succession, and those that only the server has (MSG-6, MSG-9)."""

import threading
from pathlib import Path

import pytest

from genesis_tui.screens.base.confirm import Confirm
from genesis_tui.screens.messages.compose.screen import ComposeScreen
from genesis_tui.session.messages import attachments
from tests import idle
from tests.screens.test_compose import pick
from tests.screens.writing_app import (
    PDF,
    Write,
    api,
    filled,
    folder,
    form,
    in_folder,
    link,
    on_inbox,
    own_places,
    review,
    sealed,
    whole_dialog,
    write,
)

__all__ = ["folder", "link", "own_places", "write"]


@pytest.mark.rule("MSG-6")
async def test_two_files_in_quick_succession_both_arrive(
    write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "one.pdf").write_bytes(PDF)
    (folder / "two.pdf").write_bytes(PDF + b" and more")
    slow = threading.Event()
    read = attachments._read

    def reading(path: Path, most: int) -> bytes:
        slow.wait(10)
        return read(path, most)

    monkeypatch.setattr(idle, "PATIENCE", 0.05)
    async with write() as app:
        await filled(app)
        monkeypatch.setattr(attachments, "_read", reading)
        await pick(app, "one")
        await pick(app, "two")
        await app.press("ctrl+r")
        slow.set()
        await app.until(lambda: isinstance(app.app.screen, Confirm), "no preview came")
        assert "one.pdf" in whole_dialog(app)
        assert "two.pdf" in whole_dialog(app)
        await app.press("escape")
        slow.clear()
        (folder / "three.pdf").write_bytes(PDF + b" and others")
        await pick(app, "three")
        await app.press("escape")
        slow.set()
        await on_inbox(app)
        [draft] = api(app).drafts.kept()
        assert [file.name for file in draft.files] == ["one.pdf", "two.pdf", "three.pdf"]


@pytest.mark.rule("MSG-6", "MSG-9")
async def test_files_that_only_the_server_has_stand_in_form_and_review(
    write: Write, folder: Path, own_places: Path
) -> None:
    (folder / "good.pdf").write_bytes(PDF)
    async with write() as app:
        await filled(app)
        await pick(app, "good")
        await app.until(lambda: "good.pdf" in app.line("Attached"))
        form(app).autosave.keep_on_server()
        await app.until(lambda: form(app).draft.on_server)
        await app.press("escape")
        await on_inbox(app)
        for path in sealed(own_places, "*"):  # another computer has none of it
            path.unlink()
        await in_folder(app, "drafts")
        await app.press("enter")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        assert "good.pdf 17 bytes" in app.line("Attached")
        await review(app)
        assert "good.pdf 17 bytes" in whole_dialog(app)
