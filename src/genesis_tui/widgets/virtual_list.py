"""The list that Results, Home and the detail pane share: only the lines on the screen are ever drawn."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.lines import CURSOR, CURSOR_DIM, PLAIN, Line, Span, strip
from genesis_tui.widgets.drawing.row import ground, painted
from genesis_tui.widgets.drawing.themes import Paint
from genesis_tui.widgets.frame.list_keys import MOVES

Row = TypeVar("Row")

_EDGES: dict[str, Span] = {PLAIN: (" ", ""), CURSOR: ("▌", "sign accent"), CURSOR_DIM: ("▎", "sign muted")}


class RowView(Generic[Row]):
    """How rows of one kind look: pure, and told the width. Subclasses override what differs."""

    def key(self, row: Row) -> str:
        """What stays the same when the rows are replaced by newer ones; the cursor follows it."""
        raise TypeError(f"{type(self).__name__} names no key for {type(row).__name__}")

    def heights(self, rows: Sequence[Row], width: int) -> int | Sequence[int]:
        """Lines a row takes: one number for all, or one for each."""
        return 1

    def selectable(self, row: Row) -> bool:
        """Whether the cursor may stand on the row; headings say no."""
        return True

    def draw(self, row: Row, width: int) -> Sequence[Line]:
        """The row's lines in `width` cells, without the cursor's own cell at the left."""
        raise TypeError(f"{type(self).__name__} draws no {type(row).__name__}")


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty row between two groups."""


@dataclass(frozen=True, slots=True)
class GroupHeading:
    """The name of the rows below it."""

    text: str


class GroupedView(RowView[Row | Gap | GroupHeading], Generic[Row]):
    """Rows in groups: the cursor stands on rows that have a key. Subclasses say `key_of` and `lines_of` a row."""

    def key_of(self, row: Row) -> str:
        """The key of a row that is no heading; empty where the cursor may not stand on it."""
        raise TypeError(f"{type(self).__name__} names no key for {type(row).__name__}")

    def lines_of(self, row: Row, width: int) -> Sequence[Line]:
        """The lines of a row that is no heading."""
        raise TypeError(f"{type(self).__name__} draws no {type(row).__name__}")

    def key(self, row: Row | Gap | GroupHeading) -> str:
        return "" if isinstance(row, Gap | GroupHeading) else self.key_of(row)

    def selectable(self, row: Row | Gap | GroupHeading) -> bool:
        return bool(self.key(row))

    def heights(self, rows: Sequence[Row | Gap | GroupHeading], width: int) -> int | Sequence[int]:
        return [len(self.draw(row, width)) for row in rows]

    def draw(self, row: Row | Gap | GroupHeading, width: int) -> Sequence[Line]:
        if isinstance(row, GroupHeading):
            return [[(" ", ""), (row.text.upper(), "muted bold")]]
        return [[]] if isinstance(row, Gap) else self.lines_of(row, width)


class Columns(Enum):
    """How a row of a list is laid out: everything in one line, the most important in one line, or in two lines."""

    FULL = "full"
    SHORT = "short"
    TWO_ROWS = "two rows"


def columns_for(width: int, *, two_rows: bool, full_from: int = 60) -> Columns:
    """The layout for a list of `width` cells; `two_rows` where the window is narrow and high enough for it."""
    if width >= full_from:
        return Columns.FULL
    return Columns.TWO_ROWS if two_rows else Columns.SHORT


