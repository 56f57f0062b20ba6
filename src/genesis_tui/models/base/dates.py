"""Days and hours in the words that every screen uses; English whatever the locale is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Precision(StrEnum):
    """How much of a date was recorded."""

    NONE = "none"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    TIME = "time"


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A point in time with the precision it was recorded in.

    `instant` is aware (UTC offset kept as given) and stands for the start of the period where the precision is
    less than a time; it orders and plots. A missing date sorts first and prints `None recorded`.
    """

    instant: datetime
    precision: Precision = Precision.TIME

    @property
    def day(self) -> date:
        """The calendar day in the zone it was recorded in."""
        return self.instant.date()


NEVER = Moment(datetime.min.replace(tzinfo=UTC), Precision.NONE)
"""A date that is missing."""


def day(at: Moment) -> str:
    """`20 Nov 2026`, or as much of it as was recorded; `None recorded` (REC-6)."""
    when = at.instant
    if at.precision is Precision.NONE:
        return "None recorded"
    if at.precision is Precision.YEAR:
        return str(when.year)
    month = f"{MONTHS[when.month - 1]} {when.year}"
    return month if at.precision is Precision.MONTH else f"{when.day} {month}"


def day_month(when: date) -> str:
    """`20 Nov`, ` 3 Nov`: six cells."""
    return f"{when.day:>2} {MONTHS[when.month - 1]}"


def weekday(when: date) -> str:
    """`Fri 20 Nov`, `Wed  2 Dec`: ten cells."""
    return f"{DAYS[when.weekday()]} {day_month(when)}"


def clock(when: datetime) -> str:
    """`07:40`."""
    return f"{when.hour:02}:{when.minute:02}"


def short_day(moment: Moment) -> str:
    """`20 Nov 26`, ` 3 Sep 26`: nine cells; partial dates as given (`Sep 2026`, `2026`), `no date` for none (REC-6)."""
    if moment.precision is Precision.NONE:
        return "no date"
    if moment.precision in (Precision.YEAR, Precision.MONTH):
        return day(moment)
    when = moment.instant
    return f"{when.day:2d} {MONTHS[when.month - 1]} {when.year % 100:02d}"


def long_day(moment: Moment) -> str:
    """`Fri 20 Nov 2026`; partial dates as given, `None recorded` for none (REC-6)."""
    whole = moment.precision in (Precision.DAY, Precision.TIME)
    return f"{DAYS[moment.instant.weekday()]} {day(moment)}" if whole else day(moment)


def long_time(moment: Moment, zone: str | None = None) -> str:
    """`Fri 20 Nov 2026 07:40 EST`, with as much of it as was recorded.

    Args:
        moment: what to write.
        zone: IANA name of the zone to write it in; the offset it was recorded with (`UTC-05:00`) when None or unknown.
    """
    if moment.precision is not Precision.TIME:
        return long_day(moment)
    return instant_text(moment.instant, zone)


def instant_text(instant: datetime, zone: str | None = None) -> str:
    """An aware instant as `long_time` writes it."""
    there = _tz(zone)
    local = instant.astimezone(there) if there else instant
    return f"{long_day(Moment(local))} {clock(local)} {zone_name(local)}"


def _tz(name: str | None) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_name(local: datetime) -> str:
    """`EST`, `JST`; `UTC+05:30` where its zone has no name of its own."""
    name = local.tzname() or "UTC"
    if name[0] not in "+-" and not name.startswith("UTC"):
        return name
    offset = f"{local:%z}"
    return "UTC" if int(offset[:5]) == 0 else f"UTC{offset[:3]}:{offset[3:5]}"


def to_minute(at: datetime) -> datetime:
    """The minute that begins then or next: what ends at 10:12:30 has not ended at 10:12."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)


def time_on_day(at: datetime) -> str:
    """`10:12 EST on Mon 23 Nov 2026`."""
    return f"{clock(at)} {zone_name(at)} on {long_date(at.date())}"


def long_date(day: date) -> str:
    """`Mon 4 Jan 2027`."""
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


@cache
def _zone_info(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def in_zone(at: datetime, name: str) -> datetime:
    """An instant in the zone called `name`; in the computer's own where the name is empty or unknown."""
    return at.astimezone(_zone_info(name))
