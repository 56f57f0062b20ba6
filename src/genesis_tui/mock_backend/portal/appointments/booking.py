"""`POST appointments`, `…/cancel` and `…/reschedule`: an appointment is booked, called off, or moved in one step."""

from datetime import datetime
from typing import Annotated, Any, NoReturn

from fastapi import APIRouter, Header
from sqlalchemy import Row

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.appointments import lifecycle, slots
from genesis_tui.mock_backend.database.appointments.clinics import Clinic, visit_types
from genesis_tui.mock_backend.database.appointments.requests import drop_offers, mark_chosen
from genesis_tui.mock_backend.database.appointments.slots import Slot
from genesis_tui.mock_backend.database.appointments.stored import StoredAppointment, appointment_of, held_between
from genesis_tui.mock_backend.http.problems import invalid
from genesis_tui.mock_backend.portal.appointments.facts import appointment_rows, row_of, slot_row
from genesis_tui.mock_backend.portal.appointments.models import (
    AppointmentListed,
    BookingBody,
    CancelBody,
    Id,
    SlotChoice,
)
from genesis_tui.mock_backend.portal.appointments.rows import AppointmentRow, what_of
from genesis_tui.mock_backend.portal.appointments.slots import Hidden, other_ways, visit_facts
from genesis_tui.mock_backend.portal.base.acts import Doing, Json, act, on
from genesis_tui.mock_backend.rules.appointments import booking as rules
from genesis_tui.mock_backend.rules.appointments import status
from genesis_tui.mock_backend.rules.decision import Decision, Refused
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.world.simulation.visits import plan_visit

router = APIRouter(prefix="/portal/v1")
IfMatch = Annotated[str, Header(alias="If-Match", pattern=r'^(W/)?"?\d{1,9}"?$')]
MAY = on("appointments")


@act(
    router, "POST", "/appointments", "book", "APPT-4", may=MAY, creates=True, answers=AppointmentListed, refused=(409,)
)
def book(doing: Doing, asked: BookingBody) -> Json:
    """APPT-1 to APPT-5: book a free slot. Where it was just taken (409), `nearest` tells free ones near it."""
    held = slots.hold_patient(doing.conn, asked.patient)
    slot = slot_named(doing, asked.slot)
    decide(doing, asked.patient, slot, may_take(doing, asked.patient, slot, reason=asked.reason))
    appointment_id = lifecycle.new_id()
    take(doing, asked.patient, slot, appointment_id)
    new = lifecycle.NewAppointment(asked.patient, display_name(held), slot.clinic, visit_row(doing, slot), asked.reason)
    body = lifecycle.booked(new, slot, appointment_id, now=doing.now)
    policy, sensitive = doing.caller.mock.policy, slot.clinic.settings.sensitive
    made = lifecycle.store(doing.conn, asked.patient, body, sensitive=sensitive, now=doing.now, policy=policy)
    settled(doing, asked.patient, made)
    return row_of(doing.caller, doing.conn, asked.patient, made)


@act(
    router,
    "POST",
    "/appointments/{appointment_id}/cancel",
    "cancel-appointment",
    "APPT-8",
    may=MAY,
    answers=AppointmentListed,
    refused=(409,),
)
def cancel(doing: Doing, appointment_id: Id, asked: CancelBody, if_match: IfMatch) -> Json:
    """APPT-8, APPT-10: cancel before the start; the slot is free again at once."""
    return call_off(doing, appointment_id, asked, if_match)


@act(
    router,
    "POST",
    "/appointments/{appointment_id}/reschedule",
    "reschedule-appointment",
    "APPT-8",
    may=MAY,
    answers=AppointmentListed,
    refused=(409,),
)
def reschedule(doing: Doing, appointment_id: Id, asked: SlotChoice, if_match: IfMatch) -> Json:
    """APPT-8, APPT-10: take the new slot and free the old one in one step; if the new one is gone, the old one stays.

    The new slot is at the same clinic, for the same kind of visit.
    """
    row = theirs(doing, asked.patient, appointment_id, if_match)
    doing.decided(status.may_reschedule(row.facts(), from_micros(doing.now)))
    slot = slot_named(doing, asked.slot)
    if (slot.clinic.id, slot.visit_type) != (row.clinic_id, row.visit_type):
        raise invalid("An appointment moves within its clinic and its kind of visit.", detail="slot: of another")
    decide(doing, asked.patient, slot, may_take(doing, asked.patient, slot, moving=appointment_id))
    slots.release(doing.conn, appointment_id)
    take(doing, asked.patient, slot, appointment_id)
    mark_chosen(doing.conn, appointment_id)
    moved = restore(doing, asked.patient, row.filed, lifecycle.at_slot(row.filed.body, slot))
    settled(doing, asked.patient, moved)
    return row_of(doing.caller, doing.conn, asked.patient, moved)


def call_off(doing: Doing, appointment_id: str, asked: CancelBody, if_match: str) -> Json:
    """Cancel an appointment, or withdraw a request."""
    row = theirs(doing, asked.patient, appointment_id, if_match)
    doing.decided(status.may_cancel(row.facts(), from_micros(doing.now)))
    if asked.reason not in rules.REASONS:
        raise invalid("Choose one of the reasons.", detail=f"reason: one of {', '.join(rules.REASONS)}")
    policy = doing.caller.mock.policy
    if len(asked.note) > policy.appointment.reason_characters:
        raise invalid(f"A reason has at most {policy.appointment.reason_characters} characters.")
    drop_offers(doing.conn, appointment_id)
    note = asked.note.strip()
    off = lifecycle.call_off(doing.conn, asked.patient, row.filed, asked.reason, note, now=doing.now, policy=policy)
    return row_of(doing.caller, doing.conn, asked.patient, off)


