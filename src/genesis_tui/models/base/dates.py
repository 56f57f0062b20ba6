"""Days and hours in the words that every screen uses; English whatever the locale is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SURE = 50
"""Years from now within which two digits of a year are enough."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Precision(StrEnum):
    """How much of a date was recorded."""

    NONE = "none"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    TIME = "time"


_LENGTHS = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A point in time with the precision it was recorded in.

    `instant` is aware (UTC offset kept as given) and stands for the start of the period where the precision is
    less than a time; it orders and plots. A missing date sorts first and prints `None recorded`.
    """

    instant: datetime
    precision: Precision = Precision.TIME
    zoned: bool = True
    """False for a time of day whose zone was not recorded: its `instant` is in UTC for the order alone."""
    written: str = ""
    """What stands in place of a date and can't be read as one, in one line."""

    @property
    def day(self) -> date:
        """The calendar day in the zone it was recorded in."""
        return self.instant.date()

    def on_clock(self, zone: tzinfo | None) -> "Moment":
        """The same moment as a clock in `zone` shows it; as it was recorded where it has no time or no zone."""
        if zone is None or self.precision is not Precision.TIME or not self.zoned:
            return self
        return Moment(self.instant.astimezone(zone))


NEVER = Moment(datetime.min.replace(tzinfo=UTC), Precision.NONE)
"""A date that is missing."""


def day(at: Moment) -> str:
    """`20 Nov 2026`, or as much of it as was recorded; `None recorded` (REC-6); what is no date as it is."""
    when = at.instant
    if at.precision is Precision.NONE:
        return f"{at.written} (can't be read as a date)" if at.written else "None recorded"
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
    """`20 Nov 26`, ` 3 Sep 26`: nine cells, eleven with a year long ago (`20 Nov 1938`); partial dates as given
    (`Sep 2026`, `2026`), `no date` for none, `unclear` for what can't be read as one (REC-6)."""
    if moment.precision is Precision.NONE:
        return "unclear" if moment.written else "no date"
    if moment.precision in (Precision.YEAR, Precision.MONTH):
        return day(moment)
    when = moment.instant
    return f"{when.day:2d} {MONTHS[when.month - 1]} {short_year(when.year)}"


def short_year(year: int) -> str:
    """`26`; `1938` where it is fifty years from now or more, so that nobody takes it for 2038."""
    return f"{year % 100:02d}" if abs(year - date.today().year) < _SURE else str(year)


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
    if not moment.zoned:
        return f"{long_day(moment)} {clock(moment.instant)}"
    return instant_text(moment.instant, zone)


def span_text(start: Moment | None, end: Moment | None, zone: str | None = None) -> str:
    """`1 Jan 2026 to 5 Jan 2026`, `since Jan 2026`, `until 2027`; times of one day: `Fri 20 Nov 2026 07:40 EST to
    08:10 EST`."""
    if start is None or end is None:
        return f"since {_end(start, zone)}" if start else f"until {_end(end, zone)}" if end else ""
    first, last = _end(start, zone), _end(end, zone)
    today = f"{long_day(Moment(start.instant))} "
    both = first.startswith(today) and last.startswith(today)
    return f"{first} to {last.removeprefix(today) if both else last}"


def _end(moment: Moment | None, zone: str | None) -> str:
    """An end of a span: a day without its weekday."""
    if moment is None or moment.precision is not Precision.TIME:
        return day(moment) if moment else ""
    return long_time(moment, zone)


def instant_text(instant: datetime, zone: str | None = None) -> str:
    """An aware instant as `long_time` writes it."""
    there = zone_of(zone)
    local = instant.astimezone(there) if there else instant
    return f"{long_day(Moment(local))} {clock(local)} {zone_name(local)}"


def iso(moment: Moment) -> str:
    """`2026-11-30T07:40:00-05:00`, with as much of it as was recorded; empty for none (REC-6)."""
    if moment.precision is Precision.NONE:
        return ""
    text = iso_instant(moment.instant) if moment.zoned else moment.instant.replace(tzinfo=None).isoformat()
    return text[: _LENGTHS.get(moment.precision, len(text))]


def iso_instant(at: datetime) -> str:
    """RFC 3339 with its offset; one in seconds, as of long ago, becomes UTC's."""
    offset = at.utcoffset()
    return (at.astimezone(UTC) if offset is not None and offset.total_seconds() % 60 else at).isoformat()


def zone_of(name: str | None) -> tzinfo | None:
    """The zone of an IANA name; None where the name is empty or unknown."""
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
