"""Days and hours in the words that every screen uses; English whatever the locale is."""

from datetime import date, datetime

from genesis_tui.models.base.moment import Moment, Precision

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


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
