"""Appointments as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from genesis_tui.cli.base.json_parts import (
    ActionOutput,
    Day,
    Instant,
    PatientOutput,
    UnreadableOutput,
    action_json,
    day,
    instant,
    patient_json,
    unreadable_json,
)
from genesis_tui.models.appointments.appointment import Appointment, Appointments
from genesis_tui.models.appointments.booking import Clinic, OtherWay, Slot, Slots, SlotWatch, VisitType
from genesis_tui.models.appointments.wording import watch_text
from genesis_tui.models.base.dates import in_zone
from genesis_tui.models.family import FamilyMember


class SpanOutput(TypedDict):
    """A stretch of time."""

    start: Instant
    end: Instant


class ChangeOutput(TypedDict):
    """A status in words, and from when it held."""

    word: str
    at: Instant


class SlotOutput(TypedDict):
    """A free slot; instants are in the clinic's `zone`, `your_start` is in yours."""

    id: str
    clinic_id: str
    clinic: str
    visit_type: str
    start: Instant
    end: Instant
    zone: str
    your_start: Instant | None
    clinician: str
    how: str


class OtherWayOutput(TypedDict):
    """Where to turn instead: `kind` is clinic, message, phone or request."""

    kind: str
    id: str
    title: str
    detail: str
    first_free: Instant | None


class AppointmentOutput(TypedDict):
    """An appointment, or a request for one: its `start` is null, and `requested` says which times are preferred.

    `group` is upcoming, requested or past. Instants are in the clinic's `zone`, which is empty where it is not known;
    `your_start` is in yours.
    """

    id: str
    version: int
    group: str
    status: str
    status_word: str
    start: Instant | None
    end: Instant | None
    zone: str
    your_start: Instant | None
    what: str
    clinician: str
    clinic: str
    facility: str
    address: list[str]
    phone: str
    how: str
    instructions: str
    comment: str
    reason: str
    cancelled_because: str
    requested: list[SpanOutput]
    history: list[ChangeOutput]
    can: list[ActionOutput]
    visit_type: str
    clinic_id: str
    offers: list[SlotOutput]
    thread: str
    visit: str
    summary: str


class CodeOutput(TypedDict):
    """A code with its words."""

    code: str
    title: str


class WatchOutput(TypedDict):
    """A clinic that is watched for a slot before an instant; `found` is the earliest there is now."""

    clinic_id: str
    clinic: str
    visit_type: str
    before: Instant
    found: SlotOutput | None


_From = TypedDict("_From", {"from": Day | None})


class AppointmentsOutput(_From):
    """Appointments of one person; `from` is the first day that they tell of, null where the server does not say."""

    patient: PatientOutput
    unreadable: UnreadableOutput
    appointments: list[AppointmentOutput]
    reasons: list[CodeOutput]
    watches: list[WatchOutput]


def tree(person: FamilyMember, agenda: Appointments, zone: str) -> AppointmentsOutput:
    """The whole answer."""
    return {
        "patient": patient_json(person),
        "from": day(agenda.since),
        "unreadable": unreadable_json(agenda.unreadable),
        "appointments": [_appointment(row, zone) for row in agenda.rows],
        "reasons": [{"code": one.code, "title": one.title} for one in agenda.reasons],
        "watches": [_watch(one, zone) for one in agenda.watches],
    }


def _appointment(row: Appointment, zone: str) -> AppointmentOutput:
    at = row.zone
    return {
        "id": row.id,
        "version": row.version,
        "group": str(row.group),
        "status": row.status,
        "status_word": row.status_word,
        "start": instant(row.start, at),
        "end": instant(row.end, at),
        "zone": at,
        "your_start": instant(your_start(row, zone)),
        "what": row.what,
        "clinician": row.clinician,
        "clinic": row.clinic,
        "facility": row.facility,
        "address": list(row.address),
        "phone": row.phone,
        "how": row.how,
        "instructions": row.instructions,
        "comment": row.comment,
        "reason": row.reason,
        "cancelled_because": row.cancelled_because,
        "requested": [{"start": instant(one.start, at), "end": instant(one.end, at)} for one in row.requested],
        "history": [{"word": change.word, "at": instant(change.at, at)} for change in row.history],
        "can": [action_json(can, at) for can in row.can],
        "visit_type": row.visit_type,
        "clinic_id": row.clinic_id,
        "offers": [slot_json(slot, zone) for slot in row.offers],
        "thread": row.thread,
        "visit": row.visit,
        "summary": row.summary,
    }


