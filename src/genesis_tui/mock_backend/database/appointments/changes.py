"""The change feed: what is new, different or gone, in the order in which it was committed (WIRE: `GET changes`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, insert, or_, select, update

from genesis_tui.mock_backend.database.engine import unless_there
from genesis_tui.mock_backend.database.record.resources import visible
from genesis_tui.mock_backend.database.schema.appointments import change, change_head
from genesis_tui.mock_backend.database.schema.clipboards import clipboard
from genesis_tui.mock_backend.database.schema.record import resource

MOST = 200
"""Changes that one answer has."""
CLIPBOARD, PRESCRIPTIONS = "clipboard", "prescriptions"
"""Kinds of which not everybody who may know of the appointments may know (FAM-3)."""
_APPOINTMENTS = ("appointment", "request")
_SAME = (change.c.kind, change.c.entry, change.c.patient_id, change.c.viewer_id)


def note_change(
    conn: Connection,
    kind: str,
    entry: str,
    patient_id: str,
    *,
    now: int,
    removed: bool = False,
    viewer_id: str = "",
    note: str = "",
) -> None:
    """Tell of a change, in the transaction that makes it. `viewer_id`: whom alone it is for."""
    row = {"seq": _next(conn), "at": now, "kind": kind, "entry": entry, "patient_id": patient_id}
    conn.execute(insert(change), {**row, "removed": removed, "viewer_id": viewer_id, "note": note})


def last_change(conn: Connection) -> int:
    """The number of the newest change."""
    return int(conn.execute(select(func.coalesce(func.max(change_head.c.seq), 0))).scalar_one())


def changes_since(
    conn: Connection,
    since: int,
    viewer_id: str,
    patients: Sequence[str],
    closer: Mapping[str, Sequence[str]],
    *,
    now: int,
) -> list[Row[Any]]:
    """The changes after a number that the viewer may know of, oldest first: each entry once, as it changed last.

    `closer`: the patients of whose clipboards and prescriptions the viewer may know (FAM-3). An appointment that is
    kept from the viewer is in none, nor is its clipboard (FAM-7).
    """
    newest = select(func.max(change.c.seq)).where(change.c.seq > since).group_by(*_SAME)
    visit = select(resource.c.row).where(resource.c.type == "Appointment", *visible())
    of_clipboard = visit.where(resource.c.id == clipboard.c.appointment_id, clipboard.c.id == change.c.entry)
    seen = or_(
        change.c.kind == "slot",
        and_(change.c.kind == CLIPBOARD, change.c.patient_id.in_(closer[CLIPBOARD]), exists(of_clipboard)),
        and_(change.c.kind == PRESCRIPTIONS, change.c.patient_id.in_(closer[PRESCRIPTIONS])),
        and_(change.c.kind.in_(_APPOINTMENTS), exists(visit.where(resource.c.id == change.c.entry))),
    )
    mine = and_(change.c.patient_id.in_(patients), change.c.viewer_id.in_(("", viewer_id)))
    wanted = select(change).where(change.c.seq > since, change.c.seq.in_(newest), mine, seen)
    rows = conn.execute(wanted.order_by(change.c.seq).limit(MOST), {"now": now, "viewer": viewer_id})
    return list(rows)


def _next(conn: Connection) -> int:
    """The next number; whoever has it holds the head until the transaction ends, so that none comes late."""
    taken = conn.execute(_STEP).scalar_one_or_none()
    if taken is None:
        conn.execute(unless_there(conn, change_head), {"id": 1, "seq": 0})
        taken = conn.execute(_STEP).scalar_one()
    return int(taken)


_STEP = update(change_head).where(change_head.c.id == 1).values(seq=change_head.c.seq + 1).returning(change_head.c.seq)
