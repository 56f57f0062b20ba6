"""APPT-3, APPT-4: the grid of a clinic's slots, the same whoever asks and whenever.

A schedule is made of units of ten minutes. Patients from outside this portal hold many of them: which, and which of
them are given back how long before, is drawn from the schedule and the day alone. So slots are there for every day to
come, and new ones open as time passes.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

BOOKS, REQUESTS, NONE = "books", "requests", "none"
"""APPT-2: what a clinic does with a visit type."""
UNIT: Final = timedelta(minutes=10)
_CELL, _FIRST_HOUR = 20, 6
"""Minutes that others hold at once, and the hour from which they are drawn: 48 of them are until ten at night."""
_HELD, _GIVEN_BACK = 150, 175
"""Of 256 cells so many stay held; those up to the second number are given back one to four days before."""


@dataclass(frozen=True, slots=True)
class ClinicSettings:
    """A clinic's own settings. `hours` are local minutes after midnight, `closed` days on which it sees nobody, `ways`
    what it does by visit type."""

    id: str
    name: str
    zone: str
    ahead_days: int
    days: frozenset[int]
    hours: tuple[tuple[int, int], ...]
    ways: Mapping[str, str]
    closed: Container[date]
    sensitive: bool = False
    video: bool = False

    def today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.zone)).date()

    def last_day(self, now: datetime) -> date:
        """The last day that can be booked."""
        return self.today(now) + timedelta(days=self.ahead_days)


class Start(NamedTuple):
    """The start of a slot: in UTC, and in minutes after the clinic's midnight."""

    at: datetime
    minute: int


def grid(clinic: ClinicSettings, day: date, minutes: int) -> Iterator[Start]:
    """The starts of slots of so many minutes, whether free or not; none on a day on which the clinic is closed."""
    if day.weekday() not in clinic.days or day in clinic.closed:
        return
    midnight = datetime.combine(day, time(), ZoneInfo(clinic.zone))
    for opens, closes in clinic.hours:
        for minute in range(opens, closes - minutes + 1, minutes):
            local = midnight + timedelta(minutes=minute)
            yield Start(local.astimezone(_UTC), minute)


def units(start: datetime, minutes: int) -> list[datetime]:
    """The units that a visit takes."""
    return [start + number * UNIT for number in range(-(-minutes // (UNIT // timedelta(minutes=1))))]


class Held:
    """What others hold of one schedule on one day."""

    def __init__(self, schedule_id: str, day: date) -> None:
        self._drawn = blake2b(f"{schedule_id}/{day}".encode(), digest_size=48).digest()

    def is_free(self, minute: int, at: datetime, now: datetime) -> bool:
        """Whether nobody from outside holds the unit that begins so many minutes after midnight, now."""
        cell = (minute - _FIRST_HOUR * 60) // _CELL
        drawn = self._drawn[cell] if 0 <= cell < len(self._drawn) else 0
        if drawn < _HELD:
            return False
        return drawn >= _GIVEN_BACK or at - now <= timedelta(days=1 + drawn % 4)


def how(clinic: ClinicSettings, minute: int) -> str:
    """Whether a slot is in person or by video."""
    return "video" if clinic.video and minute >= _LATE else "in-person"


_LATE: Final = 15 * 60
_UTC: Final = ZoneInfo("UTC")
