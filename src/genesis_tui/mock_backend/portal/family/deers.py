"""`/portal/v1/patients/{id}/deers`: what the portal shows of a person beside what DEERS says (DEERS-1, DEERS-2)."""

from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import iso, micros_iso
from genesis_tui.mock_backend.database.family.deers import Shown, fault_of, last_shown, note_shown
from genesis_tui.mock_backend.database.family.people import deers_row, person_rows
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, body_of, put_resource
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.problems import NOT_FOUND
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.portal.base.caller import SignedIn
from genesis_tui.mock_backend.portal.family.models import DeersAnswer
from genesis_tui.mock_backend.rules.family.deers import faulty
from genesis_tui.mock_backend.rules.sign_in.contacts import is_masked, masked

router = APIRouter(prefix="/portal/v1/patients")
TITLES = {
    "name": "Name",
    "birth_date": "Birth date",
    "dod_id": "DoD ID",
    "address": "Address",
    "email": "E-mail",
    "phone": "Phone",
}


@router.get("/{patient_id}/deers", **answers(DeersAnswer))
async def side_by_side(caller: SignedIn, patient_id: str) -> Response:
    """One's own record alone. Reading it brings what the portal shows up to date."""
    mock = caller.mock
    caller.read(patient_id, "demographics", "deers")
    if patient_id != caller.viewer.person_id:
        caller.refuse(NOT_FOUND, "deers", patient_id)
    with mock.database.begin() as conn:
        before = last_shown(conn, patient_id)
        now = deers_now(conn, patient_id)
        portal = _of_portal(conn, patient_id) | (before[0] if before else {}) if now is not None else {}
        fields = [] if now is None else [_field(name, portal.get(name, now[name]), now[name]) for name in TITLES]
    error = read_deers(mock, patient_id)
    if is_masked(caller.viewer.level):
        fields = [_masked_field(field) for field in fields]
    return JSONResponse(
        {
            "read_at": iso(mock.clock.now()),
            "before_at": None if before is None else micros_iso(before[1]),
            "error": error,
            "fields": fields,
        }
    )


def read_deers(mock: Mock, person_id: str) -> dict[str, str] | None:
    """DEERS-2: the portal reads DEERS: what it holds is what the portal shows from now on. What is wrong, if anything
    is: then what was shown before stays."""
    with mock.database.begin() as conn:
        now, fault = deers_now(conn, person_id), fault_of(conn, person_id)
        wrong = faulty(known=now is not None, fault=fault)
        if wrong is not None or now is None:
            return None if wrong is None else {"title": wrong.title, "next": wrong.next, "rule": wrong.rule}
        before = last_shown(conn, person_id)
        note_shown(conn, person_id, now, at=mock.clock.micros())
        if before is not None and before[0] != now:
            _change_patient(mock, conn, person_id, now)
    return None


def _change_patient(mock: Mock, conn: Connection, person_id: str, now: Shown) -> None:
    """The FHIR Patient gets the address, phone and e-mail too; the rest of it is not DEERS's to change here."""
    body = body_of(conn, "Patient", person_id)
    if body is None:
        return
    body["meta"] = {key: value for key, value in body["meta"].items() if key not in ("versionId", "lastUpdated")}
    lines = now["address"].splitlines()
    reached = (("phone", now["phone"], "mobile"), ("email", now["email"], "home"))
    body["telecom"] = [{"system": kind, "value": value, "use": use} for kind, value, use in reached if value]
    body["address"] = [{"use": "home", "line": lines[:1], "text": ", ".join(lines)}] if lines else []
    kept = {key: value for key, value in body.items() if value != []}
    put_resource(conn, kept, ResourceFacts(person_id), now=mock.clock.micros(), policy=mock.policy)


def deers_now(conn: Connection, person_id: str) -> Shown | None:
    """What DEERS says of a person; None where it knows nobody."""
    row = deers_row(conn, person_id)
    if row is None:
        return None
    shown = {name: row[name] for name in ("birth_date", "dod_id", "email", "phone")}
    return shown | {"name": f"{row['given']} {row['family']}", "address": row["address"]}


def _of_portal(conn: Connection, person_id: str) -> Shown:
    """What the portal's own account holds, where DEERS was never read."""
    row = person_rows(conn, [person_id])[person_id]
    return {"name": f"{row['given']} {row['family']}", "birth_date": row["birth_date"], "dod_id": row["dod_id"]}


def _field(name: str, portal: str, deers: str) -> dict[str, Any]:
    return {"field": name, "title": TITLES[name], "portal": portal, "deers": deers, "same": portal == deers}


def _masked_field(field: dict[str, Any]) -> dict[str, Any]:
    """ID-11: a Basic sign-in is told that the two differ, and of neither what it is."""
    return field | {side: masked({field["field"]: field[side]})[field["field"]] for side in ("portal", "deers")}
