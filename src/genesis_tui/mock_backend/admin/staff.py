"""`/mock/v1/staff`: a tester acts for the clinics, which answer messages and requests, and see patients."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from genesis_tui.mock_backend.admin.tester_token import Tested
from genesis_tui.mock_backend.database.appointments import lifecycle, slots
from genesis_tui.mock_backend.database.appointments.clinics import clinics, schedules_at, visit_types
from genesis_tui.mock_backend.database.appointments.slots import Slot
from genesis_tui.mock_backend.database.appointments.stored import StoredAppointment
from genesis_tui.mock_backend.database.messages.corrections import ASKED, correction_of
from genesis_tui.mock_backend.database.messages.threads import threads_of
from genesis_tui.mock_backend.database.refills.requests import Request
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.json import RequestBody
from genesis_tui.mock_backend.http.problems import NOT_FOUND, Problem, invalid
from genesis_tui.mock_backend.rules.appointments.booking import TAKEN
from genesis_tui.mock_backend.rules.appointments.slots import grid
from genesis_tui.mock_backend.rules.decision import Decision, Refused
from genesis_tui.mock_backend.world.simulation import refills, scheduling
from genesis_tui.mock_backend.world.simulation.staff import answer
from genesis_tui.mock_backend.world.simulation.visits import change_status

router = APIRouter(prefix="/mock/v1/staff")


class ReplyMade(TypedDict):
    id: str


class StaffReply(RequestBody):
    """What the clinic writes in a conversation. `outcome` settles the correction that it asks for (REC-7)."""

    thread: str = Field(min_length=1, max_length=64)
    body: str = Field(min_length=1, max_length=10_000)
    outcome: Literal["", "amended", "clarified", "declined"] = ""


class AutomaticReplies(RequestBody):
    """Whether the clinics answer by themselves."""

    automatic: bool


@router.post("/messages", status_code=201, **answers(ReplyMade))
async def write(mock: Tested, asked: StaffReply) -> Response:
    """The clinic answers now, to whoever wrote last; what it would have answered by itself later is dropped."""
    with mock.database.begin() as conn:
        if asked.thread not in threads_of(conn, [asked.thread]):
            raise Problem(NOT_FOUND)
        wrong = correction_of(conn, asked.thread)
        if asked.outcome and (wrong is None or wrong.state != ASKED):
            raise invalid("This conversation asks for no correction, or has its answer.", detail="outcome")
        now, policy = mock.clock.micros(), mock.policy
        made = answer(conn, asked.thread, asked.body, asked.outcome, at=now, policy=policy)
    mock.due.forget()
    return JSONResponse({"id": made}, 201)


class RequestAnswer(RequestBody):
    """APPT-6: what the scheduling team does with a request: `book` (the first of `slots`), `offer` (up to three), or
    `decline` (with `reason`)."""

    request: str = Field(min_length=1, max_length=64)
    act: Literal["book", "offer", "decline"]
    slots: list[Annotated[str, Field(max_length=64)]] = Field([], max_length=10)
    reason: str = Field("", max_length=1000)


class VisitStatus(RequestBody):
    """APPT-7: the next status of an appointment."""

    appointment: str = Field(min_length=1, max_length=64)
    status: Literal["arrived", "checked-in", "fulfilled", "noshow"]


class RefillStage(RequestBody):
    """RX-6: the next stage of a refill; what is shipped names its carrier and number."""

    request: str = Field(min_length=1, max_length=64)
    stage: Literal["in-process", "ready", "picked-up", "shipped", "returned"]
    carrier: str = Field("", max_length=100)
    number: str = Field("", max_length=100)
    note: str = Field("", max_length=1000)


class RenewalDecision(RequestBody):
    """RX-3: the provider renews a prescription, for so many `repeats` (null: as many as before), or denies why not."""

    request: str = Field(min_length=1, max_length=64)
    decision: Literal["approve", "deny"]
    reason: str = Field("", max_length=1000)
    repeats: int | None = Field(None, ge=0, le=99)


class NewSlot(RequestBody):
    """A slot that the clinic opens: the clinic, the kind of visit, and an instant on its grid (RFC 3339)."""

    clinic: str = Field(min_length=1, max_length=64)
    visit_type: str = Field(min_length=1, max_length=40)
    start: str = Field(max_length=40)


class SlotOpened(TypedDict):
    id: str


@router.post("/requests", status_code=204, **answers(refused=(409,)))
async def schedule(mock: Tested, asked: RequestAnswer) -> Response:
    """The scheduling team answers a request now; what it would have done by itself later is dropped."""
    now, policy = mock.clock.micros(), mock.policy
    with mock.database.begin() as conn:
        patient_id, stored = _appointment(conn, asked.request)
        given = [_slot(conn, one) for one in asked.slots]
        if asked.act == "decline":
            if given or not asked.reason.strip():
                raise invalid("A request is declined with a reason.", detail="reason, no slots")
            _decided(scheduling.may_answer(stored))
            scheduling.decline(conn, asked.request, asked.reason, at=now, policy=policy)
        else:
            most = 1 if asked.act == "book" else policy.appointment.offers
            if not 1 <= len(given) <= most or len(set(asked.slots)) != len(given):
                raise invalid(f"This takes one to {most} different slots.", detail="slots")
            for slot in given:
                _decided(scheduling.may_give(conn, patient_id, stored, slot, now))
            if asked.act == "book":
                done = scheduling.book(conn, asked.request, given[0], at=now, policy=policy)
            else:
                done = scheduling.offer_slots(conn, asked.request, given, at=now, policy=policy)
            if not done:
                raise Problem(TAKEN)
    mock.due.forget()
    return Response(status_code=204)


@router.post("/visits", status_code=204)
async def visit(mock: Tested, asked: VisitStatus) -> Response:
    """A visit goes on now: somebody arrives, is checked in, is seen (with a visit summary), or does not come."""
    with mock.database.begin() as conn:
        patient_id, stored = _appointment(conn, asked.appointment)
        now, policy = mock.clock.micros(), mock.policy
        _decided(change_status(conn, patient_id, stored, asked.status, at=now, policy=policy))
    return Response(status_code=204)


@router.post("/refills", status_code=204)
async def dispense(mock: Tested, asked: RefillStage) -> Response:
    """The pharmacy moves a refill on now; what it would have done by itself later is dropped."""
    sent = (bool(asked.carrier.strip()), bool(asked.number.strip()))
    if sent != ((True, True) if asked.stage == "shipped" else (False, False)):
        raise invalid("What is shipped, and nothing else, names a carrier and a number.", detail="carrier, number")
    with mock.database.begin() as conn:
        now = mock.clock.micros()
        request = _request(conn, asked.request, "refill", now)
        step = refills.Step(asked.stage, asked.carrier, asked.number, asked.note)
        _decided(refills.move(conn, request, step, at=now, policy=mock.policy))
    mock.due.forget()
    return Response(status_code=204)


@router.post("/renewals", status_code=204)
async def renewal(mock: Tested, asked: RenewalDecision) -> Response:
    """The provider decides on a renewal now; what they would have decided by themselves later is dropped."""
    denies = asked.decision == "deny"
    if denies != bool(asked.reason.strip()) or (denies and asked.repeats is not None):
        raise invalid("A renewal is denied with a reason, and approved without one.", detail="reason, repeats")
    with mock.database.begin() as conn:
        now = mock.clock.micros()
        request = _request(conn, asked.request, "renewal", now)
        if denies:
            _decided(refills.deny(conn, request, asked.reason.strip(), at=now, policy=mock.policy))
        else:
            _decided(refills.approve(conn, request, asked.repeats, at=now, policy=mock.policy))
    mock.due.forget()
    return Response(status_code=204)


def _request(conn: Connection, id: str, kind: str, now: int) -> Request:
    found = refills.held(conn, id, now)
    if found is None or found.kind != kind:
        raise Problem(NOT_FOUND)
    return found


@router.post("/slots", status_code=201, **answers(SlotOpened, refused=(409,)))
async def publish(mock: Tested, asked: NewSlot) -> Response:
    """The clinic opens a slot that patients from outside held; one that is taken here stays taken."""
    with mock.database.begin() as conn:
        slot = _on_grid(conn, asked)
        slots.open_units(conn, slot.schedule.id, slot.units)
        if not slots.is_free(conn, slot, mock.clock.now()):
            raise Problem(TAKEN)
    return JSONResponse({"id": slot.id}, 201)


def _appointment(conn: Connection, id: str) -> tuple[str, StoredAppointment]:
    found = lifecycle.held(conn, id)
    if found is None:
        raise Problem(NOT_FOUND)
    return found


def _slot(conn: Connection, id: str) -> Slot:
    found = slots.slot_of(conn, id)
    if found is None:
        raise invalid("There is no such slot.", detail="slots")
    return found


def _on_grid(conn: Connection, asked: NewSlot) -> Slot:
    """The first provider's slot at an instant. Raises Problem where the clinic's grid has none."""
    clinic, kind = clinics(conn).get(asked.clinic), visit_types(conn).get(asked.visit_type)
    try:
        start = datetime.fromisoformat(asked.start)
    except ValueError:
        start = None
    if clinic is None or kind is None or start is None or start.tzinfo is None:
        raise invalid("Name a clinic, a kind of visit and an instant.")
    day = clinic.settings.today(start)
    if all(one.at != start for one in grid(clinic.settings, day, kind.minutes)):
        raise invalid("The clinic has no slot that begins then.", detail="start: on its grid")
    written = f"{schedules_at(conn, clinic.id)[0].id}.{kind.code}.{start.astimezone(UTC):%Y%m%dT%H%MZ}"
    return _slot(conn, written)


def _decided(decision: Decision) -> None:
    if isinstance(decision, Refused):
        raise Problem(decision)


@router.put("/scheduling", status_code=204)
async def scheduled(mock: Tested, asked: AutomaticReplies) -> Response:
    """From now on new requests are answered by the scheduling teams themselves, or by testers alone."""
    own = mock.policy.appointment.model_copy(update={"staff_answers": asked.automatic})
    mock.policy = mock.policy.model_copy(update={"appointment": own})
    return Response(status_code=204)


@router.put("/pharmacy", status_code=204)
async def dispensing(mock: Tested, asked: AutomaticReplies) -> Response:
    """From now on pharmacies and providers work on new requests by themselves, or testers alone do."""
    own = mock.policy.refill.model_copy(update={"staff_answers": asked.automatic})
    mock.policy = mock.policy.model_copy(update={"refill": own})
    return Response(status_code=204)


@router.put("/answering", status_code=204)
async def answering(mock: Tested, asked: AutomaticReplies) -> Response:
    """From now on new messages are answered by the clinics themselves, or by testers alone."""
    messages = mock.policy.message.model_copy(update={"staff_answers": asked.automatic})
    mock.policy = mock.policy.model_copy(update={"message": messages})
    return Response(status_code=204)
