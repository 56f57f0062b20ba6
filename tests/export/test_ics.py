"""Appointments as calendar files (APPT-9): read back by the zones that the file itself tells, not by the computer's."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from genesis_tui.export.ics import calendar_file, calendar_title
from genesis_tui.models.appointments.appointment import Appointment
from tests.appointments_of import appointment, past, request

NOW = datetime(2026, 11, 30, 14, 42, tzinfo=UTC)


def read(*rows: Appointment) -> Calendar:
    content = calendar_file(rows, whose="Maya Reyes", host="mock.example.mil", now=NOW)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    found: Calendar = Calendar.from_ical(content)
    return found


def told(calendar: Calendar, event: Any, name: str = "DTSTART") -> datetime:
    """The instant of an event as a calendar finds it that knows no zone but those of the file."""
    value = event[name]
    local: datetime = value.dt.replace(tzinfo=None)
    zone = value.params.get("TZID")
    if zone is None:
        return local.replace(tzinfo=UTC)
    [rules] = [one for one in calendar.walk("VTIMEZONE") if one["TZID"] == zone]
    onsets = [(part["DTSTART"].dt, part["TZOFFSETTO"].td) for part in rules.subcomponents]
    return (local - max(onset for onset in onsets if onset[0] <= local)[1]).replace(tzinfo=UTC)


STARTS = {
    "Europe/Berlin": ["2026-12-02T09:00+01:00", "2027-03-28T01:30+01:00", "2027-03-28T03:30+02:00"],
    "Asia/Tokyo": ["2026-12-02T09:00+09:00", "2027-07-01T23:30+09:00"],
    "Pacific/Guam": ["2026-12-02T09:00+10:00"],
    "Asia/Kabul": ["2026-12-02T09:15+04:30"],
    "America/New_York": ["2026-11-01T00:30-04:00", "2026-11-01T01:30-04:00", "2026-11-01T01:30-05:00"],
}


@pytest.mark.rule("APPT-9")
@pytest.mark.parametrize("zone", STARTS)
def test_an_event_is_at_its_instant_by_the_zone_in_the_file(zone: str) -> None:
    rows = [appointment(start, id=str(n), zone=zone) for n, start in enumerate(STARTS[zone])]
    for one in ([row] for row in rows):
        calendar = read(*one)
        [event] = calendar.walk("VEVENT")
        assert told(calendar, event) == one[0].start
        assert told(calendar, event, "DTEND") == one[0].end
    calendar = read(*rows)
    _assert_changes(calendar)
    assert [told(calendar, event) for event in calendar.walk("VEVENT")] == [row.start for row in rows]


def _assert_changes(calendar: Calendar) -> None:
    """Each part of a zone begins at a change of its clock, by the offset before it; only the first is none."""
    for rules in calendar.walk("VTIMEZONE"):
        parts = sorted(rules.subcomponents, key=lambda part: part["DTSTART"].dt)
        for number, part in enumerate(parts):
            before, after = part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td
            onset = (part["DTSTART"].dt - before).replace(tzinfo=UTC)
            clock = [(onset - ago).astimezone(ZoneInfo(rules["TZID"])) for ago in (timedelta(minutes=1), timedelta())]
            assert [one.utcoffset() for one in clock] == [before, after]
            assert "RDATE" not in part
            assert (before == after) == (number == 0)


def test_what_is_far_off_has_the_instant_as_nobody_knows_the_rules_then() -> None:
    calendar = read(appointment("9999-12-31T23:00:00+00:00"), appointment("0001-01-02T09:00:00+00:00"))
    assert [event["DTSTART"].dt.year for event in calendar.walk("VEVENT")] == [9999, 1]
    assert calendar.walk("VTIMEZONE") == []


def test_where_no_zone_is_known_the_file_has_the_instant() -> None:
    for zone in ("", "Mars/Olympus"):
        calendar = read(appointment("2026-12-02T09:00:00+03:00", zone=zone))
        assert [str(one["DTSTART"].to_ical()) for one in calendar.walk("VEVENT")] == ["b'20261202T060000Z'"]
        assert calendar.walk("VTIMEZONE") == []


@pytest.mark.rule("APPT-8")
def test_what_was_moved_or_cancelled_replaces_what_a_calendar_has() -> None:
    first = appointment()
    moved = appointment("2026-11-26T10:00:00-05:00", version=2)
    off = appointment("2026-11-26T10:00:00-05:00", version=3, status="cancelled", status_word="Cancelled")
    events = [read(one).walk("VEVENT")[0] for one in (first, moved, off)]
    assert {event["UID"] for event in events} == {"1@mock.example.mil"}
    assert [event["SEQUENCE"] for event in events] == [0, 1, 2]
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_it_tells_where_and_how_and_not_why() -> None:
    row = appointment(
        reason="Wets her bed", comment="Bring mum", instructions="Line one.\r\nBring: both; inhalers, spacer"
    )
    calendar = read(row, request("2026-12-02 08-12"), past("2026-10-07T15:00:00-04:00", id="6"))
    events = calendar.walk("VEVENT")
    assert len(events) == 2, "a request has no time yet"
    assert str(events[0]["SUMMARY"]) == "Asthma follow-up (Maya Reyes)"
    assert "Sunrise Pavilion, floor 2" in str(events[0]["LOCATION"])
    assert "Line one.\nBring: both; inhalers, spacer" in str(events[0]["DESCRIPTION"])
    assert "Wets" not in str(calendar)
    assert "METHOD" not in calendar


HOSTILE = "A\r\nEND:VEVENT\rBEGIN:VALARM\nX;Y,Z\\n\u2028\x0b\x00\x1b]52;c;\x07\x85é" * 3


def test_text_of_a_server_can_t_be_more_than_text() -> None:
    texts = dict.fromkeys(("what", "clinic", "clinician", "instructions", "phone", "facility"), HOSTILE)
    row = appointment(**texts, id="1\r\nATTENDEE:mailto:x", address=(HOSTILE,))
    content = calendar_file([row, appointment(id="2")], whose=HOSTILE, host="mock.example.mil", now=NOW)
    lines = content.decode().split("\r\n")
    assert all(line.isprintable() and len(line.encode()) <= 75 for line in lines)
    names = [line.partition(":")[0] for line in lines if line and line[0] != " "]
    assert ("ATTENDEE" in names, lines.count("BEGIN:VEVENT"), lines.count("BEGIN:VALARM")) == (False, 2, 0)
    first, second = Calendar.from_ical(content).walk("VEVENT")
    assert {**first}.keys() == {**second}.keys()
    assert "X;Y,Z\\n" in str(first["SUMMARY"])
    assert first["DTSTART"].dt == second["DTSTART"].dt


def test_what_it_is_called() -> None:
    one = appointment("2026-12-02T02:00:00+00:00")
    assert calendar_title([one], "Maya Reyes") == f"Asthma follow-up {date(2026, 12, 1)}"
    assert calendar_title([one, one], "Maya Reyes") == "Appointments of Maya Reyes"


def test_an_end_before_the_start_is_left_out() -> None:
    at = datetime(2026, 12, 2, 9, tzinfo=UTC)
    [event] = read(appointment(end=at - timedelta(days=30))).walk("VEVENT")
    assert "DTEND" not in event
