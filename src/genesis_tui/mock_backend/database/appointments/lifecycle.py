"""Writing appointments: FHIR Appointments as they are booked, asked for, moved, and go over to another status."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.database.appointments.changes import note_change
from genesis_tui.mock_backend.database.appointments.clinics import Clinic
from genesis_tui.mock_backend.database.appointments.slots import Slot, hold_patient, release
from genesis_tui.mock_backend.database.appointments.stored import StoredAppointment, appointment_by_id
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.rules.appointments.booking import REASONS
from genesis_tui.mock_backend.rules.policy import Policy

Json = dict[str, Any]
_OURS: Final = "https://genesis-tui.example/fhir"
VISIT_TYPE: Final = f"{_OURS}/CodeSystem/visit-type"
VISIT_MODE, STATUS_HISTORY = (f"{_OURS}/StructureDefinition/{name}" for name in ("visit-mode", "status-history"))
_TERMS: Final = "http://terminology.hl7.org/CodeSystem"
_CANCELLATION: Final = f"{_TERMS}/appointment-cancellation-reason"
_RESTRICTED: Final = {"system": f"{_TERMS}/v3-Confidentiality", "code": "R", "display": "restricted"}
BY_CLINIC: Final = "prov"


@dataclass(frozen=True, slots=True)
class NewAppointment:
    """What is booked or asked for. `periods`: the half-days of a request, which has no slot."""

    patient_id: str
    patient: str
    clinic: Clinic
    visit: Row[Any]
    reason: str
    periods: Sequence[tuple[datetime, datetime]] = field(default=())


def new_id() -> str:
    return f"appt-{secrets.token_hex(12)}"


def requested(new: NewAppointment, appointment_id: str, *, now: int) -> Json:
    """APPT-6: the Appointment of a request."""
    made = _local(now, new.clinic)
    wanted = [{"start": a.isoformat(), "end": b.isoformat()} for a, b in new.periods]
    body = _new(new, appointment_id, made) | {"status": "proposed", "requestedPeriod": wanted}
    parties = [_party("Patient", new.patient_id, new.patient, "accepted"), _place(new.clinic, "needs-action")]
    return _since(body | {"participant": parties}, "proposed", made)


def booked(new: NewAppointment, slot: Slot, appointment_id: str, *, now: int) -> Json:
    """The Appointment of a booking."""
    body = _new(new, appointment_id, _local(now, new.clinic)) | {"status": "booked"}
    body["participant"] = [_party("Patient", new.patient_id, new.patient, "accepted")]
    return _since(at_slot(body, slot), "booked", _local(now, new.clinic))


def at_slot(body: Json, slot: Slot) -> Json:
    """An Appointment that takes place in a slot."""
    zone = ZoneInfo(slot.clinic.settings.zone)
    kept = [one for one in body["participant"] if one.get("actor", {}).get("reference", "").startswith("Patient/")]
    clinician = _party("Practitioner", slot.schedule.practitioner_id, slot.schedule.name, "accepted")
    labels = [one for one in body.get("extension", ()) if one.get("url") != VISIT_MODE]
    rest = {name: value for name, value in body.items() if name != "requestedPeriod"}
    return rest | {
        "extension": [{"url": VISIT_MODE, "valueCode": slot.how}, *labels],
        "start": slot.start.astimezone(zone).isoformat(),
        "end": slot.end.astimezone(zone).isoformat(),
        "minutesDuration": slot.minutes,
        "slot": [{"reference": f"Slot/{slot.id}"}],
        "participant": [*kept, clinician, _place(slot.clinic, "accepted")],
    }


def with_status(body: Json, status: str, moment: datetime) -> Json:
    """An Appointment that has gone over to another status."""
    return _since(body | {"status": status}, status, moment)


def cancelled(body: Json, code: str, words: str, moment: datetime) -> Json:
    """An Appointment that was called off, with why."""
    display = REASONS[code][0] if code in REASONS else "Provider"
    text = words or (REASONS[code][1] if code in REASONS else display)
    reason = {"coding": [{"system": _CANCELLATION, "code": code, "display": display}], "text": text}
    parties = [one | {"status": "declined"} for one in body["participant"]]
    return with_status(body | {"cancelationReason": reason, "participant": parties}, "cancelled", moment)


def store(
    conn: Connection, patient_id: str, body: Json, *, sensitive: bool, now: int, policy: Policy
) -> StoredAppointment:
    """Store a version of an Appointment, and tell of it."""
    facts = ResourceFacts(patient_id, sensitive)
    version = put_resource(conn, body, facts, now=now, policy=policy)
    kind = "request" if "requestedPeriod" in body else "appointment"
    note_change(conn, kind, body["id"], patient_id, now=now)
    return StoredAppointment(body["id"], version, body, sensitive)


def restore(
    conn: Connection, patient_id: str, stored: StoredAppointment, body: Json, *, now: int, policy: Policy
) -> StoredAppointment:
    """Store the next version of an Appointment that was read."""
    meta = {name: value for name, value in body.get("meta", {}).items() if name not in ("versionId", "lastUpdated")}
    fresh = body | {"meta": meta}
    return store(conn, patient_id, fresh, sensitive=stored.sensitive, now=now, policy=policy)


def call_off(
    conn: Connection, patient_id: str, stored: StoredAppointment, code: str, words: str, *, now: int, policy: Policy
) -> StoredAppointment:
    """Cancel an appointment or a request, and give back what it holds."""
    release(conn, stored.id)
    body = cancelled(stored.body, code, words, here(stored, now))
    return restore(conn, patient_id, stored, body, now=now, policy=policy)


def here(stored: StoredAppointment, now: int) -> datetime:
    """Now, with the offset of the appointment's own times."""
    known = stored.body.get("start") or stored.body.get("created")
    return from_micros(now).astimezone(datetime.fromisoformat(known).tzinfo) if known else from_micros(now)


