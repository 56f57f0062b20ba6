"""How old that is which is read from a copy: each answer was kept at an instant of its own (SESS-5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime


class Ages:
    """When what shows somewhere was kept, by what it was read for."""

    def __init__(self) -> None:
        self._oldest: dict[str, datetime] = {}

    @property
    def oldest(self) -> datetime | None:
        """When the oldest of it was kept; None where nothing of it came from a copy."""
        return min(self._oldest.values(), default=None)

    @contextmanager
    def reading(self, what: str) -> Iterator[None]:
        """What is read within, tasks begun in it included, takes the place of what was read for the same before."""
        before = self._oldest.pop(what, None)
        mark = _reading.set((self, what))
        try:
            yield
        finally:
            _reading.reset(mark)
            if before is not None:
                self._oldest.setdefault(what, before)

    def add(self, what: str, at: datetime) -> None:
        """An answer was kept then."""
        self._oldest[what] = min(at, self._oldest.get(what, at))


_reading: ContextVar[tuple[Ages, str] | None] = ContextVar("reading", default=None)


def note(at: float) -> datetime:
    """An answer that was kept then (seconds since 1970) is read now, for whatever reads."""
    when, reads = datetime.fromtimestamp(at, UTC), _reading.get()
    if reads is not None:
        reads[0].add(reads[1], when)
    return when
