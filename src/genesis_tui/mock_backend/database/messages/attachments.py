"""Files of messages: their rows, and what they hold outside of them (MSG-6)."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from genesis_tui.mock_backend.database.schema.messages import attachment, content, draft, message

KEPT = 7 * 24 * 3600 * 1_000_000
"""Microseconds for which a file is kept that goes with no message and no draft."""

_FROM_PEOPLE = select(message.c.id).where(
    message.c.thread_id.in_(bindparam("ids", expanding=True)), message.c.sender_id != ""
)
_IN_THREADS = (
    select(attachment)
    .where(attachment.c.message_id.in_(_FROM_PEOPLE))
    .order_by(attachment.c.uploaded, attachment.c.name, attachment.c.id)
)


def attachment_of(conn: Connection, id: str) -> Row[Any] | None:
    """The row of one attachment."""
    return conn.execute(select(attachment).where(attachment.c.id == id)).one_or_none()


def uploads(conn: Connection, owner_id: str, patient_id: str, ids: Sequence[str]) -> list[Row[Any]]:
    """Those of the files that the person uploaded for this patient and has not sent, in the order of `ids`."""
    mine = (attachment.c.owner_id == owner_id, attachment.c.patient_id == patient_id, attachment.c.message_id == "")
    found = {row.id: row for row in conn.execute(select(attachment).where(attachment.c.id.in_(ids), *mine))}
    return [found[id] for id in ids if id in found]


def attachments_of(conn: Connection, thread_ids: Iterable[str]) -> dict[str, list[Row[Any]]]:
    """Message id -> its files, in the order in which they were attached; of the people's messages in these threads."""
    found: dict[str, list[Row[Any]]] = {}
    for row in conn.execute(_IN_THREADS, {"ids": list(thread_ids)}):
        found.setdefault(row.message_id, []).append(row)
    return found


def keep_attachment(conn: Connection, row: dict[str, Any], body: bytes) -> None:
    """Keep a file; the same content is kept once."""
    known = select(content.c.sha256).where(content.c.sha256 == row["sha256"])
    if conn.execute(known).one_or_none() is None:
        conn.execute(insert(content).values(sha256=row["sha256"], body=body))
    conn.execute(delete(attachment).where(attachment.c.id == row["id"]))
    conn.execute(insert(attachment).values(**row))


def content_of(conn: Connection, sha256: str) -> bytes:
    """The bytes of an attachment."""
    return bytes(conn.execute(select(content.c.body).where(content.c.sha256 == sha256)).scalar_one())


def send_attachments(conn: Connection, ids: Sequence[str], message_id: str) -> None:
    """Attach uploaded files to the message that was sent."""
    conn.execute(update(attachment).where(attachment.c.id.in_(ids)).values(message_id=message_id))


def drop_unused(conn: Connection, owner_id: str, *, now: int) -> None:
    """Let go of what the person uploaded long ago and neither sent nor kept in a draft."""
    old = (attachment.c.owner_id == owner_id, attachment.c.message_id == "", attachment.c.uploaded < now - KEPT)
    waiting = [row.id for row in conn.execute(select(attachment.c.id).where(*old))]
    if not waiting:
        return
    drafts = conn.execute(select(draft.c.files).where(draft.c.owner_id == owner_id)).scalars()
    used = {id for files in drafts for id in json.loads(files)}
    conn.execute(delete(attachment).where(attachment.c.id.in_([id for id in waiting if id not in used])))
    conn.execute(delete(content).where(content.c.sha256.not_in(select(attachment.c.sha256))))
