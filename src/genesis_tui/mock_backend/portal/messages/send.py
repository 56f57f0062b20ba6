"""`/portal/v1/messages` and `/portal/v1/recipients`: to whom a message can go, its preview, and sending it."""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import Connection, Row
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import from_micros, micros_iso
from genesis_tui.mock_backend.database.family.people import names_of
from genesis_tui.mock_backend.database.messages.attachments import send_attachments, uploads
from genesis_tui.mock_backend.database.messages.drafts import send_draft
from genesis_tui.mock_backend.database.messages.recipients import mailbox_of, mailboxes
from genesis_tui.mock_backend.database.messages.send import NewMessage, NewThread, add_message, add_thread
from genesis_tui.mock_backend.database.messages.threads import messages_of, threads_for
from genesis_tui.mock_backend.database.word_index import folded
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import RequestBody, can
from genesis_tui.mock_backend.http.problems import invalid
from genesis_tui.mock_backend.portal.base.acts import Doing, Json, act, on
from genesis_tui.mock_backend.portal.base.caller import Caller, SignedIn
from genesis_tui.mock_backend.portal.messages.models import MessagePreview, MessageSent, RecipientsAnswer
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.rules.messages import send as rules
from genesis_tui.mock_backend.rules.messages import threads
from genesis_tui.mock_backend.rules.messages.attachments import FileFacts
from genesis_tui.mock_backend.rules.messages.send import MessageContent, Recipient, may_write_to
from genesis_tui.mock_backend.world.simulation.staff import HOLIDAYS, plan_answer

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9.\-]{1,64}$")]
Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
OptionalId = Annotated[str, Field(pattern=r"^[A-Za-z0-9.\-]{0,64}$")]
Entry = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z]{2,40}/[A-Za-z0-9.\-]{1,64}$")]
LONGEST = 100_000
"""Characters that a request is read with; the rules say how many a message takes."""

router = APIRouter(prefix="/portal/v1")
_ROLES = {"pcm": "your PCM", "team": "your care team", "clinic": "linked clinic"}


class NewMessageBody(RequestBody):
    """A message about `patient`: a reply in `thread`, or a new one with recipient, category (code) and subject.

    `attachments` are ids of what was uploaded before, `draft` what the message was until now. With `draft_version` that
    version of it goes, and another, which was written elsewhere meanwhile, stays.
    """

    patient: Id
    thread: OptionalId = ""
    recipient: OptionalId = ""
    category: str = Field("", max_length=40)
    subject: str = Field("", max_length=LONGEST)
    body: str = Field(max_length=LONGEST)
    attachments: list[Uuid] = Field([], max_length=20)
    draft: Annotated[str, Field(pattern=r"^([0-9a-f\-]{36})?$")] = ""
    draft_version: Annotated[int, Field(ge=1, le=2**31)] | None = None


class CorrectionBody(NewMessageBody):
    """REC-7: a message that an entry (Type/id) of the record is wrong; it begins a conversation of its own."""

    thread: Literal[""] = ""
    entry: Entry


class RecipientSearch(RequestBody):
    """Whom to find for a message about a patient; without words everybody whom the profile is linked to."""

    patient: Id
    words: str = Field("", max_length=200)


@dataclass(frozen=True, slots=True)
class CheckedMessage:
    """A message that every rule lets go."""

    patient_id: str
    thread_id: str
    """Empty: a new conversation."""
    recipient: str
    mailbox_id: str
    zone: ZoneInfo
    category: str
    """In words."""
    subject: str
    body: str
    files: list[Row[Any]] = field(default_factory=list)


@router.post("/recipients/search", **answers(RecipientsAnswer))
async def recipients(caller: SignedIn, asked: RecipientSearch) -> Response:
    """MSG-1: providers first, clinics next; with words also those that can't be written to, and why (MSG-11)."""
    caller.read(asked.patient, "messages", "recipients")
    words = folded(asked.words).split()
    with caller.mock.database.begin() as conn:
        rows, more = mailboxes(conn, asked.patient, words, linked_only=not words)
    has_pcm = any(row.role == "pcm" for row in rows) or bool(words)
    missing = "" if has_pcm else "No primary care manager is linked to this profile. Search for a clinic instead."
    told = [_recipient(caller, row) for row in rows]
    return JSONResponse({"recipients": told, "missing": missing, "more": more})


@router.post("/messages/preview", **answers(MessagePreview))
async def preview(caller: SignedIn, asked: NewMessageBody) -> Response:
    """What sending this now would send, to whom, and by when an answer is due; or the refusal that it would get."""
    caller.read(asked.patient, "messages", "preview")
    with caller.mock.database.begin() as conn:
        return JSONResponse(previewed(caller, ready(caller, conn, asked)))


@act(router, "POST", "/messages", "message", "MSG-1", may=on("messages"), creates=True, answers=MessageSent)
def post(doing: Doing, asked: NewMessageBody) -> Json:
    """Send a message, once for each key (MSG-12)."""
    return send(doing, asked)[1]


def ready(caller: Caller, conn: Connection, asked: NewMessageBody) -> CheckedMessage:
    """The message, where every rule lets it go. Raises Problem with what the first rule says that does not."""
    found = _reply(caller, conn, asked) if asked.thread else _new(caller, conn, asked)
    facts = [FileFacts(row.name, row.size, row.sha256) for row in found.files]
    if len(found.files) != len(asked.attachments):
        raise invalid("An attachment of this message is not here any more.", detail="attachments: unknown id")
    decision = rules.may_hold(MessageContent(found.subject, found.body, facts), caller.mock.policy.message)
    caller.decided(decision, "message", asked.patient)
    return found


