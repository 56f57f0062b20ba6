"""Clinics with schedules; appointments ahead, requests, cancelled and missed ones, and one for each recent visit."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.database.appointments.requests import asked_elsewhere
from genesis_tui.mock_backend.rules.appointments.slots import units
from genesis_tui.mock_backend.world.authored.catalogue import (
    AuthoredClinic,
    AuthoredVisitType,
    Facility,
    Scheduling,
    Staff,
)
from genesis_tui.mock_backend.world.authored.records import AuthoredAppointment, Visit
from genesis_tui.mock_backend.world.base.builder import RecordBuilder, WorldBuilder, staff_name
from genesis_tui.mock_backend.world.base.elements import (
    STATUS_HISTORY,
    TERMS,
    VISIT_MODE,
    VISIT_TYPE,
    concept,
    meta,
    reference,
    stamp,
)
from genesis_tui.mock_backend.world.base.world import Due, Json, Resource
from genesis_tui.mock_backend.world.messages import ADMINISTRATIVE, mailbox_id

_NURSE = "RN"
_REMEMBERED_DAYS = -400
VISIT = "visit"
"""The event of `simulation.visits`."""
_BOOKED_AHEAD = timedelta(days=21)
_OFFICE = "09:00"
"""When a clinic's desk writes down what was asked for or called off that day."""
_HALVES = {"am": ("08:00", "12:00"), "pm": ("12:00", "17:00")}
_BY_WHOM = {"pat": "Patient", "prov": "Provider"}


def add_scheduling(builder: WorldBuilder, visits: list[AuthoredVisitType]) -> None:
    """Write the kinds of visit, and the clinics that see patients, each with the schedules of its providers."""
    for place, visit in enumerate(visits):
        kind = {"code": visit.key, "title": visit.title, "minutes": visit.minutes, "clipboard": visit.clipboard}
        builder.add_row("visit_type", **kind, place=place)
    for place, (clinic, facility) in enumerate(builder.directory.clinics.values()):
        if clinic.scheduling is not None:
            _add_clinic(builder, clinic, clinic.scheduling, facility, place)
            builder.resources.append(Resource(_service(builder, clinic, clinic.scheduling, facility, visits)))
    for staff in _providers(builder):
        columns = {"practitioner_id": builder.directory.ids[staff.key], "name": staff_name(staff)}
        clinic_id = builder.directory.ids[staff.clinic]
        builder.add_row("schedule", id=schedule_id(builder, staff.key), clinic_id=clinic_id, **columns)
        builder.resources.append(Resource(_schedule(builder, staff, visits)))


def schedule_id(builder: WorldBuilder, staff: str) -> str:
    """The id of a provider's Schedule."""
    return f"schedule-{builder.directory.ids[staff]}"


def _providers(builder: WorldBuilder) -> list[Staff]:
    known = builder.directory
    schedules = [one for one in known.staff.values() if known.clinics[one.clinic][0].scheduling is not None]
    return [one for one in schedules if one.credential != _NURSE]


def _schedule(builder: WorldBuilder, staff: Staff, visits: list[AuthoredVisitType]) -> Json:
    known = builder.directory
    own = known.clinics[staff.clinic][0].scheduling
    return {
        "resourceType": "Schedule",
        "id": schedule_id(builder, staff.key),
        "active": True,
        "serviceType": _kinds(own.books if own is not None else [], visits),
        "actor": [known.who(staff.key), known.clinic(staff.clinic)],
    }


def _service(
    builder: WorldBuilder,
    clinic: AuthoredClinic,
    own: Scheduling,
    facility: Facility,
    visits: list[AuthoredVisitType],
) -> Json:
    known = builder.directory
    return {
        "resourceType": "HealthcareService",
        "id": f"service-{known.ids[clinic.key]}",
        "active": True,
        "providedBy": known.organization(facility.key),
        "type": _kinds([*own.books, *own.requests], visits),
        "location": [known.clinic(clinic.key)],
        "name": clinic.name,
        "appointmentRequired": True,
    }


def _kinds(keys: list[str], visits: list[AuthoredVisitType]) -> list[Json]:
    return [concept(VISIT_TYPE, one.key, one.title) for one in visits if one.key in keys]


def _add_clinic(builder: WorldBuilder, clinic: AuthoredClinic, own: Scheduling, facility: Facility, place: int) -> None:
    id = builder.directory.ids[clinic.key]
    builder.add_row(
        "clinic",
        id=id,
        name=clinic.name,
        facility=facility.name,
        phone=clinic.phone,
        zone=facility.zone,
        ahead_days=own.ahead,
        days=own.days,
        hours=own.hours,
        video=own.video,
        sensitive=own.sensitive,
        mailbox_id=mailbox_id(builder, clinic.key, ADMINISTRATIVE),
        place=place,
    )
    ways = {"books": own.books, "requests": own.requests, "none": own.referral}
    for way, visits in ways.items():
        for visit in visits:
            builder.add_row("clinic_visit", clinic_id=id, visit_type=visit, way=way)


def add_appointments(record: RecordBuilder) -> None:
    """Write the authored appointments of a record, and the appointments that became visits in the last 400 days."""
    for appointment in record.authored.appointments:
        _file(record, appointment)
    for visit, came_of_it in zip(record.authored.visits, record.written_up, strict=True):
        if visit.day >= _REMEMBERED_DAYS and visit.kind != "emergency":
            _file(record, _of_visit(visit), came_of_it)


def _of_visit(visit: Visit) -> AuthoredAppointment:
    clinic, at, minutes = visit.clinic, visit.at, visit.minutes
    how = "video" if visit.kind == "virtual" else "in-person"
    return AuthoredAppointment(
        visit.reason, visit.day, clinic, visit.by, at, minutes, "fulfilled", visit.sensitive, how
    )


