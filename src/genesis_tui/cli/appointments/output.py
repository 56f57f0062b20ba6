"""Appointments as JSON."""

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


_From = TypedDict("_From", {"from": Day | None})


class AppointmentsOutput(_From):
    """Appointments of one person; `from` is the first day that they tell of, null where the server does not say."""

    patient: PatientOutput
    unreadable: UnreadableOutput
    appointments: list[AppointmentOutput]


def tree(person: FamilyMember, agenda: Appointments, zone: str) -> AppointmentsOutput:
    """The whole answer."""
    return {
        "patient": patient_json(person),
        "from": day(agenda.since),
        "unreadable": unreadable_json(agenda.unreadable),
        "appointments": [_appointment(row, zone) for row in agenda.rows],
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
    }


def your_start(row: Appointment, zone: str) -> datetime | None:
    """Its start on the viewer's clock; None where there is none, or nobody knows their zone."""
    return in_zone(row.start, zone) if row.start is not None and zone else None
