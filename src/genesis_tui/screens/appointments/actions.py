"""What can be done with an appointment: book, answer an offer, cancel, move, book again, read about it, save it."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from genesis_tui.models.appointments.appointment import Appointment, AppointmentGroup, Appointments
from genesis_tui.models.appointments.booking import CancelReason, Slot, SlotWatch, slot_text
from genesis_tui.models.appointments.wording import long_text, one_line_text, preferred_text
from genesis_tui.models.base.dates import long_date
from genesis_tui.models.base.errors import RecordClosed
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.base.permission import Permission
from genesis_tui.screens.appointments.rows import form_key
from genesis_tui.screens.base.confirm import ActPreview, Confirm
from genesis_tui.screens.base.error_notice import reported
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.screens.base.save_file import FileSaver
from genesis_tui.widgets.page import fact

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Shell
    from genesis_tui.session.open_record import OpenRecord


class AppointmentActions:
    """Keys on the appointment under the cursor, or on the one that is read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "new", id="appointments.new"),
        Binding("r", "answer", "answer the offer", id="appointments.answer"),
        Binding("c", "cancel", "cancel", id="appointments.cancel", tooltip="cancel it, or withdraw the request"),
        Binding("m", "move", "move", id="appointments.move"),
        Binding("B", "again", "book again", id="appointments.again"),
        Binding("v", "summary", "visit summary", id="appointments.summary"),
        Binding("i", "ics", "calendar file", show=False, id="appointments.ics"),
        Binding("I", "ics_all", "calendar file of all", show=False, id="appointments.ics-all"),
        Binding(
            "w",
            "watch",
            "watch",
            show=False,
            id="appointments.watch",
            tooltip="watch for an earlier slot, or no longer",
        ),
    ]

    def __init__(self, place: ListDetail[Any]) -> None:
        """`place` lists them."""
        self.agenda = Appointments()
        self.changed = ""
        """The key of what was changed last; the agenda goes to it once it is loaded again."""
        self._place = place
        self._files = FileSaver(place, self._save)

    @property
    def _shell(self) -> "Shell":
        return self._place.shell

    @property
    def _row(self) -> Appointment | None:
        row = self._place.list.current
        return row if isinstance(row, Appointment) else None

    @property
    def _zone(self) -> str:
        me = self._shell.portal.sign_in.me
        return me.zone if me else ""

    def may(self, action: str) -> bool:
        """Whether the action does something now; True for what is no action of this class."""
        row = self._row
        match action:
            case "answer":
                return row is not None and bool(row.offers)
            case "move" if row is not None and row.is_request:
                return False
            case "cancel" | "move":
                wanted = "appointment.cancel" if action == "cancel" else "appointment.reschedule"
                return row is not None and any(can.action == wanted for can in row.can) and not _over(row)
            case "again":
                return row is not None and _over(row) and bool(row.visit_type)
            case "summary":
                return row is not None and bool(row.summary)
            case "ics":
                return row is not None and row.start is not None
            case "ics_all":
                return any(one.start is not None for one in self.agenda.rows)
            case "watch":
                ahead = row is not None and row.group is AppointmentGroup.UPCOMING and bool(row.visit_type)
                return self._watched is not None or ahead
        return True

    # booking

    def new(self, visit: str = "") -> None:
        """A booking, of a visit type where one is known; the one that was left half-filled goes on."""
        self._open(visit=visit)

    def again(self) -> None:
        """Like the one under the cursor."""
        if self._row is not None:
            self._open(like=self._row)

    def move(self) -> None:
        """Another time for the one under the cursor."""
        row = self._row
        if row is not None and self._allowed(row.may("appointment.reschedule")):
            self._open(moving=row)

    def _open(self, **known: Any) -> None:
        from genesis_tui.screens.appointments.booking.screen import BookingScreen

        record = self._place.record
        if record is not None:
            begun = BookingScreen(record, self.done, **known)
            form = self._shell.unfinished.get(begun.form.key)
            goes_on = form is not None and form.unfinished
            self._place.app.push_screen(BookingScreen(record, self.done, form=form) if goes_on else begun)

    @property
    def booking(self) -> bool:
        """Whether a booking was left half-filled, with which `n` goes on."""
        record = self._place.record
        form = self._shell.unfinished.get(form_key(record.patient.id)) if record is not None else None
        return form is not None and bool(form.unfinished)

    def done(self, row: Appointment, past: str) -> None:
        """It is `past`: booked, asked for, moved, cancelled, withdrawn, chosen; the agenda shows it."""
        self._shell.say(f"{past.capitalize()}.", one_line_text(row))
        self.changed = row.key
        self._place.load()

    def _allowed(self, can: Permission) -> bool:
        if not can.allowed:
            self._shell.say(can.title or "Not possible.", can.next, ok=False)
        return can.allowed

    # cancelling, and offers

    def cancel(self) -> None:
        """Cancel or withdraw the one under the cursor, once its reason is known."""
        from genesis_tui.screens.appointments.dialogs import ReasonPicker

        row = self._row
        if row is not None and self._allowed(row.may("appointment.cancel")):
            self._place.app.push_screen(ReasonPicker(row, self.agenda.reasons, partial(self._once_chosen, row)))

    def _once_chosen(self, row: Appointment, reason: CancelReason) -> None:
        """Asked by the place: the picker is gone when the answer comes."""
        self._place.call_later(self._cancel, row, reason)

    def _cancel(self, row: Appointment, reason: CancelReason) -> None:
        patient, record = self._place.patient, self._place.record
        if patient is None or record is None:
            return
        when = long_text(row) or " or ".join(preferred_text(row, one) for one in row.requested)
        act, verb, past = (
            ("Withdraw this request", "withdraw", "withdrawn")
            if row.is_request
            else ("Cancel this appointment", "cancel it", "cancelled")
        )
        facts = (fact("What", row.what), fact("Where", row.clinic), fact("When", when), fact("Reason", reason.title))
        final = "" if row.is_request else "The slot is free for others at once."
        doing = _Doing(partial(record.appointments.cancel, row, reason.code))
        self._ask(ActPreview(patient, act, verb, facts, final, past), doing)

    def answer(self) -> None:
        """The slots that the clinic offers for the request under the cursor."""
        from genesis_tui.screens.appointments.dialogs import OfferDialog

        row, patient, record = self._row, self._place.patient, self._place.record
        if row is not None and patient is not None and record is not None and row.offers:
            doing = _Doing(partial(record.appointments.take, row))
            write = partial(self._shell.write, patient, subject=row.what, to=(row.clinic,))
            offer = OfferDialog(patient, row, self._zone, doing.do, write)
            self._place.app.push_screen(offer, lambda _: self._told(doing, "chosen"))

    def _ask(self, preview: ActPreview, doing: "_Doing") -> None:
        self._place.app.push_screen(Confirm(preview, doing.do), lambda _: self._told(doing, preview.past))

    def _told(self, doing: "_Doing", past: str) -> None:
        if doing.made is not None:
            self.done(doing.made, past)
        else:
            self._place.load()

    # reading and saving

    def summary(self) -> None:
        """The document that tells of the visit."""
        row, patient = self._row, self._place.patient
        if row is not None and patient is not None and row.summary:
            self._shell.open_record(patient, "results", f"DocumentReference/{row.summary}")

    def ics(self) -> None:
        """The one under the cursor as a calendar file."""
        if self._row is not None:
            self._files.save(Attachment(self._row.what, "text/calendar", place=self._row.key))

    def ics_all(self) -> None:
        """All that have a time."""
        self._files.save(Attachment("Appointments", "text/calendar"))

    async def _save(self, file: Attachment, folder: str) -> Path:
        from genesis_tui.export.ics import save_calendar

        patient = self._place.patient
        if patient is None:
            raise RecordClosed
        rows = [row for row in self.agenda.rows if file.place in ("", row.key)]
        url, now = self._shell.portal.profile.url, self._shell.now()
        return await save_calendar(rows, whose=patient.name, server=url, folder=folder, now=now)

    @property
    def _watched(self) -> SlotWatch | None:
        """The watch under the cursor, or that for the appointment there."""
        row, under = self._row, self._place.list.current
        if row is None:
            return under if isinstance(under, SlotWatch) else None
        about = row.clinic_id, row.visit_type
        return next((one for one in self.agenda.watches if (one.clinic_id, one.visit_type) == about), None)

    def watch(self) -> None:
        """Watch the clinic for a slot before the one under the cursor; what is watched already, no longer."""
        record = self._place.record
        if record is not None and self._watched is not None:
            self._place.start("watch", self._unwatch, record, self._watched)
        elif record is not None and self._row is not None:
            self._place.start("watch", self._watch, record, self._row)

    async def _unwatch(self, record: "OpenRecord", watch: SlotWatch) -> None:
        with reported(self._shell):
            await record.appointments.unwatch(watch.clinic_id, watch.visit_type)
            self._shell.say("Watched no longer:", f"{watch.clinic}.")
            self._place.load()

    async def _watch(self, record: "OpenRecord", row: Appointment) -> None:
        if row.start is None:
            return
        with reported(self._shell):
            watch = await record.appointments.watch(row.clinic_id, row.visit_type, row.start)
            self._shell.follow_slots()
            self._place.load()
            if watch.found is not None:
                self._shell.say("Free now:", f"{slot_text(watch.found)}. m moves the visit.")
                return
            told = f"for a slot before {long_date(row.local(row.start).date())}. You are told here; w stops it."
            self._shell.say(f"Watching {row.clinic}", told)


class _Doing:
    """An act, and the appointment that it leaves."""

    def __init__(self, act: Callable[..., Awaitable[Appointment]]) -> None:
        self.made: Appointment | None = None
        self._act = act

    async def do(self, *given: Slot) -> None:
        """Raises what the act does."""
        self.made = await self._act(*given)


def _over(row: Appointment) -> bool:
    """Whether nothing can come of it any more."""
    return row.group is AppointmentGroup.PAST or row.off
