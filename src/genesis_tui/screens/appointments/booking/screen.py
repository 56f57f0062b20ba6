"""Booking on one screen: patient, visit, clinic, time, reason; what was chosen stays in sight and can be changed."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
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
from genesis_tui.screens.appointments.booking.form import FormRow, ReasonRow, value_of
from genesis_tui.screens.appointments.booking.options import BookingAside, Options, asking_paras, reason_paras
from genesis_tui.screens.appointments.booking.preview import BookingReview, preview_of
from genesis_tui.screens.appointments.booking.rows import Day, OptionView, RequestDay, Row, first_day
from genesis_tui.screens.appointments.booking.state import BookingState
from genesis_tui.screens.appointments.rows import NEW
from genesis_tui.screens.base.confirm import ActPreview, Confirm
from genesis_tui.screens.base.error_notice import reported
from genesis_tui.screens.base.place import Place
from genesis_tui.widgets.frame.bar import Fetched
from genesis_tui.widgets.load_state import LoadState
from genesis_tui.widgets.virtual_list import GroupHeading, VirtualList

if TYPE_CHECKING:
    from genesis_tui.session.open_record import OpenRecord

_LOW = 14
"""Rows of a window below which the row that is asked stands alone."""


class BookingScreen(Place):
    """One booking, one request or one move."""

    PLACE = "appointments"
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    BookingScreen #panes, BookingScreen #left, BookingScreen #right, BookingScreen #aside { height: 1fr; }
    BookingScreen #left, BookingScreen #right { width: 1fr; }
    BookingScreen #left.days { width: 31; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "side(1)", "times", show=False, id="booking.slots", priority=False),
        Binding("left", "side(-1)", "days", key_display="← →", id="booking.days"),
        Binding("space", "half_day", "mark", id="booking.half-day"),
        Binding("left_square_bracket", "weeks(-1)", "2 weeks", key_display="[ ]", id="booking.weeks-before"),
        Binding("right_square_bracket", "weeks(1)", show=False, id="booking.weeks"),
        Binding("a", "ask", "ask for a time", id="booking.ask"),
        Binding("w", "watch", "watch", id="booking.watch"),
        Binding("ctrl+r", "review", "review", id="booking.review"),
        Binding("tab", "field(1)", "next row", show=False, priority=True, id="booking.field"),
        Binding("shift+tab", "field(-1)", "row before", show=False, priority=True, id="booking.field-before"),
        Binding("escape", "back", "back", id="booking.back"),
    ]

    def __init__(
        self,
        record: "OpenRecord",
        done: Callable[[Appointment, str], None],
        *,
        moving: Appointment | None = None,
        visit: str = "",
        clinic: str = "",
    ) -> None:
        """For the patient of an open record.

        Args:
            record: whose.
            done: told of the appointment once it is done, and whether it was booked, asked for or moved.
            moving: the appointment that gets another time.
            visit: the code of a visit type to begin with.
            clinic: the id of a clinic to begin with.
        """
        super().__init__()
        self.form = BookingState(record, lambda: self.shell.now(), moving=moving, visit=visit, clinic=clinic)
        self._done = done

    @property
    def patient(self) -> FamilyMember | None:
        return self.form.record.patient

    def compose_top(self) -> ComposeResult:
        yield from super().compose_top()
        for step in (FormStep.FOR, FormStep.VISIT, FormStep.CLINIC, FormStep.WHEN):
            yield FormRow(step)
        yield ReasonRow()

    def compose_body(self) -> ComposeResult:
        yield LoadState(id="state")
        with Horizontal(id="panes"):
            yield Options(OptionView(), id="left", classes="pane")
            yield Options(OptionView(), id="right", classes="pane")
            yield BookingAside(id="aside")

    def on_mount(self) -> None:
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
                self.shell.say(said)

    def _offer(self, refused: NotBooked) -> None:
        """A slot is gone: the free ones near it stand there, and what else is free is asked for again."""
        self.shell.say("Not booked.", " ".join(part for part in (refused.title, refused.next) if part), ok=False)
        self.form.offer(refused)
        self.load(self.form.search)
        if self.form.near:
            self.right.display = True
            self.set_focus(self.right)
        self.show_form()

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
                self.load(lambda: form.with_visit(row))
            case Clinic():
                self.load(lambda: form.with_clinic(row))
            case Day() if row.free:
                self._to_times()
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
        elif clinic is not None:
            self.load(lambda: form.with_clinic(clinic))
        elif way.kind == "message":
            subject = form.choices.visit.title if form.choices.visit else ""
            self.shell.write(form.choices.patient, subject=subject, to=(way.title,))
        else:
            self.shell.say(way.title, way.detail)

    def _mark(self, day: RequestDay) -> None:
        if not self.form.mark(day.day):
            self.shell.say("Three half-days are marked.", "Take one out with space first.", ok=False)
        self.show_form()

    @on(Input.Changed, "#reason")
    def _reason(self, event: Input.Changed) -> None:
        self.form.choices = replace(self.form.choices, reason=event.value)
        self.query_one(ReasonRow).count.count = len(event.value.strip())

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
        if action not in ("half_day", "side", "weeks", "ask", "watch"):
            return super().check_action(action, parameters)
        if self.form.step is not FormStep.WHEN or clinic is None or not self.is_mounted:
            return False
        match action:
            case "half_day":
                return now.asking
            case "side":
                return now.asking or bool(self.right.rows)
            case "weeks":
                return clinic.way_text != "not here"
            case "ask":
                return clinic.may("appointment.request").allowed and now.moving is None
        return clinic.may("slot.watch").allowed and not now.asking

    def action_field(self, by: int) -> None:
        """The next row that can be changed."""
        steps = self.form.steps()
        if self.form.step in steps:
            self.go(steps[(steps.index(self.form.step) + by) % len(steps)])

    def action_side(self, by: int) -> None:
        if self.form.choices.asking:
            self.form.half = AFTERNOON if by > 0 else MORNING
            self.show_form()
        elif by > 0:
            self._to_times()
        else:
            self._to_days()

    def _to_times(self) -> None:
        if self.right.rows:
            self.right.display = True
            self.set_focus(self.right)
            self.show_form()

    def _to_days(self) -> None:
        self.form.near = ()
        self.left.display = True
        self.set_focus(self.left)
        self.show_form()

    def action_half_day(self) -> None:
        day = self.left.current
        if isinstance(day, RequestDay):
            self._mark(day)

    def action_weeks(self, by: int) -> None:
        self.form.turn(by)
        self.load(self.form.search) if not self.form.choices.asking else self.show_form()

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
            if watch is not None and clinic is not None:
                self.shell.follow_slots()
                day = long_date(first_day(watch.before, clinic))
                told = f"for a slot before {day}. You are told here once there is one."
                self.shell.say(f"Watching {clinic.name}", told)

    def action_back(self) -> None:
        """One step back; from the first the form is left."""
        form, steps = self.form, self.form.steps()
        if self.has_trouble:
            self.shell.back()
        elif self.right.has_focus and form.step is FormStep.WHEN:
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
    def left(self) -> Options:
        """The options of the row."""
        return cast("Options", self.query_one("#left"))

    @property
    def right(self) -> Options:
        """The slots of the day."""
        return cast("Options", self.query_one("#right"))

    @property
    def _zone(self) -> str:
        return self.shell.portal.sign_in.me.zone if self.shell.portal.sign_in.me else ""

    def go(self, step: FormStep) -> None:
        """Ask this row."""
        self.form.step = step
        self.show_form()
        if step is FormStep.REASON:
            self.set_focus(self.query_one("#reason", Input))
        elif not (self.right.has_focus and step is FormStep.WHEN and self.form.near):
            self.set_focus(self.left)
            self.show_form()

    @on(VirtualList.Highlighted, "#left")
    def _moved(self) -> None:
        if self.left.has_focus and not self.form.choices.asking:
            self.form.near = ()
            self._show_right()

    def show_form(self) -> None:
        """Every row, and the options of the one that is asked."""
        if not self.is_mounted:
            return
        low, form = self.app.size.height < _LOW, self.form
        for row in self.query(FormRow):
            row.value = value_of(row.step, form.choices)
            row.active = row.step is form.step
            row.display = not low or row.active
        self.query_one(ReasonRow).display = not form.choices.moving and (not low or form.step is FormStep.REASON)
        self._show_left()
        self._show_right()
        self._show_panes()
        self.refresh_bindings()
        self.refresh_frame()

    def _show_left(self) -> None:
        people = self.shell.people.people if self.shell.people else ()
        rows, chosen = self.form.options(people)
        view = OptionView(self._zone, chosen=chosen, two_rows=self.two_rows)
        asked = (self.form.step, self.form.choices.asking, bool(rows))
        first = _first_option(rows)
        key = chosen or (view.key(first) if first is not None else "")
        self.left.show(rows, view, key=key if self.left.asked != asked else None)
        self.left.asked = asked
        self.query_one("#state", LoadState).notice = self.form.notice()

    def _show_right(self) -> None:
        slot = self.form.choices.slot
        view = OptionView(self._zone, days=bool(self.form.near), chosen=f"slot {slot.id}" if slot else "")
        self.right.show(self.form.times(self.left.current, self.right.size.height), view)

    def _show_panes(self) -> None:
        form, phone, in_times = self.form, self.app.size.width < 60, self.right.has_focus
        asking, days = form.step is FormStep.WHEN and form.choices.asking, bool(self.right.rows)
        self.left.set_class(days and not phone, "days")
        self.left.display = bool(self.left.rows) and not (phone and days and in_times)
        self.right.display = days and (not phone or in_times)
        aside = self.query_one(BookingAside)
        aside.display = form.step is FormStep.REASON or (asking and not phone) or (days and self.wide)
        aside.set_class(asking or days, "beside")
        paras = (
            reason_paras(form.choices) if form.step is FormStep.REASON else asking_paras(form.choices, marking=asking)
        )
        aside.rows = tuple(paras)


def _first_option(rows: Sequence[Row]) -> Row | None:
    """The first day with something free; else the first of all."""
    chosen = (row for row in rows if not isinstance(row, GroupHeading) and not (isinstance(row, Day) and not row.free))
    return next(chosen, None)


async def _nothing() -> None:
    return None
