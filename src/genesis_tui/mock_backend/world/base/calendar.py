"""Offsets of the data files as real dates: whole days from the day on which the world starts, in a place's own zone."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_SATURDAY = 5


def one_day(now: datetime, zones: Iterable[str]) -> tuple[datetime, datetime]:
    """From when until when (UTC) each of `zones` has the calendar day that it has `now`.

    A world that starts at any instant between the two stands on the same days.
    """
    days = [(now.astimezone(zone).date(), zone) for zone in map(ZoneInfo, set(zones))]
    begun = [datetime.combine(day, time(), zone).astimezone(UTC) for day, zone in days]
    over = [datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) for day, zone in days]
    return max(begun), min(over)


class Calendar:
    """Turns (day offset, clock time, zone) into dates and instants; knows nothing but the world's start."""

    def __init__(self, start: datetime) -> None:
        self.start = start
        self._today: dict[str, tuple[ZoneInfo, date]] = {}

    def _zone(self, name: str) -> tuple[ZoneInfo, date]:
        known = self._today.get(name)
        if known is None:
            zone = ZoneInfo(name)
            known = self._today[name] = (zone, self.start.astimezone(zone).date())
        return known

    def day(self, offset: int, zone: str) -> date:
        """The calendar day `offset` days from the start's day in `zone`."""
        return self._zone(zone)[1] + timedelta(days=offset)

    def workday(self, offset: int, zone: str) -> date:
        """Like `day`, moved off weekends: back to Friday for what is past, on to Monday for what is ahead.

        The move keeps order: a later offset is never an earlier day.
        """
        day = self.day(offset, zone)
        beyond = day.weekday() - _SATURDAY
        if beyond < 0:
            return day
        return day - timedelta(days=beyond + 1) if offset <= 0 else day + timedelta(days=2 - beyond)

    def at(self, offset: int, clock: str, zone: str, *, routine: bool = True) -> datetime:
        """The instant of `HH:MM` on that day in `zone`; `routine` moves it off weekends."""
        day = self.workday(offset, zone) if routine else self.day(offset, zone)
        hour, minute = _hours(clock)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=self._zone(zone)[0])

    def born(self, years: int, days: int, zone: str) -> date:
        """The birth date of someone who turns `years` on the day `days` from the start (negative: turned then)."""
        turned = self.day(days, zone)
        if (turned.month, turned.day) == (2, 29):
            turned += timedelta(days=1)
        return turned.replace(year=turned.year - years)


@lru_cache(maxsize=512)
def _hours(clock: str) -> tuple[int, int]:
    hour, minute = clock.split(":")
    return int(hour), int(minute)
