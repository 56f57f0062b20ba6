"""Visits that happen by themselves: reminded of, arrived, checked in, over with a summary, or missed (APPT-7)."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.appointments import lifecycle
from genesis_tui.mock_backend.database.appointments.changes import note_change
from genesis_tui.mock_backend.database.appointments.clinics import clinics, visit_types
from genesis_tui.mock_backend.database.appointments.requests import link_thread
from genesis_tui.mock_backend.database.appointments.slots import release
from genesis_tui.mock_backend.database.appointments.stored import StoredAppointment, appointment_by_id
from genesis_tui.mock_backend.database.messages.send import NewMessage, NewThread, add_message, add_thread
from genesis_tui.mock_backend.database.record.clipboards import add_clipboard, has_clipboard
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.database.schema.base import due_event
from genesis_tui.mock_backend.rules.appointments.status import may_become, told
from genesis_tui.mock_backend.rules.decision import Decision, Refused
from genesis_tui.mock_backend.rules.policy import AppointmentPolicy, Policy
from genesis_tui.mock_backend.world.base.elements import LOINC, OURS, SNOMED, TERMS, concept, reference, reviewed

Json = dict[str, Any]
VISIT, REMINDER = "visit", "visit-reminder"
_COMING: Final = "Your visit is coming up"
_CHECK_IN: Final = timedelta(minutes=3)
_SUMMARY: Final = ("34133-9", "Summary of episode note")
"""LOINC's code and name."""
_NOTE: Final = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"


def plan_visit(
    conn: Connection, patient_id: str, stored: StoredAppointment, *, to: str, now: int, policy: AppointmentPolicy
) -> None:
    """What becomes of an appointment that is booked; where it is moved or cancelled, nothing does.

    `to`: the person who booked it, and is reminded.
    """
    _give_clipboard(conn, patient_id, stored, now)
    start = datetime.fromisoformat(stored.body["start"])
    coming = [(VISIT, start)]
    remind_at = start - timedelta(days=policy.reminder_days)
    if policy.reminder_days and to_micros(remind_at) > now:
        coming.append((REMINDER, remind_at))
    _plan(conn, stored.id, start, coming, to)


def go_on(conn: Connection, payload: Json, at: int, policy: Policy) -> None:
    """A visit begins, is under way, or is over: its next status, and when the one after it comes."""
    found = lifecycle.held(conn, payload["id"])
    if found is None or not _stands(found[1], payload["start"]) or found[1].body["status"] not in _NEXT:
        return
    patient_id, stored = found
    status = str(stored.body["status"])
    start, end = (datetime.fromisoformat(stored.body[name]) for name in ("start", "end"))
    over, missed = at >= to_micros(end), _draw(stored.id) < policy.appointment.missed_percent
    if not over and (status == "checked-in" or (status == "booked" and missed)):
        _plan(conn, stored.id, start, [(VISIT, end)])
        return
    became = "noshow" if over and status == "booked" else _NEXT[status]
    change_status(conn, patient_id, stored, became, at=at, policy=policy)
    following = {"arrived": min(start + _CHECK_IN, end), "checked-in": end}.get(became)
    if following is not None:
        _plan(conn, stored.id, start, [(VISIT, following)])


_NEXT: Final = {"booked": "arrived", "arrived": "checked-in", "checked-in": "fulfilled"}
"""Status -> the one that comes next by itself."""


def change_status(
    conn: Connection, patient_id: str, stored: StoredAppointment, became: str, *, at: int, policy: Policy
) -> Decision:
    """APPT-7: an appointment goes over to another status, where it can. What is over has a summary."""
    decision = may_become(str(stored.body["status"]), became)
    if isinstance(decision, Refused):
        return decision
    body = lifecycle.with_status(stored.body, became, lifecycle.here(stored, at))
    if became == "fulfilled":
        body = body | {"supportingInformation": _write_up(conn, patient_id, stored, at, policy)}
    if became in ("noshow", "fulfilled"):
        release(conn, stored.id)
    lifecycle.restore(conn, patient_id, stored, body, now=at, policy=policy)
    return decision


def remind(conn: Connection, payload: Json, at: int, policy: Policy) -> None:
    """The clinic reminds the patient of a visit, in a conversation that is as sensitive as the visit (FAM-7)."""
    found = appointment_by_id(conn, payload["id"])
    if found is None or not _stands(found[1], payload["start"]) or found[1].body["status"] != "booked":
        return
    patient_id, stored = found
    start = datetime.fromisoformat(stored.body["start"])
    clinic = clinics(conn)[_actor(stored.body, "Location")["reference"].partition("/")[2]]
    name, zone = clinic.settings.name, clinic.settings.zone
    thread_id = f"thread-{stored.id}-{stored.version}"
    new_thread = NewThread(thread_id, patient_id, _COMING, "Appointment", name, clinic.mailbox_id, zone)
    add_thread(conn, new_thread)
    what = stored.body["description"]
    text = f"A reminder of your visit: {what}, {told(start, zone)}, at {name}. You can move or cancel it until then."
    new = NewMessage(f"message-{thread_id[7:]}", thread_id, patient_id, "", name, payload["to"], text)
    add_message(conn, new, now=at, policy=policy)
    link_thread(conn, thread_id, stored.id, patient_id)


