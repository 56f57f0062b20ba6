"""Appointments as a calendar file (RFC 5545) that other calendars take, and take again when something has changed.

An appointment keeps its `UID`; its `SEQUENCE` is its version on the server, so that what was moved or cancelled since
replaces what a calendar already has. No `METHOD`: a calendar server stores the file as it is (RFC 4791, 4.1).
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from genesis_tui.models.appointments.appointment import Appointment
from genesis_tui.sanitize import plain
from genesis_tui.store import downloads

ICS_TYPE = "text/calendar"
_PRODUCT = "-//genesis-tui//appointments//EN"
_AROUND = timedelta(days=400)
"""How long before and after the appointments the rules of their zones are told."""
_FAR = timedelta(days=3653)
"""Nobody knows the rules of a zone for longer."""
_MINUTE = timedelta(minutes=1)


async def save_calendar(rows: Sequence[Appointment], *, whose: str, server: str, folder: str, now: datetime) -> Path:
    """Write the calendar file of these appointments into a folder, and say where it is.

    Args:
        rows: as for `calendar_file`, and so are `whose` and `now`.
        server: the server's URL.
        folder: where to; the usual one when empty.

    Raises:
        FileFault: it can't be written there.
    """
    host = urlsplit(server).hostname or "localhost"
    content = await asyncio.to_thread(calendar_file, rows, whose=whose, host=host, now=now)
    name = downloads.safe_name(calendar_title(rows, whose), ICS_TYPE)
    return await asyncio.to_thread(downloads.save, downloads.downloads(folder), name, content)


def calendar_file(rows: Iterable[Appointment], *, whose: str, host: str, now: datetime) -> bytes:
    """Those that have a start, cancelled ones too, so that a calendar that has them takes them out.

    Args:
        rows: appointments of one person; requests without a time are left out.
        whose: the patient's name, for the titles.
        host: the server's name, for the UIDs.
        now: when the file is made.
    """
    dated = [row for row in rows if row.start is not None]
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    events = [_event(row, whose, host, now) for row in dated]
    for part in (*_timezones(events), *events):
        calendar.add_component(part)
    content: bytes = calendar.to_ical()
    return content


def calendar_title(rows: Sequence[Appointment], whose: str) -> str:
    """What its file is called: `Asthma follow-up 2026-12-01`, `Appointments of Maya Reyes`."""
    if len(rows) == 1 and rows[0].start is not None:
        return f"{rows[0].what} {rows[0].local(rows[0].start).date()}"
    return f"Appointments of {whose}"


def _event(row: Appointment, whose: str, host: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", plain(f"{row.id}@{host}"))
    event.add("sequence", max(0, row.version - 1))
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", plain(f"{row.what} ({whose})"))
    assert row.start is not None
    event.add("dtstart", _moment(row, row.start, now))
    if row.end is not None and row.end > row.start:
        event.add("dtend", _moment(row, row.end, now))
    event.add("status", "CANCELLED" if row.status == "cancelled" else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if row.off else "OPAQUE")
    for name, text in (("location", _where(row)), ("description", _about(row))):
        if text:
            event.add(name, plain(text, lines=True))
    return event


def _moment(row: Appointment, moment: datetime, now: datetime) -> datetime:
    """On the clinic's clock with its zone; in UTC where that is not known, or where its clock shows an hour twice: the
    first of the two by RFC 5545 (3.3.5), but npm ical.js reads the second. Also in UTC: what is far from now."""
    local = row.local(moment)
    if not isinstance(local.tzinfo, ZoneInfo) or abs(moment - now) > _FAR:
        return moment.astimezone(UTC)
    once = local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()
    return local if once else moment.astimezone(UTC)


def _timezones(events: Iterable[Event]) -> Iterator[Timezone]:
    """The rules of each zone that the events are told in."""
    times: dict[ZoneInfo, list[datetime]] = {}
    for event in events:
        for moment in (event.start, event.end):
            if isinstance(moment, datetime) and isinstance(moment.tzinfo, ZoneInfo):
                times.setdefault(moment.tzinfo, []).append(moment.astimezone(UTC))
    for zone, moments in times.items():
        midnight = min(moments).replace(hour=0, minute=0, second=0, microsecond=0)
        yield _timezone(zone, midnight - _AROUND, max(moments) + _AROUND)


def _timezone(zone: ZoneInfo, first: datetime, last: datetime) -> Timezone:
    """Each change of a zone's clock as a part of its own, which begins by the offset before it (RFC 5545, 3.6.5).

    Not icalendar's: it lists later changes in one RDATE, of which npm ical.js reads the first alone, and begins summer
    time by the offset after it.
    """
    timezone = Timezone()
    timezone.add("tzid", zone.key)
    for onset in (first, *_changes(zone, first, last)):
        before, after = _offset(zone, onset - _MINUTE if onset > first else onset), _offset(zone, onset)
        local = onset.astimezone(zone)
        part = TimezoneDaylight() if local.dst() else TimezoneStandard()
        part.add("dtstart", (onset + before).replace(tzinfo=None))
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("tzname", local.tzname() or zone.key)
        timezone.add_component(part)
    return timezone


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The minutes at which a zone's offset becomes another."""
    for day in range((last - first).days):
        low = first + timedelta(days=day)
        high = low + timedelta(days=1)
        before = _offset(zone, low)
        if _offset(zone, high) == before:
            continue
        while high - low > _MINUTE:
            middle = low + (high - low) // _MINUTE // 2 * _MINUTE
            low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
        yield high


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _where(row: Appointment) -> str:
    return ", ".join(part for part in (row.clinic, row.facility, *row.address) if part)


def _about(row: Appointment) -> str:
    """With whom, how, what to know, whom to call. Why somebody comes stays out: calendars are shared."""
    phone = f"Phone: {row.phone}" if row.phone else ""
    return "\n".join(part for part in (row.clinician, row.how_word, row.instructions, phone) if part)
