"""The trend of one test: the plot, its chosen point in words, and the values table."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from genesis_tui.models.results.trends import Series, TrendPoint, beside
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.lines import Line, strip
from genesis_tui.widgets.drawing.row import ground, painted
from genesis_tui.widgets.trend.plot import Look, fits, here, plot
from genesis_tui.widgets.trend.table import table
from genesis_tui.widgets.trend.wording import point_line, title_line

_ROOMY = 26
"""Rows of our own from which a blank one stands over the plot (30 rows of terminal)."""
_TABLE_FROM = 32
"""Rows of our own from which the table stands under the plot (36 rows of terminal)."""


class TrendPlot(Widget, can_focus=True):
    """Numbers of one unit over true time, with the reference band; `tab` shows the values as a table."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "point", key_display="← →", id="trend.earlier"),
        Binding("right", "step(1)", "later point", show=False, id="trend.later"),
        Binding("down,j", "step(-1)", "earlier value", show=False, id="trend.down"),
        Binding("up,k", "step(1)", "later value", show=False, id="trend.up"),
        Binding("home,g", "end_point(0)", "first point", show=False, id="trend.first"),
        Binding("end,G", "end_point(-1)", "last point", show=False, id="trend.last"),
        Binding("tab", "turn", "values", id="trend.values"),
        Binding("left_square_bracket", "unit(-1)", "unit", key_display="[ ]", id="trend.unit"),
        Binding("right_square_bracket", "unit(1)", "next unit", show=False, id="trend.next-unit"),
        Binding("enter", "open", "open result", id="trend.open"),
    ]
    DEFAULT_CSS = "TrendPlot { width: 1fr; height: 1fr; }"

    chosen: reactive[int] = reactive(-1)
    """Index among the entries that can be chosen now: the numbers, or with the table all entries."""
    as_table: reactive[bool] = reactive(False)

    @dataclass
    class Opened(Message):
        """`enter`: the result (its key) and the reading (its id) of the chosen value."""

        result: str
        reading: str

    def __init__(self, *, look: Look | None = None, id: str | None = None) -> None:
        super().__init__(id=id)
        self._given_look = look
        self._all: tuple[Series, ...] = ()
        self._added: Series | None = None
        self.series: Series | None = None
        """What is on the screen: the test, and the one beside it."""
        self._place = 0
        self._kept: TrendPoint | None = None
        self._lines: list[Line] | None = None

    def show(self, series: tuple[Series, ...], reading: str = "") -> None:
        """Shows the series that holds the reading of this id, chosen; the first series and its last value otherwise."""
        self._all = series
        self._place = next((i for i, s in enumerate(series) if any(e.id == reading for e in s.entries)), 0)
        self._draw(reading)

    def add(self, other: Series | None) -> None:
        """Put another test beside the first, or take it away again; the chosen value stays chosen."""
        self._added = other
        self._draw(self.entry.id if self.entry else "")

    def _draw(self, reading: str) -> None:
        """What was chosen anew, on the reading of this id."""
        first = self.first
        self.series = beside(first, self._added) if first is not None and self._added is not None else first
        self.as_table = self.series is not None and not self.series.drawable
        self._choose(next((e for e in self._choices if e.id == reading), None))

    @property
    def first(self) -> Series | None:
        """The test that the plot was opened for."""
        return self._all[self._place] if self._all else None

    @property
    def entry(self) -> TrendPoint | None:
        """The chosen entry."""
        return self._choices[self.chosen] if 0 <= self.chosen < len(self._choices) else None

    @property
    def drawn(self) -> bool:
        """True where the plot can be drawn at this size; otherwise the table stands alone (rule 8)."""
        return self.series is not None and self.series.drawable and fits(self.size.width, self._plot_rows)

    @property
    def _choices(self) -> tuple[TrendPoint, ...]:
        if self.series is None:
            return ()
        return self.series.numbers if self.drawn and not self.as_table else self.series.entries

    @property
    def _plot_rows(self) -> int:
        rows = self.size.height - 2 - (self.size.height >= _ROOMY)
        return rows - self._table_rows

    @property
    def _table_rows(self) -> int:
        if self.size.height < _TABLE_FROM:
            return 0
        return self.size.height // 3 if self.size.width < 80 else 8

    @property
    def _look(self) -> Look:
        if self._given_look is not None:
            return self._given_look
        plain = symbols.ascii_only()
        return Look(braille=not plain, band=not plain and not painted(self).sixteen)

    def page(self) -> list[Line]:
        """Every line of the widget at its size."""
        series, width = self.series, self.size.width
        if series is None:
            return []
        look = self._look
        lines = [title_line(series, width, band=look.band), *self._readout(series)]
        if self.size.height >= _ROOMY:
            lines.append([])
        if not self.drawn or (self.as_table and not self._table_rows):
            rows = self.size.height - len(lines)
            return [*lines, *table(series, self.entry, width, rows, focus=True)]
        lines += plot(series, self._plotted(series), width, self._plot_rows, look)
        if self._table_rows:
            rows = self._table_rows - 1
            lines += [[], *table(series, self.entry, width, rows, focus=self.as_table)]
        return lines

    def _readout(self, series: Series) -> list[Line]:
        if self.entry is None:
            return [[]]
        place = (1, 1)
        if self.drawn and self.entry.plots:
            place = here(series, self._plotted(series), self.size.width, self._plot_rows)
        return [point_line(series, self.entry, self.size.width, here=place)]

    def _plotted(self, series: Series) -> int:
        return next((i for i, e in enumerate(series.numbers) if e is self.entry), -1)

    def render_line(self, y: int) -> Strip:
        if self._lines is None:
            self._lines = self.page()
        line = self._lines[y] if y < len(self._lines) else ()
        return strip(painted(self), line, self.size.width, ground=ground(self))

    def on_resize(self) -> None:
        """Draws for the new size, on the same value."""
        self._choose(self._kept)
        self.refresh_bindings()

    def watch_chosen(self) -> None:
        """Draws the guide and the readout where they are now."""
        self._kept = self.entry
        self._redraw()

    def watch_as_table(self) -> None:
        """The footer and the page change together."""
        self._redraw()
        self.refresh_bindings()

    def _redraw(self) -> None:
        self._lines = None
        self.refresh()

    def _choose(self, entry: TrendPoint | None) -> None:
        choices = self._choices
        self._kept = entry or (choices[-1] if choices else None)
        self.chosen = next((i for i, e in enumerate(choices) if e is entry), len(choices) - 1)
        self._redraw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only keys that do something now."""
        if action == "unit":
            return len(self._all) > 1
        if action == "turn":
            return self.drawn
        return True

    def action_step(self, by: int) -> None:
        """The point before or after; in the table the row below or above."""
        if self._choices:
            self.chosen = min(len(self._choices) - 1, max(0, self.chosen + by))

    def action_end_point(self, place: int) -> None:
        self.chosen = place % len(self._choices) if self._choices else -1

    def action_turn(self) -> None:
        """From the plot to the values table and back, on the same value."""
        entry = self.entry
        self.as_table = not self.as_table
        self._choose(entry)

    def action_unit(self, by: int) -> None:
        """The same test in another unit: units are never joined."""
        self._place = (self._place + by) % len(self._all)
        self._draw("")

    def action_open(self) -> None:
        """Opens the result of the chosen value."""
        if self.entry is not None:
            self.post_message(self.Opened(self.entry.result, self.entry.id))