def _give_clipboard(conn: Connection, patient_id: str, stored: StoredAppointment, now: int) -> None:
    """CLIP-1: the clipboard that comes with a kind of visit, once."""
    kind = visit_types(conn).get(lifecycle.visit_code(stored.body))
    if kind is not None and kind.clipboard and not has_clipboard(conn, stored.id):
        id = f"clip-{stored.id}"
        add_clipboard(conn, id, patient_id, stored.id, kind.clipboard)
        note_change(conn, "clipboard", id, patient_id, now=now)


def _plan(
    conn: Connection, appointment_id: str, start: datetime, coming: Sequence[tuple[str, datetime]], to: str = ""
) -> None:
    """What happens of which kind, and when."""
    payload = json.dumps({"id": appointment_id, "start": start.isoformat(), "to": to})
    conn.execute(insert(due_event), [{"at": to_micros(at), "kind": kind, "payload": payload} for kind, at in coming])


def _stands(stored: StoredAppointment, start: str) -> bool:
    """Whether an appointment is still for the instant that something was planned for."""
    now = stored.body.get("start")
    return now is not None and datetime.fromisoformat(now) == datetime.fromisoformat(start)


def _draw(appointment_id: str) -> int:
    """A number below 100, the same for the same appointment."""
    return int.from_bytes(hashlib.blake2b(appointment_id.encode(), digest_size=4).digest()) % 100


def _write_up(conn: Connection, patient_id: str, stored: StoredAppointment, at: int, policy: Policy) -> list[Json]:
    """The Encounter and the visit summary of what took place; references to them."""
    body = stored.body
    subject = _actor(body, "Patient")
    encounter, note, text = (f"{kind}-{stored.id}" for kind in ("visit", "summary", "text"))
    for one in (
        _encounter(body, encounter, subject),
        _binary(body, text, subject),
        _document(body, note, text, encounter, subject, at),
    ):
        facts = ResourceFacts(patient_id, stored.sensitive, at if one["resourceType"] != "Encounter" else None)
        put_resource(conn, one, facts, now=at, policy=policy)
    return [reference("Encounter", encounter), reference("DocumentReference", note)]


def _encounter(body: Json, id: str, subject: Json) -> Json:
    return {
        "resourceType": "Encounter",
        "id": id,
        "identifier": [{"system": f"{OURS}/NamingSystem/encounter", "value": f"FIN-{id}"}],
        "status": "finished",
        "class": {"system": f"{TERMS}/v3-ActCode", "code": "AMB", "display": "ambulatory"},
        "type": [concept(SNOMED, "11429006", "Consultation", body["description"])],
        "subject": subject,
        "participant": [{"individual": _actor(body, "Practitioner")}],
        "period": {"start": body["start"], "end": body["end"]},
        "reasonCode": body.get("reasonCode", [{"text": body["description"]}]),
        "location": [{"location": _actor(body, "Location")}],
    }


def _binary(body: Json, id: str, subject: Json) -> Json:
    content_type, data = "text/plain; charset=utf-8", b64encode(_summary(body).encode()).decode()
    return {"resourceType": "Binary", "id": id, "contentType": content_type, "securityContext": subject, "data": data}


def _document(body: Json, id: str, text: str, encounter: str, subject: Json, at: int) -> Json:
    title, signed = f"Visit summary: {body['description']}", from_micros(at).isoformat()
    size = len(_summary(body).encode())
    content = {"contentType": "text/plain; charset=utf-8", "url": f"Binary/{text}", "size": size, "title": title}
    return {
        "resourceType": "DocumentReference",
        "id": id,
        "extension": reviewed(by_clinician=True),
        "status": "current",
        "docStatus": "final",
        "type": concept(LOINC, *_SUMMARY, "Visit summary"),
        "category": [concept(_NOTE, "clinical-note", "Clinical Note")],
        "subject": subject,
        "date": signed,
        "author": [_actor(body, "Practitioner")],
        "description": title,
        "content": [{"attachment": content | {"creation": signed}}],
        "context": {"encounter": [reference("Encounter", encounter)], "period": {"start": body["start"]}},
    }


def _summary(body: Json) -> str:
    reason = next((one.get("text", "") for one in body.get("reasonCode", ())), "")
    about = f"Reason for the visit: {reason}\n\n" if reason else ""
    clinician, clinic = _actor(body, "Practitioner").get("display", ""), _clinic(body)
    return (
        f"VISIT SUMMARY\n{body['description']}\n{clinician}, {clinic}\n\n{about}"
        "What was done: history taken and examined; findings discussed.\n"
        "What comes next: go on as discussed. Write to the clinic if anything gets worse or does not get better.\n"
    )


def _actor(body: Json, kind: str) -> Json:
    actors = (one.get("actor", {}) for one in body.get("participant", ()))
    return next((one for one in actors if one.get("reference", "").startswith(f"{kind}/")), {})


def _clinic(body: Json) -> str:
    return str(_actor(body, "Location").get("display", ""))
