"""Appointments that are booked, asked for, cancelled, moved, or taken from those offered (APPT-4 to APPT-8).

None of them waits for the network: a slot that is booked an hour later is another person's by then.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from genesis_tui.models.acts import Act
from genesis_tui.models.appointments.appointment import Appointment
from genesis_tui.models.appointments.booking import HalfDay
from genesis_tui.session.acts.base.kind import ActKind
from genesis_tui.store.acts import act_in

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.appointments.scheduling import PortalAppointments

BOOK, REQUEST = "book", "request-appointment"
CANCEL, WITHDRAW = "cancel-appointment", "withdraw-request"
MOVE, CHOOSE = "move-appointment", "choose-slot"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentAct(Act):
    """What all of them have; `made` is the appointment once it is done."""

    what: str
    """Which appointment, in words."""
    made: Appointment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking(AppointmentAct):
    """A slot that is booked."""

    kind: str = BOOK
    slot_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentRequest(AppointmentAct):
    """A time that a clinic is asked for."""

    kind: str = REQUEST
    visit_type: str
    clinic_id: str
    halves: tuple[HalfDay, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation(AppointmentAct):
    """An appointment that is cancelled (kind `CANCEL`), or a request that is withdrawn (`WITHDRAW`)."""

    appointment_id: str
    version: int
    reason: str
    """A code of the server's list."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotChoice(AppointmentAct):
    """Another slot for an appointment (kind `MOVE`), or one of those that a clinic offers (`CHOOSE`)."""

    appointment_id: str
    version: int
    slot_id: str


A = TypeVar("A", bound=AppointmentAct)


class AppointmentActs(ActKind[A, Appointment]):
    """What all of these kinds have."""

    acts: ClassVar[type[Any]]
    noun: ClassVar[str]

    def __init__(self, api: "PortalAppointments") -> None:
        self._api = api

    def read(self, tree: dict[str, Any]) -> A:
        act: A = act_in(tree, self.acts, made=None)
        return act

    def named(self, act: A) -> str:
        return f"{self.noun} {act.what}"

    async def became_of(self, act: A) -> Appointment | None:
        return await self._api.became_of(act.key)

    def done(self, act: A, answer: Appointment) -> A:
        return replace(act, made=answer)


class Bookings(AppointmentActs[Booking]):
    """Booking a slot."""

    name: ClassVar[str] = BOOK
    acts = Booking
    noun = "the booking of"

    async def send(self, act: Booking) -> Appointment:
        return await self._api.book(act.patient_id, act.slot_id, act.reason, act.key)


class AppointmentRequests(AppointmentActs[AppointmentRequest]):
    """Asking a clinic for a time."""

    name: ClassVar[str] = REQUEST
    acts = AppointmentRequest
    noun = "the request for"

    def read(self, tree: dict[str, Any]) -> AppointmentRequest:
        halves = tuple(HalfDay(date.fromisoformat(one["day"]), one["half"]) for one in tree["halves"])
        return act_in(tree, AppointmentRequest, halves=halves, made=None)

    async def send(self, act: AppointmentRequest) -> Appointment:
        about = act.patient_id, act.visit_type, act.clinic_id
        return await self._api.request(*about, act.halves, act.reason, act.key)


class Cancellations(AppointmentActs[Cancellation]):
    """Cancelling an appointment."""

    name: ClassVar[str] = CANCEL
    acts = Cancellation
    noun = "the cancellation of"

    async def send(self, act: Cancellation) -> Appointment:
        call = self._api.cancel if self.name == CANCEL else self._api.withdraw
        return await call(act.patient_id, act.appointment_id, act.version, act.reason, act.note, act.key)


class Withdrawals(Cancellations):
    """Withdrawing a request."""

    name: ClassVar[str] = WITHDRAW
    noun = "the withdrawal of"


class AppointmentMoves(AppointmentActs[SlotChoice]):
    """Moving an appointment to another slot."""

    name: ClassVar[str] = MOVE
    acts = SlotChoice
    noun = "moving"

    async def send(self, act: SlotChoice) -> Appointment:
        call = self._api.move if self.name == MOVE else self._api.choose
        return await call(act.patient_id, act.appointment_id, act.version, act.slot_id, act.key)


class OfferChoices(AppointmentMoves):
    """Taking one of the slots that a clinic offers."""

    name: ClassVar[str] = CHOOSE
    noun = "taking the slot for"
