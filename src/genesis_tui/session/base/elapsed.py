"""A clock for what must end while nobody is there: it goes on while the computer sleeps."""

import time
from collections.abc import Callable


class Elapsed:
    """Seconds from some instant on, for systems without a clock that counts sleep.

    Python's monotonic clock stands still while a Mac sleeps, and the wall clock can be set back: whichever of the two
    has gone on further since the last look counts.
    """

    def __init__(self, steady: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time) -> None:
        self._steady, self._wall = steady, wall
        self._before = steady(), wall()
        self._seconds = 0.0

    def __call__(self) -> float:
        """Never less than at the call before."""
        now = self._steady(), self._wall()
        self._seconds += max(0.0, *(after - before for after, before in zip(now, self._before, strict=True)))
        self._before = now
        return self._seconds


def awake_or_asleep() -> Callable[[], float]:
    """Seconds from some instant on, with those in which the computer slept: Linux has a clock of its own for it."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return Elapsed() if boot is None else lambda: time.clock_gettime(boot)
