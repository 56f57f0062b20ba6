"""What appointments are told with: their places, clinics, requests and offers; and slots as they are told."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from genesis_tui.mock_backend.clock import iso
from genesis_tui.mock_backend.database.appointments.clinics import Clinic, clinics
from genesis_tui.mock_backend.database.appointments.lifecycle import visit_code
from genesis_tui.mock_backend.database.appointments.requests import offers_of, requests_by_id
from genesis_tui.mock_backend.database.appointments.slots import Slot, slot_of
from genesis_tui.mock_backend.database.appointments.stored import StoredAppointment
from genesis_tui.mock_backend.database.record.readable import otherwise
from genesis_tui.mock_backend.database.record.resources import shared_bodies
from genesis_tui.mock_backend.portal.appointments.rows import HOW, AppointmentRow, location_id
from genesis_tui.mock_backend.portal.base.caller import Caller
from genesis_tui.mock_backend.rules.appointments.booking import way_of
from genesis_tui.mock_backend.rules.appointments.slots import BOOKS, NONE

Json = dict[str, Any]
_USUAL = "follow-up"


def appointment_rows(
    caller: Caller, conn: Connection, patient_id: str, filed: Iterable[StoredAppointment]
) -> dict[str, AppointmentRow]:
    """Id -> appointment with all that it is told with."""
    found = {one.id: one for one in filed}
    places = shared_bodies(conn, "Location", {_location(one.body) for one in found.values()})
    waiting = [id for id, one in found.items() if one.body.get("status") == "proposed"]
    known, requests, offers = clinics(conn), requests_by_id(conn, found), offers_of(conn, waiting)
    whole, viewer = caller.standing(patient_id).access == "full", caller.viewer.person_id
    readable = frozenset(word for word in ("visits", "results") if caller.opens(patient_id, word))
    rows = {}
    for id, one in found.items():
        clinic = known.get(_location(one.body))
        visit = otherwise(partial(visit_code, one.body), "") or _usual(clinic)
        told = [slot_row(slot) for slot in slots_of(conn, offers.get(id, ()))]
        request = requests.get(id)
        rows[id] = AppointmentRow(
            one,
            places.get(_location(one.body), {}),
            caller.viewer.level,
            visit if clinic is not None else "",
            NONE if clinic is None else way_of(clinic.settings, visit),
            told,
            request.thread_id if request is not None and (whole or request.asked_by == viewer) else "",
            readable,
        )
    return rows


def row_of(caller: Caller, conn: Connection, patient_id: str, stored: StoredAppointment) -> Json:
    """One appointment as it is told after an act."""
    return appointment_rows(caller, conn, patient_id, [stored])[stored.id].row(caller.mock.clock.now())


def slots_of(conn: Connection, slot_ids: Iterable[str]) -> list[Slot]:
    """The slots of these ids, by start."""
    found = (slot_of(conn, one) for one in slot_ids)
    return sorted((one for one in found if one is not None), key=lambda one: (one.start, one.id))


def slot_row(slot: Slot) -> Json:
    settings = slot.clinic.settings
    zone = ZoneInfo(settings.zone)
    return {
        "id": slot.id,
        "clinic_id": slot.clinic.id,
        "clinic": settings.name,
        "visit_type": slot.visit_type,
        "start": slot.start.astimezone(zone).isoformat(),
        "end": slot.end.astimezone(zone).isoformat(),
        "zone": settings.zone,
        "clinician": slot.schedule.name,
        "how": slot.how,
        "how_title": HOW[slot.how],
    }


def other_way(
    kind: str, id: str, title: str, detail: str, *, first_free: datetime | None = None, zone: str = ""
) -> Json:
    """APPT-11: one row of `ways`."""
    return {"kind": kind, "id": id, "title": title, "detail": detail, "first_free": iso(first_free), "zone": zone}


def _usual(clinic: Clinic | None) -> str:
    """The visit type of what was booked before visit types were told."""
    if clinic is None:
        return ""
    ways: Mapping[str, str] = clinic.settings.ways
    books = [code for code, way in ways.items() if way == BOOKS]
    return _USUAL if _USUAL in books else next(iter(sorted(books)), "")


def _location(body: Json) -> str:
    return otherwise(lambda: location_id(body), "")
