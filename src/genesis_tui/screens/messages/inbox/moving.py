"""Putting conversations elsewhere, and marking them read or unread: one, or all that are marked; undone in one step."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.messages.threads import Folder, ThreadRow
from genesis_tui.sanitize import one_line
from genesis_tui.screens.base.confirm import ActPreview, Confirm
from genesis_tui.screens.base.error_notice import reported
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.screens.messages.inbox.loaded import INBOX, TRASH, LoadedThreads
from genesis_tui.screens.messages.inbox.pickers import NEW, FolderPicker
from genesis_tui.screens.messages.inbox.unsent import DRAFTS, Unsent
from genesis_tui.session.open_record import OpenRecord
from genesis_tui.widgets.page import Para

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Shell


_DONE = "moved"
"""What was done last to conversations, or undone: each takes the place of the one before."""


@dataclass(frozen=True, slots=True)
class Undo:
    """What `u` does, and what shows again when it is done."""

    do: Callable[[OpenRecord], Awaitable[object]]
    said: str
    key: str
    """Of the row that the cursor goes to."""
    opened: bool
    """Whether it was being read."""


class ThreadMoves:
    """Keys on the marked rows, else on the row under the cursor, or on the conversation that is read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "mark", id="inbox.mark"),
        Binding("m", "move", "move", id="inbox.move"),
        Binding("d", "delete", "delete", id="inbox.delete"),
        Binding("u", "undo", "undo", id="inbox.undo"),
        Binding("U", "unread", "mark unread", id="inbox.unread"),
        Binding("R", "read", "mark read", id="inbox.read"),
        Binding("X", "remove_folder", "remove folder", show=False, id="inbox.remove-folder"),
    ]
    _OF_THREADS = frozenset({"mark", "move", "unread", "read"})

    def __init__(self, place: ListDetail[ThreadRow], loaded: LoadedThreads, go_to: Callable[[str], None]) -> None:
        """`place` lists what is `loaded`; `go_to` shows the folder of an id there."""
        self._place = place
        self._loaded = loaded
        self._go_to = go_to
        self._undo: Undo | None = None

    @property
    def _shell(self) -> "Shell":
        return self._place.shell

    @property
    def chosen(self) -> tuple[ThreadRow, ...]:
        """The conversations that are meant; none on what is not sent yet."""
        marked = () if self._place.in_detail else self._loaded.marked_rows
        row = self._place.list.current
        return marked or (() if row is None or isinstance(row, Unsent) else (row,))

    def may(self, action: str) -> bool:
        """Whether the action does something now; True for what is no action of this class."""
        folder = self._loaded.folder
        if action in self._OF_THREADS:
            return bool(self.chosen) and not (action == "mark" and self._place.in_detail)
        match action:
            case "delete":
                return self._place.list.current is not None and (folder != TRASH or bool(self._loaded.asked))
            case "undo":
                return self._undo is not None
            case "remove_folder":
                return any(f.own and f.id == folder and not f.threads for f in self._loaded.folders)
        return True

    def forget(self) -> None:
        """The record is closed."""
        self._undo = None

    # marks

    def mark(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go on to the next."""
        row = self._place.list.current
        if row is not None and not isinstance(row, Unsent):
            self._loaded.turn_mark(row.id)
            self._place.show_rows()
            self._place.list.action_move(1)
            self._place.refresh_bindings()

    def unmark(self) -> bool:
        """`esc`: take all marks away; whether there were any."""
        had = bool(self._loaded.marked)
        self._loaded.marked = frozenset()
        if had:
            self._place.show_rows()
            self._place.refresh_bindings()
        return had

    # moving

    def move(self) -> None:
        """To a folder that is picked, or made."""
        rows, loaded = self.chosen, self._loaded
        if rows:
            picker = FolderPicker(loaded.folders, loaded.folder, lambda to: self._move(rows, to))
            self._place.app.push_screen(picker)

    def _move(self, rows: tuple[ThreadRow, ...], to: Folder) -> None:
        if self._place.record is not None:
            self._place.start("move", self._moved, self._place.record, rows, to)

    async def _moved(self, record: OpenRecord, rows: tuple[ThreadRow, ...], to: Folder) -> None:
        """There, then here; `u` puts them back."""
        place, loaded = self._place, self._loaded
        reading, ids = place.in_detail, [row.id for row in rows]
        with reported(self._shell):
            target = await record.threads.make_folder(to.name) if to.id == NEW else to
            was = await record.threads.move(ids, target.id)
            if reading and place.in_detail:
                place.to_list()
            loaded.take_out(loaded.showing, ids)
            self._keep(Undo(lambda record: _put_back(record, was), "Put back", rows[0].key, opened=reading))
            self._shell.say(f"Moved to {target.name}: {_named(rows)}.", "u undoes it.", about=_DONE)

    def _keep(self, undo: Undo) -> None:
        """Done: `u` undoes it, and nothing is marked any more."""
        self._undo = undo
        self._loaded.marked = frozenset()
        self._place.show_rows()
        self._place.load()
        self._place.refresh_bindings()

    def delete(self) -> None:
        """To Trash; a draft for good, after it was asked (MSG-8)."""
        row = self._place.list.current
        if isinstance(row, Unsent):
            self._delete_unsent(row)
        elif self.chosen:
            self._move(self.chosen, Folder(TRASH, "Trash"))

    def _delete_unsent(self, row: Unsent) -> None:
        patient, draft, place = self._place.patient, row.draft, self._place
        if patient is None or draft is None:
            return
        if row.item is not None:
            place.start("move", self._take_back, row.item.key)
            return
        facts = [Para(), Para(f"To {row.team}: {row.subject}")]
        preview = ActPreview(patient, "Delete this draft", "delete", facts, "It is gone for good.")

        async def delete() -> None:
            post = await self._shell.portal.messaging()
            try:
                await post.drafts.delete(draft)
            finally:
                place.call_next(place.load)

        place.app.push_screen(Confirm(preview, delete))

    async def _take_back(self, key: str) -> None:
        """A message on its way becomes a draft again, where it is certain that it has not arrived."""
        with reported(self._shell):
            post = await self._shell.portal.messaging()
            if await post.outbox.take_back(key) is None:
                self._shell.say("It has arrived already.", "A message that was sent can't be taken back.", ok=False)
            self._place.load()

    def undo(self) -> None:
        """Take back what was done last to conversations."""
        undo, self._undo = self._undo, None
        if undo is not None and self._place.record is not None:
            self._place.start("move", self._undone, self._place.record, undo)

    async def _undone(self, record: OpenRecord, undo: Undo) -> None:
        with reported(self._shell):
            try:
                await undo.do(record)
            except ApiError:
                self._undo = undo
                raise
            self._loaded.cursor_at, self._loaded.reopen = undo.key, undo.opened
            self._shell.say(f"{undo.said}.", about=_DONE)
            self._place.load()

    # read and unread

    def mark_read(self, *, unread: bool) -> None:
        """Nothing in them is unread any more, or the last message to the viewer in each is unread again."""
        rows = self.chosen
        if rows and self._place.record is not None:
            self._place.start("move", self._marked, self._place.record, rows, unread)

    async def _marked(self, record: OpenRecord, rows: tuple[ThreadRow, ...], unread: bool) -> None:
        ids, loaded = [row.id for row in rows], self._loaded
        there = record.threads.mark_unread if unread else record.threads.mark_all_read
        with reported(self._shell):
            changed = await there(ids)
            for id in ids:
                loaded.unread_again(id)
            if changed:
                self._keep(Undo(lambda record: _mark_back(record, ids, changed, unread), "Undone", rows[0].key, False))
                said = f"Marked {'unread' if unread else 'read'}: {_named(rows)}."
                self._shell.say(said, "u undoes it.", about=_DONE)
            else:
                self.unmark()
                self._shell.tell(f"Nothing to mark {'unread' if unread else 'read'}: {_named(rows)}.", about=_DONE)

    # own folders

    def remove_folder(self) -> None:
        """Remove the empty folder that shows: it is one of the person's own."""
        record, folder = self._place.record, self._loaded.folder
        if record is not None and folder != DRAFTS:
            self._place.start("move", self._removed_folder, record, folder)

    async def _removed_folder(self, record: OpenRecord, folder: str) -> None:
        with reported(self._shell):
            await record.threads.remove_folder(folder)
            self._go_to(INBOX)


def _named(rows: tuple[ThreadRow, ...]) -> str:
    return f"{len(rows)} conversations" if len(rows) > 1 else f"“{one_line(rows[0].subject)}”"


async def _put_back(record: OpenRecord, was: dict[str, str]) -> None:
    for folder in dict.fromkeys(was.values()):
        await record.threads.move([id for id, before in was.items() if before == folder], folder)


async def _mark_back(record: OpenRecord, ids: list[str], changed: tuple[str, ...], unread: bool) -> None:
    there = record.threads.mark_all_read if unread else record.threads.mark_unread
    await there(ids, changed)