def visit_code(body: Json) -> str:
    """The visit type that an Appointment is of; '' where it says none of ours."""
    codings = (coding for kind in body.get("serviceType", ()) for coding in kind.get("coding", ()))
    return next((str(one.get("code", "")) for one in codings if one.get("system") == VISIT_TYPE), "")


def held(conn: Connection, appointment_id: str) -> tuple[str, StoredAppointment] | None:
    """As `appointment_by_id`; nobody else changes the appointment until the transaction ends."""
    found = appointment_by_id(conn, appointment_id)
    if found is None or not found[0]:
        return found
    hold_patient(conn, found[0])
    return appointment_by_id(conn, appointment_id)


def known(conn: Connection, appointment_id: str) -> tuple[str, StoredAppointment]:
    """As `held`, of one that is there."""
    found = held(conn, appointment_id)
    assert found is not None
    return found


def _new(new: NewAppointment, appointment_id: str, made: datetime) -> Json:
    coding = {"system": VISIT_TYPE, "code": new.visit.code, "display": new.visit.title}
    return {
        "resourceType": "Appointment",
        "id": appointment_id,
        **({"meta": {"security": [_RESTRICTED]}} if new.clinic.settings.sensitive else {}),
        "serviceType": [{"coding": [coding], "text": new.visit.title}],
        "description": new.visit.title,
        **({"reasonCode": [{"text": new.reason.strip()}]} if new.reason.strip() else {}),
        "created": made.isoformat(),
    }


def _since(body: Json, status: str, moment: datetime) -> Json:
    parts = [{"url": "status", "valueCode": status}, {"url": "since", "valueDateTime": moment.isoformat()}]
    return body | {"extension": [*body.get("extension", ()), {"url": STATUS_HISTORY, "extension": parts}]}


def _party(kind: str, identity: str, display: str, status: str) -> Json:
    return {"actor": {"reference": f"{kind}/{identity}", "display": display}, "status": status}


def _place(clinic: Clinic, status: str) -> Json:
    return _party("Location", clinic.id, clinic.settings.name, status)


def _local(now: int, clinic: Clinic) -> datetime:
    return from_micros(now).astimezone(ZoneInfo(clinic.settings.zone)).replace(microsecond=0)
