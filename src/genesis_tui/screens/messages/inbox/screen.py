"""Inbox of the open patient: folders, conversations, and the one that is read (MOCKUPS §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.models.base.dates import instant_text
from genesis_tui.models.base.errors import ApiError, RecordClosed
from genesis_tui.models.family import Access
from genesis_tui.models.messages.threads import Folder, Thread, ThreadPage, ThreadRow, unreadable_text
from genesis_tui.screens.messages.inbox.actions import INBOX, ThreadActions
from genesis_tui.screens.messages.inbox.loaded import FOUND, LoadedFolder, LoadedThreads, matching
from genesis_tui.screens.messages.inbox.rows import ThreadView, columns_for
from genesis_tui.screens.messages.inbox.unsent import DRAFTS, Unsent, told, unsent_rows
from genesis_tui.screens.messages.thread import ThreadSpace, reading
from genesis_tui.widgets.chips import Chip, ChipsRow
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.forms.search_field import SearchRow
from genesis_tui.widgets.load_state import LoadState, Notice, empty, loading
from genesis_tui.widgets.page import Page, Shown
from genesis_tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from genesis_tui.session.open_record import OpenRecord

LIST_WIDTH = 46
_AHEAD = 25
"""Rows that are left below the cursor when the next page is asked for."""


_EMPTY = {
    "sent": ("Nothing sent yet", "Conversations in which you wrote show here."),
    DRAFTS: ("No drafts", "n writes a new message; what is not sent shows here."),
    "trash": ("Nothing in Trash", "Deleted conversations show here; m puts them back."),
}


class InboxScreen(ThreadActions):
    """Messages between the patient's side and the care team, by conversation."""

    PLACE = "inbox"
    WHAT = "messages"
    CSS_PATH = "inbox.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "folder(-1)", "folder", key_display="← →", id="inbox.folder-before"),
        Binding("right", "folder(1)", show=False, id="inbox.folder"),
        Binding("slash", "search", "search", id="inbox.search"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shelf = LoadedThreads()
        self._folder = INBOX
        self._words = ""
        """What is looked for among the rows that are here."""
        self._asked = ""
        """What the server was asked to find; its rows show while this is not empty."""
        self._read = ""
        """Id of the thread that was opened last: what was new in it keeps its mark until another one shows."""

    def compose_above(self) -> ComposeResult:
        """Folders, search, and what could not be read."""
        yield ChipsRow(id="folders")
        yield SearchRow("subject, sender; enter looks into every message", id="search")
        yield LoadState(id="unreadable")

    def on_mount(self) -> None:
        """A draft that was asked for elsewhere is in Drafts; loading begins after this."""
        if self.shell.wanted.startswith("Draft/"):
            self._folder = DRAFTS

    # rows

    async def read(self, record: OpenRecord) -> None:
        """The first page of what shows."""
        name, asked = self._showing, self._asked
        if name == DRAFTS:
            page = await self._unsent(record)
        else:
            page = await (record.search_threads(asked) if asked else record.threads(name))
        self._shelf.start(name, page)
        if name == self._showing and asked == self._asked:
            self._tell_unread()
            self.show_rows()

    async def _unsent(self, record: OpenRecord) -> ThreadPage:
        """Drafts, and what is on its way."""
        post = await self.shell.portal.post()
        drafts = await post.drafts.of(record.patient.id)
        rows = unsent_rows(drafts, post.outbox.items, record.patient.id, self.shell.now())
        folders = self._shelf.folders or (await record.threads(INBOX)).folders
        counted = (replace(f, threads=len(rows)) if f.id == DRAFTS else f for f in folders)
        return ThreadPage(rows, folders=tuple(counted))

    def mail_moved(self) -> None:
        """A message on its way got somewhere."""
        self.load()

    @work(exclusive=True, group="more")
    async def read_more(self, record: OpenRecord, name: str, before: str) -> None:
        """The page after the last row."""
        asked = self._asked
        try:
            page = await (record.search_threads(asked, before=before) if asked else record.threads(name, before=before))
        except RecordClosed:
            return
        except ApiError as error:
            self.shell.report(error)
            return
        if name == self._showing and asked == self._asked and self._loaded and self._loaded.next == before:
            self._shelf.more(name, page)
            self.show_rows()

    @on(VirtualList.Highlighted, "#rows")
    def _near_the_end(self) -> None:
        loaded = self._loaded
        if self._record is None or loaded is None or not loaded.next:
            return
        if self.list.cursor >= len(self.list.rows) - _AHEAD and not self._is_coming():
            self.read_more(self._record, self._showing, loaded.next)

    def _is_coming(self) -> bool:
        return any(w.group == "more" and w.node is self and w.is_running for w in self.app.workers)

    def show_rows(self) -> None:
        """The rows of the folder, or those of them that are looked for."""
        loaded = self._loaded
        rows = loaded.rows if loaded else ()
        if self._words and not self._asked:
            rows = matching(rows, self._words)
        size = self.app.size
        view = ThreadView(columns_for(size.width, size.height), self.shell.local, self.shell.now())
        self._show_folders(len(rows))
        self.put(rows, view, nothing=self._nothing() if loaded else loading())

    def forget(self) -> None:
        """FAM-11."""
        self._shelf = LoadedThreads()
        self._tell_unread()

    @property
    def _showing(self) -> str:
        return FOUND if self._asked else self._folder

    @property
    def _loaded(self) -> LoadedFolder | None:
        return self._shelf.lists.get(self._showing)

    def _show_folders(self, shown: int) -> None:
        row = self.query_one("#folders", ChipsRow)
        row.chips = tuple(
            Chip(f.id, f"{f.name} {f.threads}" if f.id == DRAFTS and f.threads else f.name, f.unread)
            for f in self._shelf.folders
        )
        row.here = "" if self._asked else self._folder
        row.end = ((self._extent(shown), "muted"),)
        unread = self._loaded.unreadable if self._loaded else 0
        notice = Notice(unreadable_text(unread, "conversation"), "muted") if unread else None
        self.query_one("#unreadable", LoadState).notice = notice

    def _extent(self, shown: int) -> str:
        """How much of how much shows, where that is not all."""
        if self._asked:
            return f"{shown}{'+' if self._loaded and self._loaded.next else ''} found"
        if self._words:
            return f"{shown} here"
        total = next((f.threads for f in self._shelf.folders if f.id == self._folder), 0)
        if not (self._loaded and self._loaded.next):
            return ""
        narrow = self.wide or self.app.size.width < 60  # The folders leave a dozen cells.
        return f"of {total:,}" if narrow else f"{shown:,} of {total:,}"

    def _nothing(self) -> Notice:
        if self._asked:
            return Notice(f"No conversation holds “{self._asked}”.", keys=(("esc", "shows all"),))
        if self._words:
            keys = (("enter", "looks into every message"), ("esc", "shows all"))
            return Notice(f"No subject or sender here with “{self._words.strip()}”.", keys=keys)
        if self._folder != INBOX:
            return empty(*_EMPTY.get(self._folder, ("Nothing in this folder", "m moves conversations here.")))
        patient = self.patient
        if patient is not None and patient.access is Access.LIMITED:
            return empty("No messages to show", "Of this record, you see messages that you wrote or received.")
        return empty("No messages yet", "Conversations with the care team show here.")

    def _tell_unread(self) -> None:
        """The places row and the family's rows count as the folders do."""
        if self._shelf.unread is not None:
            self.keep_counts(unread=self._shelf.unread)

    # one thread

    def detail_of(self, row: ThreadRow | None) -> Sequence[Shown]:
        """The thread, as far as it is here."""
        return () if row is None else self._told(row)[0]

    @property
    def folder(self) -> str:
        """The folder that shows."""
        return self._folder

    @property
    def folders(self) -> tuple[Folder, ...]:
        """All of them, as far as they are known."""
        return self._shelf.folders

    def whole(self, row: ThreadRow) -> Thread | None:
        """The conversation, where it is here."""
        return self._shelf.thread(row)

    def taken_out(self, ids: Sequence[str]) -> None:
        """These conversations are elsewhere now."""
        self._shelf.take_out(self._showing, ids)
        self.show_rows()
        self.load()

    def unread_again(self, row: ThreadRow) -> None:
        """What is known of the conversation says that it was read."""
        if self._read == row.id:
            self._read = ""
        self._shelf.forget_threads([row.id])

    def left_folder(self) -> None:
        """The folder that showed is gone."""
        self.go_to(INBOX)

    def _told(self, row: ThreadRow) -> tuple[list[Shown], int]:
        if isinstance(row, Unsent):
            me = self.shell.portal.me
            return told(row, me.messages if me else None), 0
        if self._read and self._read != row.id:
            self._shelf.forget_threads([self._read])
            self._read = ""
        width = self.app.size.width - (LIST_WIDTH + 1 if self.wide else 0) - 3
        zone = self.shell.portal.me.zone if self.shell.portal.me else ""
        return reading(row, self._shelf.thread(row), ThreadSpace(width, lambda at: instant_text(at, zone)))

    def arrived(self, row: ThreadRow) -> None:
        """Fetch the thread that the detail shows, unless it is here."""
        if self._record is not None and not isinstance(row, Unsent) and self._shelf.thread(row) is None:
            self.fetch(self._record, row)

    @work(exclusive=True, group="thread")
    async def fetch(self, record: OpenRecord, row: ThreadRow, *, opening: bool = False) -> None:
        """A whole thread; `opening` marks it as read when it is there."""
        try:
            thread = self._shelf.thread(row) or await record.thread(row.id)
            self._shelf.keep(thread)
            if self.list.key == row.key:
                self._show_thread(row)
                if opening and thread.unread and self._read != row.id:
                    await self._mark_read(record, thread)
        except RecordClosed:
            return
        except ApiError as error:
            self.shell.report(error)

    def _show_thread(self, row: ThreadRow) -> None:
        """From its first unread message on."""
        shown, unread = self._told(row)
        self.fill(shown)
        if isinstance(self.detail, Page):
            self.call_after_refresh(self.detail.bring_to_top, unread)

    def opened(self, row: ThreadRow) -> None:
        """`enter`: what was unread is read now; a draft is gone on with."""
        if isinstance(row, Unsent):
            self.open_unsent(row)
        elif self._record is not None:
            self.fetch(self._record, row, opening=True)

    async def _mark_read(self, record: OpenRecord, thread: Thread) -> None:
        """At once here, then there; where telling the server fails, it is unread again."""
        before = self._shelf.marks()
        self._read = thread.row.id
        self._shelf.read(thread, self._folder)
        self._show_unread()
        try:
            await record.mark_read(thread)
        except ApiError:
            self._shelf.restore(before)
            self._show_unread()
            raise

    def _show_unread(self) -> None:
        self._tell_unread()
        self.show_rows()

    def line_of(self, row: ThreadRow) -> str:
        """Date, who, what, and what it waits for."""
        at = instant_text(row.at, self.shell.portal.me.zone if self.shell.portal.me else "")
        return f" {symbols.get('dot')} ".join(part for part in (at, row.team, row.subject, row.state) if part)

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Folders belong to the list; there is no search over nothing."""
        if action in ("folder", "search") and self.is_mounted:
            return bool(self._shelf.folders) and (action == "search" or not self.in_detail)
        return super().check_action(action, parameters)

    def action_folder(self, by: int) -> None:
        """`← →`."""
        self.go_to(self.query_one("#folders", ChipsRow).after(by))

    @on(ChipsRow.Chosen)
    def _chip(self, event: ChipsRow.Chosen) -> None:
        self.go_to(event.id)

    def go_to(self, folder: str) -> None:
        """Show a folder: what is here of it at once, then what is new."""
        self._stop_searching()
        self._folder = folder
        self.show_rows()
        self.list.action_first()
        self.load()

    def on_screen_resume(self) -> None:
        """Go to the conversation that was asked for elsewhere."""
        if self._loaded is None:
            return
        if self.shell.wanted.startswith("Draft/"):
            self.go_to(DRAFTS)
        elif self.shell.wanted:
            self.show_rows()
        else:
            self.load()

    def action_search(self) -> None:
        """`/`: in the list, also from a thread."""
        if self.in_detail:
            self.to_list()
        self.query_one("#search", SearchRow).open()

    @on(SearchRow.Asked)
    def _typed(self, event: SearchRow.Asked) -> None:
        if event.words != self._words:
            self._words, self._asked = event.words, ""
            self.show_rows()

    @on(SearchRow.Left)
    def _left(self, event: SearchRow.Left) -> None:
        self.list.focus()
        if event.entered:
            self._asked = self._words = self.query_one("#search", SearchRow).words
            self._shelf.lists.pop(FOUND, None)
            self.show_rows()
            self.load()

    def _all_again(self) -> None:
        self._stop_searching()
        self.show_rows()
        self.list.focus()

    def _stop_searching(self) -> None:
        self._words = self._asked = ""
        self.query_one("#search", SearchRow).clear()

    def action_back(self) -> None:
        """`esc`: from the thread to the list, then from what was found to everything."""
        searching = bool(self._words or self._asked)
        if searching and not self.in_detail and not any(note.tone != "ok" for note in self.shell.notes):
            self._all_again()
        else:
            super().action_back()
