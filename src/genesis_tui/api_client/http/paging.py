"""How far a load of many pages may go: a server that leads in a circle, or on for ever, is not followed."""

MOST_PAGES = 2_000
"""Pages of one search; at 200 a page more than any person's record holds."""
MOST_EMPTY = 10
"""The page without a row at which a search ends."""
MOST_BYTES = 512 * 1024 * 1024
"""Bytes of one whole load, over all its searches."""
CIRCLE = "the server's pages lead in a circle"
EMPTY = "the server's pages go on without anything on them"
ENDLESS = "the server's pages do not come to an end"


class LoadSize:
    """What one load has brought, over all its searches."""

    def __init__(self) -> None:
        self.bytes = 0

    def add(self, size: int) -> bool:
        """Whether more may come after so many bytes."""
        self.bytes += size
        return self.bytes < MOST_BYTES


class Paging:
    """The pages of one search. A page that is asked for again counts once."""

    def __init__(self, load: LoadSize | None = None) -> None:
        """`load`: what the search is a part of, where it is not all."""
        self._load = load or LoadSize()
        self._asked: set[str] = set()
        self._empty = 0

    def fault(self, asked: str, following: str, *, size: int, empty: bool) -> str:
        """Why the search may not go on with the page that follows; empty where it may, or has come to its end.

        Args:
            asked: the address, or the cursor, of the page that came.
            following: that of the next one; empty at the end.
            size: bytes of the page that came.
            empty: whether nothing was on it.
        """
        fits = self._load.add(size)
        if not following or (asked in self._asked and fits):
            return ""
        self._asked.add(asked)
        self._empty += empty
        if following in self._asked:
            return CIRCLE
        if self._empty >= MOST_EMPTY:
            return EMPTY
        return "" if fits and len(self._asked) < MOST_PAGES else ENDLESS
