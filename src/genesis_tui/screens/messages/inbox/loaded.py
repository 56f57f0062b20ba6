"""What the inbox has fetched so far: rows of each folder, of a search, and threads that were read."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace
from itertools import compress
from weakref import ref

from genesis_tui.models.base.search import folded
from genesis_tui.models.messages.threads import Folder, Thread, ThreadPage, ThreadRow

INBOX, TRASH = "inbox", "trash"
BUILT_IN = (Folder(INBOX, "Inbox"), Folder("sent", "Sent"), Folder("drafts", "Drafts"), Folder(TRASH, "Trash"))
"""What every inbox has, until the server tells its folders."""
FOUND = "?"
"""The list of what a search on the server found."""
_THREADS = 64
"""Threads that are kept whole."""


class Rows(tuple[ThreadRow, ...]):
    """Rows of a list, or those of them that were found."""

    found_by: "ThreadSearch | None" = None
    """It lives as long as what it found shows."""
    searched: "ref[ThreadSearch] | None" = None
    """The last search among these rows, or among those that they begin with."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ThreadSearch:
    """What the next letter needs of the search before."""

    among: Rows
    texts: list[str]
    """The texts of all rows, in their order."""
    words: str
    found: tuple[ThreadRow, ...]
    found_texts: list[str]


@dataclass(frozen=True, slots=True)
class LoadedFolder:
    """The rows of a list as far as they are fetched; `next` asks for more, empty where that is all."""

    rows: Rows = field(default_factory=Rows)
    next: str = ""
    unreadable: int = 0
    _ids: set[str] = field(default_factory=set, repr=False, compare=False)
    """Shared with the pages before and after: it holds the ids of these rows, and no others if it is as long."""

    def with_page(self, page: ThreadPage) -> "LoadedFolder":
        """And the page after; a thread that moved up meanwhile is not listed twice."""
        ids = self._ids if len(self._ids) == len(self.rows) else {row.id for row in self.rows}
        fresh = []
        for row in page.rows:
            if row.id not in ids:
                ids.add(row.id)
                fresh.append(row)
        return LoadedFolder(self._like(self.rows + tuple(fresh)), page.next, self.unreadable + page.unreadable, ids)

    def without(self, ids: Container[str]) -> "LoadedFolder":
        """The list when these threads are gone."""
        return replace(self, rows=Rows(row for row in self.rows if row.id not in ids))

    def read(self, id: str) -> "LoadedFolder":
        """The list when nothing in this thread is unread any more."""
        return replace(self, rows=self._like(replace(row, unread=0) if row.id == id else row for row in self.rows))

    def _like(self, rows: Iterable[ThreadRow]) -> Rows:
        """Rows whose texts begin with those of the rows here."""
        made = Rows(rows)
        made.searched = self.rows.searched
        return made


Marks = tuple[dict[str, LoadedFolder], tuple[Folder, ...]]


