"""What is new to one viewer (REL-5): visible results that this person has not opened."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, insert, or_, select

from genesis_tui.mock_backend.database.record.resources import visible
from genesis_tui.mock_backend.database.schema.family import person
from genesis_tui.mock_backend.database.schema.record import resource, seen

_KEY = resource.c.type + "/" + resource.c.id


def recent_results(conn: Connection, viewer_id: str, patient_id: str, *, now: int) -> list[Row[Any]]:
    """Reports, notes and labs released since the viewer's time began (`person.seen_before`), newest first.

    Rows have key, type, id, release_at, at, body and `opened`: whether the viewer opened it (REL-5).
    """
    opened = select(seen.c.key).where(seen.c.viewer_id == viewer_id, seen.c.key == _KEY).exists()
    since = select(person.c.seen_before).where(person.c.id == viewer_id).scalar_subquery()
    wanted = _results(patient_id).add_columns(opened.label("opened")).where(resource.c.release_at >= since)
    return list(conn.execute(wanted, {"now": now, "viewer": viewer_id}))


def visible_keys(conn: Connection, viewer_id: str, patient_id: str, keys: Iterable[str], *, now: int) -> list[str]:
    """Those of `keys` that stand for a result which the viewer can see."""
    wanted = _results(patient_id).where(_KEY.in_(list(keys)))
    return [row.key for row in conn.execute(wanted, {"now": now, "viewer": viewer_id})]


def mark_seen(conn: Connection, viewer_id: str, patient_id: str, keys: Iterable[str], *, now: int) -> None:
    """REL-5: note that the viewer opened results; what was opened before keeps its first time."""
    wanted = list(dict.fromkeys(keys))
    known = set(conn.execute(select(seen.c.key).where(seen.c.viewer_id == viewer_id, seen.c.key.in_(wanted))).scalars())
    fresh = [key for key in wanted if key not in known]
    rows = [{"viewer_id": viewer_id, "key": key, "patient_id": patient_id, "at": now} for key in fresh]
    if rows:
        conn.execute(insert(seen), rows)


def _results(patient_id: str) -> Select[Any]:
    kinds = or_(
        resource.c.type == "DiagnosticReport",
        and_(resource.c.type == "DocumentReference", resource.c.category == "clinical-note"),
        and_(resource.c.type == "Observation", resource.c.category == "laboratory"),
    )
    columns = (_KEY.label("key"), resource.c.type, resource.c.id, resource.c.release_at, resource.c.at, resource.c.body)
    wanted = select(*columns).where(resource.c.patient_id == patient_id, kinds, *visible())
    return wanted.order_by(resource.c.at.desc(), resource.c.row.desc())
