"""The mock's one clock: everything that depends on time asks it, and a tester moves it."""

import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """An aware instant as whole microseconds since 1970 UTC, as the database keeps it."""
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC instant of a number of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def iso(moment: datetime | None) -> str | None:
    """An aware UTC instant as RFC 3339."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def micros_iso(micros: int | None) -> str | None:
    """Microseconds since 1970 as RFC 3339."""
    return None if micros is None else iso(from_micros(micros))


class Clock:
    """Real time plus an offset, or standing still while `freeze` is true."""

    def __init__(self, start: datetime | None = None, *, freeze: bool = False) -> None:
        self._freeze = freeze
        self._offset = 0
        self._still = _real()
        if start is not None:
            self.set(start)

    @property
    def freeze(self) -> bool:
        """Whether the clock stands still until it is moved."""
        return self._freeze

    @freeze.setter
    def freeze(self, still: bool) -> None:
        now = self.micros()
        self._freeze = still
        self._put(now)

    def micros(self) -> int:
        """Now, in microseconds since 1970 UTC."""
        return self._still if self._freeze else _real() + self._offset

    def now(self) -> datetime:
        """Now, as an aware UTC datetime."""
        return from_micros(self.micros())

    def set(self, moment: datetime) -> None:
        """Makes `moment` (aware) the present; raises ValueError for a naive one."""
        if moment.tzinfo is None:
            raise ValueError("the clock needs an instant with a time zone")
        self._put(to_micros(moment))

    def advance(self, step: timedelta) -> None:
        self._put(self.micros() + step // MICROSECOND)

    def _put(self, micros: int) -> None:
        self._still = micros
        self._offset = micros - _real()


def _real() -> int:
    return time.time_ns() // 1000
