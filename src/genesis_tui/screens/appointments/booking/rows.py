"""How the options of each row of the booking form look: people, visits, clinics, days, half-days, slots, other ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from genesis_tui.models.appointments.booking import (
    AFTERNOON,
    BOOKS,
    HALVES,
    MORNING,
    REQUESTS,
    Clinic,
    HalfDay,
    OtherWay,
    Slot,
    Slots,
    VisitType,
    first_free_text,
    minutes_text,
    span_text,
    there,
    viewer_text,
)
from genesis_tui.models.appointments.wording import short_clinician
from genesis_tui.models.base.dates import clock, long_date, weekday, zone_name
from genesis_tui.models.family import FamilyMember
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import fit, left, right, width_of
from genesis_tui.widgets.drawing.lines import Line, line_width, spread
from genesis_tui.widgets.frame.bar import relation_words
from genesis_tui.widgets.virtual_list import Gap, GroupedView, GroupHeading

_NOON = 12
_BAR = 8
_WEEKEND = 5
_DAY_CELLS = 28
"""Cells of a day and its count."""
_SPAN_CELLS, _HALF = 14, 11
"""Cells of the days of a request, and of each half of one."""
_FREE_FROM = 48
"""Cells from which a clinic's row says when something is free there."""
SPAN = timedelta(days=20)
"""As many days are shown at once, after the first."""
STEP = timedelta(days=14)
KINDS = {"clinic": "Another clinic", "message": "A message", "phone": "The phone", "request": "Ask for a time"}


@dataclass(frozen=True, slots=True)
class Titled(GroupHeading):
    """A heading as it is spelled, with words that end in cell `at`, or at the right end of its row."""

    end: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class HalvesHeading(GroupHeading):
    """What the boxes of a request stand under; `half` is the one under the cursor."""

    half: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day and how much is free; `most` is the fullest day beside it."""

    day: date
    free: int
    most: int


@dataclass(frozen=True, slots=True)
class RequestDay:
    """A day whose halves can be marked; `half` is the one under the cursor."""

    day: date
    marked: frozenset[str]
    half: str


Option = FamilyMember | VisitType | Clinic | Day | RequestDay | Slot | OtherWay
Row = Option | Gap | GroupHeading


def days_of(found: Slots, first: date, unfolded: date | None = None) -> list[Row]:
    """Each day from `first` on that is a working day or has something free; under the unfolded one its slots."""
    every = [first + timedelta(days=n) for n in range(SPAN.days + 1)]
    counts = {day: len(found.of_day(day)) for day in every}
    most = max(counts.values(), default=0)
    days = [Day(day, counts[day], most) for day in every if counts[day] or day.weekday() < _WEEKEND]
    rows: list[Row] = [Titled(span_text(first, days[-1].day), end="free", at=_DAY_CELLS)] if days else []
    for day in days:
        rows += [day, *(found.of_day(day.day) if day.day == unfolded else ())]
    return rows


def request_days(first: date, last: date, halves: frozenset[HalfDay], half: str) -> list[Row]:
    """Each working day from `first` on that can be asked for, with what is marked."""
    every = [first + timedelta(days=n) for n in range(SPAN.days + 1)]
    days = [day for day in every if day.weekday() < _WEEKEND and day <= last]
    marked = {day: frozenset(one.half for one in halves if one.day == day) for day in days}
    return [
        *([HalvesHeading(span_text(days[0], days[-1]), half=half)] if days else ()),
        *(RequestDay(day, marked[day], half) for day in days),
    ]


def near_rows(near: Sequence[Slot], taken: str) -> list[Row]:
    """Free slots near one that is gone."""
    return [Titled(f"NEAREST TO {taken.upper()}", end=_free_text(near)), *near]


def slot_rows(slots: Sequence[Slot], *, headings: bool) -> list[Row]:
    """A day's slots under its name and that of its zone (APPT-9), morning and afternoon apart where there is room."""
    early = [slot for slot in slots if slot.local.hour < _NOON]
    rows: list[Row] = [Titled(long_date(slots[0].day).upper(), end=_free_text(slots))] if slots else []
    for name, some in (("Morning", early), ("Afternoon", slots[len(early) :])):
        rows += [*([GroupHeading(name)] if headings and some else ()), *some]
    return rows


