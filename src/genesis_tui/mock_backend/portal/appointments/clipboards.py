"""`/portal/v1/…clipboards`: what is to be filled in before a visit (CLIP-1, CLIP-2, FAM-7)."""

import json
from collections.abc import Sequence
from typing import Annotated, NoReturn

from fastapi import APIRouter, Header
from pydantic import Field
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import micros_iso
from genesis_tui.mock_backend.database.appointments.changes import note_change
from genesis_tui.mock_backend.database.record import clipboards as stored
from genesis_tui.mock_backend.database.record.clipboards import RESPONSE
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import can
from genesis_tui.mock_backend.http.problems import invalid
from genesis_tui.mock_backend.portal.appointments.clipboard_models import (
    ClipboardKept,
    ClipboardListed,
    ClipboardsAnswer,
    ClipboardSubmitted,
    Filled,
)
from genesis_tui.mock_backend.portal.appointments.clipboard_rows import ClipboardForm, form_of
from genesis_tui.mock_backend.portal.base.acts import Doing, Json, act, on
from genesis_tui.mock_backend.portal.base.caller import Caller, SignedIn
from genesis_tui.mock_backend.portal.base.readable import Told, told
from genesis_tui.mock_backend.rules.clipboards import content
from genesis_tui.mock_backend.rules.clipboards.questions import Asked, laid_out, missing, progress
from genesis_tui.mock_backend.rules.clipboards.scoring import Scale, scores
from genesis_tui.mock_backend.rules.clipboards.status import may_save, may_submit
from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.world.authored import read

router = APIRouter(prefix="/portal/v1")
STALE = Refused(
    "CLIP-1",
    "stale-version",
    "This clipboard was changed elsewhere meanwhile.",
    next="Compare the two, and keep one of them.",
    status=409,
)
IfMatch = Annotated[str | None, Header(alias="If-Match")]
ClipboardId = Annotated[str, Field(pattern=r"^[A-Za-z0-9.\-]{1,64}$")]


@router.get("/patients/{patient_id}/clipboards", **answers(ClipboardsAnswer))
async def clipboards(caller: SignedIn, patient_id: str) -> Response:
    """Every clipboard of a patient by the time of its visit, with what it asks and what is answered so far."""
    caller.read(patient_id, "forms", "clipboards")
    with caller.mock.database.begin() as conn:
        rows = clipboards_told(caller, conn, patient_id)
    return JSONResponse({"clipboards": rows.rows, "unreadable": rows.unreadable})


@act(router, "PUT", "/clipboards/{clipboard_id}", "clipboard", "CLIP-1", may=on("forms"), answers=ClipboardKept)
def save(doing: Doing, clipboard_id: ClipboardId, filled: Filled, if_match: IfMatch = None) -> Json:
    """Keep what is answered so far; `If-Match` names the version that it replaces.

    Another version than that is a conflict: the answer holds the clipboard as it is.
    """
    form = _open_form(doing, clipboard_id, filled.patient)
    doing.decided(may_save(form.facts, doing.caller.mock.clock.now()))
    _is_newest(doing, form, if_match)
    _answered(doing, form, filled)
    version = _put(doing, form, filled, "in-progress")
    if form.known.row.version:
        doing.changed_nothing()
    return {"id": clipboard_id, "version": version, "saved": micros_iso(doing.now)}


@act(
    router,
    "POST",
    "/clipboards/{clipboard_id}/submit",
    "submit-clipboard",
    "CLIP-1",
    may=on("forms"),
    answers=ClipboardSubmitted,
)
def submit(doing: Doing, clipboard_id: ClipboardId, filled: Filled, if_match: IfMatch = None) -> Json:
    """CLIP-1, CLIP-2: hand it in with these answers, once. What is required and empty is named in `missing`."""
    form = _open_form(doing, clipboard_id, filled.patient)
    now = doing.caller.mock.clock.now()
    doing.decided(may_save(form.facts, now))
    _is_newest(doing, form, if_match)
    root = _answered(doing, form, filled)
    empty = missing(root)
    decision = may_submit(form.facts, [one.text for one in empty], now)
    if isinstance(decision, Refused):
        doing.refuse(decision, more={"missing": [{"question": one.link_id, "text": one.text} for one in empty]})
    version = _put(doing, form, filled, "completed")
    summed = scores(root, _scales(form.known.row.questionnaire_id))
    stored.close_clipboard(doing.conn, form.known, doing.viewer, json.dumps(summed), now=doing.now)
    by = {"at": micros_iso(doing.now), "by": stored.name_of(doing.conn, doing.viewer)}
    return {"id": clipboard_id, "version": version, "submitted": by}


