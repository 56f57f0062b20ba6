"""Appointments that lie ahead."""

from sqlalchemy import Connection, select

from genesis_tui.mock_backend.database.record.resources import visible
from genesis_tui.mock_backend.database.schema.base import person, resource, token

_NOT_COMING = ("cancelled", "noshow", "proposed")


def appointments_between(
    conn: Connection, viewer_id: str, patient_id: str, *, now: int, until: int
) -> list[tuple[bytes, str]]:
    """Bodies of the patient's appointments that start in `now` to `until` (microseconds), neither cancelled nor only
    asked for, with the zone of the patient's MTF; soonest first. Sensitive ones only for the patient (FAM-7)."""
    cancelled = select(token.c.row).where(
        token.c.row == resource.c.row, token.c.param == "status", token.c.code.in_(_NOT_COMING)
    )
    wanted = (
        select(resource.c.body, person.c.mtf_zone)
        .join(person, person.c.id == resource.c.patient_id)
        .where(resource.c.type == "Appointment", resource.c.patient_id == patient_id)
        .where(resource.c.at >= now, resource.c.at < until, ~cancelled.exists(), *visible())
        .order_by(resource.c.at, resource.c.row)
    )
    rows = conn.execute(wanted, {"now": now, "viewer": viewer_id})
    return [(row.body, row.mtf_zone) for row in rows]
