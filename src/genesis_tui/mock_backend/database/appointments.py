"""A patient's appointments, those ahead alone where Home asks, and the zone of a place."""

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, or_, select

from genesis_tui.mock_backend.database.record.dates import UNDATED
from genesis_tui.mock_backend.database.record.resources import visible
from genesis_tui.mock_backend.database.schema.family import person
from genesis_tui.mock_backend.database.schema.record import resource, token

TIMEZONE: Final = "http://hl7.org/fhir/StructureDefinition/timezone"

_NOT_COMING = ("cancelled", "noshow", "proposed")


@dataclass(frozen=True, slots=True)
class StoredAppointment:
    """A FHIR Appointment with its id and version."""

    id: str
    version: int
    body: dict[str, Any]


def appointments_of(
    conn: Connection, viewer_id: str, patient_id: str, *, now: int, since: int
) -> list[StoredAppointment]:
    """Appointments that end after `since` (microseconds) and those without any date, oldest first.

    Sensitive ones only for the patient (FAM-7).
    """
    wanted = (
        select(resource.c.id, resource.c.version, resource.c.body)
        .where(resource.c.type == "Appointment", resource.c.patient_id == patient_id)
        .where(or_(resource.c.until > since, resource.c.until == UNDATED[1]), *visible())
        .order_by(resource.c.at, resource.c.row)
    )
    rows = conn.execute(wanted, {"now": now, "viewer": viewer_id})
    return [StoredAppointment(row.id, row.version, json.loads(row.body)) for row in rows]


def zone_of(location: dict[str, Any]) -> str:
    """The IANA zone that a Location is labelled with; '' where it says none."""
    labels = location.get("extension", ())
    return next((one["valueCode"] for one in labels if one.get("url") == TIMEZONE and "valueCode" in one), "")


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
