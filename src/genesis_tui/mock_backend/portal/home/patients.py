"""`/portal/v1/patients/{id}/…` and `seen`: Patient Information, news, what is new, and who opened the record."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.database.family.audit import AuditEvent
from genesis_tui.mock_backend.database.family.deers import last_shown
from genesis_tui.mock_backend.database.family.people import care_row, level_of, methods_of, names_of, person_rows
from genesis_tui.mock_backend.database.messages.threads import open_messages
from genesis_tui.mock_backend.database.results import mark_seen, recent_results, visible_keys
from genesis_tui.mock_backend.http.json import Body, micros_iso
from genesis_tui.mock_backend.http.problems import invalid
from genesis_tui.mock_backend.portal.base.caller import SignedIn
from genesis_tui.mock_backend.portal.family.deers import read_deers
from genesis_tui.mock_backend.portal.home.news import coming, items, unopened, waiting
from genesis_tui.mock_backend.rules.sign_in.levels import Level
from genesis_tui.mock_backend.rules.sign_in.methods import METHOD_TITLES

router = APIRouter(prefix="/portal/v1")
PAGE = 50
_MESSAGE = "Message/"

Key = Annotated[str, Field(pattern=r"^(DiagnosticReport|DocumentReference|Observation|Message)/[A-Za-z0-9.\-]{1,64}$")]


class Opened(Body):
    """Results and messages that the caller has opened."""

    patient: str = Field(min_length=1, max_length=64)
    keys: list[Key] = Field(max_length=200)


@router.get("/patients/{patient_id}/profile")
async def profile(caller: SignedIn, patient_id: str) -> Response:
    """Patient Information: what DEERS says (DEERS-1), care team, ways in, level, sharing."""
    caller.read(patient_id, "demographics", "profile")
    error = read_deers(caller.mock, patient_id)
    with caller.mock.database.begin() as conn:
        person, read = person_rows(conn, [patient_id])[patient_id], last_shown(conn, patient_id)
        care, level = care_row(conn, patient_id), level_of(conn, patient_id)
        methods = [METHOD_TITLES[method] for method in methods_of(conn, patient_id)]
    own = {"name": f"{person['given']} {person['family']}", "address": "", "email": "", "phone": ""}
    shown = read[0] if read else own | {name: person[name] for name in ("birth_date", "dod_id")}
    deers = {**shown, "address": shown["address"].splitlines(), "sex": person["sex"], "error": error}
    deers |= {"read_at": micros_iso(read[1]) if read else None}
    body = {name: care[name] for name in ("pcm", "team", "clinics", "sharing")}
    title = "" if level is None else Level(level).title
    return JSONResponse(body | {"deers": deers, "status": person["status"], "methods": methods, "level": title})


@router.get("/patients/{patient_id}/news")
async def news(caller: SignedIn, patient_id: str) -> Response:
    """What Home shows of one person: what is new, ahead and waited for, of what is open to the caller."""
    caller.read(patient_id, "appointments", "news")
    with caller.mock.database.begin() as conn:
        parts = {"items": items, "coming": coming, "waiting": waiting}
        return JSONResponse({name: part(caller, conn, patient_id) for name, part in parts.items()})


@router.get("/patients/{patient_id}/seen")
async def unseen(caller: SignedIn, patient_id: str) -> Response:
    """REL-5: keys of the results that the caller has not opened."""
    caller.read(patient_id, "results", "seen")
    viewer, now = caller.viewer.person_id, caller.mock.clock.micros()
    with caller.mock.database.begin() as conn:
        rows = unopened(recent_results(conn, viewer, patient_id, now=now))
    return JSONResponse({"new": [row.key for row, _ in rows]})


@router.post("/seen", status_code=204)
async def seen(caller: SignedIn, opened: Opened) -> Response:
    """REL-5: these results are no longer new, these messages no longer unread; other keys change nothing."""
    messages = [key.removeprefix(_MESSAGE) for key in opened.keys if key.startswith(_MESSAGE)]
    results = [key for key in opened.keys if not key.startswith(_MESSAGE)]
    if messages:
        caller.read(opened.patient, "messages", "seen")
    if results or not messages:
        caller.read(opened.patient, "results", "seen")
    viewer, now = caller.viewer.person_id, caller.mock.clock.micros()
    with caller.mock.database.begin() as conn:
        open_messages(conn, viewer, opened.patient, messages, now=now)
        keys = visible_keys(conn, viewer, opened.patient, results, now=now)
        mark_seen(conn, viewer, opened.patient, keys, now=now)
    return Response(status_code=204)


@router.get("/patients/{patient_id}/access-log")
async def access_log(caller: SignedIn, patient_id: str, before: str | None = None) -> Response:
    """AUD-1: who did what with the record, newest first, 50 at a time."""
    caller.read(patient_id, "access-log", "access-log")
    if before is not None and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise invalid("This page of the log does not exist.")
    events = caller.mock.audit.about(patient_id, before=None if before is None else int(before), limit=PAGE)
    with caller.mock.database.begin() as conn:
        names = names_of(conn, {event.who_id for _, event in events})
    more = str(events[-1][0]) if len(events) == PAGE else None
    return JSONResponse({"events": [_line(event, names) for _, event in events], "next": more})


def _line(event: AuditEvent, names: dict[str, str]) -> dict[str, Any]:
    return {
        "at": micros_iso(event.at),
        "who": names.get(event.who_id, "not signed in"),
        "what": event.what,
        "outcome": event.outcome,
    }
