"""The appointments of an open record: reading, booking, asking, cancelling, moving, watching."""

from typing import TYPE_CHECKING

from genesis_tui.models.appointments.limits import AppointmentLimits
from genesis_tui.session.acts.appointments import (
    CANCEL,
    CHOOSE,
    MOVE,
    WITHDRAW,
    AppointmentRequest,
    Booking,
    Cancellation,
    SlotChoice,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from genesis_tui.api_client.server import Server
    from genesis_tui.models.appointments.appointment import Appointment, Appointments
    from genesis_tui.models.appointments.booking import Clinic, FoundSlot, HalfDay, Slot, Slots, SlotWatch, VisitType
    from genesis_tui.models.appointments.clipboards.questions import Clipboards
    from genesis_tui.session.acts.appointments import AppointmentAct
    from genesis_tui.session.acts.outbox import Acts
    from genesis_tui.session.base.loads import Loads

LONGEST_WAIT = 20
"""Seconds that one question for changes is held back at most."""


class OpenAppointments:
    """Part of `OpenRecord`. Calls on a closed one raise RecordClosed, acts NotBooked where other slots can be had."""

    def __init__(self, server: "Server", loads: "Loads", acts: "Acts", limits: AppointmentLimits | None) -> None:
        self.limits = limits or AppointmentLimits()
        self._server = server
        self._loads = loads
        self._acts = acts

    async def load(self, first: "date | None" = None, last: "date | None" = None) -> "Appointments":
        """Appointments and requests from `first` to `last` (days at the clinic), from 400 days ago on without `first`.

        Raises:
            NotOffered: the server has no portal.
        """
        self._loads.check()
        return await self._loads.load(self._server.appointments.agenda(self._loads.patient_id, first, last))

    async def clipboards(self) -> "Clipboards":
        """What is filled in before the visits. Raises NotOffered: the server has no portal."""
        self._loads.check()
        return await self._loads.load(self._server.clipboards.clipboards(self._loads.patient_id))

    # what can be had

    async def visit_types(self) -> "tuple[VisitType, ...]":
        """The kinds of visit that can be booked or asked for (APPT-1)."""
        self._loads.check()
        return await self._loads.load(self._server.appointments.visit_types(self._loads.patient_id))

    async def clinics(self, visit_type: str) -> "tuple[Clinic, ...]":
        """Every clinic with the way it takes a visit type, and when something is free there (APPT-2, APPT-11)."""
        self._loads.check()
        return await self._loads.load(self._server.appointments.clinics(self._loads.patient_id, visit_type))

    async def slots(self, visit_type: str, first: "date", last: "date", clinic_id: str = "") -> "Slots":
        """What is free from `first` to `last`, days at the clinic, by start (APPT-3)."""
        self._loads.check()
        asked = self._loads.patient_id, visit_type, first, last, clinic_id
        return await self._loads.load(self._server.appointments.slots(*asked))

    # acts

    async def book(self, slot: "Slot", what: str, reason: str = "") -> "Appointment":
        """Book a slot; `what` is the visit in words."""
        told, whose = f"{what}, {slot.when}", self._loads.patient_id
        return await self._do(lambda at: Booking(patient_id=whose, asked=at, what=told, slot_id=slot.id, reason=reason))

    async def request(
        self, visit_type: "VisitType", clinic: "Clinic", halves: "Sequence[HalfDay]", reason: str
    ) -> "Appointment":
        """Ask a clinic for a time in one of these half-days (APPT-6)."""
        return await self._do(
            lambda at: AppointmentRequest(
                patient_id=self._loads.patient_id,
                asked=at,
                what=f"{visit_type.title} at {clinic.name}",
                visit_type=visit_type.code,
                clinic_id=clinic.id,
                halves=tuple(halves),
                reason=reason,
            )
        )

    async def cancel(self, row: "Appointment", reason: str, note: str = "") -> "Appointment":
        """Cancel an appointment, or withdraw a request; `reason` is a code of the server's list."""
        return await self._do(
            lambda at: Cancellation(
                kind=WITHDRAW if row.is_request else CANCEL,
                patient_id=self._loads.patient_id,
                asked=at,
                what=row.what,
                appointment_id=row.id,
                version=row.version,
                reason=reason,
                note=note,
            )
        )

    async def take(self, row: "Appointment", slot: "Slot") -> "Appointment":
        """Move an appointment to a slot, or take a slot that the clinic offers for a request."""
        return await self._do(
            lambda at: SlotChoice(
                kind=CHOOSE if row.is_request else MOVE,
                patient_id=self._loads.patient_id,
                asked=at,
                what=f"{row.what}{',' if row.is_request else ' to'} {slot.when}",
                appointment_id=row.id,
                version=row.version,
                slot_id=slot.id,
            )
        )

    async def _do(self, act: "Callable[[datetime], AppointmentAct]") -> "Appointment":
        """Have it done: it goes to the end though the record is closed meanwhile. Raises as `Outbox.do`."""
        self._loads.check()
        return await self._loads.load(self._done(act))

    async def _done(self, act: "Callable[[datetime], AppointmentAct]") -> "Appointment":
        outbox = await self._acts()
        made = (await outbox.do(act(outbox.clock()))).made
        assert made is not None
        return made

    # watching

    async def watch(self, clinic_id: str, visit_type: str, before: "datetime") -> "SlotWatch":
        """Have a clinic watched for a slot of a visit type before then; what `EarlierSlots` brings."""
        self._loads.check()
        call = self._server.appointments.watch(self._loads.patient_id, clinic_id, visit_type, before)
        return await self._loads.load(call)

    async def unwatch(self, clinic_id: str, visit_type: str) -> None:
        """Watch it no longer."""
        self._loads.check()
        await self._loads.load(self._server.appointments.unwatch(self._loads.patient_id, clinic_id, visit_type))


class EarlierSlots:
    """What the person's watches find, whoever's record is open."""

    def __init__(self, server: "Callable[[], Server]") -> None:
        """`server` gives the one that somebody is signed in to."""
        self._server = server
        self._cursor = ""

    async def begin(self) -> None:
        """What is found from now on counts."""
        self._cursor = (await self._server().appointments.found("", 0)).cursor

    async def next(self, seconds: int = LONGEST_WAIT) -> "tuple[FoundSlot, ...]":
        """What was found since the last call, as soon as there is anything; nothing after so many seconds."""
        if not self._cursor:
            await self.begin()
        found = await self._server().appointments.found(self._cursor, min(seconds, LONGEST_WAIT))
        self._cursor = found.cursor
        return found.rows
