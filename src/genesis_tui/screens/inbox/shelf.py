"""What the inbox has fetched so far: rows of each folder, of a search, and threads that were read."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from genesis_tui.models.messages import Folder, Thread, ThreadPage, ThreadRow

_THREADS = 64
"""Threads that are kept whole."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rows of a list as far as they are fetched; `next` asks for more, empty where that is all."""

    rows: tuple[ThreadRow, ...] = ()
    next: str = ""
    unreadable: int = 0

    def with_page(self, page: ThreadPage) -> "Loaded":
        """And the page after; a thread that moved up meanwhile is not listed twice."""
        known = {row.id for row in self.rows}
        fresh = tuple(row for row in page.rows if row.id not in known)
        return Loaded((*self.rows, *fresh), page.next, self.unreadable + page.unreadable)


Marks = tuple[dict[str, Loaded], tuple[Folder, ...]]


@dataclass(slots=True)
class Shelf:
    """Everything fetched of one patient's messages while the screen stands."""

    folders: tuple[Folder, ...] = ()
    lists: dict[str, Loaded] = field(default_factory=dict)
    """By folder id; the rows of a search under `FOUND`."""
    _threads: dict[str, Thread] = field(default_factory=dict)

    def start(self, name: str, page: ThreadPage) -> None:
        """The first page of a list, and the folders with their counts."""
        self.lists[name] = Loaded().with_page(page)
        self.folders = page.folders or self.folders

    def more(self, name: str, page: ThreadPage) -> None:
        """The next page of a list."""
        self.lists[name] = self.lists.get(name, Loaded()).with_page(page)
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

    def take_out(self, name: str, ids: Iterable[str]) -> None:
        """These threads are in another folder now."""
        gone, loaded = set(ids), self.lists.get(name, Loaded())
        self.lists[name] = replace(loaded, rows=tuple(row for row in loaded.rows if row.id not in gone))

    def read(self, thread: Thread, folder: str) -> None:
        """The viewer has read this thread: no row and no count has it as unread any more."""
        counted = folder if any(f.id == folder and f.unread for f in self.folders) else "inbox"
        for name, loaded in self.lists.items():
            rows = tuple(replace(row, unread=0) if row.id == thread.row.id else row for row in loaded.rows)
            self.lists[name] = replace(loaded, rows=rows)
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
    def unread(self) -> int | None:
        """How many messages the viewer has not read, but for those in Trash; None before that is known."""
        if not self.folders:
            return None
        return sum(folder.unread for folder in self.folders if folder.id != "trash")


FOUND = "?"
"""The list of what a search on the server found."""


def matching(rows: Iterable[ThreadRow], words: str) -> tuple[ThreadRow, ...]:
    """The rows that hold each word in subject, sender or category."""
    wanted = words.casefold().split()
    return tuple(
        row for row in rows if all(w in f"{row.subject}\n{row.team}\n{row.category}".casefold() for w in wanted)
    )
