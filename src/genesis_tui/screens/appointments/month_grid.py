"""A month drawn line by line: its days under their names, what falls on each counted, the chosen day in full below."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import accumulate
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from genesis_tui.models.appointments.appointment import Appointment, AppointmentGroup
from genesis_tui.models.appointments.wording import short_clinician, short_where, status_text, time_text
from genesis_tui.screens.appointments.calendar import (
    HEADS,
    DayMarks,
    by_day,
    day_name,
    marked,
    month_text,
    stepped,
    turned,
    weeks,
)
from genesis_tui.widgets.drawing.cells import fit, left, width_of, wrap
from genesis_tui.widgets.drawing.lines import Line, Span, line_width, spread, strip
from genesis_tui.widgets.drawing.row import ground, painted

_NARROWEST, _WIDEST = 5, 14
_HEAD_ROWS, _DAY_ROWS = 3, 3
"""Rows over the weeks; rows that the chosen day should have below them before weeks get a second row."""
_TEXT_FROM = 10
"""A day this wide has room for words."""


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """What a month shows."""

    chosen: date
    today: date
    days: Mapping[date, tuple[Appointment, ...]] = field(default_factory=dict)
    marks: Mapping[date, DayMarks] = field(default_factory=dict)


def month_lines(facts: MonthFacts, width: int, height: int) -> list[Line]:
    """The month of the chosen day in `width` by `height` cells; what does not fit below it is counted."""
    wide = cell_width(width)
    rows = weeks(facts.chosen)
    tall = 2 if height >= _HEAD_ROWS + 2 * len(rows) + _DAY_ROWS else 1
    spare = height - 2 - len(rows) * tall
    lines: list[Line] = [_title(facts, width), [(" " + _heads(wide), "muted")]]
    rule: Line = [(" " + "─" * (7 * wide), "sign rule")]
    if spare > 0:
        lines.append(rule)
    for week in rows:
        lines.append([(" ", ""), *(span for day in week for span in _number(facts, day, wide))])
        if tall == 2:
            lines.append([(" ", ""), *(_second(facts, day, wide) for day in week)])
    if spare > 2:
        lines += [rule, *_chosen_day(facts, width, spare - 2)]
    return lines[:height]


def cell_width(width: int) -> int:
    """Cells that a day takes in a month of `width` cells."""
    return max(_NARROWEST, min(_WIDEST, (width - 2) // 7))


def _heads(wide: int) -> str:
    return "".join(head.rjust(3 + (wide > _NARROWEST)).ljust(wide) for head in HEADS)


def _title(facts: MonthFacts, width: int) -> Line:
    month = [marks for day, marks in facts.marks.items() if (day.year, day.month) == facts.chosen.timetuple()[:2]]
    booked, requested = sum(one.booked for one in month), sum(1 for one in month if one.requested)
    words = f"{booked} appointment{'' if booked == 1 else 's'}" if booked else "no appointments"
    if requested:
        words += f", {requested} day{'' if requested == 1 else 's'} asked for"
    return spread([("  ", ""), (month_text(facts.chosen), "bold")], [(words, "muted"), (" ", "")], width)


def _number(facts: MonthFacts, day: date | None, wide: int) -> list[Span]:
    """The cursor's edge, the number, and how many fall on the day."""
    if day is None:
        return [(" " * wide, "")]
    chosen, fill = day == facts.chosen, " on-cursor" if day == facts.chosen else ""
    marks = facts.marks.get(day, DayMarks())
    edge: Span = ("▌" if chosen else " ", f"sign accent{fill}")
    today = " underline" if day == facts.today else ""
    busy = " bold" if marks.booked or marks.requested or day == facts.today else ""
    number: Span = (f"{day.day:>2}", f"{'' if busy or chosen else 'muted'}{busy}{today}{fill}".strip())
    gap = " " if wide > _NARROWEST else ""
    return [edge, (gap, fill), number, *_mark(marks, wide - 3 - len(gap), fill)]


def _mark(marks: DayMarks, room: int, fill: str) -> list[Span]:
    """How many are booked, and how many asked for; where there is no room for both numbers, a sign for each."""
    booked = f"•{marks.booked}" if marks.booked else ""
    asked = f"○{marks.requested}" if marks.requested else ""
    if width_of(booked + asked) > room:
        booked, asked = booked[:1], asked[:1]
    rest = " " * (room - width_of(booked + asked))
    return [(booked, f"sign unread bold{fill}"), (asked, f"sign pending bold{fill}"), (rest, fill)]


def _second(facts: MonthFacts, day: date | None, wide: int) -> Span:
    """What comes first on the day, where there is room for words."""
    rows = facts.days.get(day, ()) if day is not None and wide >= _TEXT_FROM else ()
    first = next(iter(_in_order(row for row in rows if not row.off)), None)
    fill = "on-cursor" if day is not None and day == facts.chosen else ""
    return (left(f"  {first.what}" if first else "", wide - 1) + " ", f"muted {fill}".strip())


def _chosen_day(facts: MonthFacts, width: int, room: int) -> list[Line]:
    today = ", today" if facts.chosen == facts.today else ""
    lines: list[Line] = [[("  ", ""), (fit(f"{day_name(facts.chosen)}{today}", width - 3), "bold")]]
    rows = _in_order(facts.days.get(facts.chosen, ()))
    if not rows:
        lines.append([("  Nothing on this day", "muted")])
    told = [_entry(row, width) for row in rows]
    shown = _fitting(told, room - 1)
    lines += [line for entry in told[:shown] for line in entry]
    if shown < len(rows):
        lines.append([(f"  and {len(rows) - shown} more", "muted")])
    return lines


