"""Inbox of the open patient: folders, conversations, and the one that is read (MOCKUPS §4)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.models.base.dates import instant_text
from genesis_tui.models.base.errors import ApiError, RecordClosed, SignedOut
from genesis_tui.models.family import Access
from genesis_tui.models.messages.threads import Folder, Thread, ThreadPage, ThreadRow
from genesis_tui.screens.base.error_notice import reported, unreadable_text
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.screens.messages.inbox.actions import NEXT_UNREAD, ThreadActions
from genesis_tui.screens.messages.inbox.loaded import FOUND, INBOX, TRASH, LoadedFolder, LoadedThreads, matching
from genesis_tui.screens.messages.inbox.moving import ThreadMoves
from genesis_tui.screens.messages.inbox.rows import ThreadView, columns_for
from genesis_tui.screens.messages.inbox.unsent import DRAFTS, Unsent, only_here, told, unsent_rows
from genesis_tui.screens.messages.thread import ThreadSpace, reading
from genesis_tui.widgets.chips import Chip, ChipsRow
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.load_state import Notice, empty, loading
from genesis_tui.widgets.page import Page, Shown
from genesis_tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from genesis_tui.session.open_record import OpenRecord

LIST_WIDTH = 46
_AHEAD = 25
"""Rows that are left below the cursor when the next page is asked for."""


_OF_ONE = frozenset({"new", "reply", "forward", "next_unread", "save"})
"""What is not for several conversations: while some are marked, the keys that are stand in the footer."""
_EMPTY = {
    "sent": ("Nothing sent yet", "Conversations in which you wrote show here."),
    DRAFTS: ("No drafts", "n writes a new message; what is not sent shows here."),
    TRASH: ("Nothing in Trash", "Deleted conversations show here; m puts them back."),
}


class InboxScreen(ListDetail[ThreadRow]):
    """Messages between the patient's side and the care team, by conversation."""

    PLACE = "inbox"
    WHAT = "messages"
    SEARCH = "subject, sender; enter: every message"
    CSS_PATH = "inbox.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *ThreadActions.BINDINGS,
        *ThreadMoves.BINDINGS,
        Binding("left", "folder(-1)", "folder", key_display="← →", id="inbox.folder-before"),
        Binding("right", "folder(1)", show=False, id="inbox.folder"),
        Binding("slash", "search", "search", id="inbox.search"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shelf = LoadedThreads()
        self.actions = ThreadActions(self, self._shelf, self.go_to)
        self.moves = ThreadMoves(self, self._shelf, self.go_to)

    def compose_above(self) -> ComposeResult:
        yield ChipsRow(id="folders")

    def on_mount(self) -> None:
        """A draft that was asked for elsewhere is in Drafts; loading begins after this."""
        if self.shell.wanted.startswith("Draft/"):
            self._shelf.folder = DRAFTS

    # rows

    async def read(self, record: "OpenRecord") -> None:
        name, asked = self._shelf.showing, self._shelf.asked
        await self._read_here(record, name)
        if name == DRAFTS:
            page = await self._unsent(record)
        else:
            page = await (record.threads.search(asked) if asked else record.threads.load(name))
        self._shelf.start(name, page)
        if name == self._shelf.showing and asked == self._shelf.asked:
            self._tell_unread()
            self.show_rows()

    async def _unsent(self, record: "OpenRecord") -> ThreadPage:
        """Drafts, and what is on its way."""
        post, patient = await self.shell.portal.messaging(), record.patient.id
        drafts = await post.drafts.of(patient)
        rows = unsent_rows(drafts, post.outbox.items, patient, self.shell.now())
        self._shelf.only_here = here = only_here(drafts, post.outbox.items, patient)
        folders = self._shelf.folders if self._shelf.are_told else await self._told_folders(record)
        counted = (replace(f, threads=len(rows) - here) if f.id == DRAFTS else f for f in folders)
        return ThreadPage(rows, folders=tuple(counted) if folders else ())

    async def _told_folders(self, record: "OpenRecord") -> tuple[Folder, ...]:
        """The server's; none where it can't be asked, which keeps nothing from showing that is here."""
        try:
            return (await record.threads.load(INBOX)).folders
        except (RecordClosed, SignedOut):
            raise
        except ApiError as error:
            self.not_fetched(self.fetched, error)
            return ()

    async def _read_here(self, record: "OpenRecord", name: str) -> None:
        """What is not sent shows at once, as far as this computer knows it."""
        post, patient = self.shell.portal.writing, record.patient.id
        if post is None:
            return
        drafts = await post.drafts.here(patient)
        self._shelf.only_here = only_here(drafts, post.outbox.items, patient)
        if name == DRAFTS:
            shown = self._loaded.rows if self._loaded else ()
            ids = {draft.id for draft in drafts}
            theirs = [row for row in shown if isinstance(row, Unsent) and row.is_elsewhere(ids, post.drafts.is_gone)]
            rows = unsent_rows(drafts, post.outbox.items, patient, self.shell.now())
            self._shelf.start(DRAFTS, ThreadPage((*rows, *theirs)))
        self.show_rows()

    def mail_moved(self) -> None:
        """A message on its way got somewhere."""
        self.load()

    @work(exclusive=True, group="more")
    async def read_more(self, record: "OpenRecord", name: str, before: str) -> None:
        """The page after the last row."""
        shelf, asked = self._shelf, self._shelf.asked
        with reported(self.shell):
            page = await (
                record.threads.search(asked, before=before) if asked else record.threads.load(name, before=before)
            )
            same_list = name == shelf.showing and asked == shelf.asked
            if same_list and shelf.shown and shelf.shown.next == before:
                shelf.more(name, page)
                self.show_rows()

    @on(VirtualList.Highlighted, "#rows")
    def _near_the_end(self) -> None:
        loaded = self._loaded
        if self.record is None or loaded is None or not loaded.next:
            return
        if self.list.cursor >= len(self.list.rows) - _AHEAD and not self._is_coming():
            self.read_more(self.record, self._shelf.showing, loaded.next)

    def _is_coming(self) -> bool:
        return any(w.group == "more" and w.node is self and w.is_running for w in self.app.workers)

    def show_rows(self) -> None:
        """The rows of the folder, or those of them that are looked for."""
        loaded = self._loaded
        rows = loaded.rows if loaded else ()
        if self.words and not self._shelf.asked:
            rows = matching(rows, self.words)
        size, shelf = self.app.size, self._shelf
        columns = columns_for(size.width, size.height)
        view = ThreadView(columns, self.shell.local, self.shell.now(), shelf.marked, self._looked_for)
        self._show_folders(len(rows))
        if self.shell.wanted == NEXT_UNREAD and loaded:
            self.shell.take_wanted()
            self.call_after_refresh(self.action_next_unread)
        self.put(rows, view, nothing=self._nothing() if loaded else loading())
        if shelf.cursor_at and any(row.key == shelf.cursor_at for row in rows):
            self.list.show(rows, view, key=shelf.cursor_at)
            if shelf.reopen:
                self.open_row()
            shelf.cursor_at, shelf.reopen = "", False

    @property
    def _looked_for(self) -> tuple[str, ...]:
        """The words that are looked for, here or on the server."""
        return tuple((self._shelf.asked or self.words).casefold().split())

    def forget(self) -> None:
        self._shelf.clear()
        self.moves.forget()
        self._tell_unread()

    @property
    def folder(self) -> str:
        """The folder that shows."""
        return self._shelf.folder

    @property
    def folders(self) -> tuple[Folder, ...]:
        """All of them, as far as they are known."""
        return self._shelf.folders

    @property
    def _loaded(self) -> LoadedFolder | None:
        return self._shelf.shown

    def _show_folders(self, shown: int) -> None:
        row, here = self.query_one("#folders", ChipsRow), self._shelf.only_here
        row.chips = tuple(
            Chip(f.id, f"{f.name} {f.threads + here}" if f.id == DRAFTS and f.threads + here else f.name, f.unread)
            for f in self.folders
        )
        row.here = "" if self._shelf.asked else self.folder
        row.end = ((f"{self._extent(shown)} ", "muted"),)
        more = self._loaded is not None and self._loaded.next and not (self.words or self._shelf.asked)
        self.list.tell_total(self._total if more else 0)
        unread = self._loaded.unreadable if self._loaded else 0
        self.say_unreadable(unreadable_text(unread, "conversation"))

    @property
    def _total(self) -> int:
        return next((f.threads for f in self.folders if f.id == self.folder), 0)

    def _extent(self, shown: int) -> str:
        """How many are marked; how much of how much shows, where that is not all."""
        if self._shelf.marked_rows:
            return f"{len(self._shelf.marked_rows)} marked"
        if self._shelf.asked:
            return f"{shown}{'+' if self._loaded and self._loaded.next else ''} found"
        if self.words:
            return f"{shown} here"
        total = self._total
        if not (self._loaded and self._loaded.next):
            return ""
        narrow = self.wide or self.app.size.width < 60  # The folders leave a dozen cells.
        return f"of {total:,}" if narrow else f"{shown:,} of {total:,}"

    def _nothing(self) -> Notice:
        if self._shelf.asked:
            return Notice(f"No conversation holds “{self._shelf.asked}”.", keys=(("esc", "shows all"),))
        if self.words:
            keys = (("enter", "looks into every message"), ("esc", "shows all"))
            return Notice(f"No subject or sender here with “{self.words.strip()}”.", keys=keys)
        if self.folder != INBOX:
            return empty(*_EMPTY.get(self.folder, ("Nothing in this folder", "m moves conversations here.")))
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

    def _told(self, row: ThreadRow) -> tuple[list[Shown], int]:
        if isinstance(row, Unsent):
            me = self.shell.portal.sign_in.me
            return told(row, me.messages if me else None), 0
        self._shelf.show_other(row.id)
        width = self.app.size.width - (LIST_WIDTH + 1 if self.wide else 0) - 3
        zone = self.shell.portal.sign_in.me.zone if self.shell.portal.sign_in.me else ""
        space = ThreadSpace(width, lambda at: instant_text(at, zone), self._looked_for)
        return reading(row, self._shelf.thread(row), space)

    def arrived(self, row: ThreadRow) -> None:
        """Fetch the thread that the detail shows, unless it is here."""
        if self.record is not None and not isinstance(row, Unsent) and self._shelf.thread(row) is None:
            self.fetch(self.record, row, opening=self._shelf.opening == row.id)

    @work(exclusive=True, group="thread")
    async def fetch(self, record: "OpenRecord", row: ThreadRow, *, opening: bool = False) -> None:
        """A whole thread; `opening` marks it as read when it is there."""
        with reported(self.shell):
            thread = self._shelf.thread(row) or await record.threads.read(row.id)
            self._shelf.keep(thread)
            if self.list.key == row.key:
                self._shelf.opening = ""
                self._show_thread(row)
                if opening and thread.unread and self._shelf.opened != row.id:
                    await self._mark_read(record, thread)

    def _show_thread(self, row: ThreadRow) -> None:
        """From its first unread message on."""
        shown, unread = self._told(row)
        self.fill(shown)
        if isinstance(self.detail, Page):
            self.call_after_refresh(self.detail.bring_to_top, unread)

    def opened(self, row: ThreadRow) -> None:
        """`enter`: what was unread is read now; a draft is gone on with."""
        if isinstance(row, Unsent):
            self.actions.open_unsent(row)
        elif self.record is not None:
            self._shelf.opening = row.id
            self.fetch(self.record, row, opening=True)

    async def _mark_read(self, record: "OpenRecord", thread: Thread) -> None:
        """At once here, then there; where telling the server fails, it is unread again."""
        before = self._shelf.marks()
        self._shelf.opened = thread.row.id
        self._shelf.read(thread, self.folder)
        self._show_unread()
        try:
            await record.threads.mark_read(thread)
        except ApiError:
            self._shelf.restore(before)
            self._show_unread()
            raise

    def _show_unread(self) -> None:
        self._tell_unread()
        self.show_rows()

    def line_of(self, row: ThreadRow) -> str:
        """Date, who, what, and what it waits for."""
        at = instant_text(row.at, self.shell.portal.sign_in.me.zone if self.shell.portal.sign_in.me else "")
        return f" {symbols.get('dot')} ".join(part for part in (at, row.team, row.subject, row.state) if part)

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Folders belong to the list; there is no search over nothing."""
        if not self.is_mounted or self.record is None:
            return super().check_action(action, parameters)
        if action in ("folder", "search"):
            return bool(self.folders) and (action == "search" or not self.in_detail)
        if self._shelf.marked and not self.in_detail and action in _OF_ONE:
            return False
        return self.actions.may(action) and self.moves.may(action) and super().check_action(action, parameters)

    def action_new(self) -> None:
        self.actions.new()

    def action_reply(self) -> None:
        self.actions.reply()

    def action_forward(self) -> None:
        self.actions.forward()

    def action_next_unread(self) -> None:
        self.actions.next_unread()

    def action_mark(self) -> None:
        self.moves.mark()

    def action_move(self) -> None:
        self.moves.move()

    def action_delete(self) -> None:
        self.moves.delete()

    def action_undo(self) -> None:
        self.moves.undo()

    def action_unread(self) -> None:
        self.moves.mark_read(unread=True)

    def action_read(self) -> None:
        self.moves.mark_read(unread=False)

    def action_save(self) -> None:
        self.actions.save()

    def action_remove_folder(self) -> None:
        self.moves.remove_folder()

    def action_back(self) -> None:
        """`esc` takes marks away before anything else that is on the list."""
        if self.has_trouble or self.in_detail or not self.moves.unmark():
            super().action_back()

    def action_folder(self, by: int) -> None:
        self.go_to(self.query_one("#folders", ChipsRow).after(by))

    @on(ChipsRow.Chosen)
    def _chip(self, event: ChipsRow.Chosen) -> None:
        self.go_to(event.id)

    def go_to(self, folder: str) -> None:
        """Show a folder: what is here of it at once, then what is new."""
        self.stop_searching()
        self._shelf.folder, self._shelf.marked = folder, frozenset()
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
        """`/` begins anew."""
        if self._looked_for:
            self.stop_searching()
            self.show_rows()
        super().action_search()

    def search_for(self, words: str) -> None:
        self._shelf.asked = ""
        super().search_for(words)

    def search_entered(self) -> None:
        """Look into every message, on the server."""
        self._shelf.asked = self.words = self.search.words
        self._shelf.marked = frozenset()
        self._shelf.lists.pop(FOUND, None)
        self.show_rows()
        self.load()

    def stop_searching(self) -> None:
        self._shelf.asked = ""
        super().stop_searching()
