"""Appointments: those ahead, requests, those that were cancelled or missed, and one for each recent visit."""

from datetime import datetime, timedelta

from genesis_tui.mock_backend.world.authored.records import AuthoredAppointment, Visit
from genesis_tui.mock_backend.world.base.builder import RecordBuilder
from genesis_tui.mock_backend.world.base.elements import (
    STATUS_HISTORY,
    TERMS,
    VISIT_MODE,
    concept,
    meta,
    reference,
    stamp,
)
from genesis_tui.mock_backend.world.base.world import Json

_REMEMBERED_DAYS = -400
_BOOKED_AHEAD = timedelta(days=21)
_OFFICE = "09:00"
"""When a clinic's desk writes down what was asked for or called off that day."""
_HALVES = {"am": ("08:00", "12:00"), "pm": ("12:00", "17:00")}
_BY_WHOM = {"pat": "Patient", "prov": "Provider"}


def add_appointments(record: RecordBuilder) -> None:
    """Writes the bookings of the record, and the appointments that became visits in the last 400 days."""
    for booking in record.authored.bookings:
        _file(record, booking)
    for visit in record.authored.visits:
        if visit.day >= _REMEMBERED_DAYS and visit.kind != "emergency":
            _file(record, _of_visit(visit))


def _of_visit(visit: Visit) -> AuthoredAppointment:
    clinic, at, minutes = visit.clinic, visit.at, visit.minutes
    how = "video" if visit.kind == "virtual" else "in-person"
    return AuthoredAppointment(
        visit.reason, visit.day, clinic, visit.by, at, minutes, "fulfilled", visit.sensitive, how
    )


def _file(record: RecordBuilder, booking: AuthoredAppointment) -> None:
    record.put(_appointment(record, booking), sensitive=booking.sensitive)


def _appointment(record: RecordBuilder, booking: AuthoredAppointment) -> Json:
    facility = record.builder.directory.clinics[booking.clinic][1].key
    start = record.at(booking.day, booking.at, facility)
    made = _made(record, booking, start, facility)
    body: Json = {
        "resourceType": "Appointment",
        "id": record.builder.new_id("Appointment"),
        **meta(sensitive=booking.sensitive),
        "extension": [
            {"url": VISIT_MODE, "valueCode": booking.how},
            *_history(record, booking, facility, made=made, end=start + timedelta(minutes=booking.minutes)),
        ],
        "status": booking.status,
        **_why_cancelled(booking),
        "serviceType": [{"text": booking.what}],
        "description": booking.what,
        **({"reasonCode": [{"text": booking.reason}]} if booking.reason else {}),
        **_times(record, booking, start, facility),
        "created": stamp(made),
        **({"patientInstruction": booking.instructions} if booking.instructions else {}),
        "participant": _parties(record, booking),
    }
    return body


def _times(record: RecordBuilder, booking: AuthoredAppointment, start: datetime, facility: str) -> Json:
    """When it is; of a request, when it may be (APPT-6)."""
    if not booking.wants:
        end = start + timedelta(minutes=booking.minutes)
        return {"start": stamp(start), "end": stamp(end), "minutesDuration": booking.minutes}
    halves = [[record.at(day, clock, facility) for clock in _HALVES[half]] for day, half in booking.wants]
    return {"requestedPeriod": [{"start": stamp(since), "end": stamp(until)} for since, until in halves]}


def _made(record: RecordBuilder, booking: AuthoredAppointment, start: datetime, facility: str) -> datetime:
    if booking.made is not None:
        return record.at(booking.made, _OFFICE, facility)
    return min(start, record.builder.calendar.start.astimezone(start.tzinfo)) - _BOOKED_AHEAD


def _history(
    record: RecordBuilder, booking: AuthoredAppointment, facility: str, *, made: datetime, end: datetime
) -> list[Json]:
    """Each status with the time from which it held."""
    known = [("proposed" if booking.wants else "booked", made)]
    if booking.status in ("fulfilled", "noshow"):
        known.append((booking.status, end))
    if booking.status == "cancelled" and booking.ended is not None:
        known.append((booking.status, record.at(booking.ended, _OFFICE, facility)))
    return [
        {
            "url": STATUS_HISTORY,
            "extension": [{"url": "status", "valueCode": status}, {"url": "since", "valueDateTime": stamp(since)}],
        }
        for status, since in known
    ]


def _why_cancelled(booking: AuthoredAppointment) -> Json:
    if booking.status != "cancelled":
        return {}
    system, code = f"{TERMS}/appointment-cancellation-reason", booking.because_code
    return {"cancelationReason": concept(system, code, _BY_WHOM[code], booking.because)}


def _parties(record: RecordBuilder, booking: AuthoredAppointment) -> list[Json]:
    """Patient, clinician where one is named, clinic; to a request the clinic has still to answer."""
    known = record.builder.directory
    status = "declined" if booking.status == "cancelled" else "accepted"
    theirs = "needs-action" if booking.status == "proposed" else status
    clinician = [{"actor": known.who(booking.by), "status": theirs}] if booking.by else []
    return [
        {"actor": reference("Patient", record.person.id, record.subject["display"]), "status": status},
        *clinician,
        {"actor": known.clinic(booking.clinic), "status": theirs},
    ]
