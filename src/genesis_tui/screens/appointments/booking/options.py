"""The panes below the form: options under a cursor, and words beside them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from genesis_tui.models.appointments.booking import BOOKS, Slot
from genesis_tui.screens.appointments.booking.choices import Choices, FormStep
from genesis_tui.screens.appointments.booking.rows import Day, Option, OptionView, RequestDay, Row, Titled, near_rows
from genesis_tui.screens.appointments.booking.state import BookingState
from genesis_tui.widgets.page import Page, Para, heading
from genesis_tui.widgets.virtual_list import Gap, GroupHeading, VirtualList

if TYPE_CHECKING:
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.screens.base.place import Framed


class Options(VirtualList[Option | Gap | GroupHeading]):
    """Rows of which `enter` takes one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "choose", id="booking.take")]
    asked: object = None
    """What these were the options of; the cursor stays while that is the same."""


class BookingAside(Page):
    """What there is to know; it takes no keys."""

    DEFAULT_CSS = "BookingAside { width: 1fr; } BookingAside.beside { width: 37; }"
    can_focus = False


class BookingPanes(Horizontal):
    """Days, slots of the one under the cursor, half-days that can be asked for; below 60 columns all in one list."""

    DEFAULT_CSS = """
    BookingPanes, BookingPanes > * { height: 1fr; }
    BookingPanes #left, BookingPanes #right, BookingPanes #halves { width: 1fr; }
    BookingPanes #left.days { width: 31; }
    BookingPanes #halves.beside { width: 39; }
    """

    def compose(self) -> ComposeResult:
        yield Options(OptionView(), id="left", classes="pane")
        yield Options(OptionView(), id="right", classes="pane")
        yield Options(OptionView(), id="halves", classes="pane")
        yield BookingAside(id="aside")

    @property
    def left(self) -> Options:
        """The options of the row; days."""
        return cast("Options", self.query_one("#left"))

    @property
    def right(self) -> Options:
        """The slots of the day."""
        return cast("Options", self.query_one("#right"))

    @property
    def halves(self) -> Options:
        """Half-days that can be asked for."""
        return cast("Options", self.query_one("#halves"))

    @property
    def _frame(self) -> "Framed":
        return cast("Framed", self.screen)

    @property
    def current(self) -> object:
        """The row under the cursor of the pane that has the focus."""
        return next((one.current for one in self.query(Options) if one.has_focus), None)

    @property
    def slot(self) -> Slot | None:
        """The slot under the cursor."""
        current = self.current
        return current if isinstance(current, Slot) else None

    def for_keys(self, form: BookingState) -> Options:
        """The pane that gets the keys."""
        if form.step is FormStep.WHEN and form.choices.asking and self.halves.display:
            return self.halves
        return self.right if form.near and self.right.display else self.left

    def show(self, form: BookingState, people: "Sequence[FamilyMember]", zone: str) -> None:
        """The options of the row that is asked."""
        self._show_left(form, people, zone)
        self.show_times(form, zone)
        halves = () if self._frame.phone else form.halves()
        if halves and self._frame.wide and self.right.rows:
            count = f"{len(form.choices.halves)} of {form.choices.limits.half_days}"
            halves = [Titled("OR ASK FOR A TIME  a", end=count), *halves]
        self.halves.show(halves, OptionView(zone))
        self._show_aside(form)
        self._lay_out(form)

    def _show_left(self, form: BookingState, people: "Sequence[FamilyMember]", zone: str) -> None:
        rows, chosen = form.options(people)
        first = _first_option(rows)
        if self._frame.phone and form.step is FormStep.WHEN:
            rows, first = self._all_in_one(form, rows, first)
        slot = form.choices.slot
        marked = f"slot {slot.id}" if slot is not None and form.unfolded == slot.day else chosen
        view = OptionView(zone, chosen=marked, two_rows=self._frame.two_rows, days=bool(form.near))
        asked = form.step, form.choices.asking, bool(rows), form.unfolded, bool(form.near), form.words
        key = chosen if chosen and not form.unfolded else view.key(first) if first is not None else ""
        self.left.show(rows, view, key=key if self.left.asked != asked else None)
        self.left.asked = asked

    def _all_in_one(
        self, form: BookingState, rows: Sequence[Row], first: Row | None
    ) -> tuple[Sequence[Row], Row | None]:
        """Slots near one that is gone, days with their slots, half-days; and where the cursor begins."""
        near, halves = near_rows(form.near, form.taken) if form.near else [], form.halves()
        if halves:
            rows = [*rows, *([Gap()] if rows else []), GroupHeading("Ask for a time"), *halves]
        if form.choices.asking:
            first = next((row for row in halves if isinstance(row, RequestDay)), first)
        elif near:
            rows, first = [*near, Gap(), *rows], form.near[0]
        elif form.unfolded:
            first = form.first_of(form.unfolded) or first
        return rows, first

    def show_times(self, form: BookingState, zone: str) -> None:
        """The slots of the day under the cursor."""
        slot = form.choices.slot
        view = OptionView(zone, days=bool(form.near), chosen=f"slot {slot.id}" if slot else "")
        rows = () if self._frame.phone else form.times(self.left.current, self.right.size.height)
        self.right.show(rows, view)

    def _show_aside(self, form: BookingState) -> None:
        aside, asking = self.query_one(BookingAside), form.choices.asking
        aside.rows = tuple(reason_paras(form.choices) if form.step is FormStep.REASON else asking_paras(form))
        aside.set_class(asking and form.step is FormStep.WHEN, "beside")

    def _lay_out(self, form: BookingState) -> None:
        phone, wide = self._frame.phone, self._frame.wide
        asking, when = form.choices.asking, form.step is FormStep.WHEN
        slots = bool(self.right.rows) and (wide or not asking)
        self.left.set_class(slots, "days")
        self.left.display = bool(self.left.rows) and (phone or slots or not (when and asking))
        self.right.display = slots
        self.halves.display = bool(self.halves.rows) and (asking or (wide and slots))
        self.halves.set_class(slots, "beside")
        words = self.query_one(BookingAside)
        words.display = form.step is FormStep.REASON or (when and asking and not phone and not slots)


def asking_paras(form: BookingState) -> list[Para]:
    """What a request is, and the way back to slots."""
    clinic, limits = form.choices.clinic, form.choices.limits
    books = clinic is not None and clinic.way == BOOKS
    other = f"To book by yourself, choose another clinic: {form.elsewhere} books this." if form.elsewhere else ""
    return [
        heading("Ask for a time"),
        Para(f"Mark {limits.half_days_words}, {limits.days_words}."),
        Para(f"The scheduling team answers here: booked, {limits.offers_words} to choose from, or why not."),
        Para("a goes back to the slots." if books else other, "muted"),
    ]


def reason_paras(choices: Choices) -> list[Para]:
    """What the reason is for, and all of it."""
    needed = "The clinic needs it." if choices.asking else "It may stay empty."
    return [
        Para(),
        Para(f"What it is about, in your words. {needed}"),
        Para("enter shows all of it before it is sent."),
        *([Para(), Para(choices.reason, label="Reason")] if choices.reason.strip() else []),
    ]


def _first_option(rows: Sequence[Row]) -> Row | None:
    """The first day with something free; else the first of all."""
    chosen = (row for row in rows if not isinstance(row, GroupHeading) and not (isinstance(row, Day) and not row.free))
    return next(chosen, None)
