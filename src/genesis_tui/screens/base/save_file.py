"""Saving a file where the person says: asked once, remembered, and asked again where that folder takes nothing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.base.files import Attachment, kind_text, size_text
from genesis_tui.models.base.search import folded
from genesis_tui.sanitize import one_line
from genesis_tui.screens.base.place import Framed
from genesis_tui.widgets.dialog import Dialog
from genesis_tui.widgets.drawing.cells import left, right
from genesis_tui.widgets.drawing.lines import Line
from genesis_tui.widgets.forms.field import Field
from genesis_tui.widgets.frame.keys_row import Key
from genesis_tui.widgets.page import Page, Para
from genesis_tui.widgets.picker import Picker
from genesis_tui.widgets.virtual_list import RowView

Save = Callable[[Attachment, str], Awaitable[Path]]
"""Fetches a file into a folder, and says where it is then. Raises ApiError."""


@dataclass(frozen=True)
class FileView(RowView[Attachment]):
    """A file's name, kind and size."""

    def key(self, row: Attachment) -> str:
        return row.place

    def draw(self, row: Attachment, width: int) -> list[Line]:
        what = f"{kind_text(row.content_type)}, {size_text(row.size)}"
        return [[(" ", ""), (left(row.title, width - 28), ""), (" ", ""), (right(what, 24), "muted")]]


class FilePicker(Picker[Attachment]):
    """Which of several files to save."""

    HEADING = "Save which file?"
    VERB = "save"
    HINT = "type a name"

    def __init__(self, files: Sequence[Attachment], chosen: Callable[[Attachment], None]) -> None:
        super().__init__()
        self._files = tuple(files)
        self._chosen = chosen

    def candidates(self, text: str) -> list[Attachment]:
        return [file for file in self._files if folded(text) in folded(file.title)]

    def view(self) -> RowView[Attachment]:
        return FileView()

    def choose(self, item: Attachment) -> None:
        self.dismiss()
        self._chosen(item)


class FolderDialog(Dialog[str]):
    """Where to; the usual place stands there already."""

    HEADING = "Save to which folder?"
    HINT = "Files go there from now on, unless the settings name another folder as `downloads`."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "save", id="save.folder"),
        Binding("escape", "close", "don't", id="save.stay"),
    ]

    def __init__(self, usual: str) -> None:
        super().__init__()
        self._usual = usual

    def compose_inside(self) -> ComposeResult:
        yield Field("Folder", id="folder")
        yield Page(id="words")

    def on_mount(self) -> None:
        self.query_one("#words", Page).can_focus = False
        field = self.query_one("#folder", Input)
        field.value = self._usual
        field.cursor_position = len(self._usual)
        self._say(Para(self.HINT, "muted"))

    def _say(self, para: Para) -> None:
        page = self.query_one("#words", Page)
        page.rows = (Para(), para)
        page.styles.height = page.height_for(min(74, self.room().width))

    def keys(self) -> list[Key]:
        """The field takes `enter` itself, and names no key."""
        return [("enter", "save"), *super().keys()]

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_submit()

    def action_submit(self) -> None:
        folder = self.query_one("#folder", Input).value.strip()
        try:
            there = bool(folder) and Path(folder).expanduser().is_dir()
        except (OSError, ValueError, RuntimeError):
            there = False
        if there:
            self.dismiss(folder)
        else:
            self._say(Para("There is no such folder.", "abnormal"))


class FileSaver:
    """What `e` does on a place with files."""

    def __init__(self, place: Framed, save: Save) -> None:
        self._place = place
        self._save = save

    def choose(self, files: Sequence[Attachment]) -> None:
        """The one file that there is, or one of several."""
        if len(files) == 1:
            self.save(files[0])
        elif files:
            self._place.app.push_screen(FilePicker(files, self.save))

    def save(self, file: Attachment) -> None:
        """Put it where the person said, or says now."""
        shell = self._place.shell
        folder = shell.settings.downloads or shell.portal.saves_to
        if folder:
            self._place.start("file", self._saved, file, folder)
        else:
            self._place.app.push_screen(FolderDialog(shell.portal.usual_folder), lambda told: self._told(file, told))

    def _told(self, file: Attachment, folder: str | None) -> None:
        if folder:
            self._place.shell.portal.saves_to = folder
            self._place.start("file", self._saved, file, folder)

    async def _saved(self, file: Attachment, folder: str) -> None:
        shell = self._place.shell
        try:
            path = await self._save(file, folder)
        except ApiError as error:
            shell.portal.saves_to = ""
            shell.report(error)
        else:
            shell.say("Saved", one_line(str(path)))