def send(doing: Doing, asked: NewMessageBody) -> tuple[CheckedMessage, Json]:
    """Send it; what was sent, and the answer. Raises Problem as `ready`."""
    caller, conn, viewer, policy = doing.caller, doing.conn, doing.viewer, doing.caller.mock.policy
    going = ready(caller, conn, asked)
    thread_id = going.thread_id or f"thread-{secrets.token_hex(12)}"
    if not going.thread_id:
        parts = (thread_id, going.patient_id, going.subject, going.category, going.recipient, going.mailbox_id)
        add_thread(conn, NewThread(*parts, going.zone.key))
    message_id = f"message-{secrets.token_hex(12)}"
    name = names_of(conn, [viewer])[viewer]
    new = NewMessage(message_id, thread_id, going.patient_id, viewer, name, "", going.body)
    sent = add_message(conn, new, now=doing.now, policy=policy)
    send_attachments(conn, asked.attachments, message_id)
    if asked.draft:
        send_draft(conn, viewer, asked.draft, asked.draft_version)
    plan_answer(conn, thread_id, sent, going.zone, policy.message)
    doing.afterwards(caller.mock.due.forget)
    due = _due(caller, from_micros(sent), going.zone)
    answer = {"id": message_id, "thread": thread_id, "at": micros_iso(sent), "due": due.isoformat()}
    return going, answer | {"recipient": going.recipient}


def previewed(caller: Caller, going: CheckedMessage) -> dict[str, Any]:
    """What a person is shown before a message is sent."""
    due = due_now(caller, going.zone)
    told = {"patient": going.patient_id, "recipient": going.recipient, "category": going.category}
    return told | {"subject": going.subject, "due": due.isoformat(), "files": len(going.files)}


def due_now(caller: Caller, zone: ZoneInfo) -> date:
    """MSG-5: by which day an answer to what is sent now to a clinic in `zone` is due."""
    return _due(caller, caller.mock.clock.now(), zone)


def thread_open_to(caller: Caller, conn: Connection, patient_id: str, thread_id: str) -> Row[Any]:
    """The row of a thread of this patient in which the caller sees a message. Raises Problem: unknown (FAM-8)."""
    row = threads_for(conn, caller.viewer.person_id, [patient_id], [thread_id]).get(thread_id)
    if row is None or not _seen(caller, conn, row):
        caller.refuse(NOT_FOUND, "thread", patient_id)
    return row


def sent_message(row: Row[Any]) -> threads.SentMessage:
    """A row of `message` as the rules see it."""
    return threads.SentMessage(row.sender_id, row.receiver_id, from_micros(row.sent))


def may_reply(caller: Caller, conn: Connection, row: Row[Any]) -> None:
    """MSG-10: raises Problem where the conversation takes no reply any more, as far as the caller sees it (FAM-3)."""
    last, policy, now = _seen(caller, conn, row)[-1].at, caller.mock.policy.message, caller.mock.clock.now()
    decision = threads.may_reply(last, ZoneInfo(row.zone), policy, level=caller.viewer.level, now=now)
    caller.decided(decision, "message", row.patient_id)


def recipient_of(row: Row[Any] | None, name: str = "") -> Recipient:
    """The facts of a mailbox for the rules; None is one that is not known (any more)."""
    if row is None:
        return Recipient(name or "This recipient", linked=False)
    return Recipient(row.name, linked=row.role is not None, blocked=bool(row.blocked), closed=row.closed)


def _reply(caller: Caller, conn: Connection, asked: NewMessageBody) -> CheckedMessage:
    if asked.recipient or asked.category or asked.subject:
        raise invalid("A reply takes recipient, category and subject from its conversation.")
    row = thread_open_to(caller, conn, asked.patient, asked.thread)
    may_reply(caller, conn, row)
    box = mailbox_of(conn, row.patient_id, row.mailbox_id)
    decision = rules.may_write_to(recipient_of(box, row.recipient), level=caller.viewer.level)
    caller.decided(decision, "message", row.patient_id)
    files = uploads(conn, caller.viewer.person_id, asked.patient, asked.attachments)
    parts = (row.recipient, row.mailbox_id, ZoneInfo(row.zone), row.category, row.subject, asked.body)
    return CheckedMessage(row.patient_id, row.id, *parts, files)


def _new(caller: Caller, conn: Connection, asked: NewMessageBody) -> CheckedMessage:
    box = mailbox_of(conn, asked.patient, asked.recipient)
    decision = rules.may_write_to(recipient_of(box), level=caller.viewer.level)
    caller.decided(decision, "message", asked.patient)
    assert box is not None
    category = rules.CATEGORIES.get(asked.category)
    if category is None or (asked.category == rules.CORRECTION) != isinstance(asked, CorrectionBody):
        known = ", ".join(code for code in rules.CATEGORIES if code != rules.CORRECTION)
        raise invalid("Choose what the message is about.", detail=f"category: one of {known}")
    files = uploads(conn, caller.viewer.person_id, asked.patient, asked.attachments)
    parts = (box.name, box.id, ZoneInfo(box.zone), category, asked.subject.strip(), asked.body)
    return CheckedMessage(asked.patient, "", *parts, files)


def _seen(caller: Caller, conn: Connection, row: Row[Any]) -> list[threads.SentMessage]:
    """What the caller sees of a row of `thread`, oldest first (FAM-3)."""
    access = caller.standing(row.patient_id).access
    messages = map(sent_message, messages_of(conn, [row.id], bodies=False).get(row.id, ()))
    return [one for one in messages if threads.sees(one, caller.viewer.person_id, access)]


def _due(caller: Caller, sent: datetime, zone: ZoneInfo) -> date:
    return threads.due_day(sent, threads.BusinessDays(zone, HOLIDAYS), caller.mock.policy.message)


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
