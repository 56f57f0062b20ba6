"""`/portal/v1/messages`: a look at what would be sent, sending it, and saying that an entry is wrong (REC-7)."""

from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import Connection, Row
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.database.messages.corrections import add_correction, corrections_of
from genesis_tui.mock_backend.database.messages.recipients import mailboxes
from genesis_tui.mock_backend.http.json import Body, can, micros_iso
from genesis_tui.mock_backend.portal.base.caller import Act, Caller, SignedIn
from genesis_tui.mock_backend.portal.base.idempotency import Key, once
from genesis_tui.mock_backend.portal.messages.send import (
    Correction,
    Id,
    Outgoing,
    Ready,
    due_now,
    ready,
    recipient_of,
    send,
)
from genesis_tui.mock_backend.portal.record import may_correct
from genesis_tui.mock_backend.rules.messages.send import may_write_to

router = APIRouter(prefix="/portal/v1")
_ROLES = {"pcm": "your PCM", "team": "your care team", "clinic": "linked clinic"}


class Search(Body):
    """Whom to find for a message about a patient; without words everybody whom the profile is linked to."""

    patient: Id
    words: str = Field("", max_length=200)


@router.post("/recipients/search")
async def recipients(caller: SignedIn, asked: Search) -> Response:
    """MSG-1: providers first, clinics next; with words also those that can't be written to, and why (MSG-11)."""
    caller.read(asked.patient, "messages", "recipients")
    words = asked.words.casefold().split()
    with caller.mock.database.begin() as conn:
        rows, more = mailboxes(conn, asked.patient, words, linked_only=not words)
    has_pcm = any(row.role == "pcm" for row in rows) or bool(words)
    missing = "" if has_pcm else "No primary care manager is linked to this profile. Search for a clinic instead."
    told = [_recipient(caller, row) for row in rows]
    return JSONResponse({"recipients": told, "missing": missing, "more": more})


@router.post("/messages/preview")
async def preview(caller: SignedIn, asked: Outgoing) -> Response:
    """What sending this now would send, to whom, and by when an answer is due; or the refusal that it would get."""
    caller.read(asked.patient, "messages", "preview")
    with caller.mock.database.begin() as conn:
        return JSONResponse(_previewed(caller, ready(caller, conn, asked)))


@router.post("/messages", status_code=201)
async def post(caller: SignedIn, asked: Outgoing, idempotency_key: Key = None) -> Response:
    """Send a message, once for each key (MSG-12)."""
    act = Act("message", asked.patient, "MSG-1")
    caller.may_do(act, "messages")
    return once(caller, idempotency_key, act, asked, lambda conn: send(caller, conn, asked)[1])


@router.post("/corrections/preview")
async def preview_correction(caller: SignedIn, asked: Correction) -> Response:
    """As for messages."""
    caller.read(asked.patient, "messages", "preview")
    with caller.mock.database.begin() as conn:
        may_correct(caller, conn, asked.patient, asked.entry)
        return JSONResponse(_previewed(caller, ready(caller, conn, asked)))


@router.post("/corrections", status_code=201)
async def correct(caller: SignedIn, asked: Correction, idempotency_key: Key = None) -> Response:
    """REC-7: tell the care team that an entry is wrong, once for each key."""
    act = Act("correction", asked.patient, "REC-7")
    caller.may_do(act, "messages")
    return once(caller, idempotency_key, act, asked, lambda conn: _corrected(caller, conn, asked))


@router.get("/patients/{patient_id}/corrections")
async def corrections(caller: SignedIn, patient_id: str) -> Response:
    """REC-7: which entries were said to be wrong, and what the care team answered; newest first."""
    caller.read(patient_id, "messages", "corrections")
    whole = caller.standing(patient_id).access == "full"
    with caller.mock.database.begin() as conn:
        rows = [row for row in corrections_of(conn, patient_id) if whole or row.asked_by == caller.viewer.person_id]
    return JSONResponse({"corrections": [_correction(row) for row in rows]})


def _recipient(caller: Caller, row: Row[Any]) -> dict[str, Any]:
    decision = may_write_to(recipient_of(row), level=caller.viewer.level)
    return {
        "id": row.id,
        "kind": row.kind,
        "name": row.name,
        "detail": row.detail,
        "clinic": row.clinic,
        "facility": row.facility,
        "role": _ROLES.get(row.role or "", ""),
        "due": due_now(caller, ZoneInfo(row.zone)).isoformat(),
        "can": [can("message.send", decision)],
    }


def _previewed(caller: Caller, going: Ready) -> dict[str, Any]:
    due = due_now(caller, going.zone)
    told = {"patient": going.patient_id, "recipient": going.recipient, "category": going.category}
    return told | {"subject": going.subject, "due": due.isoformat(), "files": len(going.files)}


def _corrected(caller: Caller, conn: Connection, asked: Correction) -> dict[str, Any]:
    may_correct(caller, conn, asked.patient, asked.entry)
    _, answer = send(caller, conn, asked)
    viewer, now = caller.viewer.person_id, caller.mock.clock.micros()
    add_correction(conn, answer["thread"], asked.patient, viewer, asked.entry, now=now)
    return answer


def _correction(row: Row[Any]) -> dict[str, Any]:
    known = {"thread": row.thread_id, "entry": row.entry, "state": row.state, "note": row.note}
    return known | {"at": micros_iso(row.at)}
