"""`ctrl+o`: choose a file to attach; each says before it is chosen whether it can be sent (MSG-6)."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from genesis_tui.models.base.files import size_text
from genesis_tui.models.messages.drafts import DraftFile, MessageLimits, endings, mib
from genesis_tui.sanitize import one_line
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import left, right
from genesis_tui.widgets.drawing.lines import Line
from genesis_tui.widgets.page import Para
from genesis_tui.widgets.picker import Filter, Picker
from genesis_tui.widgets.virtual_list import RowView

if TYPE_CHECKING:
    from textual.worker import Worker

    from genesis_tui.models.base.errors import ApiError

_MOST = 500
_LOOKS, _PATIENCE = 20, 0.4
"""Seconds that the picker waits for a file to be copied; the form goes on with one that takes longer."""
_EMPTY, _KIND, _UNREAD = "empty", "can't be sent", "can't be read"
_WHY = {_EMPTY: "is empty", _KIND: "is of a kind that can't be sent", _UNREAD: "can't be read"}


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A folder to look into, a file to attach, or one that is attached and can be taken away."""

    path: Path
    name: str
    folder: bool = False
    size: int = 0
    why: str = ""
    """Why it can't be attached; empty where it can."""
    attached: DraftFile | None = None


Attach = Callable[[FoundFile], "Worker[ApiError | None] | None"]
"""What attaches a file, and ends with why not; None where it is taken away."""


def found_in(text: str, here: Path, limits: MessageLimits) -> list[FoundFile]:
    """What a path that is being typed may mean: folders first, then files by name; hidden ones only when asked for."""
    typed = _at_home(Path(text)) if text else here
    typed = typed if typed.is_absolute() else here / typed
    folder, start = (typed, "") if text.endswith("/") or not text else (typed.parent, typed.name)
    try:
        inside = sorted(folder.iterdir(), key=lambda path: path.name.casefold())[:_MOST]
    except OSError:
        return []
    named = [p for p in inside if p.name.casefold().startswith(start.casefold()) and (start or p.name[:1] != ".")]
    rows = [_found(path, limits) for path in named]
    return [*(row for row in rows if row.folder), *(row for row in rows if not row.folder)]


def _at_home(path: Path) -> Path:
    """With `~` as the person's folder; as it is where nobody has that name."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def _found(path: Path, limits: MessageLimits) -> FoundFile:
    name = one_line(path.name)
    try:
        if path.is_dir():
            return FoundFile(path, f"{name}/", folder=True)
        size = path.stat().st_size
    except OSError:
        return FoundFile(path, name, why=_UNREAD)
    return FoundFile(path, name, size=size, why=_fault(path.name, size, limits))


def _fault(name: str, size: int, limits: MessageLimits) -> str:
    kinds = [ending for kind in limits.kinds for ending in kind.endings]
    if kinds and name.rpartition(".")[2].casefold() not in kinds:
        return _KIND
    if size == 0:
        return _EMPTY
    return f"over {mib(limits.file_size)}" if size > limits.file_size else ""


class FoundView(RowView[FoundFile]):
    """Name, size, why not."""

    def key(self, row: FoundFile) -> str:
        """Its place, which is nobody's but its own."""
        return f"{row.attached.id if row.attached else ''}{row.path}"

    def draw(self, row: FoundFile, width: int) -> list[Line]:
        tail = "take away" if row.attached else row.why or ("" if row.folder else size_text(row.size))
        role = "muted" if row.why else "bold" if row.folder else ""
        return [[(" ", ""), (left(row.name, width - 18), role), (" ", ""), (right(tail, 14), "muted")]]


class AttachPicker(Picker[FoundFile]):
    """Tells `chosen` which file to attach, or which attached one to take away."""

    HEADING = "Attach a file"
    VERB = "choose"
    HINT = "type a path, or choose below"
    NOTHING = "Nothing of that name here."

    def __init__(self, here: Path, attached: Sequence[DraftFile], limits: MessageLimits, chosen: Attach) -> None:
        super().__init__()
        self._here = here
        self._attached = tuple(attached)
        self._limits = limits
        self._chosen = chosen
        self._attaching = False

    def heading(self) -> str:
        most = f"{len(self._attached)} of {self._limits.files} files, {mib(self._limits.files_size)} in all"
        return f"{self.HEADING}: {most}"

    def candidates(self, text: str) -> list[FoundFile]:
        """Attached files first while nothing is typed."""
        mine = [FoundFile(Path(), one.name, size=one.size, attached=one) for one in self._attached] if not text else []
        up = [FoundFile(self._here.parent, "../", folder=True)] if not text else []
        return [*mine, *up, *found_in(text, self._here, self._limits)]

    def view(self) -> RowView[FoundFile]:
        return FoundView()

    def choose(self, item: FoundFile) -> None:
        """Look into a folder, attach a file, or take one away."""
        if item.folder:
            self._here = item.path
            self.filter("")
        elif item.why:
            kinds = f" Send one of: {endings(self._limits)}." if item.why == _KIND else ""
            words = f"{item.name} {_WHY.get(item.why, f'is {item.why}')}.{kinds}"
            self.say([Para(), Para(words, "abnormal")])
        elif not self._attaching:
            self._attaching = True
            self.say([Para(), Para(f"Attaching {item.name}{symbols.get('more')}", "italic muted")])
            self.run_worker(self._copied(item), group="attach")

    async def _copied(self, item: FoundFile) -> None:
        """Close once it is there, or takes long; a file that is refused leaves the picker open, and says why."""
        copying = self._chosen(item)
        for _ in range(_LOOKS):
            if copying is None or copying.is_finished:
                break
            await asyncio.sleep(_PATIENCE / _LOOKS)
        self._attaching = False
        error = copying.result if copying is not None and copying.is_finished else None
        if error is None:
            self.dismiss()
        else:
            self.say([Para(), Para(" ".join(filter(None, (error.title, error.next))), "abnormal")])

    def action_shorten(self) -> None:
        """One letter less; with none left, the folder above."""
        if not self.query_one(Filter).text:
            self._here = self._here.parent
            self.filter("")
            return
        super().action_shorten()
