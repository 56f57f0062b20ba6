"""Appointments: those ahead, those that were cancelled or missed, and one for each recent visit."""

from datetime import datetime, timedelta

from genesis_tui.mock_backend.world.book import Chart
from genesis_tui.mock_backend.world.elements import TERMS, concept, meta, reference, stamp
from genesis_tui.mock_backend.world.shape import Json
from genesis_tui.mock_backend.world.story import Booking

_REMEMBERED_DAYS = -400
_BOOKED_AHEAD = timedelta(days=21)


def add_appointments(chart: Chart) -> None:
    """Writes the bookings of the record, and the appointments that became visits in the last 400 days."""
    for booking in chart.record.bookings:
        _file(chart, booking)
    for visit in chart.record.visits:
        if visit.day >= _REMEMBERED_DAYS and visit.kind != "emergency":
            clinic, minutes = visit.clinic, visit.minutes
            kept = Booking(
                visit.reason, visit.day, visit.by, clinic, visit.at, minutes, "fulfilled", sensitive=visit.sensitive
            )
            _file(chart, kept)


def _file(chart: Chart, booking: Booking) -> None:
    facility = chart.book.directory.clinics[booking.clinic][1].key
    start = chart.at(booking.day, booking.at, facility)
    chart.put(_appointment(chart, booking, start), sensitive=booking.sensitive)


def _appointment(chart: Chart, booking: Booking, start: datetime) -> Json:
    known = chart.book.directory
    made = min(start, chart.book.calendar.start.astimezone(start.tzinfo)) - _BOOKED_AHEAD
    body: Json = {
        "resourceType": "Appointment",
        "id": chart.book.new_id("Appointment"),
        **meta(sensitive=booking.sensitive),
        "status": booking.status,
        "serviceType": [{"text": booking.what}],
        "description": booking.what,
        "start": stamp(start),
        "end": stamp(start + timedelta(minutes=booking.minutes)),
        "minutesDuration": booking.minutes,
        "created": stamp(made),
        "participant": [
            _party(reference("Patient", chart.person.id, chart.subject["display"]), booking.status),
            _party(known.who(booking.by), booking.status),
            _party(known.clinic(booking.clinic), booking.status),
        ],
    }
    if booking.status == "cancelled":
        reason = concept(f"{TERMS}/appointment-cancellation-reason", "pat", "Patient")
        body["cancelationReason"] = reason
    return body


def _party(actor: Json, status: str) -> Json:
    return {"actor": actor, "status": "declined" if status == "cancelled" else "accepted"}