class VirtualList(ScrollView, Generic[Row], can_focus=True, inherit_bindings=False):
    """Rows under a cursor, drawn line by line.

    A cursor move repaints two rows, however long the list is. Rows may take several lines, and some may be headings
    on which the cursor never stands; where none takes the cursor, the movement keys scroll.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *MOVES,
        Binding("enter", "open", "open", id="list.open"),
    ]
    DEFAULT_CSS = """
    VirtualList {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size: 0 0;
    }
    """

    COUNTS: ClassVar[bool] = True
    """Whether its place is told as a row of so many; text to read tells how far down it is."""

    cursor: reactive[int] = reactive(-1, repaint=False)
    """Index of the chosen row; -1 where no row can be chosen."""

    @dataclass
    class Highlighted(Message):
        """The cursor came to a row (or the row under it changed)."""

        record_list: "VirtualList[object]"
        row: object
        index: int

        @property
        def control(self) -> "VirtualList[object]":
            """The list, so that `@on` can tell two lists apart."""
            return self.record_list

    @dataclass
    class Opened(Message):
        """`enter` or a second click on a row."""

        record_list: "VirtualList[object]"
        row: object
        index: int

        @property
        def control(self) -> "VirtualList[object]":
            """The list, so that `@on` can tell two lists apart."""
            return self.record_list

    @dataclass
    class Positioned(Message, bubble=False):
        """The cursor, what is in view, or how much there is, has changed; straight to the screen, for every move."""

        record_list: "VirtualList[object]"

    def __init__(self, view: RowView[Row], *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._view = view
        self._rows: Sequence[Row] = ()
        self._key = ""
        self._measured = -1
        self._height: int | None = 1
        self._ends: list[int] = []
        self._drawn: LRUCache[tuple[int, str], list[Strip]] = LRUCache(512)
        self._paint: Paint | None = None
        self._ground = Style.null()
        self._choosable: Sequence[int] | None = None
        self._total = 0
        self._to_end = False
        """The last line was asked for: it stays in sight while rows still come in."""

    # rows

    @property
    def rows(self) -> Sequence[Row]:
        """What the list shows, first row on top."""
        return self._rows

    @rows.setter
    def rows(self, rows: Sequence[Row]) -> None:
        self.show(rows, self._view)

    @property
    def view(self) -> RowView[Row]:
        """How the rows look."""
        return self._view

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None

    @property
    def key(self) -> str:
        """The key of the row under the cursor; empty where there is none."""
        return self._key if self.current is not None else ""

    def show(self, rows: Sequence[Row], view: RowView[Row], *, key: str | None = None) -> None:
        """Replaces the rows; the cursor stays on the row of the same key, or goes to the row named by `key`."""
        before = self._on_screen()
        line_in_view = self._span(self.cursor)[0] - self.scroll_offset.y if self.current is not None else 0
        self._to_end = self._to_end and key is None
        key = self._key if key is None else key
        self._rows, self._view, self._choosable = rows, view, None
        self._measure()
        found = self._find(key)
        self.set_reactive(VirtualList.cursor, self._allowed(found if found is not None else max(0, self.cursor)))
        if self._to_end:
            self.set_reactive(VirtualList.cursor, self._allowed(len(rows) - 1, -1))
            self._scroll(self.virtual_size.height)
        else:
            self._scroll(self._kept_scroll(found, line_in_view))
        self._repaint(before)
        self._arrived()

    def _kept_scroll(self, found: int | None, line_in_view: int) -> int:
        """Where to scroll after a replacement: a list at its top stays there while the cursor's row is in sight."""
        top = self.scroll_offset.y
        if found is None:
            return top
        start, height = self._span(found)
        return 0 if not top and start + height <= self.size.height else start - line_in_view

    def _on_screen(self) -> list[Strip]:
        """The lines that show now; none before the first drawing."""
        return [self.render_line(y) for y in range(self.size.height)] if self._paint is not None else []

    def _repaint(self, before: list[Strip]) -> None:
        """Repaints the lines that are no longer as they were: little changes when rows come in."""
        if len(before) != self.size.height:
            self.refresh()
            return
        for y, line in enumerate(before):
            if self.render_line(y) != line:
                self.refresh(Region(0, y, self.size.width, 1))

    # geometry: a row's lines, and the row of a line

    def _measure(self) -> None:
        self._drawn.clear()
        self._measured = self.size.width
        heights = self._view.heights(self._rows, max(0, self.size.width - 1))
        if isinstance(heights, int):
            self._height, self._ends = heights, []
            lines = heights * len(self._rows)
        else:
            self._height, self._ends = None, list(accumulate(heights))
            lines = self._ends[-1] if self._ends else 0
        size = Size(self.size.width, lines)
        if self.styles.height is not None and self.styles.height.is_auto:
            self.virtual_size = size
        else:  # No layout depends on the number of rows.
            self.set_reactive(VirtualList.virtual_size, size)

    def _span(self, index: int) -> tuple[int, int]:
        """First line of a row and how many it takes."""
        if index < 0 or index >= len(self._rows):
            return 0, 0
        if self._height is not None:
            return index * self._height, self._height
        start = self._ends[index - 1] if index else 0
        return start, self._ends[index] - start

    def _row_at(self, line: int) -> int:
        """Index of the row that owns a line; past the end it equals the number of rows."""
        return line // self._height if self._height is not None else bisect_right(self._ends, line)

    def _find(self, key: str) -> int | None:
        if not key:
            return None
        row, key_of = self.current, self._view.key
        if row is not None and key_of(row) == key:
            return self.cursor
        return next((i for i, row in enumerate(self._rows) if key_of(row) == key), None)

    def _allowed(self, index: int, step: int = 1) -> int:
        """The nearest row from `index` on, in the step's direction first, where the cursor may stand; -1 for none."""
        count = len(self._rows)
        if not count:
            return -1
        start = min(max(index, 0), count - 1)
        ahead = range(start, count) if step > 0 else range(start, -1, -1)
        behind = range(start - 1, -1, -1) if step > 0 else range(start + 1, count)
        for span in (ahead, behind):
            for i in span:
                if self._view.selectable(self._rows[i]):
                    return i
        return -1

    # where one is

    @property
    def above(self) -> bool:
        """Whether there are rows above those in view."""
        return self.scroll_offset.y > 0

    @property
    def below(self) -> bool:
        """Whether there are rows below those in view, here or still on the server."""
        more = self.scroll_offset.y + self.size.height < self.virtual_size.height
        return more or self._total > len(self._rows)

    def tell_total(self, total: int) -> None:
        """How many rows there are, where not all of them are here; 0 where they are."""
        if total != self._total:
            self._total = total
            self._tell_position()

    @property
    def position(self) -> str:
        """`3 of 24`, of the rows that can be chosen; of text how much is read; empty where all of it is in view."""
        if self.COUNTS and self.current is not None:
            choosable = self._choosable_rows()
            of = f"{max(self._total, len(choosable)):,}"
            return f"{bisect_right(choosable, self.cursor):,}".rjust(len(of)) + f" of {of}"
        last = self.scroll_offset.y + self.size.height
        return f"{100 * last // self.virtual_size.height}%".rjust(4) if self.below else "end" * self.above

    def _choosable_rows(self) -> Sequence[int]:
        if self._choosable is None:
            every = range(len(self._rows))
            some = type(self._view).selectable is not RowView.selectable
            chosen = self._view.selectable
            self._choosable = [i for i in every if chosen(self._rows[i])] if some else every
        return self._choosable

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._tell_position()

    def on_hide(self) -> None:
        """Nobody is in a list that does not show."""
        self._tell_position()

    def _tell_position(self) -> None:
        if self.is_attached:
            self.screen.post_message(self.Positioned(self))  # type: ignore[arg-type]

    def _marked(self, line: Strip, y: int, size: Size) -> Strip:
        """The line with a mark in its last cell where there is more above the first one, or below the last one."""
        more = self.below if y == size.height - 1 else False
        if not more and (y or not self.above):
            return line
        style = next(reversed(line._segments)).style or Style.null()
        sign = Segment(symbols.get("down-to" if more else "up-to"), style + painted(self)("accent", bold=True))
        return Strip([*line.crop(0, size.width - 1), sign], size.width)

    # drawing

    def render_line(self, y: int) -> Strip:
        """One line of the screen, from the cache where the row was drawn before."""
        size = self.size  # looked up in the screen's layout each time
        return self._marked(self._line(y, size.width), y, size)

    def _line(self, y: int, width: int) -> Strip:
        paint = painted(self)
        if paint is not self._paint:
            self._paint, self._ground = paint, ground(self)
            self._drawn.clear()
        line = y + self.scroll_offset.y
        index = self._row_at(line)
        if line >= self.virtual_size.height or index >= len(self._rows):
            return strip(paint, (), width, ground=self._ground)
        strips = self._strips(index, paint, width)
        return strips[min(line - self._span(index)[0], len(strips) - 1)]

    def _strips(self, index: int, paint: Paint, width: int) -> list[Strip]:
        surface = PLAIN if index != self.cursor else CURSOR if self.has_focus else CURSOR_DIM
        strips = self._drawn.get((index, surface))
        if strips is None:
            edge = _EDGES[surface]
            lines = self._view.draw(self._rows[index], max(0, width - 1))
            strips = [strip(paint, [edge, *line], width, surface, self._ground) for line in lines]
            self._drawn[index, surface] = strips
        return strips

    def on_resize(self) -> None:
        self.fit()

    def fit(self) -> None:
        """Draws every row for the size there is, anew where it is of another width; the cursor stays in sight."""
        if self._measured != self.size.width:
            self._measure()
        self.refresh()
        self._bring_into_view()
        self._tell_position()

    def on_focus(self) -> None:
        """The cursor's row shows which pane the keys go to."""
        self._refresh_row(self.cursor)

    def on_blur(self) -> None:
        """The cursor's row fades when the keys go elsewhere."""
        self._refresh_row(self.cursor)

    def _refresh_row(self, index: int) -> None:
        start, height = self._span(index)
        size = self.size
        visible = Region(0, start - self.scroll_offset.y, size.width, height).intersection(size.region)
        if visible:
            self.refresh(visible)

    # moving

    def watch_cursor(self, old: int, new: int) -> None:
        """Repaints the two rows concerned and tells who listens."""
        self._refresh_row(old)
        self._refresh_row(new)
        self._bring_into_view()
        self._arrived()

    def _arrived(self) -> None:
        row = self.current
        self._key = self._view.key(row) if row is not None else ""
        self._tell_position()
        if row is not None and self.is_attached:
            self.post_message(self.Highlighted(self, row, self.cursor))  # type: ignore[arg-type]

    def _bring_into_view(self) -> None:
        """Scrolls by half a page when the cursor leaves the window: holding a key repaints little."""
        start, height = self._span(self.cursor)
        top, window = self.scroll_offset.y, self.size.height
        if not height or not window:
            return
        if start < top:
            self._scroll(min(start, max(0, start + height - (window + 1) // 2)))
        elif start + height > top + window:
            self._scroll(max(start + height - window, start - window // 2))

    def _scroll(self, line: int) -> None:
        self.scroll_to(y=max(0, min(line, self.virtual_size.height - self.size.height)), animate=False)

    def action_move(self, step: int) -> None:
        """One row on or back; beyond the last row that can be chosen the list scrolls."""
        self._to_end = False
        target = self._allowed(self.cursor + step, step) if self.cursor >= 0 else -1
        moved = target >= 0 and (target - self.cursor) * step > 0
        if moved:
            self.cursor = target
        else:
            self._scroll(self.scroll_offset.y + step)

    def action_leap(self, pages: float) -> None:
        """Moves the cursor, or scrolls where there is none, by a part of the page."""
        lines = int(self.size.height * pages)
        self._to_end = False
        if self.cursor < 0:
            self._scroll(self.scroll_offset.y + lines)
            return
        step = 1 if lines > 0 else -1
        wanted = self._row_at(max(0, self._span(self.cursor)[0] + lines))
        target = self._allowed(wanted, step)
        if target == self.cursor:
            self._scroll(self.scroll_offset.y + lines)
        self.cursor = target

    def action_first(self) -> None:
        """The first row, and the headings above it."""
        self._to_end = False
        self.cursor = self._allowed(0)
        self._scroll(0)

    def action_last(self) -> None:
        """The last row, and what stands below it; also of rows that are still to come."""
        self._to_end = True
        self.cursor = self._allowed(len(self._rows) - 1, -1)
        self._scroll(self.virtual_size.height)

    def action_open(self) -> None:
        """Opens the row under the cursor."""
        row = self.current
        if row is not None:
            self.post_message(self.Opened(self, row, self.cursor))  # type: ignore[arg-type]

    def on_click(self, event: events.Click) -> None:
        """A click chooses the row, a click on the chosen row opens it."""
        index = self._row_at(event.y + self.scroll_offset.y)
        self._to_end = False
        if index >= len(self._rows) or not self._view.selectable(self._rows[index]):
            return
        if index == self.cursor:
            self.action_open()
        else:
            self.cursor = index
