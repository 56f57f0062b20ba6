"""A month as a calendar shows it, weeks beginning on Sunday as in the US, and what falls on its days."""

from calendar import SUNDAY, Calendar, monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from genesis_tui.models.appointments.appointment import Appointment, AppointmentGroup

HEADS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CALENDAR = Calendar(SUNDAY)


@dataclass(frozen=True, slots=True)
class DayMarks:
    """How many appointments fall on a day, and how many requests would like to."""

    booked: int = 0
    requested: int = 0


def weeks(month: date) -> tuple[tuple[date | None, ...], ...]:
    """The four to six weeks of the month that `month` is in, Sunday first; None for days of its neighbours."""
    days = _CALENDAR.itermonthdays(month.year, month.month)
    cells = [month.replace(day=day) if day else None for day in days]
    return tuple(tuple(cells[start : start + 7]) for start in range(0, len(cells), 7))


def stepped(day: date, days: int) -> date:
    """A day so many days on; the same where the calendar ends."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day


def turned(day: date, months: int) -> date:
    """The same day of the month so many months on, or that month's last; the same where the calendar ends."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return day
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def marked(rows: Iterable[Appointment]) -> dict[date, DayMarks]:
    """What falls on each day at its clinic: what is off counts for nothing, a request on each day that it prefers."""
    found: dict[date, DayMarks] = {}
    for row in rows:
        if row.off:
            continue
        wanted = row.group is AppointmentGroup.REQUESTED
        for day in row.days:
            known = found.get(day, DayMarks())
            found[day] = DayMarks(known.booked + (not wanted), known.requested + wanted)
    return found


def by_day(rows: Iterable[Appointment]) -> dict[date, tuple[Appointment, ...]]:
    """All of each day, what is off too, in the order of the clock."""
    found: dict[date, list[tuple[datetime, Appointment]]] = {}
    for row in rows:
        firsts = {one.date(): one for one in reversed(row.moments)}
        for day, moment in firsts.items():
            found.setdefault(day, []).append((moment, row))
    return {day: tuple(row for _, row in sorted(some, key=lambda pair: pair[0])) for day, some in found.items()}


def month_text(month: date) -> str:
    """`November 2026`."""
    return f"{MONTH_NAMES[month.month - 1]} {month.year}"


def day_name(day: date) -> str:
    """`Wednesday 25 November 2026`."""
    return f"{DAY_NAMES[day.weekday()]} {day.day} {month_text(day)}"
