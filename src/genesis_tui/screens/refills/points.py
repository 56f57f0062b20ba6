"""Where a refill is picked up: the row that says it, and the list to choose from (RX-5, MOCKUPS-2 §3)."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from genesis_tui.models.base.search import folded
from genesis_tui.models.refills.get_more import GetMore, Way, way_of, why_not_at
from genesis_tui.models.refills.pharmacies import LOCKER, PickUp
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import fit, left, right, width_of
from genesis_tui.widgets.drawing.lines import Line
from genesis_tui.widgets.drawing.row import Row, painted
from genesis_tui.widgets.forms.field import LABEL
from genesis_tui.widgets.picker import Picker
from genesis_tui.widgets.virtual_list import RowView

_NAME = 35


class PointRow(Row):
    """`Pick up at │Landstuhl Pharmacy    as last time ▾`; `enter` opens the list."""

    can_focus = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space,down", "choose", "choose", key_display="enter", id="more.point"),
    ]
    asked: reactive[GetMore | None] = reactive(None)

    class Wanted(Message):
        """The list of points is wanted."""

        def __init__(self, row: "PointRow") -> None:
            super().__init__()
            self.row = row

    def __init__(self, asked: GetMore) -> None:
        super().__init__(classes="more-field")
        self.set_reactive(PointRow.asked, asked)
        self._last = asked.point

    def segments(self, width: int) -> list[Segment]:
        paint, focused = painted(self), self.has_focus
        point = self.asked.point if self.asked else None
        edge = symbols.get("cursor" if focused else "line")
        word = "accent" if focused else "muted"
        start = [Segment(right("Pick up at", LABEL) + " ", paint(word, bold=focused)), Segment(edge, paint(word))]
        words, end = point.name if point else "choose where", f" {symbols.get('choose')} "
        room = max(1, width - LABEL - 2 - len(end))
        last = " as last time" if point is not None and point == self._last else ""
        end = last + end if width_of(words + last) <= room else end
        name = left(words, max(1, width - LABEL - 2 - len(end)))
        return [*start, Segment(name, paint("foreground" if point else "abnormal")), Segment(end, paint("muted"))]

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """`enter`: the list of points."""
        self.post_message(self.Wanted(self))


class PointView(RowView[PickUp]):
    """A point with its hours today; greyed with the reason where it does not hand out what is wanted."""

    def __init__(self, asked: GetMore, now: datetime) -> None:
        self._wanted = tuple(rx for rx in asked.rows if way_of(rx) is Way.REFILL)
        self._now = now

    def why_not(self, point: PickUp) -> str:
        """Why it can't be chosen; empty where it can."""
        return why_not_at(point, self._wanted)

    def key(self, row: PickUp) -> str:
        return row.id

    def selectable(self, row: PickUp) -> bool:
        return not self.why_not(row)

    def heights(self, rows: object, width: int) -> int:
        return 1 if width >= 60 else 2

    def draw(self, row: PickUp, width: int) -> list[Line]:
        why = self.why_not(row)
        name = f"{row.name}, {row.place}" if row.kind == LOCKER and row.place else row.name
        told, role = why or row.open_text(self._now) or row.place, "muted" if why else ""
        if width >= 60:
            room = width - _NAME - 3
            return [[(" ", ""), (left(name, _NAME) + " ", role), (fit(told, room), "muted")]]
        return [[(" ", ""), (fit(name, width - 2), role)], [("   ", ""), (fit(told, width - 4), "muted")]]


class PointPicker(Picker[PickUp]):
    """Every pick-up point; what does not hand out all that is refilled can't be chosen."""

    HEADING = "Pick up where?"
    HINT = "type a word of the name"
    NOTHING = "No pick-up point has this word."
    VERB = "pick up there"

    def __init__(self, asked: GetMore, now: datetime, chosen: Callable[[PickUp], None]) -> None:
        super().__init__()
        self._asked = asked
        self._view = PointView(asked, now)
        self._chosen = chosen

    def candidates(self, text: str) -> list[PickUp]:
        """Those that take everything first; among them the chosen one, then those of its facility."""
        found = [one for one in self._asked.points if folded(text) in folded(f"{one.name} {one.facility} {one.place}")]
        return sorted(found, key=self._rank)

    def _rank(self, point: PickUp) -> tuple[bool, ...]:
        chosen = self._asked.point
        far = () if chosen is None else (point.id != chosen.id, point.facility != chosen.facility)
        return bool(self._view.why_not(point)), *far

    def view(self) -> RowView[PickUp]:
        return self._view

    def choose(self, item: PickUp) -> None:
        self.dismiss()
        self._chosen(item)
