"""`/portal/v1/…attachments`: files that go with messages, bounded while they come in, judged by content (MSG-6)."""

import hashlib
from dataclasses import dataclass, field
from email.message import Message
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header
from sqlalchemy import Connection, select
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from genesis_tui.mock_backend.database.messages.attachments import (
    attachment_of,
    content_of,
    drop_unused,
    keep_attachment,
)
from genesis_tui.mock_backend.database.schema.messages import message
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.problems import Problem, invalid
from genesis_tui.mock_backend.portal.base.acts import Doing, Json, act, on
from genesis_tui.mock_backend.portal.base.caller import Act, Caller, SignedIn
from genesis_tui.mock_backend.portal.messages.models import FileKept
from genesis_tui.mock_backend.portal.messages.send import Uuid, sent_message, thread_open_to
from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.rules.messages.attachments import KINDS, kind_of, may_upload, too_large
from genesis_tui.mock_backend.rules.messages.send import SENT_IS_FINAL
from genesis_tui.mock_backend.rules.messages.threads import sees

router = APIRouter(prefix="/portal/v1")
LONGEST_NAME = 200
Disposition = Annotated[str | None, Header(alias="Content-Disposition", max_length=2000)]
CUT_OFF = Refused("", "invalid", "The file did not come in whole.", status=499)
UPLOAD = "upload"
_may_upload = on("messages")


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that came in whole."""

    name: str
    sha256: str
    body: bytes = field(repr=False)


async def _received(
    caller: SignedIn, request: Request, patient_id: str, content_disposition: Disposition = None
) -> ReceivedFile:
    """Read no more than a file may have, and only of who may send it. What is cut off leaves nothing behind."""
    _may_upload(caller, Act(UPLOAD, patient_id, "MSG-6"))
    name = _name(content_disposition)
    try:
        body = await _bounded(caller, request, name, patient_id)
    except ClientDisconnect:
        raise Problem(CUT_OFF) from None
    return ReceivedFile(name, hashlib.sha256(body).hexdigest(), body)


Received = Annotated[ReceivedFile, Depends(_received)]


@act(
    router,
    "PUT",
    "/patients/{patient_id}/attachments/{file_id}",
    UPLOAD,
    "MSG-6",
    may=_may_upload,
    answers=FileKept,
    takes="application/octet-stream",
)
def upload(doing: Doing, file: Received, patient_id: str, file_id: Uuid) -> Json:
    """Keep a file under an id of the client's choice, for a message that is not sent yet.

    The body is the file; its name stands in `Content-Disposition` (RFC 6266). The same file again changes nothing.
    """
    doing.decided(may_upload(file.name, file.body, doing.caller.mock.policy.message))
    known = attachment_of(doing.conn, file_id)
    if known is not None and known.owner_id != doing.viewer:
        doing.refuse(NOT_FOUND)
    if known is not None and known.message_id:
        doing.refuse(SENT_IS_FINAL)
    drop_unused(doing.conn, doing.viewer, now=doing.now)
    kind = kind_of(file.name)
    told = {"id": file_id, "name": file.name, "size": len(file.body), "sha256": file.sha256}
    told |= {"content_type": kind.media_type if kind else ""}
    row = {"owner_id": doing.viewer, "patient_id": patient_id, "uploaded": doing.now}
    keep_attachment(doing.conn, told | row, file.body)
    return told


@router.get("/attachments/{file_id}", **answers(media=tuple(sorted({kind.media_type for kind in KINDS}))))
async def download(caller: SignedIn, file_id: str) -> Response:
    """What a file holds, for whoever sees its message; for its owner before it is sent; other ids are unknown."""
    caller.decided(caller.may(caller.viewer.person_id, "messages"), "attachment", caller.viewer.person_id)
    with caller.mock.database.begin() as conn:
        near, row = caller.open_patients("messages"), attachment_of(conn, file_id)
        if row is None or row.patient_id not in near:
            caller.refuse(NOT_FOUND, "attachment", "" if row is None else row.patient_id)
        if row.owner_id != caller.viewer.person_id or row.message_id:
            _seen(caller, conn, row.patient_id, row.message_id)
        body = content_of(conn, row.sha256)
    caller.read(row.patient_id, "messages", "attachment")
    headers = {"Content-Disposition": _disposition(row.name), "X-Content-Type-Options": "nosniff"}
    return Response(body, media_type=row.content_type, headers=headers | {"Cache-Control": "no-store"})


def _seen(caller: Caller, conn: Connection, patient_id: str, message_id: str) -> None:
    row = conn.execute(select(message).where(message.c.id == message_id)).one_or_none()
    access = caller.standing(patient_id).access
    if row is not None:
        thread_open_to(caller, conn, patient_id, row.thread_id)
    if row is None or not sees(sent_message(row), caller.viewer.person_id, access):
        caller.refuse(NOT_FOUND, "attachment", patient_id)


async def _bounded(caller: Caller, request: Request, name: str, patient_id: str) -> bytes:
    """The whole body. Raises Problem as soon as it is larger than a file may be; ClientDisconnect where it breaks."""
    most = caller.mock.policy.message.file_bytes
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said) > most:
        caller.refuse(too_large(name, caller.mock.policy.message), UPLOAD, patient_id)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            caller.refuse(too_large(name, caller.mock.policy.message), UPLOAD, patient_id)
        parts.append(part)
    return b"".join(parts)


def _name(disposition: str | None) -> str:
    """The file's name: the last part of it, printable, at most 200 characters. Raises Problem where there is none."""
    parsed = Message()
    parsed["Content-Disposition"] = disposition or ""
    name = (parsed.get_filename() or "").replace("\\", "/").rpartition("/")[2].strip()
    if not name or not name.isprintable() or len(name) > LONGEST_NAME or name in (".", ".."):
        raise invalid("A file needs a name.", detail="Content-Disposition: attachment; filename*=UTF-8''NAME")
    return name


def _disposition(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