def _fitting(entries: Sequence[Sequence[Line]], room: int) -> int:
    """How many entries, from the first on, stand whole in so many rows; one is left free where not all do."""
    taken = list(accumulate(map(len, entries)))
    if not taken or taken[-1] <= room:
        return len(taken)
    return sum(lines < room for lines in taken)


def _in_order(rows: Iterable[Appointment]) -> list[Appointment]:
    """What is booked before what is asked for, and both before what is off."""
    return sorted(rows, key=lambda row: (row.off, row.group is AppointmentGroup.REQUESTED))


def _entry(row: Appointment, width: int) -> list[Line]:
    """One row where all of it fits, else as many as it needs."""
    status, role = status_text(row), "muted" if row.off else ""
    start: list[Span] = [("  ", ""), (left(time_text(row), 10) + " ", role)]
    said = ", ".join(part for part in (row.what, short_clinician(row.clinician), short_where(row)) if part)
    end: list[Span] = [(status, role or "pending"), (" ", "")] if status else []
    indent = line_width(start)
    if width_of(said) <= width - indent - line_width(end) - 1:
        return [spread([*start, (said, role)], end, width)]
    first, *rest = wrap(said, max(10, width - indent - 1))
    lines: list[Line] = [[*start, (first, role)], *([(" " * indent, ""), (more, role)] for more in rest)]
    return [*lines, [(" " * indent, ""), *end]] if end else lines


class MonthGrid(Widget, can_focus=True):
    """Days under a cursor. `enter` asks for the chosen day."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", id="month.open"),
        Binding("left,h", "step(-1)", "day", key_display="← →", id="month.before"),
        Binding("right,l", "step(1)", "next day", show=False, id="month.next"),
        Binding("up,k", "step(-7)", "week", key_display="↑ ↓", id="month.week-before"),
        Binding("down,j", "step(7)", "next week", show=False, id="month.next-week"),
        Binding("left_square_bracket,pageup", "turn(-1)", "month", key_display="[ ]", id="month.month-before"),
        Binding("right_square_bracket,pagedown", "turn(1)", "next month", show=False, id="month.next-month"),
        Binding("tab", "marked(1)", "next appointment", id="month.next-marked"),
        Binding("shift+tab", "marked(-1)", "appointment before", show=False, id="month.marked-before"),
        Binding("home,g", "today", "today", id="month.today"),
    ]
    DEFAULT_CSS = "MonthGrid { height: 1fr; width: 1fr; }"

    @dataclass
    class Opened(Message):
        """`enter` on a day with appointments, or a second click; `key` is that of its first."""

        key: str

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._facts = MonthFacts(date(2000, 1, 1), date(2000, 1, 1))
        self._lines: list[Line] = []

    @property
    def chosen(self) -> date:
        """The day under the cursor."""
        return self._facts.chosen

    def show(self, rows: Sequence[Appointment], chosen: date, today: date) -> None:
        """These appointments, with the cursor on a day."""
        self._facts = MonthFacts(chosen, today, by_day(rows), marked(rows))
        self._draw()

    def _choose(self, day: date) -> None:
        before = self._key
        self._facts = replace(self._facts, chosen=day)
        self._draw()
        if bool(before) != bool(self._key):
            self.refresh_bindings()

    @property
    def _key(self) -> str:
        rows = self._facts.days.get(self.chosen, ())
        return next((row.key for row in _in_order(rows)), "")

    def _draw(self) -> None:
        self._lines = month_lines(self._facts, self.size.width, self.size.height)
        self.refresh()

    def on_resize(self) -> None:
        self._draw()

    def render_line(self, y: int) -> Strip:
        line = self._lines[y] if y < len(self._lines) else ()
        return strip(painted(self), line, self.size.width, ground=ground(self))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing opens from an empty day."""
        if action == "marked":
            return bool(self._facts.marks)
        return action != "open" or bool(self._key)

    def action_step(self, days: int) -> None:
        self._choose(stepped(self.chosen, days))

    def action_turn(self, months: int) -> None:
        self._choose(turned(self.chosen, months))

    def action_today(self) -> None:
        self._choose(self._facts.today)

    def action_marked(self, by: int) -> None:
        """The next day with something on it, or the one before."""
        days = sorted(self._facts.marks, reverse=by < 0)
        ahead = [day for day in days if (day > self.chosen if by > 0 else day < self.chosen)]
        if ahead:
            self._choose(ahead[0])

    def action_open(self) -> None:
        if self._key:
            self.post_message(self.Opened(self._key))

    def on_click(self, event: events.Click) -> None:
        """A click chooses the day, a click on the chosen day opens it."""
        day = day_at(self._facts.chosen, event.x, event.y, self.size.width, self.size.height)
        if day == self.chosen:
            self.action_open()
        elif day is not None:
            self._choose(day)


def day_at(month: date, x: int, y: int, width: int, height: int) -> date | None:
    """The day that is drawn at a cell; None where none is."""
    rows = weeks(month)
    tall = 2 if height >= _HEAD_ROWS + 2 * len(rows) + _DAY_ROWS else 1
    top = 2 + (height - 2 - len(rows) * tall > 0)
    week, column = (y - top) // tall, (x - 1) // cell_width(width)
    return rows[week][column] if 0 <= week < len(rows) and 0 <= column < 7 else None