@dataclass(slots=True)
class LoadedThreads:
    """Everything fetched of one patient's messages while the screen stands."""

    folders: tuple[Folder, ...] = BUILT_IN
    only_here: int = 0
    """How many drafts and messages on their way the server knows nothing of."""
    lists: dict[str, LoadedFolder] = field(default_factory=dict)
    """By folder id; the rows of a search under `FOUND`."""
    folder: str = INBOX
    """Id of the folder that shows."""
    asked: str = ""
    """What the server was asked to find; its rows show while this is not empty."""
    opening: str = ""
    """Id of the thread that is being fetched to be read; the pane that follows the cursor may fetch it anew."""
    opened: str = ""
    """Id of the thread that was opened last: what was new in it keeps its mark until another one shows."""
    marked: frozenset[str] = frozenset()
    """Ids of the threads that are marked in the list that shows."""
    cursor_at: str = ""
    """Key of the row that the cursor goes to when the list is here anew; `reopen` opens it then."""
    reopen: bool = False
    _threads: dict[str, Thread] = field(default_factory=dict)

    @property
    def marked_rows(self) -> tuple[ThreadRow, ...]:
        """The marked ones among the rows that are here."""
        return tuple(row for row in self.shown.rows if row.id in self.marked) if self.shown and self.marked else ()

    def turn_mark(self, id: str) -> None:
        """Mark it, or take its mark away."""
        self.marked ^= {id}

    @property
    def showing(self) -> str:
        """The list that shows: a folder, or what was found."""
        return FOUND if self.asked else self.folder

    @property
    def shown(self) -> LoadedFolder | None:
        """What is fetched of the list that shows; None before its first page."""
        return self.lists.get(self.showing)

    def clear(self) -> None:
        """Forget everything that was fetched (FAM-11)."""
        self.folders, self.lists, self._threads = BUILT_IN, {}, {}

    def start(self, name: str, page: ThreadPage) -> None:
        """The first page of a list, and the folders with their counts."""
        self.lists[name] = LoadedFolder().with_page(page)
        self.folders = page.folders or self.folders

    def more(self, name: str, page: ThreadPage) -> None:
        """The next page of a list."""
        self.lists[name] = self.lists.get(name, LoadedFolder()).with_page(page)
        self.folders = page.folders or self.folders

    def thread(self, row: ThreadRow) -> Thread | None:
        """The whole thread, where it is here and as new as its row."""
        known = self._threads.get(row.id)
        return known if known is not None and known.row.count == row.count else None

    def keep(self, thread: Thread) -> None:
        """Keep a thread; of many the one longest here goes."""
        self._threads.pop(thread.row.id, None)
        self._threads[thread.row.id] = thread
        while len(self._threads) > _THREADS:
            del self._threads[next(iter(self._threads))]

    def forget_threads(self, ids: Iterable[str]) -> None:
        """Fetch these anew when they are read again."""
        for id in ids:
            self._threads.pop(id, None)

    def show_other(self, id: str) -> None:
        """This thread shows now: what was new in the one before it has no mark any more."""
        if self.opened and self.opened != id:
            self.forget_threads([self.opened])
            self.opened = ""

    def unread_again(self, id: str) -> None:
        """Nothing that is here of this thread holds any more: it was marked as unread."""
        if self.opened == id:
            self.opened = ""
        self.forget_threads([id])

    def take_out(self, name: str, ids: Iterable[str]) -> None:
        """These threads are in another folder now."""
        self.lists[name] = self.lists.get(name, LoadedFolder()).without(set(ids))

    def read(self, thread: Thread, folder: str) -> None:
        """The viewer has read this thread: no row and no count has it as unread any more."""
        counted = folder if any(f.id == folder and f.unread for f in self.folders) else INBOX
        self.lists = {name: loaded.read(thread.row.id) for name, loaded in self.lists.items()}
        count = len(thread.unread)
        self.folders = tuple(
            replace(f, unread=max(0, f.unread - count)) if f.id == counted else f for f in self.folders
        )

    def marks(self) -> Marks:
        """What `restore` goes back to."""
        return dict(self.lists), self.folders

    def restore(self, marks: Marks) -> None:
        """Rows and counts as they were."""
        self.lists, self.folders = marks

    @property
    def are_told(self) -> bool:
        """Whether the server has told its folders."""
        return self.folders is not BUILT_IN

    @property
    def unread(self) -> int | None:
        """How many messages the viewer has not read, but for those in Trash; None before that is known."""
        if not self.are_told:
            return None
        return sum(folder.unread for folder in self.folders if folder.id != TRASH)


def matching(rows: Iterable[ThreadRow], words: str) -> Rows:
    """The rows that hold each word in subject, sender or category.

    While what is found shows, no text is made twice, and more letters are looked for only where the fewer ones stood.
    """
    among = rows if isinstance(rows, Rows) else Rows(rows)
    before = among.searched() if among.searched is not None else None
    texts = before.texts if before is not None else []
    if len(texts) != len(among):
        new = among[len(texts) :]
        texts = texts + [folded(f"{row.subject}\n{row.team}\n{row.category}") for row in new]
    wanted = folded(words)
    pool: tuple[ThreadRow, ...] = among
    pool_texts = texts
    if before is not None and before.among is among and wanted.startswith(before.words):
        pool, pool_texts = before.found, before.found_texts
    for word in wanted.split():
        holds = [word in text for text in pool_texts]
        pool, pool_texts = tuple(compress(pool, holds)), list(compress(pool_texts, holds))
    found = Rows(pool)
    found.found_by = ThreadSearch(among, texts, wanted, pool, pool_texts)
    among.searched = ref(found.found_by)
    return found
