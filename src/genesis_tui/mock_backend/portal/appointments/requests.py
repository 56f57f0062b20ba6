"""`appointment-requests`: a clinic is asked for a time, and one of the slots that it offers is taken (APPT-6)."""

import secrets
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from sqlalchemy import Row

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.database.appointments import lifecycle, slots
from genesis_tui.mock_backend.database.appointments.clinics import Clinic
from genesis_tui.mock_backend.database.appointments.requests import (
    add_request,
    drop_offers,
    mark_chosen,
    offers_of,
)
from genesis_tui.mock_backend.database.family.people import names_of
from genesis_tui.mock_backend.database.messages.send import NewMessage, NewThread, add_message, add_thread
from genesis_tui.mock_backend.http.problems import invalid
from genesis_tui.mock_backend.portal.appointments.booking import (
    MAY,
    IfMatch,
    call_off,
    decide,
    decide_ways,
    display_name,
    restore,
    settled,
    slot_facts,
    slot_named,
    take,
    theirs,
)
from genesis_tui.mock_backend.portal.appointments.facts import row_of
from genesis_tui.mock_backend.portal.appointments.models import (
    AppointmentListed,
    CancelBody,
    HalfDay,
    Id,
    RequestForAppointment,
    SlotChoice,
)
from genesis_tui.mock_backend.portal.appointments.slots import clinic_of, visit_facts, visit_of
from genesis_tui.mock_backend.portal.base.acts import Doing, Json, act
from genesis_tui.mock_backend.rules.appointments import booking as rules
from genesis_tui.mock_backend.rules.appointments import status
from genesis_tui.mock_backend.world.simulation.scheduling import plan_scheduling

router = APIRouter(prefix="/portal/v1")
HALVES: Final = {"am": (time(8), time(12)), "pm": (time(12), time(17))}
_CATEGORY: Final = "Appointment"


@act(
    router,
    "POST",
    "/appointment-requests",
    "request-appointment",
    "APPT-6",
    may=MAY,
    creates=True,
    answers=AppointmentListed,
)
def request(doing: Doing, asked: RequestForAppointment) -> Json:
    """APPT-6: ask a clinic for a time. It goes to its scheduling team as a message, and shows as requested."""
    caller, conn, patient = doing.caller, doing.conn, asked.patient
    held = slots.hold_patient(conn, patient)
    visit = visit_of(caller, conn, patient, asked.visit_type)
    clinic = clinic_of(caller, conn, patient, asked.clinic)
    halves = [rules.HalfDayAsked(_day(one), one.half) for one in asked.periods]
    facts, policy, now = visit_facts(caller, patient, visit), caller.mock.policy, from_micros(doing.now)
    decision = rules.may_request(clinic.settings, facts, halves, asked.reason, policy.appointment, now)
    decide_ways(doing, patient, clinic, visit, decision)
    appointment_id = lifecycle.new_id()
    periods = [_period(one, clinic) for one in halves]
    new = lifecycle.NewAppointment(patient, display_name(held), clinic, visit, asked.reason, periods)
    body = lifecycle.requested(new, appointment_id, now=doing.now)
    made = lifecycle.store(conn, patient, body, sensitive=clinic.settings.sensitive, now=doing.now, policy=policy)
    thread_id = _write(doing, patient, clinic, visit, asked.reason, halves)
    add_request(
        conn,
        appointment_id=appointment_id,
        patient_id=patient,
        asked_by=doing.viewer,
        visit_type=asked.visit_type,
        clinic_id=clinic.id,
        thread_id=thread_id,
    )
    plan_scheduling(conn, appointment_id, doing.now, ZoneInfo(clinic.settings.zone), policy.appointment)
    doing.afterwards(caller.mock.due.forget)
    return row_of(caller, conn, patient, made)


@act(
    router,
    "POST",
    "/appointment-requests/{appointment_id}/withdraw",
    "withdraw-request",
    "APPT-6",
    may=MAY,
    answers=AppointmentListed,
    refused=(409,),
)
def withdraw(doing: Doing, appointment_id: Id, asked: CancelBody, if_match: IfMatch) -> Json:
    """APPT-6, APPT-10: take a request back; the slots that were offered for it are free again."""
    return call_off(doing, appointment_id, asked, if_match)


@act(
    router,
    "POST",
    "/appointment-requests/{appointment_id}/choose",
    "choose-slot",
    "APPT-6",
    may=MAY,
    answers=AppointmentListed,
    refused=(409,),
)
def choose(doing: Doing, appointment_id: Id, asked: SlotChoice, if_match: IfMatch) -> Json:
    """APPT-6: take one of the slots offered; the others are free again. The clinic holds all of them until then."""
    conn, patient = doing.conn, asked.patient
    row = theirs(doing, patient, appointment_id, if_match)
    offered = asked.slot in offers_of(conn, [appointment_id]).get(appointment_id, ())
    doing.decided(status.may_choose(row.facts(), offered=offered))
    slot = slot_named(doing, asked.slot)
    facts = slot_facts(doing, patient, slot, but_for=appointment_id)
    decide(doing, patient, slot, rules.may_take(slot.clinic.settings, facts))
    slots.release(conn, appointment_id)
    take(doing, patient, slot, appointment_id)
    drop_offers(conn, appointment_id)
    mark_chosen(conn, appointment_id)
    body = lifecycle.with_status(
        lifecycle.at_slot(row.filed.body, slot), "booked", lifecycle.here(row.filed, doing.now)
    )
    booked = restore(doing, patient, row.filed, body)
    settled(doing, patient, booked)
    return row_of(doing.caller, conn, patient, booked)


def _write(
    doing: Doing,
    patient_id: str,
    clinic: Clinic,
    visit: Row[tuple[object, ...]],
    reason: str,
    halves: list[rules.HalfDayAsked],
) -> str:
    """The message to the scheduling team; the id of its conversation."""
    conn, viewer = doing.conn, doing.viewer
    thread_id = f"thread-{secrets.token_hex(12)}"
    name, box, zone = clinic.settings.name, clinic.mailbox_id, clinic.settings.zone
    subject = f"Request: {visit.title}"[: doing.caller.mock.policy.message.subject_characters]
    add_thread(conn, NewThread(thread_id, patient_id, subject, _CATEGORY, f"{name}, scheduling", box, zone))
    wanted = "\n".join(f"- {one.day:%A} {one.day.day} {one.day:%B %Y}, {_HALF[one.half]}" for one in halves)
    text = f"I ask for an appointment: {visit.title}.\n\n{reason.strip()}\n\nI can come:\n{wanted}"
    sender = names_of(conn, [viewer])[viewer]
    new = NewMessage(f"message-{secrets.token_hex(12)}", thread_id, patient_id, viewer, sender, "", text)
    add_message(conn, new, now=doing.now, policy=doing.caller.mock.policy)
    return thread_id


_HALF: Final = {"am": "morning", "pm": "afternoon"}


def _day(asked: HalfDay) -> date:
    try:
        return date.fromisoformat(asked.day)
    except ValueError:
        raise invalid("This is no day.", detail="periods: days as YYYY-MM-DD") from None


def _period(asked: rules.HalfDayAsked, clinic: Clinic) -> tuple[datetime, datetime]:
    zone = ZoneInfo(clinic.settings.zone)
    since, until = (datetime.combine(asked.day, clock, zone) for clock in HALVES[asked.half])
    return since, until
