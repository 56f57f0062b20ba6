"""What the booking form knows: the answers, what can be chosen next, and what is asked of the server for it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from genesis_tui.models.appointments.appointment import Appointment
from genesis_tui.models.appointments.booking import (
    BOOKS,
    MORNING,
    Clinic,
    HalfDay,
    NotBooked,
    OtherWay,
    Slot,
    Slots,
    SlotWatch,
    VisitType,
    span_text,
)
from genesis_tui.models.base.dates import clock, weekday
from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.base.search import folded
from genesis_tui.models.family import FamilyMember
from genesis_tui.screens.appointments.booking.choices import Choices, FormStep
from genesis_tui.screens.appointments.booking.rows import (
    SPAN,
    STEP,
    Day,
    Row,
    days_of,
    first_day,
    near_rows,
    request_days,
    slot_rows,
)
from genesis_tui.screens.appointments.rows import form_key
from genesis_tui.widgets.load_state import Notice, loading
from genesis_tui.widgets.virtual_list import GroupHeading

if TYPE_CHECKING:
    from genesis_tui.session.open_record import OpenRecord

One = TypeVar("One", VisitType, Clinic)


class BookingState:
    """Answers of one form, and their options."""

    def __init__(
        self,
        record: "OpenRecord",
        now: Callable[[], datetime],
        *,
        moving: Appointment | None = None,
        like: Appointment | None = None,
        visit: str = "",
    ) -> None:
        """Nothing is asked for before `begin`; `now` is the server's time. The others are as for the screen."""
        self.record = record
        self.choices = Choices(record.patient, moving=moving, limits=record.appointments.limits)
        self._begun = self.choices
        self.step = FormStep.VISIT
        self.near: tuple[Slot, ...] = ()
        """The free slots near one that was taken."""
        self.half = MORNING
        """The half of a day under the cursor."""
        self.unfolded: date | None = None
        """The day whose slots stand under it, where they do."""
        self.words = ""
        """What is looked for among the options."""
        self.loading = False
        self.waiting = False
        """Whether it is not known yet what became of the act."""
        self.made: Appointment | None = None
        self.now = now
        self._like = like
        known = moving or like
        self.key = form_key(record.patient.id, known)
        self._wanted = (known.visit_type, known.clinic_id) if known else (visit, "")
        self._visits: tuple[VisitType, ...] = ()
        self._clinics: tuple[Clinic, ...] = ()
        self._slots = Slots()
        self._ways: tuple[OtherWay, ...] = ()
        self._first = date.min
        self.taken = ""
        """When the slot was that is gone."""

    # what is asked of the server

    async def begin(self) -> str:
        """The visit types; further where more is known from the start. A form that goes on asks what is free now."""
        at = self.record.appointments
        if self._visits:
            return await self.search()
        self._visits = await at.visit_types()
        code, clinic = self._wanted
        visit = next((one for one in self._visits if one.code == code), None)
        if visit is not None:
            await self.with_visit(visit)
            where = self.clinic_of(clinic)
            if where is not None:
                await self.with_clinic(where)
        self._begun = self.choices
        return self._left_out()

    def _left_out(self) -> str:
        """What the form could not take over from the appointment that is booked again, in words."""
        like, visit, clinic = self._like, self.choices.visit, self.choices.clinic
        if like is None:
            return ""
        if visit is None:
            return f"{like.what} can't be booked here: choose a visit."
        same = visit.title == like.what
        nearest = "" if same else f"It can't be booked as {like.what}: {visit.title} is the nearest there."
        elsewhere = "" if clinic is not None else f"{like.clinic} is not among its clinics: choose another."
        return f"{nearest} {elsewhere}".strip()

    async def with_visit(self, visit: VisitType) -> str:
        """Another visit; what that empties, in words."""
        self._clinics = await self.record.appointments.clinics(visit.code)
        self.choices, emptied = self.choices.with_visit(visit)
        self.step = FormStep.CLINIC
        return emptied

    async def with_clinic(self, clinic: Clinic) -> str:
        """Another clinic; what that empties, in words."""
        self.choices, emptied = self.choices.with_clinic(clinic)
        self.near, self.taken, self._ways, self._slots = (), "", clinic.ways, Slots()
        self.step, self.unfolded = FormStep.WHEN, None
        self._first = self._earliest(clinic)
        if clinic.way == BOOKS:
            if clinic.first_free is not None:
                free = first_day(clinic.first_free, clinic)
                self._first = max(self._first, free - timedelta(days=free.weekday()))
            await self.search()
        return emptied

    async def search(self) -> str:
        """What is free in the weeks that show; slots near one that was taken stay."""
        visit, clinic = self.choices.visit, self.choices.clinic
        if visit is not None and clinic is not None and clinic.way == BOOKS:
            last = self._first + SPAN
            self._slots = await self.record.appointments.slots(visit.code, self._first, last, clinic.id)
            self._ways = self._slots.ways if not self._slots.rows else self._ways
        return ""

    async def watch(self) -> SlotWatch | None:
        """Have the clinic watched for an earlier slot than the first; None where it was watched: it no longer is."""
        visit, clinic, moving = self.choices.visit, self.choices.clinic, self.choices.moving
        assert visit is not None
        assert clinic is not None
        at = self.record.appointments
        if clinic.watched is not None:
            await at.unwatch(clinic.id, visit.code)
            self._watched(clinic, None)
            return None
        known = self.choices.slot or next(iter(self._slots.rows), None)
        start = moving.start if moving is not None else known.start if known is not None else None
        before = start or self.now() + timedelta(days=clinic.ahead_days or SPAN.days)
        watch = await at.watch(clinic.id, visit.code, before)
        self._watched(clinic, watch.before)
        return watch

    def _watched(self, clinic: Clinic, before: datetime | None) -> None:
        changed = replace(clinic, watched=before)
        self._clinics = tuple(changed if one.id == clinic.id else one for one in self._clinics)
        if self.choices.clinic is clinic:
            self.choices = replace(self.choices, clinic=changed)

    async def act(self) -> None:
        """Book, ask or move. Raises what `OpenAppointments` does."""
        now, at = self.choices, self.record.appointments
        self.waiting = True
        try:
            if now.asking and now.visit is not None and now.clinic is not None:
                halves = sorted(now.halves, key=lambda one: (one.day, one.half))
                self.made = await at.request(now.visit, now.clinic, halves, now.reason.strip())
            elif now.slot is not None and now.moving is not None:
                self.made = await at.take(now.moving, now.slot)
            elif now.slot is not None and now.visit is not None:
                self.made = await at.book(now.slot, now.visit.title, now.reason.strip())
        except ApiError as error:
            self.waiting = error.reason == "not-known"
            raise

    # answers

    @property
    def fresh(self) -> bool:
        """Whether nothing was chosen yet but what it began with."""
        return self.choices == self._begun

    @property
    def unfinished(self) -> bool:
        """Whether something would be lost with it."""
        return not self.fresh and self.made is None

    def clinic_of(self, id: str) -> Clinic | None:
        """The clinic of that id, of those for the visit."""
        return next((one for one in self._clinics if one.id == id), None)

    def offer(self, refused: NotBooked) -> None:
        """A slot is gone, or the visit is not to be had here: what is stands on the form now."""
        if self.choices.slot is not None:
            at = self.choices.slot.local
            self.taken = f"{' '.join(weekday(at).split())} {clock(at)}"
        self.near, self._ways = refused.nearest, refused.ways
        self.choices = replace(self.choices, slot=None)
        self.step = FormStep.WHEN

    def ask(self) -> None:
        """A time is asked for in place of a slot."""
        self.choices = replace(self.choices, asking=True, slot=None)
        self.near, self._ways, self.unfolded = (), (), None
        self.step = FormStep.WHEN

    def book(self) -> None:
        """Slots again, in place of a request."""
        self.choices = replace(self.choices, asking=False)
        self.step = FormStep.WHEN

    def mark(self, day: date) -> bool:
        """Mark the half-day under the cursor, or no longer; False where there are enough."""
        self.choices, marked = replace(self.choices, asking=True, slot=None).marked(HalfDay(day, self.half))
        return marked

    def turn(self, by: int) -> None:
        """To other weeks."""
        if self.choices.clinic is not None:
            monday = self._first - timedelta(days=self._first.weekday())
            first = max(self._earliest(self.choices.clinic), monday + by * STEP)
            if not self.choices.asking or first <= self._last_asked(self.choices.clinic):
                self._first, self.near, self.unfolded = first, (), None

    def steps(self) -> list[FormStep]:
        """The rows that can be gone to: those that are fixed, or below one that is still open, can't."""
        last = max((self.choices.missing() or (FormStep.REASON, ""))[0], self.step)
        return [step for step in FormStep if step not in self.choices.fixed and step <= last]

    def _earliest(self, clinic: Clinic) -> date:
        return first_day(self.now(), clinic)

    def _last_asked(self, clinic: Clinic) -> date:
        """The last day that can be asked for (APPT-6)."""
        return self._earliest(clinic) + timedelta(days=self.choices.limits.request_to)

    # options

    def options(self, people: Sequence[FamilyMember]) -> tuple[Sequence[Row], str]:
        """The rows to choose from, and the key of the one that is chosen; of When the days, or other ways."""
        now = self.choices
        match self.step:
            case FormStep.FOR:
                return people, f"person {now.patient.id}"
            case FormStep.VISIT:
                return self._found(self._visits, lambda one: one.title), f"visit {now.visit.code}" if now.visit else ""
            case FormStep.CLINIC:
                found = self._found(self._clinics, lambda one: f"{one.name} {one.facility}")
                return found, f"clinic {now.clinic.id}" if now.clinic else ""
            case FormStep.REASON:
                return (), ""
        if self._ways and not self._slots.rows and not now.asking:
            return [GroupHeading("Other ways"), *self._ways], ""
        days = days_of(self._slots, self._first, self.unfolded) if self._slots.rows else ()
        return days, f"day {now.slot.day}" if now.slot else ""

    def _found(self, rows: Sequence[One], name: Callable[[One], str]) -> Sequence[One]:
        """Those that have every word that is looked for."""
        words = folded(self.words).split()
        return [row for row in rows if all(word in folded(name(row)) for word in words)]

    def halves(self) -> Sequence[Row]:
        """The half-days that can be asked for."""
        clinic = self.choices.clinic
        if self.step is not FormStep.WHEN or clinic is None or not self.may_ask:
            return ()
        first = max(self._first, self._earliest(clinic) + timedelta(days=self.choices.limits.request_from))
        return request_days(first, self._last_asked(clinic), self.choices.halves, self.half)

    @property
    def may_ask(self) -> bool:
        """Whether a time can be asked for at the clinic."""
        clinic = self.choices.clinic
        return clinic is not None and clinic.may("appointment.request").allowed and self.choices.moving is None

    def times(self, day: Row | None, room: int) -> Sequence[Row]:
        """The slots of a day, in so many rows; those near one that was taken come first."""
        if self.step is not FormStep.WHEN:
            return ()
        if self.near:
            return near_rows(self.near, self.taken)
        slots = self._slots.of_day(day.day) if isinstance(day, Day) else ()
        return slot_rows(slots, headings=room > len(slots) + 2)

    def first_of(self, day: date) -> Slot | None:
        """The first free slot of a day."""
        return next(iter(self._slots.of_day(day)), None)

    @property
    def elsewhere(self) -> str:
        """Another clinic that books the visit, where this one only takes requests."""
        clinic = self.choices.clinic
        books = (one.name for one in self._clinics if one.way == BOOKS)
        return next(books, "") if clinic is not None and clinic.way != BOOKS else ""

    def notice(self) -> Notice | None:
        """What stands over the options."""
        clinic, visit = self.choices.clinic, self.choices.visit
        if self.loading:
            return None if self._slots.rows and self.step is FormStep.WHEN else loading()
        if self.words and not self.options(())[0]:
            return Notice(f"Nothing has “{self.words}” in its name.", keys=(("esc", "shows all"),))
        if self.step is not FormStep.WHEN or clinic is None or visit is None or self.choices.asking:
            return None
        if clinic.way_text == "not here":
            return Notice(f"{visit.title} can't be booked or asked for at {clinic.name}", text=_why(clinic))
        if self._slots.rows:
            return None
        asks = (("a", "asks for a time"),) if self.may_ask else ()
        watches = (("w", "watches for one"),) if clinic.may("slot.watch").allowed and not clinic.watched else ()
        heading = f"No free slots {span_text(self._first, self._first + SPAN)}"
        return Notice(heading, keys=(("]", "looks further"), *watches, *asks))


def _why(clinic: Clinic) -> tuple[str, ...]:
    """The server's next step, and its rule."""
    refused = [can for can in clinic.can if not can.allowed and can.title][:1]
    return tuple(part for can in refused for part in (can.next, f"Rule {can.rule}" if can.rule else "") if part)
