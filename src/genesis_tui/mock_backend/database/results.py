"""What results are to one viewer: new until this person opens them (REL-5), of a kind that asks first (REL-6)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, or_, select

from genesis_tui.mock_backend.database.record.resources import visible
from genesis_tui.mock_backend.database.schema.family import person
from genesis_tui.mock_backend.database.schema.record import ask_first, resource, seen

_KEY = resource.c.type + "/" + resource.c.id
_KINDS = or_(
    resource.c.type == "DiagnosticReport",
    and_(resource.c.type == "DocumentReference", resource.c.category == "clinical-note"),
    and_(resource.c.type == "Observation", resource.c.category == "laboratory"),
)
_COLUMNS = (_KEY.label("key"), resource.c.type, resource.c.id, resource.c.release_at, resource.c.at, resource.c.body)
_RESULTS = (
    select(*_COLUMNS)
    .where(resource.c.patient_id == bindparam("patient"), _KINDS, *visible())
    .order_by(resource.c.at.desc(), resource.c.row.desc())
)
_OPENED = select(seen.c.key).where(seen.c.viewer_id == bindparam("viewer"), seen.c.key == _KEY).exists()
_SINCE = select(person.c.seen_before).where(person.c.id == bindparam("viewer")).scalar_subquery()
_RECENT = _RESULTS.add_columns(_OPENED.label("opened")).where(resource.c.release_at >= _SINCE)
_NAMED = _RESULTS.where(_KEY.in_(bindparam("keys", expanding=True)))


def recent_results(conn: Connection, viewer_id: str, patient_id: str, *, now: int) -> list[Row[Any]]:
    """Reports, notes and labs released since the viewer's time began (`person.seen_before`), newest first.

    Rows have key, type, id, release_at, at, body and `opened`: whether the viewer opened it (REL-5).
    """
    return list(conn.execute(_RECENT, {"now": now, "viewer": viewer_id, "patient": patient_id}))


def visible_keys(conn: Connection, viewer_id: str, patient_id: str, keys: Iterable[str], *, now: int) -> list[str]:
    """Those of `keys` that stand for a result which the viewer can see."""
    values = {"now": now, "viewer": viewer_id, "patient": patient_id, "keys": list(keys)}
    return [row.key for row in conn.execute(_NAMED, values)]


def mark_seen(conn: Connection, viewer_id: str, patient_id: str, keys: Iterable[str], *, now: int) -> None:
    """REL-5: note that the viewer opened results; what was opened before keeps its first time."""
    wanted = list(dict.fromkeys(keys))
    known = set(conn.execute(select(seen.c.key).where(seen.c.viewer_id == viewer_id, seen.c.key.in_(wanted))).scalars())
    fresh = [key for key in wanted if key not in known]
    rows = [{"viewer_id": viewer_id, "key": key, "patient_id": patient_id, "at": now} for key in fresh]
    if rows:
        conn.execute(insert(seen), rows)


def kinds_asked(conn: Connection, viewer_id: str) -> frozenset[str]:
    """REL-6: the kinds of results that ask this viewer before one opens."""
    return frozenset(conn.execute(select(ask_first.c.kind).where(ask_first.c.viewer_id == viewer_id)).scalars())


def choose_kinds(conn: Connection, viewer_id: str, kinds: Iterable[str]) -> None:
    """REL-6: these kinds ask this viewer from now on, and no others; nobody else is concerned."""
    conn.execute(delete(ask_first).where(ask_first.c.viewer_id == viewer_id))
    rows = [{"viewer_id": viewer_id, "kind": kind} for kind in sorted(set(kinds))]
    if rows:
        conn.execute(insert(ask_first), rows)
