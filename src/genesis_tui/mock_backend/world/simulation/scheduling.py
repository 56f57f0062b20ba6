"""The clinics' scheduling teams: requests are booked, answered with slots to choose from, or declined (APPT-6)."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, insert

from genesis_tui.mock_backend.clock import MICROSECOND, from_micros, to_micros
from genesis_tui.mock_backend.database.appointments import lifecycle, slots
from genesis_tui.mock_backend.database.appointments.clinics import clinics, visit_types
from genesis_tui.mock_backend.database.appointments.requests import drop_offers, offer, offers_of, requests_by_id
from genesis_tui.mock_backend.database.appointments.slots import Slot
from genesis_tui.mock_backend.database.appointments.stored import StoredAppointment, held_between
from genesis_tui.mock_backend.database.schema.base import due_event
from genesis_tui.mock_backend.rules.appointments.booking import SlotFacts, may_take
from genesis_tui.mock_backend.rules.appointments.status import may_become, told
from genesis_tui.mock_backend.rules.decision import Decision, Refused
from genesis_tui.mock_backend.rules.messages.threads import BusinessDays, business_day
from genesis_tui.mock_backend.rules.policy import AppointmentPolicy, Policy
from genesis_tui.mock_backend.world.simulation.staff import HOLIDAYS, answer
from genesis_tui.mock_backend.world.simulation.visits import plan_visit

SCHEDULING: Final = "scheduling"
_OPENS, _MINUTES = time(8, 30), 6 * 60
_NOTHING: Final = "Nothing is free on the days you asked for. Please call us, or ask for other days."
_DECLINED: Final = "This visit needs a referral first. Please write to your primary care manager for one."


def plan_scheduling(conn: Connection, request_id: str, asked: int, zone: ZoneInfo, policy: AppointmentPolicy) -> None:
    """The scheduling team answers a request on one of its next business days, unless testers do."""
    if not policy.staff_answers:
        return
    draw, (first, last) = _draw(request_id), policy.staff_days
    days, minutes = first + draw % (last - first + 1), draw // 7 % _MINUTES
    day = business_day(from_micros(asked).astimezone(zone).date(), days, BusinessDays(zone, HOLIDAYS))
    _plan(conn, request_id, to_micros(datetime.combine(day, _OPENS, zone) + timedelta(minutes=minutes)))


def _plan(conn: Connection, request_id: str, at: int) -> None:
    conn.execute(insert(due_event).values(at=at, kind=SCHEDULING, payload=json.dumps({"id": request_id})))


def schedule_by_itself(conn: Connection, payload: dict[str, Any], at: int, policy: Policy) -> None:
    """What a scheduling team does when nobody tells it what; nothing with a request that has its answer."""
    found, request = lifecycle.held(conn, payload["id"]), requests_by_id(conn, [payload["id"]])[payload["id"]]
    if found is None or found[1].body["status"] != "proposed" or offers_of(conn, [request.appointment_id]):
        return
    wanted = [(datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"])) for one in _periods(found[1])]
    within = _fitting(conn, request, wanted, at)
    around = within or _fitting(conn, request, [(since - _NEAR, until + _NEAR) for since, until in wanted], at)
    draw = _draw(request.appointment_id) // 11 % 10
    if draw == 0 or not around:
        decline(conn, request.appointment_id, _DECLINED if around else _NOTHING, at=at, policy=policy)
        return
    if within and draw < _BOOKED_AT_ONCE:
        done = book(conn, request.appointment_id, within[0], at=at, policy=policy)
    else:
        done = offer_slots(conn, request.appointment_id, around[: policy.appointment.offers], at=at, policy=policy)
    if not done:
        _plan(conn, request.appointment_id, at + _ANEW // MICROSECOND)


_ANEW: Final = timedelta(minutes=10)
"""Where somebody else took a slot meanwhile, the team looks again after so long."""
_NEAR: Final = timedelta(days=3)
_BOOKED_AT_ONCE: Final = 6
"""Of ten requests so many, less one, are booked where a slot fits."""


def may_answer(stored: StoredAppointment) -> Decision:
    """APPT-7: whether a request still waits for its clinic."""
    return may_become(str(stored.body["status"]), "booked")


def may_give(conn: Connection, patient_id: str, stored: StoredAppointment, slot: Slot, now: int) -> Decision:
    """APPT-4 to APPT-7: whether a request can be booked for a slot, or be offered it."""
    decision = may_answer(stored)
    if isinstance(decision, Refused):
        return decision
    free = slots.is_free(conn, slot, from_micros(now), but_for=stored.id)
    others = held_between(conn, patient_id, to_micros(slot.start), to_micros(slot.end))
    overlaps = next((str(one.body.get("description", "")) for one in others if one.id != stored.id), "")
    return may_take(slot.clinic.settings, SlotFacts(slot.start, free, overlaps))


def book(conn: Connection, request_id: str, slot: Slot, *, at: int, policy: Policy) -> bool:
    """Staff book a request for a slot that is free; False, and nothing done, where somebody else was faster."""
    patient_id, stored = lifecycle.known(conn, request_id)
    if not _hold(conn, request_id, [slot]):
        return False
    drop_offers(conn, request_id)
    body = lifecycle.with_status(lifecycle.at_slot(stored.body, slot), "booked", lifecycle.here(stored, at))
    booked = lifecycle.restore(conn, patient_id, stored, body, now=at, policy=policy)
    request = requests_by_id(conn, [request_id]).get(request_id)
    to = request.asked_by if request is not None else patient_id
    plan_visit(conn, patient_id, booked, to=to, now=at, policy=policy.appointment)
    when = told(slot.start, slot.clinic.settings.zone)
    _write(conn, request, f"Your appointment is booked: {when}, with {slot.schedule.name}.", at, policy)
    return True


def offer_slots(conn: Connection, request_id: str, offered: Sequence[Slot], *, at: int, policy: Policy) -> bool:
    """Staff offer slots that are free, and hold them until one is chosen; False as for `book`."""
    patient_id, stored = lifecycle.known(conn, request_id)
    if not _hold(conn, request_id, offered):
        return False
    offer(conn, request_id, [slot.id for slot in offered])
    lifecycle.restore(conn, patient_id, stored, stored.body, now=at, policy=policy)
    lines = "\n".join(f"- {told(one.start, one.clinic.settings.zone)}, {one.schedule.name}" for one in offered)
    request = requests_by_id(conn, [request_id]).get(request_id)
    _write(conn, request, f"You can choose one of these in Appointments:\n{lines}", at, policy)
    return True


def _hold(conn: Connection, request_id: str, wanted: Sequence[Slot]) -> bool:
    """Hold these slots for a request, in place of those that it had."""
    slots.release(conn, request_id)
    if all(slots.take(conn, slot, request_id) for slot in wanted):
        return True
    slots.release(conn, request_id)
    return False


def decline(conn: Connection, request_id: str, reason: str, *, at: int, policy: Policy) -> None:
    """Staff decline a request, with the reason."""
    patient_id, stored = lifecycle.known(conn, request_id)
    drop_offers(conn, request_id)
    lifecycle.call_off(conn, patient_id, stored, lifecycle.BY_CLINIC, reason, now=at, policy=policy)
    _write(conn, requests_by_id(conn, [request_id]).get(request_id), reason, at, policy)


def _write(conn: Connection, request: Row[Any] | None, text: str, at: int, policy: Policy) -> None:
    if request is not None and request.thread_id:
        answer(conn, request.thread_id, text, "", at=at, policy=policy)


def _periods(stored: StoredAppointment) -> list[dict[str, str]]:
    return list(stored.body.get("requestedPeriod", ()))


def _fitting(conn: Connection, request: Row[Any], wanted: Sequence[tuple[datetime, datetime]], at: int) -> list[Slot]:
    """Free slots in the periods, the first of each day, that the patient has nothing else at."""
    clinic, visit, now = clinics(conn)[request.clinic_id], visit_types(conn)[request.visit_type], from_micros(at)
    found: dict[str, Slot] = {}
    for since, until in wanted:
        near = slots.free_slots(conn, clinic, visit, since.date(), until.date(), now, beyond=True)
        fitting = (one for one in near if since <= one.start and one.end <= until)
        free = (one for one in fitting if not _busy(conn, request.patient_id, one))
        found.update((one.id, one) for one in islice(free, 1 if len(wanted) > 1 else 3))
    return sorted(found.values(), key=lambda one: (one.start, one.id))


def _busy(conn: Connection, patient_id: str, slot: Slot) -> bool:
    return bool(held_between(conn, patient_id, to_micros(slot.start), to_micros(slot.end)))


def _draw(request_id: str) -> int:
    return int.from_bytes(hashlib.blake2b(request_id.encode(), digest_size=8).digest())
