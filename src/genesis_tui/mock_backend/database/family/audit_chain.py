"""The chain of the audit: each event holds a digest of itself and of the digest before it, so that a row which was
changed, put in or taken out breaks it."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from genesis_tui.mock_backend.database.engine import unless_there
from genesis_tui.mock_backend.database.schema.family import audit, audit_head

_HEAD = 1
_BEGINNING = ""
_COLUMNS = [column for column in audit.c if column.name not in ("id", "digest")]


class ChainCheck(NamedTuple):
    """How many events follow from each other, and the id of the first that does not; None where all do.

    The id after the last one: events are missing there, at the end.
    """

    events: int
    broken_at: int | None = None


_MINE = update(audit_head).where(audit_head.c.id == _HEAD)
_TAKEN = _MINE.values(events=audit_head.c.events + bindparam("more")).returning(audit_head.c.digest)
_FOLLOWED = _MINE.values(digest=bindparam("last"))


def hold_chain(conn: Connection) -> None:
    """Let nobody else write events until the transaction ends. On SQLite there is one transaction at a time anyway."""
    if conn.dialect.name != "sqlite":
        conn.execute(unless_there(conn, audit_head), {"id": _HEAD, "events": 0, "digest": _BEGINNING})
        conn.execute(select(audit_head.c.id).where(audit_head.c.id == _HEAD).with_for_update())


def chained(conn: Connection, events: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """The rows of these events, each with its digest, as they follow what is in the database.

    Nobody else can write events until the transaction ends: the head is changed first, and read then.
    """
    digest = conn.execute(_TAKEN, {"more": len(events)}).scalar_one_or_none()
    if digest is None:
        conn.execute(unless_there(conn, audit_head), {"id": _HEAD, "events": 0, "digest": _BEGINNING})
        digest = str(conn.execute(_TAKEN, {"more": len(events)}).scalar_one())
    rows = []
    for event in events:
        digest = _digest(digest, event)
        rows.append((*event, digest))
    conn.execute(_FOLLOWED, {"last": digest})
    return rows


def check_chain(conn: Connection) -> ChainCheck:
    """Whether every event is as it was written, and none is missing."""
    digest, count, last = _BEGINNING, 0, 0
    wanted = select(*_COLUMNS, audit.c.digest, audit.c.id).order_by(audit.c.id)
    for *event, said, last in conn.execution_options(yield_per=1000).execute(wanted):
        digest = _digest(digest, tuple(event))
        if digest != said:
            return ChainCheck(count, last)
        count += 1
    head = conn.execute(select(audit_head.c.events, audit_head.c.digest).where(audit_head.c.id == _HEAD)).one_or_none()
    whole = (count, digest) == (tuple(head) if head is not None else (0, _BEGINNING))
    return ChainCheck(count, None if whole else last + 1)


def _digest(before: str, event: tuple[object, ...]) -> str:
    return hashlib.sha256(msgspec.json.encode((before, *event))).hexdigest()
