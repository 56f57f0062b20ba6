"""`/portal/v1/drafts`: what is written and not sent, one draft a conversation (MSG-8, MSG-9, MSG-10)."""

import json
from typing import Annotated, Any, NoReturn

from fastapi import APIRouter, Header
from pydantic import Field
from sqlalchemy import Connection, Row
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import micros_iso
from genesis_tui.mock_backend.database.messages import drafts as stored
from genesis_tui.mock_backend.database.messages.attachments import uploads
from genesis_tui.mock_backend.database.messages.recipients import mailbox_of
from genesis_tui.mock_backend.database.messages.threads import threads_of
from genesis_tui.mock_backend.database.sign_in.sessions import session_by_id
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import RequestBody
from genesis_tui.mock_backend.http.problems import invalid
from genesis_tui.mock_backend.portal.base.acts import Doing, Json, act, for_oneself, on
from genesis_tui.mock_backend.portal.base.caller import Caller, SignedIn
from genesis_tui.mock_backend.portal.messages.models import DraftKept, DraftsAnswer
from genesis_tui.mock_backend.portal.messages.send import LONGEST, Id, OptionalId, Uuid, may_reply, thread_open_to
from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.rules.messages.send import may_draft

router = APIRouter(prefix="/portal/v1")
STALE = Refused(
    "MSG-9",
    "stale-version",
    "This draft was changed elsewhere meanwhile.",
    next="Compare the two, and keep one of them.",
    status=409,
)
IfMatch = Annotated[str | None, Header(alias="If-Match")]


class Draft(RequestBody):
    """A message about `patient` as far as it is written; what is empty is not filled in yet."""

    patient: Id
    thread: OptionalId = ""
    recipient: OptionalId = ""
    category: str = Field("", max_length=40)
    subject: str = Field("", max_length=LONGEST)
    body: str = Field("", max_length=LONGEST)
    entry: Annotated[str, Field(pattern=r"^([A-Z][A-Za-z]{2,40}/[A-Za-z0-9.\-]{1,64})?$")] = ""
    attachments: list[Uuid] = Field([], max_length=20)


@router.get("/patients/{patient_id}/drafts", **answers(DraftsAnswer))
async def drafts(caller: SignedIn, patient_id: str) -> Response:
    """The caller's own drafts about a patient, newest first."""
    caller.read(patient_id, "messages", "drafts")
    with caller.mock.database.begin() as conn:
        return JSONResponse({"drafts": drafts_told(caller, conn, patient_id)})


@act(router, "PUT", "/drafts/{draft_id}", "draft", "MSG-9", may=on("messages"), answers=DraftKept)
def keep(doing: Doing, draft_id: Uuid, draft: Draft, if_match: IfMatch = None) -> Json:
    """Keep a draft under an id of the client's choice; `If-Match` names the version that it replaces.

    Another version than that, or another draft of the same conversation, is a conflict: the answer holds it.
    """
    conn, owner, version = doing.conn, doing.viewer, _version(if_match)
    sent = stored.was_sent(conn, owner, draft_id)
    doing.decided(may_draft(draft.body, doing.caller.mock.policy.message, sent=sent))
    known = stored.draft_of(conn, owner, draft_id)
    _may_keep(doing, draft_id, draft, known)
    if draft.thread:
        may_reply(doing.caller, conn, thread_open_to(doing.caller, conn, draft.patient, draft.thread))
        other = stored.draft_in(conn, owner, draft.thread)
        if other is not None and other.id != draft_id:
            _conflict(doing, other)
    if (known.version if known is not None else 0) != version:
        _conflict(doing, known)
    text = stored.DraftText(
        draft.thread, draft.recipient, draft.category, draft.subject, draft.body, draft.entry, draft.attachments
    )
    made = stored.put_draft(conn, draft_id, owner, draft.patient, text, now=doing.now)
    if not _first_since_sign_in(doing, known):
        doing.changed_nothing()
    return {"id": draft_id, "version": made, "saved": micros_iso(doing.now)}


@act(router, "DELETE", "/drafts/{draft_id}", "delete-draft", "MSG-8", may=for_oneself)
def drop(doing: Doing, draft_id: Uuid) -> None:
    """A draft's delete is final (MSG-8); one that is not there, or somebody else's, is as gone."""
    known = stored.draft_of(doing.conn, doing.viewer, draft_id)
    if known is None:
        doing.changed_nothing()
    else:
        doing.about(known.patient_id)
    stored.drop_draft(doing.conn, doing.viewer, draft_id)


def drafts_told(caller: Caller, conn: Connection, patient_id: str) -> list[dict[str, Any]]:
    """The caller's own drafts about a patient as the wire has them, newest first."""
    return [_draft(conn, row) for row in stored.drafts_of(conn, caller.viewer.person_id, patient_id)]


def _may_keep(doing: Doing, draft_id: str, draft: Draft, known: Row[Any] | None) -> None:
    """A draft stays with its patient and its conversation, and an id with its owner."""
    taken = known is None and not stored.id_is_free(doing.conn, draft_id)
    if taken or (known is not None and known.patient_id != draft.patient):
        doing.refuse(NOT_FOUND)
    if known is not None and known.thread_id != draft.thread:
        raise invalid("A draft can't be moved to another conversation.")


def _conflict(doing: Doing, other: Row[Any] | None) -> NoReturn:
    """Raises Problem, with the draft that there is instead."""
    doing.refuse(STALE, more={"draft": None if other is None else _draft(doing.conn, other)})


def _first_since_sign_in(doing: Doing, known: Row[Any] | None) -> bool:
    """Whether a draft, `known` as before, is saved for the first time in this sign-in: the next ones are no new act."""
    session = session_by_id(doing.conn, doing.caller.viewer.session_id)
    return known is None or session is None or known.saved < session.started


def _version(if_match: str | None) -> int:
    text = (if_match or "0").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise invalid("If-Match must be the version of the draft.", status=400)
    return int(text)


def _draft(conn: Connection, row: Row[Any]) -> dict[str, Any]:
    known = threads_of(conn, [row.thread_id]).get(row.thread_id) if row.thread_id else None
    box = mailbox_of(conn, row.patient_id, row.recipient_id) if row.recipient_id else None
    name = known.recipient if known is not None else box.name if box is not None else ""
    return {
        "id": row.id,
        "version": row.version,
        "saved": micros_iso(row.saved),
        "patient": row.patient_id,
        "thread": row.thread_id,
        "recipient": row.recipient_id,
        "recipient_name": name,
        "category": row.category,
        "subject": known.subject if known is not None else row.subject,
        "body": row.body,
        "entry": row.entry,
        "attachments": (ids := json.loads(row.files)),
        "files": [
            {name: getattr(file, name) for name in ("id", "name", "content_type", "size", "sha256")}
            for file in uploads(conn, row.owner_id, row.patient_id, ids)
        ],
    }
