"""A disk that takes nothing while somebody writes, attaches or forwards: told in the form, and the app goes on."""

import shutil
from pathlib import Path

import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.screens.messages.compose.screen import ComposeScreen
from tests.screens.signed_in import Session
from tests.screens.test_forwarding import sent_with_files
from tests.screens.writing_app import (
    PDF,
    Write,
    filled,
    folder,
    form,
    in_folder,
    inbox,
    link,
    new_form,
    on_inbox,
    own_places,
    subjects,
    write,
)
from tests.store.test_vault_disk import Fault, full, gone

__all__ = ["folder", "link", "own_places", "write"]
pytestmark = pytest.mark.rule("MSG-9")


def said(app: Session) -> str:
    return " ".join(f"{note.lead} {note.text}" for note in app.app.notes)


def place(state: Path) -> Path:
    """The folder of the one person who writes here."""
    [found] = {path.parent for path in state.rglob("*.sealed")}
    return found


@pytest.mark.parametrize("fault", [full, gone], ids=lambda one: one.__name__)
async def test_a_disk_that_takes_nothing_is_told_in_the_form(
    write: Write, folder: Path, own_places: Path, fault: Fault
) -> None:
    (folder / "good.pdf").write_bytes(PDF)
    async with write() as app:
        await filled(app)
        await app.expect("draft saved")
        with fault(place(own_places)):
            await app.press("x")
            await app.expect("not kept", "can't be kept on this computer")
            app.app.clear_notes()
            await app.press("ctrl+o", *"good", "enter")
            await app.until(lambda: "good.pdf was not attached" in app.text, "attaching tells nothing")
            await app.press("escape")
            await app.press("escape")
            assert isinstance(app.app.screen, ComposeScreen), "nothing that is not kept is closed without a word"
            await app.press("ctrl+q")
            assert not app.app._exit
            assert "Quit again" in said(app)
        await app.press("escape", "y")
        await app.expect("draft saved")
        await app.press("escape")
        await on_inbox(app)


async def test_deleting_on_a_disk_that_takes_nothing_is_told(write: Write, own_places: Path) -> None:
    async with write() as app:
        await filled(app)
        await app.expect("draft saved")
        await app.press("escape")
        await on_inbox(app)
        await in_folder(app, "drafts")
        with gone(place(own_places)):
            await app.press("d", "y")
            await app.expect("not deleted")
            await app.press("escape")
        await app.until(lambda: subjects(app) == ["Iron"])
        await app.press("d", "y")
        await app.until(lambda: subjects(app) == [])


async def test_in_a_home_that_is_read_only_one_writes_all_the_same(mock: Mock, write: Write, own_places: Path) -> None:
    async with write() as app:
        shutil.rmtree(own_places, ignore_errors=True)
        own_places.touch()  # noqa: ASYNC240 - a test may wait
        await new_form(app, "")
        assert "can't be kept on this computer" in said(app)
        await app.press("escape", *"Okafor", "enter", "right", "enter", *"Iron", "enter", *"Low")
        await app.until(lambda: form(app).draft.body == "Low")
        assert "not kept yet" in app.text
        form(app).autosave.keep_on_server()
        await app.expect("draft saved")
        await app.press("escape")
        await on_inbox(app)
        assert inbox(app)


async def test_forwarding_on_a_disk_that_takes_nothing_is_told(write: Write, own_places: Path) -> None:
    async with write() as app:
        await filled(app)
        await app.expect("draft saved")
        await app.press("escape")
        await on_inbox(app)
        with full(place(own_places)):
            await app.press("w")
            await app.until(lambda: isinstance(app.app.screen, ComposeScreen), "no form")
            form(app).query_one("#text").focus()
            await app.press("x")
            await app.expect("can't be kept on this computer")


@pytest.mark.rule("MSG-6")
async def test_files_that_the_disk_does_not_take_are_named_once_and_the_words_go_on(
    mock: Mock, write: Write, folder: Path, own_places: Path
) -> None:
    async with write() as app:
        await sent_with_files(app, mock, folder)
        app.app.clear_notes()
        with full(own_places):
            await app.press("w")
            await app.until(lambda: isinstance(app.app.screen, ComposeScreen), "no form")
            assert form(app).draft.files == ()
            for name in ("good.pdf", "more.txt"):
                assert said(app).count(name) == 1, said(app)
            form(app).query_one("#text").focus()
            await app.press("x")
            await app.until(lambda: form(app).draft.body.startswith("x"), "it takes no letters")
        await app.press("y")
        await app.expect("draft saved")
