"""Clipboards: one for an appointment, with the FHIR Questionnaire that it asks and the response so far (CLIP-1)."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, insert, select, update

from genesis_tui.mock_backend.database.record.readable import stored_body
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, body_of, put_resource, visible
from genesis_tui.mock_backend.database.schema.clipboards import clipboard
from genesis_tui.mock_backend.database.schema.family import person
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.rules.policy import Policy

Json = dict[str, Any]
RESPONSE: Final = "QuestionnaireResponse"
MOST_OF_A_LIST: Final = 100
"""Entries of the record that a clipboard asks to confirm."""
_STATES = select(clipboard.c.appointment_id, clipboard.c.version, clipboard.c.submitted).where(
    clipboard.c.patient_id == bindparam("patient")
)


@dataclass(frozen=True, slots=True)
class StoredClipboard:
    """A clipboard with its visit, its questions and what is answered; `response` is empty before anything is."""

    row: Row[Any]
    appointment: Json
    sensitive: bool
    questionnaire: Json
    response: Json


def clipboards_of(conn: Connection, viewer_id: str, patient_id: str, *, now: int) -> list[StoredClipboard]:
    """A patient's clipboards by the time of the visit; those of sensitive visits only for the patient (FAM-7)."""
    wanted = _shown(clipboard.c.patient_id == patient_id).order_by(resource.c.at, clipboard.c.id)
    return [_stored(conn, row) for row in conn.execute(wanted, {"now": now, "viewer": viewer_id})]


def clipboard_of(
    conn: Connection, viewer_id: str, patient_id: str, clipboard_id: str, *, now: int
) -> StoredClipboard | None:
    """One of them; None where the patient has none of this id that the viewer may see."""
    wanted = _shown(clipboard.c.patient_id == patient_id, clipboard.c.id == clipboard_id)
    row = conn.execute(wanted, {"now": now, "viewer": viewer_id}).one_or_none()
    return None if row is None else _stored(conn, row)


def add_clipboard(conn: Connection, id: str, patient_id: str, appointment_id: str, questionnaire_id: str) -> None:
    """Give an appointment a clipboard."""
    ids = {"patient_id": patient_id, "appointment_id": appointment_id, "questionnaire_id": questionnaire_id}
    conn.execute(insert(clipboard).values(id=id, **ids))


def has_clipboard(conn: Connection, appointment_id: str) -> bool:
    wanted = select(clipboard.c.id).where(clipboard.c.appointment_id == appointment_id).limit(1)
    return conn.execute(wanted).first() is not None


def states_of(conn: Connection, patient_id: str) -> dict[str, str]:
    """Appointment's id -> `to-fill-in`, `begun` or `submitted`, of those that have a clipboard."""
    rows = conn.execute(_STATES, {"patient": patient_id})
    return {row.appointment_id: _state(row.version, row.submitted) for row in rows}


def _state(version: int, submitted: int | None) -> str:
    if submitted is not None:
        return "submitted"
    return "begun" if version else "to-fill-in"


def put_response(conn: Connection, known: StoredClipboard, body: Json, *, now: int, policy: Policy) -> int:
    """Keep a response, new or in place of what was answered before; the clipboard's new version."""
    version = int(known.row.version) + 1
    facts = ResourceFacts(known.row.patient_id, known.sensitive)
    put_resource(conn, body, facts, now=now, policy=policy)
    _set(conn, known, version=version, saved=now)
    return version


def close_clipboard(conn: Connection, known: StoredClipboard, by: str, scores: str, *, now: int) -> None:
    """It is submitted."""
    _set(conn, known, submitted=now, submitted_by=by, scores=scores)


def name_of(conn: Connection, person_id: str) -> str:
    row = conn.execute(select(person.c.given, person.c.family).where(person.c.id == person_id)).one_or_none()
    return f"{row.given} {row.family}" if row is not None else ""


def entries_of(conn: Connection, patient_id: str, kind: str, *, now: int) -> list[Json]:
    """Entries of a type of the record that hold at present and that nobody keeps to themselves, newest first."""
    mine = (resource.c.type == kind, resource.c.patient_id == patient_id)
    wanted = select(resource.c.body).where(*mine, *visible()).order_by(resource.c.at.desc(), resource.c.row)
    rows = conn.execute(wanted.limit(MOST_OF_A_LIST), {"now": now, "viewer": ""}).scalars()
    return [stored_body(body) for body in rows]


def _set(conn: Connection, known: StoredClipboard, **values: object) -> None:
    conn.execute(update(clipboard).where(clipboard.c.id == known.row.id).values(values))


def _shown(*wanted: ColumnElement[bool]) -> Select[Any]:
    visit = (resource.c.type == "Appointment", resource.c.id == clipboard.c.appointment_id)
    columns = (clipboard, resource.c.body, resource.c.sensitive)
    return select(*columns).join(resource, visit[0] & visit[1]).where(*wanted, *visible())


def _stored(conn: Connection, row: Row[Any]) -> StoredClipboard:
    questionnaire = body_of(conn, "Questionnaire", row.questionnaire_id) or {}
    response = (body_of(conn, RESPONSE, row.id) or {}) if row.version else {}
    return StoredClipboard(row, stored_body(row.body), row.sensitive, questionnaire, response)