def _free_text(slots: Sequence[Slot]) -> str:
    return f"{len(slots)} free {symbols.get('dot')} {zone_name(slots[0].local)}"


@dataclass(frozen=True)
class OptionView(GroupedView[Option]):
    """Rows of every kind. `zone` is the viewer's; `days`: slots say which day they are on."""

    zone: str = ""
    days: bool = False
    chosen: str = ""
    """The key of what the form has."""
    two_rows: bool = False
    """Names take a row of their own, where it is narrow; slots stand under their day, the viewer's time under them."""

    def key_of(self, row: Option) -> str:
        match row:
            case VisitType():
                return f"visit {row.code}"
            case Clinic():
                return f"clinic {row.id}"
            case Day():
                return f"day {row.day}"
            case RequestDay():
                return f"halves of {row.day}"
            case Slot():
                return f"slot {row.id}"
            case OtherWay():
                return f"way {row.kind} {row.id} {row.title}"
        return f"person {row.id}"

    def heights(self, rows: Sequence[Row], width: int) -> int | Sequence[int]:
        if not self.two_rows:
            return 1
        return [2 if isinstance(row, VisitType | Clinic | OtherWay) or self._yours(row) else 1 for row in rows]

    def _yours(self, row: Row) -> str:
        """The viewer's time of a slot that has a row of its own for it; else empty."""
        return viewer_text(row.local, self.zone) if self.two_rows and isinstance(row, Slot) else ""

    def draw(self, row: Row, width: int) -> Sequence[Line]:
        if isinstance(row, HalvesHeading):
            return [_halves_heading(row)]
        if isinstance(row, Titled):
            end: Line = [(row.end, "muted")] if row.end else []
            start: Line = [(" ", ""), (fit(row.text, width - 2), "muted bold")]
            return [spread(start, end, min(width - 1, row.at or width))]
        return super().draw(row, width)

    def lines_of(self, row: Option, width: int) -> Sequence[Line]:
        room = width - 2
        mark = symbols.get("ok") if self.chosen and self.key_of(row) == self.chosen else " "
        first = (mark, "ok sign")
        if self.two_rows and isinstance(row, VisitType | Clinic | OtherWay):
            name, rest = _in_two(row)
            return [[first, (" " + fit(name, room - 1), "")], [("    ", ""), (fit(rest, room - 3), "muted")]]
        yours = self._yours(row)
        return [[first, *self._line(row, room)], *([[("        ", ""), (f"= {yours}", "pending")]] if yours else [])]

    def _line(self, row: Option, room: int) -> Line:
        match row:
            case VisitType():
                return _visit(row, room)
            case Clinic():
                return _clinic(row, room)
            case Day():
                return _day(row, room)
            case RequestDay():
                return _request_day(row)
            case Slot():
                return self._slot(row, room)
            case OtherWay():
                return _way(row, room)
        return _person(row, room)

    def _slot(self, row: Slot, room: int) -> Line:
        at, yours = row.local, "" if self.two_rows else viewer_text(row.local, self.zone)
        day = "   " if self.two_rows else f"{weekday(at)} " if self.days else ""
        until = f"{symbols.get('through')}{clock(row.local_end)}"
        mine: Line = [(f"= {yours}  ", "pending")] if yours else []
        end: Line = [(row.how_word, "muted")]
        needed = line_width([(day, ""), *mine, *end]) + len(row.clinician) + len("13:00-13:20    ")
        start: Line = [(f" {day}{clock(at)}{until if needed <= room and not self.two_rows else ''}  ", ""), *mine]
        taken = line_width([*start, *end]) + 1
        who = row.clinician if taken + width_of(row.clinician) <= room else short_clinician(row.clinician)
        return spread([*start, (fit(who, max(0, room - taken)), "")], end, room)


