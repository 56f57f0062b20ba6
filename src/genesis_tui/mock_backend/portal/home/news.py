"""`/portal/v1/patients/{id}/news`: what is new for one person, and what lies ahead (REL-5, Home)."""

import json
from collections.abc import Sequence, Set
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection, Row
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import from_micros, micros_iso, to_micros
from genesis_tui.mock_backend.database.appointments.stored import appointments_between
from genesis_tui.mock_backend.database.messages.threads import unread_messages, unread_threads
from genesis_tui.mock_backend.database.record.clipboards import states_of
from genesis_tui.mock_backend.database.record.readable import otherwise
from genesis_tui.mock_backend.database.results import kinds_asked, recent_results
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.portal.appointments.rows import place_of, what_of
from genesis_tui.mock_backend.portal.base.caller import Caller, SignedIn
from genesis_tui.mock_backend.portal.base.readable import told
from genesis_tui.mock_backend.portal.home.answered import answered_requests
from genesis_tui.mock_backend.portal.home.headlines import NEW, UNNAMED, asking, headline, held_by, members
from genesis_tui.mock_backend.portal.home.models import AppointmentAhead, NewsAnswer, NewsItem
from genesis_tui.mock_backend.portal.home.supplies import supplies_ahead
from genesis_tui.mock_backend.portal.messages.drafts import drafts_told
from genesis_tui.mock_backend.portal.messages.thread_rows import threads_waiting
from genesis_tui.mock_backend.portal.refills.facts import PrescriptionRow
from genesis_tui.mock_backend.portal.refills.routes import prescriptions_of, ready_for_pickup

LISTED = 50
AHEAD = timedelta(days=14)
Json = dict[str, Any]

router = APIRouter(prefix="/portal/v1")


@router.get("/patients/{patient_id}/news", **answers(NewsAnswer))
async def news(caller: SignedIn, patient_id: str) -> Response:
    """What Home shows of one person: what is new, ahead and waited for, of what is open to the caller."""
    caller.read(patient_id, "appointments", "news")
    with caller.mock.database.begin() as conn:
        opens = caller.opens(patient_id, "medications")
        known = list(prescriptions_of(caller, conn, patient_id)) if opens else []
        parts = {"items": _items, "coming": _upcoming, "waiting": _waiting}
        found = {name: part(caller, conn, patient_id) for name, part in parts.items()}
    found["items"] += _ready(caller, known)
    return JSONResponse(found | {"supplies": supplies_ahead(caller, known)})


def counts(caller: Caller, conn: Connection, patient_id: str) -> dict[str, int]:
    """How much is new to the caller of one record; 0 of what the caller may not read (FAM-8)."""
    viewer, now = caller.viewer.person_id, caller.mock.clock.micros()
    results = messages = 0
    if caller.opens(patient_id, "results"):
        results = len(unopened(recent_results(conn, viewer, patient_id, now=now)))
    if caller.opens(patient_id, "messages"):
        messages = unread_messages(conn, viewer, patient_id)
    return {"results": results, "messages": messages}


def unopened(rows: Sequence[Row[Any]]) -> list[tuple[Row[Any], Json]]:
    """The rows, with their bodies, that the viewer has not opened: reports, notes, and labs of no report."""
    bodies = [(row, json.loads(row.body)) for row in rows if row.type == "DiagnosticReport" or not row.opened]
    held = members(body for row, body in bodies if row.type == "DiagnosticReport")
    return [(row, body) for row, body in bodies if not row.opened and row.key not in held]


def _items(caller: Caller, conn: Connection, patient_id: str) -> list[Json]:
    """New results and unread messages, newest first and at most 50 of each, drafts, requests that a clinic has
    answered."""
    parts = (
        ("results", _results),
        ("messages", _unread),
        ("messages", _drafts),
        ("appointments", answered_requests),
    )
    open_to = [part for category, part in parts if caller.opens(patient_id, category)]
    return [one for part in open_to for one in part(caller, conn, patient_id)]


def _waiting(caller: Caller, conn: Connection, patient_id: str) -> list[Json]:
    """Messages of the caller's about this patient that nobody has answered yet (MSG-5)."""
    return threads_waiting(caller, conn, patient_id) if caller.opens(patient_id, "messages") else []


def _upcoming(caller: Caller, conn: Connection, patient_id: str) -> list[Json]:
    """Appointments of the next 14 days, soonest first."""
    if not caller.opens(patient_id, "appointments"):
        return []
    now = caller.mock.clock.micros()
    until = to_micros(from_micros(now) + AHEAD)
    rows = appointments_between(conn, caller.viewer.person_id, patient_id, now=now, until=until)
    clipboards = states_of(conn, patient_id) if caller.opens(patient_id, "forms") else {}
    return told(rows, lambda row: _appointment(json.loads(row[0]), row[1], clipboards), AppointmentAhead).rows


def _results(caller: Caller, conn: Connection, patient_id: str) -> list[Json]:
    viewer = caller.viewer.person_id
    rows = recent_results(conn, viewer, patient_id, now=caller.mock.clock.micros())
    readings, chosen = {row.key: row for row in rows if row.type == "Observation"}, kinds_asked(conn, viewer)
    return told(unopened(rows)[:LISTED], lambda one: _result(*one, readings, chosen), NewsItem).rows


def _result(row: Row[Any], body: Json, readings: dict[str, Row[Any]], chosen: Set[str]) -> Json:
    parts = [json.loads(readings[key].body) for key in held_by(body) if key in readings]
    title, state = otherwise(lambda: asking(body, chosen) or headline(body, parts), (UNNAMED, NEW))
    return {
        "place": "results",
        "type": row.type,
        "id": row.id,
        "title": title,
        "state": state,
        "at": otherwise(lambda: micros_iso(row.at), micros_iso(row.release_at)),
    }


def _unread(caller: Caller, conn: Connection, patient_id: str) -> list[Json]:
    rows = unread_threads(conn, caller.viewer.person_id, patient_id, limit=LISTED)
    return [
        {
            "place": "inbox",
            "type": "Thread",
            "id": row.id,
            "title": f"{row.sender}: {row.subject}",
            "state": "unread",
            "at": micros_iso(row.at),
        }
        for row in rows
    ]


def _drafts(caller: Caller, conn: Connection, patient_id: str) -> list[Json]:
    return [
        {
            "place": "inbox",
            "type": "Draft",
            "id": row["id"],
            "title": f"To {row['recipient_name'] or 'nobody yet'}: {row['subject'] or 'no subject yet'}",
            "state": "not sent",
            "at": row["saved"],
        }
        for row in drafts_told(caller, conn, patient_id)[:LISTED]
    ]


def _ready(caller: Caller, known: Sequence[PrescriptionRow]) -> list[Json]:
    return [
        {
            "place": "refills",
            "type": "MedicationRequest",
            "id": row["prescription"],
            "title": ", ".join(filter(None, (row["drug"], row["where"]))),
            "state": "ready",
            "at": row["since"],
            "until": row["until"],
        }
        for row in ready_for_pickup(caller, known)
    ]


def _appointment(body: Json, zone: str, clipboards: dict[str, str]) -> Json:
    return {
        "id": body["id"],
        "at": body["start"],
        "zone": zone,
        "what": what_of(body),
        "place": place_of(body),
        "status": body["status"],
        "clipboard": clipboards.get(body["id"], ""),
    }
