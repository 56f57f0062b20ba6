"""Requests for an appointment that the clinic has answered: slots to choose from, booked, or declined (APPT-6)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.appointments.lifecycle import BY_CLINIC
from genesis_tui.mock_backend.database.appointments.requests import offers_of, requests_by_id
from genesis_tui.mock_backend.database.appointments.stored import StoredAppointment, appointments_of
from genesis_tui.mock_backend.portal.appointments.rows import what_of
from genesis_tui.mock_backend.portal.base.caller import Caller
from genesis_tui.mock_backend.portal.base.elements import concept_text
from genesis_tui.mock_backend.portal.base.readable import told
from genesis_tui.mock_backend.portal.home.models import NewsItem

Json = dict[str, Any]
TOLD = timedelta(days=7)
"""How long it is news that a request was booked or declined; slots are offered until one is taken."""


def answered_requests(caller: Caller, conn: Connection, patient_id: str) -> list[Json]:
    """A patient's, as rows of Home, of what the caller may see (FAM-7)."""
    now = caller.mock.clock.micros()
    since = to_micros(from_micros(now) - 2 * TOLD)
    known = {one.id: one for one in appointments_of(conn, caller.viewer.person_id, patient_id, now=now, since=since)}
    offers, news_from = offers_of(conn, known), from_micros(now) - TOLD
    asked = requests_by_id(conn, known)
    rows = [one for one in known.values() if one.id in asked]
    told_of = [one for one in rows if not (asked[one.id].own_choice and one.body["status"] == "booked")]
    return told(told_of, lambda one: _answered(one, len(offers.get(one.id, ())), news_from), NewsItem).rows


def _answered(one: StoredAppointment, offered: int, news_from: datetime) -> Json | None:
    """None for what nobody has answered, or was told long enough."""
    body = one.body
    state, title, at = _state(body, offered), what_of(body), body["meta"]["lastUpdated"]
    if not state or (state != "offered" and datetime.fromisoformat(at) < news_from):
        return None
    if state == "offered":
        title = f"{title}: {offered} {'slot' if offered == 1 else 'slots'} offered"
    elif state == "declined":
        title = f"{title}: {concept_text(body.get('cancelationReason', {}))}"
    else:
        at = body["start"]
    return {"place": "appointments", "type": "Appointment", "id": one.id, "title": title, "state": state, "at": at}


def _state(body: Json, offered: int) -> str:
    match body["status"]:
        case "proposed" if offered:
            return "offered"
        case "booked":
            return "booked"
        case "cancelled" if not body.get("slot") and _by_clinic(body):
            return "declined"
    return ""


def _by_clinic(body: Json) -> bool:
    codings = body.get("cancelationReason", {}).get("coding", ())
    return any(one.get("code") == BY_CLINIC for one in codings)