def _person(row: FamilyMember, room: int) -> Line:
    can = row.may("appointments.read")
    may, note = can.allowed, "" if can.allowed else can.title
    name = [(" ", ""), (row.name, "bold" if may else "muted"), (f"  {relation_words(row)}", "muted")]
    return spread(name, [(fit(note, room // 2), "muted")] if note else [], room)


def _in_two(row: VisitType | Clinic | OtherWay) -> tuple[str, str]:
    """A name, and what there is to know of it."""
    match row:
        case VisitType():
            return row.title, f"{minutes_text(row.minutes)}, {_taken_by(row)}"
        case Clinic():
            return row.name, ", ".join(part for part in (_way_at(row), row.linked) if part)
    free = first_free_text(row.first_free, row.zone)
    return f"{KINDS.get(row.kind, row.kind)}: {row.title}", ", ".join(part for part in (row.detail, free) if part)


def _taken_by(row: VisitType) -> str:
    ways = []
    if row.books:
        ways.append(f"{_clinics(row.books)} book{'s' if row.books == 1 else ''} it")
    if row.requests:
        ways.append(f"{_clinics(row.requests)} on request" if not row.books else f"{row.requests} on request")
    return ", ".join(ways) or "not booked from here"


def _way_at(row: Clinic) -> str:
    free = first_free_text(row.first_free, row.zone) if row.way == BOOKS else ""
    watched = "watched" if row.watched is not None else ""
    return f" {symbols.get('dot')} ".join(part for part in (row.way_text, free, watched) if part)


def _visit(row: VisitType, room: int) -> Line:
    name = left(row.title, min(30, max(10, room - 12)))
    start: Line = [(" ", ""), (name, ""), (" " + right(minutes_text(row.minutes), 10), "muted")]
    return spread(start, [(_taken_by(row), "muted")], room)


def _clinics(count: int) -> str:
    return f"{count} clinic{'' if count == 1 else 's'}"


def _clinic(row: Clinic, room: int) -> Line:
    role = "" if row.way in (BOOKS, REQUESTS) else "muted"
    last = _way_at(row) if room >= _FREE_FROM else row.way_text
    name = fit(row.name, max(8, room - len(last) - 3))
    beside = f"  {row.linked}" if row.linked and len(name) + len(row.linked) + len(last) + 5 <= room else ""
    return spread([(" ", ""), (name, role), (beside, "muted")], [(last, role or "muted")], room)


def _day(row: Day, room: int) -> Line:
    if not row.free:
        return [(" ", ""), (weekday(row.day), "muted"), ("  none free", "muted")]
    cells = max(1, round(_BAR * row.free / row.most))
    bar = symbols.get("focus") * cells
    start: Line = [(" ", ""), (f"{weekday(row.day)}  ", ""), (bar, "accent")]
    return spread(start, [(f"{row.free}", "")], min(room, _DAY_CELLS - 1))


def _halves_heading(row: HalvesHeading) -> Line:
    """The half under the cursor is in capitals: its colour is not the only sign."""
    line: Line = [(" ", ""), (left(row.text, _SPAN_CELLS), "muted bold")]
    for half in (MORNING, AFTERNOON):
        word = HALVES[half].upper() if half == row.half else HALVES[half]
        line = [*line, (f"{word:^{_HALF}}", "accent bold" if half == row.half else "muted")]
    return line


def _request_day(row: RequestDay) -> Line:
    line: Line = [(" ", ""), (left(weekday(row.day), _SPAN_CELLS - 1), "")]
    for half in (MORNING, AFTERNOON):
        box = "[x]" if half in row.marked else "[ ]"
        role = "accent bold" if half == row.half else "bold" if half in row.marked else "muted"
        line = [*line, (f"{box:^{_HALF}}", role)]
    return line


def _way(row: OtherWay, room: int) -> Line:
    free = first_free_text(row.first_free, row.zone)
    words = ", ".join(part for part in (row.detail, free) if part)
    start: Line = [(" ", ""), (left(KINDS.get(row.kind, row.kind), 15), "muted"), (" " + row.title, "")]
    return spread(start, [(fit(words, max(0, room - 20 - len(row.title))), "muted")], room)


def first_day(now: datetime, clinic: Clinic) -> date:
    """The day that it is at the clinic."""
    return there(now, clinic.zone).date()
