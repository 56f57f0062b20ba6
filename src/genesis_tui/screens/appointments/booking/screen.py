"""Booking on one screen: patient, visit, clinic, time, reason; what was chosen stays in sight and can be changed."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from genesis_tui.models.appointments.appointment import Appointment
from genesis_tui.models.appointments.booking import (
    AFTERNOON,
    BOOKS,
    MORNING,
    Clinic,
    NotBooked,
    OtherWay,
    Slot,
    VisitType,
)
from genesis_tui.models.base.dates import long_date
from genesis_tui.models.base.errors import ApiError, RecordClosed
from genesis_tui.models.family import FamilyMember
from genesis_tui.screens.appointments.booking.choices import FormStep
from genesis_tui.screens.appointments.booking.form import Asked, FormRow, ReasonRow, value_of
from genesis_tui.screens.appointments.booking.options import BookingPanes
from genesis_tui.screens.appointments.booking.preview import BookingReview, preview_of
from genesis_tui.screens.appointments.booking.rows import Day, RequestDay, first_day
from genesis_tui.screens.appointments.booking.state import BookingState
from genesis_tui.screens.appointments.rows import NEW
from genesis_tui.screens.base.confirm import ActPreview, Confirm
from genesis_tui.screens.base.error_notice import reported
from genesis_tui.screens.base.place import Place
from genesis_tui.widgets.forms.search_field import SearchRow
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.frame.keys_row import KeysRow
from genesis_tui.widgets.load_state import LoadState
from genesis_tui.widgets.virtual_list import VirtualList

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Reopening
    from genesis_tui.session.open_record import OpenRecord

_LOW = 14
"""Rows of a window below which the row that is asked stands alone."""

_HELPS = 100
"""Columns from which rows have room for words that only help."""


class BookingScreen(Place):
    """One booking, one request or one move."""

    PLACE = "appointments"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "side(1)", "times", show=False, id="booking.slots", priority=False),
        Binding("space", "half_day", "mark", id="booking.half-day"),
        Binding("left", "side(-1)", "days, slots", key_display="← →", id="booking.days"),
        Binding("left_square_bracket", "weeks(-1)", "2 weeks", key_display="[ ]", id="booking.weeks-before"),
        Binding("right_square_bracket", "weeks(1)", show=False, id="booking.weeks"),
        Binding("a", "ask", "ask", id="booking.ask", tooltip="ask for a time, or back to the slots"),
        Binding("w", "watch", "watch", id="booking.watch", tooltip="watch for an earlier slot, or no longer"),
        Binding("slash", "filter", "filter", id="booking.filter"),
        Binding("ctrl+r", "review", "review", id="booking.review"),
        Binding("tab", "field(1)", "next row", show=False, priority=True, id="booking.field"),
        Binding("shift+tab", "field(-1)", "row before", show=False, priority=True, id="booking.field-before"),
        Binding("escape", "back", "back", id="booking.back"),
        Binding("q", "back", "back", show=False, id="booking.leave"),
    ]

    def __init__(
        self,
        record: "OpenRecord",
        done: Callable[[Appointment, str], None],
        *,
        moving: Appointment | None = None,
        like: Appointment | None = None,
        visit: str = "",
        form: BookingState | None = None,
    ) -> None:
        """For the patient of an open record.

        Args:
            record: whose.
            done: told of the appointment once it is done, and whether it was booked, asked for or moved.
            moving: the appointment that gets another time.
            like: the appointment that is booked again; the form begins at the times of its clinic.
            visit: the code of a visit type to begin with.
            form: a form that goes on, with all that was chosen; the three before say nothing then.

        A form that its person does not leave stays among the `unfinished` ones, whatever made the screen go.
        """
        super().__init__()
        self.form = form or BookingState(record, self._now, moving=moving, like=like, visit=visit)
        self.form.now, self.form.record = self._now, record
        self._done = done

    def reopening(self) -> "Reopening":
        """With all that was chosen."""

        async def reopened() -> BookingScreen:
            return BookingScreen(self.form.record, self._done, form=self.form)

        return reopened

    def _now(self) -> datetime:
        return self.shell.now()

    @property
    def patient(self) -> FamilyMember | None:
        return self.form.record.patient

    def compose_top(self) -> ComposeResult:
        yield from super().compose_top()
        for step in (FormStep.FOR, FormStep.VISIT, FormStep.CLINIC, FormStep.WHEN):
            yield FormRow(step)
        yield ReasonRow(self.form.choices.limits.reason)

    def compose_body(self) -> ComposeResult:
        yield SearchRow("a word of the name", id="search")
        yield LoadState(id="state")
        yield BookingPanes(id="panes")

    def on_mount(self) -> None:
        self.query_one("#reason", Input).value = self.form.choices.reason
        self.shell.unfinished[self.form.key] = self.form
        self.load(self.form.begin)

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_form)

    # what is asked of the server

    def load(self, work: Callable[[], Awaitable[str]]) -> None:
        """Keys that are typed ahead wait for what this brings; what it says is told."""
        self.start("options", self._loaded, work)

    async def _loaded(self, work: Callable[[], Awaitable[str]]) -> None:
        self.form.loading = True
        self.show_form()
        try:
            with self.shell.opening():
                try:
                    said = await work()
                finally:
                    self.form.loading = False
                    self.go(self.form.step)
        except RecordClosed:
            return
        except NotBooked as refused:
            self._offer(refused)
        except ApiError as error:
            self.shell.report(error)
        else:
            self.fetched = Fetched("ready", self.shell.now())
            if said:
                self.shell.tell(said)

    def _offer(self, refused: NotBooked) -> None:
        """A slot is gone: the free ones near it stand there, and what else is free is asked for again."""
        told = " ".join(part for part in (refused.title, refused.next, refused.rule) if part)
        self.shell.say(f"Not {self.form.choices.past}.", told, ok=False)
        self.form.offer(refused)
        self.load(self.form.search)
        self.go(self.form.step)

    # what is chosen

    @on(VirtualList.Opened)
    def _opened(self, event: VirtualList.Opened) -> None:
        self.take(event.row)

    def take(self, row: object) -> None:
        """`enter` on an option: it is the answer, and the next row is asked."""
        form = self.form
        match row:
            case FamilyMember():
                self._take_person(row)
            case VisitType():
                self.clear_filter()
                self.load(lambda: form.with_visit(row))
            case Clinic():
                self.clear_filter()
                self.load(lambda: form.with_clinic(row))
            case Day() if row.free:
                self._to_times(row)
            case RequestDay():
                self.go(FormStep.REASON) if form.choices.halves else self._mark(row)
            case Slot():
                form.choices = form.choices.with_slot(row)
                self.action_review() if form.choices.moving else self.go(FormStep.REASON)
            case OtherWay():
                self._go_way(row)

    def _take_person(self, person: FamilyMember) -> None:
        """Another person's record opens, and the form for it: their clinics, times and reasons are others."""
        may, visit = person.may("appointments.read"), self.form.choices.visit
        if person.id == self.form.choices.patient.id:
            self.go(FormStep.VISIT)
        elif may.allowed:
            self.shell.open_record(person, "appointments", f"{NEW}{visit.code if visit else ''}")
        else:
            self.shell.say(may.title, may.next, ok=False)

    def _go_way(self, way: OtherWay) -> None:
        form, clinic = self.form, self.form.clinic_of(way.id)
        if way.kind == "request" and (clinic is None or clinic is form.choices.clinic):
            form.ask()
            self.go(form.step)
        elif way.kind == "clinic" and clinic is not None:
            self.load(lambda: form.with_clinic(clinic))
        elif way.kind == "message":
            subject = form.choices.visit.title if form.choices.visit else ""
            self.shell.write(form.choices.patient, subject=subject, to=(way.title,))
        else:
            self.shell.tell(f"Call {way.title}:", f"{way.detail}.")

    def _mark(self, day: RequestDay) -> None:
        if not self.form.mark(day.day):
            most = f"You can mark {self.form.choices.limits.half_days_words}."
            self.shell.say(most, "Take one out with space first.", ok=False)
        self.show_form()
        self.to_keys()

    @on(Input.Changed, "#reason")
    def _reason(self, event: Input.Changed) -> None:
        self.form.choices = replace(self.form.choices, reason=event.value)

    @on(Input.Submitted, "#reason")
    def _reason_done(self) -> None:
        self.action_review()

    @on(FormRow.Wanted)
    def _row_clicked(self, event: FormRow.Wanted) -> None:
        if event.step in self.form.steps():
            self.go(event.step)

    # keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only keys that do something now."""
        now, clinic = self.form.choices, self.form.choices.clinic
        if action == "review":
            return not self.form.waiting
        if action == "filter":
            return self.is_mounted and self.form.step in (FormStep.VISIT, FormStep.CLINIC)
        if action not in ("half_day", "side", "weeks", "ask", "watch"):
            return super().check_action(action, parameters)
        if self.form.step is not FormStep.WHEN or clinic is None or not self.is_mounted:
            return False
        match action:
            case "half_day":
                return isinstance(self.panes.current, RequestDay)
            case "side":
                return isinstance(self.panes.current, RequestDay | Day | Slot)
            case "weeks":
                return clinic.way_text != "not here"
            case "ask":
                return self.form.may_ask and (not now.asking or clinic.way == BOOKS)
        return clinic.may("slot.watch").allowed and not now.asking

    def action_field(self, by: int) -> None:
        """The next row that can be changed."""
        steps = self.form.steps()
        if self.form.step in steps:
            self.go(steps[(steps.index(self.form.step) + by) % len(steps)])

    def action_side(self, by: int) -> None:
        row = self.panes.current
        if isinstance(row, RequestDay):
            self.form.half = AFTERNOON if by > 0 else MORNING
            self.show_form()
        elif by < 0:
            self._to_days()
        elif isinstance(row, Day):
            self._to_times(row)

    def _to_times(self, day: Day) -> None:
        """To the slots of a day: beside the days, or under it."""
        if not day.free:
            return
        if self.phone:
            self.form.unfolded = day.day
            self.show_form()
        elif self.panes.right.rows:
            self.set_focus(self.panes.right)
            self.show_form()

    def _to_days(self) -> None:
        self.form.near, self.form.unfolded = (), None
        self.show_form()
        self.set_focus(self.panes.left)
        self.show_form()

    @property
    def _in_times(self) -> bool:
        return self.form.step is FormStep.WHEN and (self.panes.right.has_focus or self.form.unfolded is not None)

    def action_half_day(self) -> None:
        day = self.panes.current
        if isinstance(day, RequestDay):
            self._mark(day)

    def action_weeks(self, by: int) -> None:
        self.form.turn(by)
        self.load(self.form.search)

    def action_filter(self) -> None:
        """`/`: narrow visit types or clinics."""
        self.query_one(SearchRow).open()

    @on(SearchRow.Asked)
    def _words_typed(self, event: SearchRow.Asked) -> None:
        self.form.words = event.words
        self.show_form()

    @on(SearchRow.Left)
    def _filter_left(self) -> None:
        self.to_keys()

    def action_ask(self) -> None:
        """`a`: ask for a time, or back to the slots."""
        form = self.form
        if not form.choices.asking:
            form.ask()
            self.go(form.step)
        elif form.choices.clinic is not None and form.choices.clinic.way == BOOKS:
            form.book()
            self.load(form.search)

    def action_watch(self) -> None:
        self.start("watch", self._watch)

    async def _watch(self) -> None:
        clinic = self.form.choices.clinic
        with reported(self.shell):
            watch = await self.form.watch()
            assert clinic is not None
            self.show_form()
            if watch is None:
                self.shell.say("Watched no longer:", f"{clinic.name}.")
                return
            self.shell.follow_slots()
            told = f"for a slot before {long_date(first_day(watch.before, clinic))}."
            self.shell.say(f"Watching {clinic.name}", f"{told} You are told here once there is one; w stops it.")

    def action_back(self) -> None:
        """One step back; from the first the form is left."""
        form, steps = self.form, self.form.steps()
        if self.has_trouble:
            self.shell.back()
        elif self.form.words:
            self.clear_filter()
            self.show_form()
        elif self._in_times:
            self._to_days()
        elif form.fresh:
            self.dismiss()
        elif form.step in steps[1:]:
            self.go(steps[steps.index(form.step) - 1])
        else:
            final = f"Nothing was {form.choices.past}."
            leave = ActPreview(form.choices.patient, "Leave this booking?", "leave", final=final, past="left")
            self.app.push_screen(Confirm(leave, _nothing), self._left)

    def _left(self, agreed: bool | None) -> None:
        if agreed:
            self.shell.unfinished.pop(self.form.key, None)
            self.dismiss()

    def action_review(self) -> None:
        """`ctrl+r`: what is missing, or the question."""
        missing = self.form.choices.missing()
        if missing is not None:
            self.shell.say("Not complete yet.", missing[1], ok=False)
            self.go(missing[0])
            return
        preview = preview_of(self.form.choices, self._zone)
        self.app.push_screen(BookingReview(preview, self.form.act, self._offer, self._later), self._answered)

    def _answered(self, done: bool | None) -> None:
        if done and self.form.made is not None:
            self.dismiss()
            self._done(self.form.made, self.form.choices.past)

    def _later(self, error: ApiError | None) -> None:
        if error is None and self.is_current:
            self._answered(True)
        self.refresh_bindings()

    # what shows

    @property
    def panes(self) -> BookingPanes:
        """What stands below the form."""
        return self.query_one(BookingPanes)

    @property
    def _zone(self) -> str:
        return self.shell.portal.sign_in.me.zone if self.shell.portal.sign_in.me else ""

    def go(self, step: FormStep) -> None:
        """Ask this row."""
        if step is not self.form.step:
            self.clear_filter()
        self.form.step = step
        self.show_form()
        self.to_keys()

    def to_keys(self) -> None:
        """Focus what gets the keys now."""
        form = self.form
        self.set_focus(self.query_one("#reason", Input) if form.step is FormStep.REASON else self.panes.for_keys(form))
        self.show_form()

    def clear_filter(self) -> None:
        """Every option again."""
        self.form.words = ""
        self.query_one(SearchRow).clear()

    @on(VirtualList.Highlighted, "#left")
    def _day_moved(self) -> None:
        if self.panes.left.has_focus and not self.phone:
            self.form.near = ()
            self.panes.show_times(self.form, self._zone)
        self._row_moved()

    @on(VirtualList.Highlighted)
    def _row_moved(self) -> None:
        """The row When says what is under the cursor."""
        if self.form.step is FormStep.WHEN:
            self._show_rows()
            self.refresh_bindings()

    def _show_rows(self) -> None:
        form, low, panes = self.form, self.app.size.height < _LOW, self.panes
        taken = form.taken if form.near else ""
        day = form.unfolded if self.phone else None
        asked = Asked(
            panes.slot, day, taken, may_ask=form.may_ask, narrow=self.app.size.width < _HELPS, phone=self.phone
        )
        for row in self.query(FormRow):
            row.value = value_of(row.step, form.choices, asked)
            row.active = row.step is form.step
            row.display = not low or row.active
        reason = self.query_one(ReasonRow)
        reason.display = not form.choices.moving and (not low or form.step is FormStep.REASON)
        reason.hint(needed=form.choices.asking, narrow=self.phone)

    def show_form(self) -> None:
        """Every row, and the options of the one that is asked."""
        if not self.is_mounted:
            return
        people = self.shell.people.people if self.shell.people else ()
        self.panes.show(self.form, people, self._zone)
        self.query_one("#state", LoadState).notice = self.form.notice()
        self._show_rows()
        self.refresh_bindings()
        self.refresh_frame()

    def show_keys(self) -> None:
        super().show_keys()
        row, clinic = self.query_one(KeysRow), self.form.choices.clinic
        asking = isinstance(self.panes.current, RequestDay)
        named = {"days, slots": "half-day"} if asking else {}
        named |= {"ask": "slots"} if self.form.choices.asking else {}
        named |= {"watch": "unwatch"} if clinic is not None and clinic.watched else {}
        row.keys = tuple((key, named.get(words, words)) for key, words in row.keys)


async def _nothing() -> None:
    return None