def _file(record: RecordBuilder, appointment: AuthoredAppointment, came_of_it: Sequence[Json] = ()) -> None:
    body = _appointment(record, appointment)
    if came_of_it:
        body["supportingInformation"] = [*came_of_it]
    record.put(body, sensitive=appointment.sensitive)
    if appointment.clipboard:
        ids = {"patient_id": record.person.id, "appointment_id": body["id"], "questionnaire_id": appointment.clipboard}
        record.builder.add_row("clipboard", id=record.builder.new_id("QuestionnaireResponse"), **ids)
    if appointment.wants:
        _ask(record, appointment, body)
    if appointment.status == "booked" and appointment.by in {one.key for one in _providers(record.builder)}:
        _hold(record, appointment, body)


def _ask(record: RecordBuilder, appointment: AuthoredAppointment, body: Json) -> None:
    """The patient asked for it, by phone."""
    known = record.builder.directory
    scheduled = known.clinics[appointment.clinic][0].scheduling is not None
    clinic = known.ids[appointment.clinic] if scheduled else None
    asked = asked_elsewhere(body["id"], record.person.id, appointment.visit or None, clinic)
    record.builder.add_row("appointment_request", **asked)


def _hold(record: RecordBuilder, appointment: AuthoredAppointment, body: Json) -> None:
    """Nobody else gets the time of an appointment that is booked, and it takes place; of two at once the first holds
    it."""
    schedule, start = schedule_id(record.builder, appointment.by), datetime.fromisoformat(body["start"])
    held = {(row["schedule_id"], row["at"]) for row in record.builder.rows.get("slot_unit", ())}
    for at in map(to_micros, units(start, appointment.minutes)):
        if (schedule, at) not in held:
            record.builder.add_row("slot_unit", schedule_id=schedule, at=at, held_by=body["id"])
    payload = {"id": body["id"], "start": body["start"], "to": record.person.id}
    record.builder.due.append(Due(start, VISIT, payload))


def _appointment(record: RecordBuilder, appointment: AuthoredAppointment) -> Json:
    facility = record.builder.directory.clinics[appointment.clinic][1].key
    start = record.at(appointment.day, appointment.at, facility)
    made = _made(record, appointment, start, facility)
    body: Json = {
        "resourceType": "Appointment",
        "id": record.builder.new_id("Appointment"),
        **meta(sensitive=appointment.sensitive),
        "extension": [
            {"url": VISIT_MODE, "valueCode": appointment.how},
            *_history(record, appointment, facility, made=made, end=start + timedelta(minutes=appointment.minutes)),
        ],
        "status": appointment.status,
        **_why_cancelled(appointment),
        "serviceType": [{"text": appointment.what}],
        "description": appointment.what,
        **({"reasonCode": [{"text": appointment.reason}]} if appointment.reason else {}),
        **_times(record, appointment, start, facility),
        "created": stamp(made),
        **({"patientInstruction": appointment.instructions} if appointment.instructions else {}),
        "participant": _parties(record, appointment),
    }
    return body


def _times(record: RecordBuilder, appointment: AuthoredAppointment, start: datetime, facility: str) -> Json:
    """When it is; of a request, when it may be (APPT-6)."""
    if not appointment.wants:
        end = start + timedelta(minutes=appointment.minutes)
        return {"start": stamp(start), "end": stamp(end), "minutesDuration": appointment.minutes}
    halves = [[record.at(day, clock, facility) for clock in _HALVES[half]] for day, half in appointment.wants]
    return {"requestedPeriod": [{"start": stamp(since), "end": stamp(until)} for since, until in halves]}


def _made(record: RecordBuilder, appointment: AuthoredAppointment, start: datetime, facility: str) -> datetime:
    if appointment.made is not None:
        return record.at(appointment.made, _OFFICE, facility)
    return min(start, record.builder.calendar.start.astimezone(start.tzinfo)) - _BOOKED_AHEAD


def _history(
    record: RecordBuilder, appointment: AuthoredAppointment, facility: str, *, made: datetime, end: datetime
) -> list[Json]:
    """Each status with the time from which it held."""
    known = [("proposed" if appointment.wants else "booked", made)]
    if appointment.status in ("fulfilled", "noshow"):
        known.append((appointment.status, end))
    if appointment.status == "cancelled" and appointment.ended is not None:
        known.append((appointment.status, record.at(appointment.ended, _OFFICE, facility)))
    return [
        {
            "url": STATUS_HISTORY,
            "extension": [{"url": "status", "valueCode": status}, {"url": "since", "valueDateTime": stamp(since)}],
        }
        for status, since in known
    ]


def _why_cancelled(appointment: AuthoredAppointment) -> Json:
    if appointment.status != "cancelled":
        return {}
    system, code = f"{TERMS}/appointment-cancellation-reason", appointment.because_code
    return {"cancelationReason": concept(system, code, _BY_WHOM[code], appointment.because)}


def _parties(record: RecordBuilder, appointment: AuthoredAppointment) -> list[Json]:
    """Patient, clinician where one is named, clinic; to a request the clinic has still to answer."""
    known = record.builder.directory
    status = "declined" if appointment.status == "cancelled" else "accepted"
    theirs = "needs-action" if appointment.status == "proposed" else status
    clinician = [{"actor": known.who(appointment.by), "status": theirs}] if appointment.by else []
    return [
        {"actor": reference("Patient", record.person.id, record.subject["display"]), "status": status},
        *clinician,
        {"actor": known.clinic(appointment.clinic), "status": theirs},
    ]
