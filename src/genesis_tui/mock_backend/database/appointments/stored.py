"""A patient's appointments, those ahead alone where Home asks, and the zone of a place."""

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, or_, select

from genesis_tui.mock_backend.database.record.dates import UNDATED
from genesis_tui.mock_backend.database.record.resources import visible
from genesis_tui.mock_backend.database.schema.family import person
from genesis_tui.mock_backend.database.schema.record import resource, token

TIMEZONE: Final = "http://hl7.org/fhir/StructureDefinition/timezone"

_NOT_COMING = ("cancelled", "noshow", "proposed")
_SECOND: Final = 1_000_000
_NOT_HELD = ("cancelled", "noshow", "fulfilled", "proposed", "pending", "waitlist", "entered-in-error")


@dataclass(frozen=True, slots=True)
class StoredAppointment:
    """A FHIR Appointment with its id and version. `sensitive`: it is the patient's alone (FAM-7)."""

    id: str
    version: int
    body: dict[str, Any]
    sensitive: bool = False


def appointments_of(
    conn: Connection, viewer_id: str, patient_id: str, *, now: int, since: int
) -> list[StoredAppointment]:
    """Appointments that end after `since` (microseconds) and those without any date, oldest first.

    Sensitive ones only for the patient (FAM-7).
    """
    rows = conn.execute(_SINCE, {"now": now, "viewer": viewer_id, "patient": patient_id, "since": since})
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
    rows = conn.execute(_COMING, {"now": now, "viewer": viewer_id, "patient": patient_id, "until": until})
    return [(row.body, row.mtf_zone) for row in rows]


def appointment_of(
    conn: Connection, viewer_id: str, patient_id: str, appointment_id: str, *, now: int
) -> StoredAppointment | None:
    """One appointment of a patient; None for what is not theirs, or not the viewer's to see (FAM-7, FAM-8)."""
    named = (resource.c.type == "Appointment", resource.c.id == appointment_id, resource.c.patient_id == patient_id)
    wanted = select(resource.c.id, resource.c.version, resource.c.body, resource.c.sensitive).where(*named, *visible())
    row = conn.execute(wanted, {"now": now, "viewer": viewer_id}).one_or_none()
    return None if row is None else StoredAppointment(row.id, row.version, json.loads(row.body), row.sensitive)


def appointment_by_id(conn: Connection, appointment_id: str) -> tuple[str, StoredAppointment] | None:
    """Whose appointment it is, and itself, whoever may see it."""
    columns = (resource.c.patient_id, resource.c.id, resource.c.version, resource.c.body, resource.c.sensitive)
    wanted = select(*columns).where(resource.c.type == "Appointment", resource.c.id == appointment_id)
    row = conn.execute(wanted).one_or_none()
    if row is None:
        return None
    return row.patient_id, StoredAppointment(row.id, row.version, json.loads(row.body), row.sensitive)


def held_between(
    conn: Connection, patient_id: str, since: int, until: int, *, sensitive: bool = False
) -> list[StoredAppointment]:
    """APPT-5: what of a patient's overlaps a period (microseconds) and has not ended otherwise, whoever may see it.

    What ends when the period begins does not, though the last second that it names ends a second later. `sensitive`:
    of that what is the patient's alone.
    """
    values = {"patient": patient_id, "since": since, "late": since + _SECOND, "until": until}
    rows = conn.execute(_HELD_ALONE if sensitive else _HELD, values)
    return [StoredAppointment(row.id, row.version, json.loads(row.body), row.sensitive) for row in rows]


_OF_PATIENT = (resource.c.type == "Appointment", resource.c.patient_id == bindparam("patient"))
_SINCE = (
    select(resource.c.id, resource.c.version, resource.c.body)
    .where(*_OF_PATIENT, *visible())
    .where(or_(resource.c.until > bindparam("since"), resource.c.until == UNDATED[1]))
    .order_by(resource.c.at, resource.c.row)
)
_CANCELLED = select(token.c.row).where(
    token.c.row == resource.c.row, token.c.param == "status", token.c.code.in_(_NOT_COMING)
)
_COMING = (
    select(resource.c.body, person.c.mtf_zone)
    .join(person, person.c.id == resource.c.patient_id)
    .where(*_OF_PATIENT, *visible())
    .where(resource.c.at >= bindparam("now"), resource.c.at < bindparam("until"), ~_CANCELLED.exists())
    .order_by(resource.c.at, resource.c.row)
)
_OVER = select(token.c.row).where(token.c.row == resource.c.row, token.c.param == "status", token.c.code.in_(_NOT_HELD))
_HELD = (
    select(resource.c.id, resource.c.version, resource.c.body, resource.c.sensitive)
    .where(*_OF_PATIENT)
    .where(resource.c.hidden.is_(False), resource.c.at < bindparam("until"), ~_OVER.exists())
    .where(or_(resource.c.until > bindparam("late"), resource.c.at >= bindparam("since")))
    .order_by(resource.c.at, resource.c.row)
)
_HELD_ALONE = _HELD.where(resource.c.sensitive.is_(True))
