"""Proofings that failed, and the questions that are open to somebody now (ID-6, ID-11)."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.schema.sign_in import failed_proofing, proofing_attempt


def proofing_failures(conn: Connection, person_id: str, now: datetime) -> list[datetime]:
    """When a person's proofings failed, oldest first; questions whose time ran out are one that failed then."""
    table = failed_proofing.c
    found = conn.execute(select(table.at).where(table.person_id == person_id).order_by(table.at, table.id))
    failed = [from_micros(at) for at in found.scalars()]
    open_one = _attempt(conn, person_id)
    return [*failed, open_one[1]] if open_one is not None and open_one[1] <= now else failed


def add_proofing_failure(conn: Connection, person_id: str, at: datetime) -> None:
    """Note that a proofing failed (ID-6); it closes the questions."""
    close_questions(conn, person_id)
    conn.execute(insert(failed_proofing).values(person_id=person_id, at=to_micros(at)))


def ask_questions(
    conn: Connection, person_id: str, right: Mapping[str, str], *, now: datetime, until: datetime
) -> None:
    """Open questions; those that were asked before and not answered count as failed."""
    before = _attempt(conn, person_id)
    if before is not None:
        add_proofing_failure(conn, person_id, min(before[1], now))
    row = {"person_id": person_id, "until": to_micros(until), "right": json.dumps(right)}
    conn.execute(insert(proofing_attempt).values(row))


def open_questions(conn: Connection, person_id: str, now: datetime) -> dict[str, str] | None:
    """The right choices of the questions that are open; None where none are."""
    found = _attempt(conn, person_id)
    return found[0] if found is not None and now < found[1] else None


def close_questions(conn: Connection, person_id: str) -> None:
    conn.execute(delete(proofing_attempt).where(proofing_attempt.c.person_id == person_id))


def _attempt(conn: Connection, person_id: str) -> tuple[dict[str, str], datetime] | None:
    row = conn.execute(select(proofing_attempt).where(proofing_attempt.c.person_id == person_id)).one_or_none()
    return None if row is None else (json.loads(row.right), from_micros(row.until))
