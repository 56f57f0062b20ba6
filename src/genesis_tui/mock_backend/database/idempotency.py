"""Requests that create something, by their idempotency key, so that asking twice does once (WIRE: Idempotency-Key)."""

from dataclasses import dataclass, fields

from sqlalchemy import Connection, bindparam, delete, select, update

from genesis_tui.mock_backend.database.engine import unless_there
from genesis_tui.mock_backend.database.schema.base import idempotency


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """What became of a key: `status` and `answer` are None while the request is in flight. `at` is in microseconds.

    `category` of whose record it was about; empty where the answer depends on no record.
    """

    body_hash: str
    at: int
    status: int | None
    answer: bytes | None
    patient_id: str
    category: str


_IS = (idempotency.c.person_id == bindparam("of_person"), idempotency.c.key == bindparam("under"))
_KEPT = select(*(idempotency.c[field.name] for field in fields(KeptRequest))).where(*_IS)
_ANSWERED = update(idempotency).where(*_IS).values(status=bindparam("status"), answer=bindparam("answer"))
_FORGOTTEN = delete(idempotency).where(*_IS)


def kept_request(conn: Connection, person_id: str, key: str) -> KeptRequest | None:
    """The request this person made under `key`."""
    found = conn.execute(_KEPT, _named(person_id, key)).one_or_none()
    return None if found is None else KeptRequest(*found)


def reserve(conn: Connection, person_id: str, key: str, *, body_hash: str, at: int, about: tuple[str, str]) -> bool:
    """Note that a request about a patient's category is in flight; False where another has just taken the key."""
    row = {"person_id": person_id, "key": key, "body_hash": body_hash, "at": at}
    whose = {"patient_id": about[0], "category": about[1]}
    return conn.execute(unless_there(conn, idempotency), {**row, **whose}).rowcount == 1


def answered(conn: Connection, person_id: str, key: str, *, status: int, answer: bytes) -> None:
    """Keep the answer that the same key gets again."""
    conn.execute(_ANSWERED, {**_named(person_id, key), "status": status, "answer": answer})


def forget(conn: Connection, person_id: str, key: str) -> None:
    """Let go of a key, so that it can be used again: nothing came of its request."""
    conn.execute(_FORGOTTEN, _named(person_id, key))


def forget_unanswered(conn: Connection) -> None:
    """Let go of what was in flight when an earlier run of the mock stopped: its changes were never committed."""
    conn.execute(delete(idempotency).where(idempotency.c.status.is_(None)))


def _named(person_id: str, key: str) -> dict[str, str]:
    return {"of_person": person_id, "under": key}