def your_start(row: Appointment, zone: str) -> datetime | None:
    """Its start on the viewer's clock; None where there is none, or nobody knows their zone."""
    return in_zone(row.start, zone) if row.start is not None and zone else None


class AppointmentDocumentOutput(TypedDict):
    """One appointment as it is now."""

    patient: PatientOutput
    appointment: AppointmentOutput


class VisitTypeOutput(TypedDict):
    """A kind of visit, and how many clinics book it directly or take requests for it."""

    code: str
    title: str
    minutes: int
    books: int
    requests: int


class ClinicOutput(TypedDict):
    """A clinic for one visit type; `way` is books, requests or none, and `ways` tells others."""

    id: str
    name: str
    facility: str
    phone: str
    zone: str
    linked: str
    way: str
    ahead_days: int
    first_free: Instant | None
    watched: Instant | None
    ways: list[OtherWayOutput]
    can: list[ActionOutput]


_Period = TypedDict("_Period", {"from": Day | None, "to": Day | None})


class SlotsOutput(_Period):
    """Free slots of one visit type, by start; without one the visit types alone."""

    patient: PatientOutput
    visit_types: list[VisitTypeOutput]
    visit_type: str
    clinics: list[ClinicOutput]
    slots: list[SlotOutput]
    ways: list[OtherWayOutput]


def document(person: FamilyMember, row: Appointment, zone: str) -> AppointmentDocumentOutput:
    """One appointment."""
    return {"patient": patient_json(person), "appointment": _appointment(row, zone)}


def slots_tree(
    person: FamilyMember,
    types: Sequence[VisitType],
    zone: str,
    visit_type: str = "",
    clinics: Sequence[Clinic] = (),
    found: Slots | None = None,
) -> SlotsOutput:
    """What can be booked."""
    found = found or Slots()
    return {
        "patient": patient_json(person),
        "from": day(found.first),
        "to": day(found.last),
        "visit_types": [_visit_type(one) for one in types],
        "visit_type": visit_type,
        "clinics": [_clinic(one) for one in clinics],
        "slots": [slot_json(one, zone) for one in found.rows],
        "ways": [_way(one) for one in found.ways],
    }


def slot_json(slot: Slot, zone: str) -> SlotOutput:
    """A free slot."""
    return {
        "id": slot.id,
        "clinic_id": slot.clinic_id,
        "clinic": slot.clinic,
        "visit_type": slot.visit_type,
        "start": instant(slot.start, slot.zone),
        "end": instant(slot.end, slot.zone),
        "zone": slot.zone,
        "your_start": instant(in_zone(slot.start, zone)) if zone else None,
        "clinician": slot.clinician,
        "how": slot.how,
    }


def _visit_type(one: VisitType) -> VisitTypeOutput:
    return {
        "code": one.code,
        "title": one.title,
        "minutes": one.minutes,
        "books": one.books,
        "requests": one.requests,
    }


def _clinic(one: Clinic) -> ClinicOutput:
    return {
        "id": one.id,
        "name": one.name,
        "facility": one.facility,
        "phone": one.phone,
        "zone": one.zone,
        "linked": one.linked,
        "way": one.way,
        "ahead_days": one.ahead_days,
        "first_free": instant(one.first_free, one.zone),
        "watched": instant(one.watched, one.zone),
        "ways": [_way(way) for way in one.ways],
        "can": [action_json(can, one.zone) for can in one.can],
    }


def _way(way: OtherWay) -> OtherWayOutput:
    return {
        "kind": way.kind,
        "id": way.id,
        "title": way.title,
        "detail": way.detail,
        "first_free": instant(way.first_free, way.zone),
    }


def way_line(way: OtherWay) -> str:
    """`Message: Dr. Grace Kim, Pediatric specialty`."""
    return f"{way.kind.capitalize()}: {', '.join(part for part in (way.title, way.detail) if part)}"


def watch_line(watch: SlotWatch) -> str:
    """`Watched (21000001, follow-up): Fort Belvoir Pediatrics, before Wed 2 Dec 2026 10:00 EST`."""
    return f"Watched ({watch.clinic_id}, {watch.visit_type}): {watch_text(watch)}"


def _watch(watch: SlotWatch, zone: str) -> WatchOutput:
    return {
        "clinic_id": watch.clinic_id,
        "clinic": watch.clinic,
        "visit_type": watch.visit_type,
        "before": instant(watch.before, watch.zone),
        "found": slot_json(watch.found, zone) if watch.found is not None else None,
    }