def clipboards_told(caller: Caller, conn: Connection, patient_id: str) -> Told:
    """A patient's clipboards as the wire has them."""
    known = stored.clipboards_of(conn, caller.viewer.person_id, patient_id, now=caller.mock.clock.micros())
    return told(known, lambda one: _row(caller, conn, form_of(caller, conn, one)), ClipboardListed)


def _row(caller: Caller, conn: Connection, form: ClipboardForm) -> Json:
    known, row = form.known, form.known.row
    now = caller.mock.clock.now()
    given = known.response.get("item", [])
    root = laid_out(form.items, given)
    answered, asked = progress(root)
    submitted = None
    if row.submitted is not None:
        submitted = {"at": micros_iso(row.submitted), "by": stored.name_of(conn, row.submitted_by)}
    start = form.facts.start
    return {
        "id": row.id,
        "version": row.version,
        "appointment": row.appointment_id,
        "title": str(known.questionnaire.get("title", "")),
        "what": form.what,
        "start": None if start is None else start.isoformat(),
        "zone": form.facts.zone,
        "answered": answered,
        "asked": asked,
        "saved": micros_iso(row.saved),
        "submitted": submitted,
        "questionnaire": {**known.questionnaire, "item": form.items},
        "response": known.response or None,
        "can": [
            can("clipboard.save", may_save(form.facts, now)),
            can("clipboard.submit", may_submit(form.facts, [one.text for one in missing(root)], now)),
        ],
    }


def _open_form(doing: Doing, clipboard_id: str, patient_id: str) -> ClipboardForm:
    """Raises Problem where the patient has no such clipboard that the caller may see (FAM-7, FAM-8)."""
    known = stored.clipboard_of(doing.conn, doing.viewer, patient_id, clipboard_id, now=doing.now)
    if known is None:
        doing.refuse(NOT_FOUND)
    return form_of(doing.caller, doing.conn, known)


def _is_newest(doing: Doing, form: ClipboardForm, if_match: str | None) -> None:
    text = (if_match or "0").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise invalid("If-Match must be the version of the clipboard.", status=400)
    if int(text) != form.known.row.version:
        _conflict(doing, form)


def _conflict(doing: Doing, form: ClipboardForm) -> NoReturn:
    """Raises Problem, with the clipboard that there is instead."""
    doing.refuse(STALE, more={"clipboard": _row(doing.caller, doing.conn, form)})


def _answered(doing: Doing, form: ClipboardForm, filled: Filled) -> Asked:
    """What is asked with these answers. Raises Problem for what is no answer to any of it."""
    given = filled.items()
    wrong: Sequence[str] = [f"There is no such question here: {id}" for id in content.unknown(form.items, given)]
    root = laid_out(form.items, given)
    wrong = wrong or list(content.faults(root, doing.caller.mock.policy.appointment.answer_characters))
    if wrong:
        raise invalid(wrong[0], detail="; ".join(wrong[:10]))
    return root


def _put(doing: Doing, form: ClipboardForm, filled: Filled, status: str) -> int:
    """Keep the response, complete as FHIR has it."""
    mock, known = doing.caller.mock, form.known
    by = doing.viewer
    own = {"reference": f"Patient/{by}"} if by == known.row.patient_id else {"type": "RelatedPerson"}
    body: Json = {
        "resourceType": RESPONSE,
        "id": known.row.id,
        "questionnaire": f"{known.questionnaire.get('url', '')}|{known.questionnaire.get('version', '1')}",
        "status": status,
        "subject": {"reference": f"Patient/{known.row.patient_id}"},
        "authored": micros_iso(doing.now),
        "author": own | {"display": stored.name_of(doing.conn, by)},
    }
    items = form.with_texts(filled.items())
    body |= {"item": items} if items else {}
    note_change(doing.conn, "clipboard", known.row.id, known.row.patient_id, now=doing.now)
    return stored.put_response(doing.conn, known, body, now=doing.now, policy=mock.policy)


def _scales(key: str) -> list[Scale]:
    return [Scale(s.name, tuple(s.questions), s.points, tuple(s.bands)) for s in read.clipboard(key).scales]
