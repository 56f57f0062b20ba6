"""Appointments in words, the same on every screen and on the command line."""

from datetime import datetime, time, timedelta

from genesis_tui.models.appointments.appointment import Appointment, AppointmentGroup, PreferredTime
from genesis_tui.models.appointments.booking import SlotWatch, there
from genesis_tui.models.base.dates import DAYS, MONTHS, clock, instant_text, short_year, weekday, zone_name

_NOON = 12
GROUPS = {AppointmentGroup.UPCOMING: "Upcoming", AppointmentGroup.REQUESTED: "Requested", AppointmentGroup.PAST: "Past"}


def day_text(row: Appointment) -> str:
    """`Wed 25 Nov` of what is ahead or wanted, `19 Oct 26` of what is past; `no date` for neither."""
    if not row.moments:
        return "no date"
    at = row.moments[0]
    if row.group is AppointmentGroup.PAST:
        return f"{at.day:>2} {MONTHS[at.month - 1]} {short_year(at.year)}"
    return weekday(at)


def time_text(row: Appointment) -> str:
    """`10:00 EST`: the clinic's clock with the name of its zone (APPT-9); of a request the half of the day."""
    if row.start is not None:
        there = row.local(row.start)
        return f"{clock(there)} {zone_name(there)}"
    return half_of(row, row.requested[0]) if row.requested else ""


def half_of(row: Appointment, period: PreferredTime) -> str:
    """`morning`, `afternoon`, `any time` of whole days; its clock times where it is none of these."""
    since, until = row.local(period.start), row.local(period.end)
    if _whole_days(since, until):
        return "any time"
    if since.date() == until.date() and since.hour < _NOON and (until.hour, until.minute) <= (_NOON, 0):
        return "morning"
    if since.date() == until.date() and since.hour >= _NOON:
        return "afternoon"
    return f"{clock(since)}-{clock(until)}"


def preferred_text(row: Appointment, period: PreferredTime) -> str:
    """`Wed 2 Dec 2026 morning, 08:00-12:00 EST`; `Wed 2 Dec 2026 to Fri 4 Dec 2026, any time`."""
    since, until = row.local(period.start), row.local(period.end)
    half = half_of(row, period)
    if _whole_days(since, until):
        last = until - timedelta(days=1)
        to = f" to {_day(last)}" if last.date() > since.date() else ""
        return f"{_day(since)}{to}, {half}"
    hours = f"{clock(since)}-{clock(until)}"
    words = hours if half == hours else f"{half}, {hours}"
    return f"{_day(since)} {words} {zone_name(since)}"


def _whole_days(since: datetime, until: datetime) -> bool:
    return until > since and since.time() == until.time() == time()


def _day(at: datetime) -> str:
    return f"{DAYS[at.weekday()]} {at.day} {MONTHS[at.month - 1]} {at.year}"


def yours_text(row: Appointment, viewer: datetime | None) -> str:
    """The viewer's clock where it differs (APPT-9): `03:00 EST`, `Mon 19:00 EST` on another day; else empty.

    `viewer` is the start in the viewer's zone.
    """
    if row.start is None or viewer is None or not differs(row, viewer):
        return ""
    day = "" if viewer.date() == row.local(row.start).date() else f"{DAYS[viewer.weekday()]} "
    return f"{day}{clock(viewer)} {zone_name(viewer)}"


def differs(row: Appointment, viewer: datetime) -> bool:
    """Whether the viewer's clock shows another time than the clinic's."""
    return row.start is not None and viewer.utcoffset() != row.local(row.start).utcoffset()


def long_text(row: Appointment) -> str:
    """`Wed 25 Nov 2026 10:00 EST`; empty for a request."""
    return instant_text(row.local(row.start)) if row.start is not None else ""


def duration_text(row: Appointment) -> str:
    """`30 minutes`, `1 hour 20 minutes`; empty where no end is known."""
    length = row.end - row.start if row.start and row.end else timedelta()
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    words = [f"{hours} hour{'s' if hours > 1 else ''}"] if hours > 0 else []
    words += [f"{minutes} minute{'s' if minutes > 1 else ''}"] if minutes > 0 and hours >= 0 else []
    return " ".join(words)


def status_text(row: Appointment) -> str:
    """`Cancelled`, `Missed`, `3 slots offered` …; empty for booked and fulfilled, which go without saying."""
    if row.offers:
        return "1 slot offered" if len(row.offers) == 1 else f"{len(row.offers)} slots offered"
    return "" if row.status in ("booked", "fulfilled") else row.status_word


def short_clinician(name: str) -> str:
    """`Dr. Kim`, `Lt. Col. Brandt`, `Nurse Hollis`: titles and the last name."""
    words = name.partition(",")[0].split()
    titles = [word for word in words[:-1] if word.endswith(".") or word == "Nurse"]
    return " ".join([*titles, words[-1]]) if titles else name


def short_where(row: Appointment) -> str:
    """`by video`, or the clinic without the town that its address names."""
    if row.how in ("video", "phone"):
        return row.how_word
    town = row.address[-1].partition(",")[0] if row.address else ""
    short = row.clinic.removeprefix(town).strip() if town else row.clinic
    return short or row.clinic


def watch_text(watch: SlotWatch) -> str:
    """`Fort Belvoir Pediatrics, before Wed 2 Dec 2026 10:00 EST`; with what is free before then."""
    before = instant_text(there(watch.before, watch.zone))
    return f"{watch.clinic}, before {before}{f': free {watch.found.when}' if watch.found else ''}"


def one_line_text(row: Appointment) -> str:
    """All that matters of it in one line, for the clipboard."""
    when = long_text(row) or "; ".join(preferred_text(row, one) for one in row.requested)
    who = ", ".join(part for part in (row.what, row.clinician, row.clinic, status_text(row)) if part)
    return f"{when}  {who}" if when else who
