"""Drafts of messages, each of one person about one patient (MSG-9), and which of them were sent (MSG-8)."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from genesis_tui.mock_backend.database.record.resources import WITHHELD
from genesis_tui.mock_backend.database.schema.messages import draft, sent_draft


@dataclass(frozen=True, slots=True)
class DraftText:
    """What a draft says. Empty words are what was not filled in yet; `files` are ids of attachments."""

    thread_id: str = ""
    recipient_id: str = ""
    category: str = ""
    subject: str = ""
    body: str = ""
    entry: str = ""
    files: Sequence[str] = ()


_SHOWN = (
    draft.c.owner_id == bindparam("viewer"),
    draft.c.patient_id == bindparam("patient"),
    draft.c.entry.not_in(WITHHELD),
)
"""One's own, but for those that quote an entry which became sensitive since (FAM-7)."""
_NEWEST_FIRST = select(draft).where(*_SHOWN).order_by(draft.c.saved.desc(), draft.c.id)
_COUNT = select(func.count()).select_from(draft).where(*_SHOWN)


def draft_of(conn: Connection, owner_id: str, draft_id: str) -> Row[Any] | None:
    """A draft by its id; None where this person has none under it."""
    mine = (draft.c.id == draft_id, draft.c.owner_id == owner_id)
    return conn.execute(select(draft).where(*mine)).one_or_none()


def id_is_free(conn: Connection, draft_id: str) -> bool:
    """Whether nobody has a draft under this id."""
    return conn.execute(select(draft.c.id).where(draft.c.id == draft_id)).one_or_none() is None


def draft_in(conn: Connection, owner_id: str, thread_id: str) -> Row[Any] | None:
    """The person's draft of a reply in this conversation: there is at most one."""
    mine = (draft.c.thread_id == thread_id, draft.c.owner_id == owner_id)
    return conn.execute(select(draft).where(*mine)).first()


def drafts_of(conn: Connection, owner_id: str, patient_id: str) -> list[Row[Any]]:
    """A person's drafts about a patient, newest first."""
    return list(conn.execute(_NEWEST_FIRST, {"viewer": owner_id, "patient": patient_id}))


def draft_count(conn: Connection, owner_id: str, patient_id: str) -> int:
    return int(conn.execute(_COUNT, {"viewer": owner_id, "patient": patient_id}).scalar_one())


def put_draft(conn: Connection, draft_id: str, owner_id: str, patient_id: str, text: DraftText, *, now: int) -> int:
    """Keep a draft, new or in place of what it said before; its version."""
    values = asdict(text) | {"files": json.dumps(list(text.files)), "saved": now}
    known = draft_of(conn, owner_id, draft_id)
    version = 1 if known is None else known.version + 1
    values["version"] = version
    if known is None:
        conn.execute(insert(draft).values(id=draft_id, owner_id=owner_id, patient_id=patient_id, **values))
    else:
        conn.execute(update(draft).where(draft.c.id == draft_id).values(**values))
    return version


def send_draft(conn: Connection, owner_id: str, draft_id: str, version: int | None = None) -> None:
    """Take a draft away of which a message was made, and remember it as sent.

    With `version` only where it is that one still: what was written elsewhere meanwhile goes on under the same id.
    """
    drop_draft(conn, owner_id, draft_id, version)
    if draft_of(conn, owner_id, draft_id) is None and not was_sent(conn, owner_id, draft_id):
        conn.execute(insert(sent_draft).values(owner_id=owner_id, id=draft_id))


def was_sent(conn: Connection, owner_id: str, draft_id: str) -> bool:
    """Whether a message of this person's was made of the draft that had this id."""
    mine = (sent_draft.c.owner_id == owner_id, sent_draft.c.id == draft_id)
    return conn.execute(select(sent_draft.c.id).where(*mine)).one_or_none() is not None


def drop_draft(conn: Connection, owner_id: str, draft_id: str, version: int | None = None) -> None:
    """Delete a draft for good (MSG-8); with `version` only where it is that one still."""
    newer = () if version is None else (draft.c.version == version,)
    conn.execute(delete(draft).where(draft.c.id == draft_id, draft.c.owner_id == owner_id, *newer))
