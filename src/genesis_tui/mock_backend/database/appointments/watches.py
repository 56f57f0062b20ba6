"""Who wants to know of an earlier slot at a clinic."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from genesis_tui.mock_backend.database.schema.appointments import slot_watch


def watches_of(conn: Connection, viewer_id: str, patient_ids: Iterable[str]) -> list[Row[Any]]:
    """The viewer's watches for these patients."""
    mine = (slot_watch.c.viewer_id == viewer_id, slot_watch.c.patient_id.in_(sorted(set(patient_ids))))
    return list(conn.execute(select(slot_watch).where(*mine).order_by(slot_watch.c.before)))


def put_watch(conn: Connection, key: dict[str, str], before: int, found: str) -> None:
    """Watch (viewer_id, patient_id, clinic_id, visit_type) for a slot before an instant; `found` was told already."""
    drop_watch(conn, key)
    conn.execute(insert(slot_watch).values(**key, before=before, found=found))


def drop_watch(conn: Connection, key: dict[str, str]) -> bool:
    """Whether there was such a watch."""
    return bool(conn.execute(delete(slot_watch).where(*_is(key))).rowcount)


def told_slot(conn: Connection, row: Row[Any], slot_id: str) -> None:
    """The watch has told of this slot."""
    key = {name: str(getattr(row, name)) for name in ("viewer_id", "patient_id", "clinic_id", "visit_type")}
    conn.execute(update(slot_watch).where(*_is(key)).values(found=slot_id))


def _is(key: dict[str, str]) -> list[ColumnElement[bool]]:
    return [slot_watch.c[name] == value for name, value in key.items()]
