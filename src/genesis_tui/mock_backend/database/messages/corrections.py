"""REC-7: what people say is wrong in a record, and what the care team made of it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from genesis_tui.mock_backend.database.record.resources import WITHHELD
from genesis_tui.mock_backend.database.schema.messages import correction

ASKED = "asked"
_IN_THREADS = select(correction).where(correction.c.thread_id.in_(bindparam("ids", expanding=True)))
_NEWEST_FIRST = (
    select(correction)
    .where(correction.c.patient_id == bindparam("patient"), correction.c.entry.not_in(WITHHELD))
    .order_by(correction.c.at.desc(), correction.c.thread_id)
)


def add_correction(conn: Connection, thread_id: str, patient_id: str, asked_by: str, entry: str, *, now: int) -> None:
    """Somebody says that an entry (Type/id) is wrong."""
    row = {"thread_id": thread_id, "patient_id": patient_id, "asked_by": asked_by, "entry": entry}
    conn.execute(insert(correction).values(**row, state=ASKED, at=now))


def settle_correction(conn: Connection, thread_id: str, state: str, note: str, *, now: int) -> None:
    """The care team's answer: amended, clarified or declined, with its words."""
    known = correction.c.thread_id == thread_id
    conn.execute(update(correction).where(known).values(state=state, note=note, at=now))


def correction_of(conn: Connection, thread_id: str) -> Row[Any] | None:
    """What a conversation asks to be corrected."""
    return conn.execute(select(correction).where(correction.c.thread_id == thread_id)).one_or_none()


def corrections_in(conn: Connection, thread_ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Thread id -> what it asks to be corrected, for those of the threads that ask."""
    return {row.thread_id: row for row in conn.execute(_IN_THREADS, {"ids": list(thread_ids)})}


def corrections_of(conn: Connection, viewer_id: str, patient_id: str) -> list[Row[Any]]:
    """Corrections that were asked for in a patient's record, newest first; of sensitive entries for the patient alone
    (FAM-7)."""
    return list(conn.execute(_NEWEST_FIRST, {"viewer": viewer_id, "patient": patient_id}))
