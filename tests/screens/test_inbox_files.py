"""Files of conversations: saved where the person says, asked once."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input

from genesis_tui.screens.base.save_file import FilePicker, FolderDialog
from tests.screens.signed_in import BOTH_ENDS, Session
from tests.screens.writing_app import (
    PDF,
    Size,
    Write,
    filled,
    folder,
    form,
    link,
    on_inbox,
    own_places,
    review,
    to,
    write,
)

__all__ = ["folder", "link", "own_places", "write"]


async def with_files(app: Session, folder: Path, *names: str) -> None:
    """A message of one's own with files."""
    await filled(app)
    for name in names:
        (folder / name).write_bytes(PDF + name.encode())
        form(app).attach(folder / name)
        await app.until(lambda name=name: any(file.name == name for file in form(app).draft.files))
    await review(app)
    await app.press("y")
    await on_inbox(app)
    await to(app, "Iron")


@pytest.mark.parametrize("size", BOTH_ENDS)
@pytest.mark.parametrize("names", [("one.pdf",), ("one.pdf", "two.pdf")])
async def test_e_saves_a_file_and_says_where(
    write: Write, folder: Path, tmp_path: Path, size: Size, names: tuple[str, ...]
) -> None:
    async with write(size) as app:
        await with_files(app, folder, *names)
        await app.press("e")
        if len(names) > 1:
            await app.until(lambda: isinstance(app.app.screen, FilePicker))
            await app.press(*"two", "enter")
        name = names[-1]
        await app.until(lambda: (tmp_path / "saved" / name).exists())
        assert (tmp_path / "saved" / name).read_bytes() == PDF + name.encode()
        await app.until(lambda: any(name in note.text and note.lead == "Saved" for note in app.app.notes))


async def test_where_files_go_is_asked_once_and_again_where_it_is_gone(
    write: Write, folder: Path, tmp_path: Path
) -> None:
    async with write() as app:
        app.app.settings = replace(app.app.settings, downloads="")
        await with_files(app, folder, "one.pdf")
        for number, asks in enumerate((True, False)):
            await app.press("e")
            if asks:
                await app.until(lambda: isinstance(app.app.screen, FolderDialog))
                await app.expect("enter save  esc don't")
                field = app.app.screen.query_one("#folder", Input)
                field.value = str(tmp_path / "nowhere")
                await app.press("enter")
                await app.expect("There is no such folder.")
                (tmp_path / "papers").mkdir()
                field.value = str(tmp_path / "papers")
                await app.press("enter")
            await app.until(lambda number=number: len(list((tmp_path / "papers").iterdir())) == number + 1)
        shutil.rmtree(tmp_path / "papers")
        await app.press("e")
        await app.expect("The file could not be saved")
        await app.press("escape", "e")
        await app.until(lambda: isinstance(app.app.screen, FolderDialog))
