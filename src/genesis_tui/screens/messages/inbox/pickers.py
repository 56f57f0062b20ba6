"""The picker of the inbox: a folder to move to."""

from collections.abc import Callable, Sequence

from genesis_tui.models.base.search import folded
from genesis_tui.models.messages.threads import Folder
from genesis_tui.widgets.drawing.cells import left, right
from genesis_tui.widgets.drawing.lines import Line
from genesis_tui.widgets.picker import Picker
from genesis_tui.widgets.virtual_list import RowView

NEW = "+"
"""Id of the folder that is still to be made."""


class FolderView(RowView[Folder]):
    """A name, and how much is in it."""

    def key(self, row: Folder) -> str:
        return row.id

    def draw(self, row: Folder, width: int) -> list[Line]:
        name = f"Make the folder “{row.name}”" if row.id == NEW else row.name
        count = "" if row.id == NEW else f"{row.threads:,}"
        return [[(" ", ""), (left(name, width - 14), ""), (" ", ""), (right(count, 10), "muted")]]


class FolderPicker(Picker[Folder]):
    """Where to move a conversation; what is typed may become a new folder."""

    HEADING = "Move to"
    VERB = "move"
    HINT = "type a folder's name, or a new one"

    def __init__(self, folders: Sequence[Folder], here: str, chosen: Callable[[Folder], None]) -> None:
        super().__init__()
        self._folders = [f for f in folders if f.id not in ("sent", "drafts", here)]
        self._taken = {f.name.casefold() for f in folders}
        self._chosen = chosen

    def candidates(self, text: str) -> list[Folder]:
        """Folders whose name holds the text, then the new one."""
        wanted = text.strip()
        found = [f for f in self._folders if folded(wanted) in folded(f.name)]
        return [*found, *([Folder(NEW, wanted)] if wanted and wanted.casefold() not in self._taken else [])]

    def view(self) -> RowView[Folder]:
        return FolderView()

    def choose(self, item: Folder) -> None:
        self.dismiss()
        self._chosen(item)