def theirs(doing: Doing, patient_id: str, appointment_id: str, if_match: str) -> AppointmentRow:
    """The patient's appointment, which nobody else schedules meanwhile. Raises Problem: not found, or stale."""
    slots.hold_patient(doing.conn, patient_id)
    stored = appointment_of(doing.conn, doing.viewer, patient_id, appointment_id, now=doing.now)
    if stored is None:
        doing.refuse(NOT_FOUND)
    decision = status.is_current(int(if_match.removeprefix("W/").strip('"')), stored.version)
    row = appointment_rows(doing.caller, doing.conn, patient_id, [stored])[appointment_id]
    if isinstance(decision, Refused):
        doing.refuse(decision, more={"appointment": row.row(from_micros(doing.now))})
    return row


def slot_named(doing: Doing, slot_id: str) -> Slot:
    """Raises Problem for a slot that no schedule has."""
    found = slots.slot_of(doing.conn, slot_id)
    if found is None:
        doing.refuse(NOT_FOUND)
    return found


def may_take(doing: Doing, patient_id: str, slot: Slot, *, reason: str = "", moving: str = "") -> Decision:
    """What the rules say of booking a slot for a patient. `moving`: the appointment that gives up its own."""
    facts = slot_facts(doing, patient_id, slot, reason=reason, but_for=moving)
    visit = visit_facts(doing.caller, patient_id, visit_row(doing, slot))
    policy = doing.caller.mock.policy.appointment
    return rules.may_book(slot.clinic.settings, visit, facts, policy, from_micros(doing.now))


def slot_facts(doing: Doing, patient_id: str, slot: Slot, *, reason: str = "", but_for: str = "") -> rules.SlotFacts:
    """A slot as it stands for a patient, but for an appointment or a request that may hold it."""
    free = slots.is_free(doing.conn, slot, from_micros(doing.now), but_for=but_for)
    others = held_between(doing.conn, patient_id, to_micros(slot.start), to_micros(slot.end))
    hidden = doing.viewer != patient_id and any(one.sensitive for one in others)
    other = next((one for one in others if one.id != but_for), None)
    return rules.SlotFacts(slot.start, free and not hidden, "" if other is None else _told(other), reason)


def decide(doing: Doing, patient_id: str, slot: Slot, decision: Decision) -> None:
    """Raises Problem where a rule refuses: with the nearest free slots (APPT-4) or the other ways (APPT-11)."""
    if decision == rules.TAKEN:
        _taken(doing, patient_id, slot)
    decide_ways(doing, patient_id, slot.clinic, visit_row(doing, slot), decision)


def decide_ways(doing: Doing, patient_id: str, clinic: Clinic, visit: Any, decision: Decision) -> None:
    """Raises Problem where a rule refuses, with the other ways where a clinic has none (APPT-11)."""
    if isinstance(decision, Refused) and decision.reason in ("not-direct", "no-way-here", "outside-window"):
        doing.refuse(decision, more={"ways": other_ways(doing.caller, doing.conn, patient_id, clinic, visit)})
    doing.decided(decision)


def take(doing: Doing, patient_id: str, slot: Slot, holder: str) -> None:
    """Hold a slot. Raises Problem where somebody else was faster (APPT-4)."""
    if not slots.take(doing.conn, slot, holder):
        _taken(doing, patient_id, slot)


def restore(doing: Doing, patient_id: str, stored: StoredAppointment, body: dict[str, Any]) -> StoredAppointment:
    """Store the next version of an appointment."""
    return lifecycle.restore(doing.conn, patient_id, stored, body, now=doing.now, policy=doing.caller.mock.policy)


def settled(doing: Doing, patient_id: str, stored: StoredAppointment) -> None:
    """Plan what becomes of what was booked."""
    policy = doing.caller.mock.policy.appointment
    plan_visit(doing.conn, patient_id, stored, to=doing.viewer, now=doing.now, policy=policy)
    doing.afterwards(doing.caller.mock.due.forget)


def visit_row(doing: Doing, slot: Slot) -> Any:
    return visit_types(doing.conn)[slot.visit_type]


def display_name(row: Row[Any]) -> str:
    """`REYES, MAYA`, as references name a patient."""
    return f"{row.family}, {row.given}".upper()


def _taken(doing: Doing, patient_id: str, slot: Slot) -> NoReturn:
    policy, now = doing.caller.mock.policy.appointment, from_micros(doing.now)
    hidden = Hidden(doing.caller, doing.conn, patient_id)
    near = slots.nearest(doing.conn, slot, now)
    free = [slot_row(one) for one in near if not hidden.at(one)][: policy.nearest]
    ways = [] if free else other_ways(doing.caller, doing.conn, patient_id, slot.clinic, visit_row(doing, slot))
    doing.refuse(rules.TAKEN, more={"nearest": free, "ways": ways})


def _told(stored: StoredAppointment) -> str:
    return f"{what_of(stored.body)}, {status.told(datetime.fromisoformat(stored.body['start']), '')}"
