"""What is kept of requests beside their FHIR Appointments: who asked, the conversation, and slots that are offered."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from genesis_tui.mock_backend.database.schema.appointments import appointment_request, appointment_thread, slot_offer

_IDS: Any = bindparam("ids", expanding=True)
_REQUESTS = select(appointment_request).where(appointment_request.c.appointment_id.in_(_IDS))
_OFFERS = select(slot_offer).where(slot_offer.c.appointment_id.in_(_IDS))


def add_request(conn: Connection, **columns: str) -> None:
    """Keep a request (columns of `appointment_request`) with its conversation."""
    conn.execute(insert(appointment_request).values(**columns))
    link_thread(conn, columns["thread_id"], columns["appointment_id"], columns["patient_id"])


def asked_elsewhere(
    appointment_id: str, patient_id: str, visit_type: str | None = None, clinic_id: str | None = None
) -> dict[str, str | None]:
    """The row of a request that its patient did not make on the portal: there is no conversation."""
    return {
        "appointment_id": appointment_id,
        "patient_id": patient_id,
        "asked_by": patient_id,
        "visit_type": visit_type,
        "clinic_id": clinic_id,
        "thread_id": "",
    }


def mark_chosen(conn: Connection, appointment_id: str) -> None:
    """What was asked for, if it was, is booked for a slot that its person chose."""
    asked = appointment_request.c.appointment_id == appointment_id
    conn.execute(update(appointment_request).where(asked).values(own_choice=True))


def link_thread(conn: Connection, thread_id: str, appointment_id: str, patient_id: str) -> None:
    """A conversation is about an appointment, and as open as that one (FAM-7)."""
    row = {"thread_id": thread_id, "appointment_id": appointment_id, "patient_id": patient_id}
    conn.execute(insert(appointment_thread).values(**row))


def requests_by_id(conn: Connection, appointment_ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Appointment id -> row of `appointment_request`."""
    rows = conn.execute(_REQUESTS, {"ids": sorted(set(appointment_ids))})
    return {row.appointment_id: row for row in rows}


def offers_of(conn: Connection, appointment_ids: Iterable[str]) -> dict[str, list[str]]:
    """Appointment id -> ids of the slots offered."""
    found: dict[str, list[str]] = {}
    ids = sorted(set(appointment_ids))
    for row in conn.execute(_OFFERS, {"ids": ids}) if ids else ():
        found.setdefault(row.appointment_id, []).append(row.slot_id)
    return found


def offer(conn: Connection, appointment_id: str, slot_ids: Iterable[str]) -> None:
    """Put these slots in place of those that were offered before."""
    drop_offers(conn, appointment_id)
    conn.execute(insert(slot_offer), [{"appointment_id": appointment_id, "slot_id": one} for one in slot_ids])


def drop_offers(conn: Connection, appointment_id: str) -> None:
    conn.execute(delete(slot_offer).where(slot_offer.c.appointment_id == appointment_id))
