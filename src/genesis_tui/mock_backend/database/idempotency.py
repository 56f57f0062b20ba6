"""Requests that create something, by their idempotency key, so that asking twice does once (WIRE: Idempotency-Key)."""

from dataclasses import dataclass, fields

from sqlalchemy import Connection, bindparam, delete, select, update

from genesis_tui.mock_backend.database.engine import unless_there
from genesis_tui.mock_backend.database.schema.base import idempotency


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """What became of a key. `at` is in microseconds.

    `category` of whose record it was about; empty where the answer depends on no record.
    """

    body_hash: str
    at: int
    status: int
    answer: bytes
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


def take_key(conn: Connection, person_id: str, key: str, *, body_hash: str, at: int, about: tuple[str, str]) -> bool:
    """Take a key for a request about a patient's category, to be answered in the same transaction.

    It waits for a transaction that has just taken the key. False where it is taken.
    """
    row = {"person_id": person_id, "key": key, "body_hash": body_hash, "at": at}
    whose = {"patient_id": about[0], "category": about[1], "status": 0, "answer": b""}
    return conn.execute(unless_there(conn, idempotency), {**row, **whose}).rowcount == 1


def answered(conn: Connection, person_id: str, key: str, *, status: int, answer: bytes) -> None:
    """Keep the answer that the same key gets again."""
    conn.execute(_ANSWERED, {**_named(person_id, key), "status": status, "answer": answer})


def forget(conn: Connection, person_id: str, key: str) -> None:
    """Let go of a key, so that it can be used again."""
    conn.execute(_FORGOTTEN, _named(person_id, key))


def _named(person_id: str, key: str) -> dict[str, str]:
    return {"of_person": person_id, "under": key}
