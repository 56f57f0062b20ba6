"""DEERS as milConnect changes it, and what the portal showed of it when it was last read (DEERS-2, DEERS-4)."""

import json
from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select, update

from genesis_tui.mock_backend.database.schema.family import deers, deers_fault, deers_read

Shown = dict[str, str]


def last_shown(conn: Connection, person_id: str) -> tuple[Shown, int] | None:
    """What the portal showed at its last read, and when; None before the first."""
    row = conn.execute(select(deers_read).where(deers_read.c.person_id == person_id)).one_or_none()
    return None if row is None else (json.loads(row.shown), row.at)


def note_shown(conn: Connection, person_id: str, shown: Shown, *, at: int) -> None:
    """Keep what the portal shows of DEERS from now on."""
    conn.execute(delete(deers_read).where(deers_read.c.person_id == person_id))
    conn.execute(insert(deers_read).values(person_id=person_id, shown=json.dumps(shown), at=at))


def change_deers(conn: Connection, person_id: str, fields: Mapping[str, str]) -> None:
    """What milConnect lets a person change: address (lines), e-mail, phone."""
    assert fields.keys() <= {"address", "email", "phone"}
    conn.execute(update(deers).where(deers.c.person_id == person_id).values(**fields))


def fault_of(conn: Connection, person_id: str) -> str:
    """What is wrong with somebody's DEERS record; empty where nothing is."""
    wanted = select(deers_fault.c.fault).where(deers_fault.c.person_id == person_id)
    return str(conn.execute(wanted).scalar() or "")


def set_fault(conn: Connection, person_id: str, fault: str) -> None:
    """A tester breaks a DEERS record, or mends it with an empty text."""
    conn.execute(delete(deers_fault).where(deers_fault.c.person_id == person_id))
    if fault:
        conn.execute(insert(deers_fault).values(person_id=person_id, fault=fault))
