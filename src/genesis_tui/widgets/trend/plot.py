"""The plot of one series as lines of text (MOCKUPS §3): pure, for a size and a chosen point."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genesis_tui.models.results.result import Flag
from genesis_tui.models.results.trends import Series, TrendPoint
from genesis_tui.widgets.drawing.cells import right
from genesis_tui.widgets.drawing.lines import Line
from genesis_tui.widgets.drawing.lines import Span as Ink
from genesis_tui.widgets.flag_bar import flag_role
from genesis_tui.widgets.trend import scale
from genesis_tui.widgets.trend.axis import calendar_ticks
from genesis_tui.widgets.trend.canvas import Canvas, joined
from genesis_tui.widgets.trend.labels import Dot, put_labels
from genesis_tui.widgets.trend.scale import Span, Step, column, limit_rows

GUTTER = 8
"""Cells left of the plot: a number of 6, a space, the axis."""
AXIS_ROWS = 2
LEAST_COLUMNS, LEAST_ROWS = 40, 8
_RIGHT_MARGIN = 3
_SECOND_AXIS = 9
"""Cells right of the plot where the added test has an axis of its own."""
_GLYPHS = {
    Flag.HIGH: "▲△", Flag.CRITICAL_HIGH: "▲△", Flag.LOW: "▼▽", Flag.CRITICAL_LOW: "▼▽",
    Flag.ABNORMAL: "◆◇", Flag.CRITICAL: "◆◇",
}  # fmt: skip
"""By flag: the glyph of the test, and that of the one added to it."""
ADDED = "□"
INK = ("muted", "accent")
"""Colours of what joins the points, by test."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the terminal can show: `braille` joins the points, `band` paints the reference band's background."""

    braille: bool = True
    band: bool = True


def fits(width: int, height: int) -> bool:
    """Whether a plot of this size, axes included, has at least 40 by 8 free cells (rule 8)."""
    return width - GUTTER - _RIGHT_MARGIN >= LEAST_COLUMNS - GUTTER and height - AXIS_ROWS >= LEAST_ROWS


def plot(series: Series, chosen: int, width: int, height: int, look: Look = Look()) -> list[Line]:
    """`height` lines of at most `width` cells; the guide stands under `series.numbers[chosen]`."""
    frame = _Frame.of(series, width, height)
    canvas = Canvas(frame.columns, frame.rows)
    dots = frame.dots()
    _put_points(canvas, dots, series.own)
    if look.braille:
        _put_lines(canvas, dots, series.own)
    put_labels(canvas, dots, chosen)
    _put_guide(canvas, [d.cell[0] for d in dots if d.entry == chosen])
    for part in frame.parts:
        _put_band(canvas, part, painted=look.band, two_tests=series.added is not None)
    return [*_with_gutter(canvas, frame), *_calendar(frame)]


def here(series: Series, chosen: int, width: int, height: int) -> tuple[int, int]:
    """Which of how many entries stand in the chosen one's cell: `(2, 3)` reads "2 of 3 here"."""
    dots = _Frame.of(series, width, height).dots()
    cells = {dot.cell for dot in dots if dot.entry == chosen}
    same = sorted({dot.entry for dot in dots if dot.cell in cells})
    return (same.index(chosen) + 1, len(same)) if chosen in same else (1, 1)


@dataclass(frozen=True, slots=True)
class _Part:
    """A step of a band on the canvas: its columns and the rows of its limits."""

    start: int
    end: int
    low: int | None
    high: int | None
    floor: int
    """The last row that the band's background takes: above the band of the line below."""
    words: str
    test: int


@dataclass(frozen=True, slots=True)
class _Frame:
    """The scales of a series at a size, and the steps of the reference range of each of its lines."""

    series: Series
    columns: int
    rows: int
    spans: tuple[Span, ...]
    """The scale of each line's values."""
    times: Span
    steps: tuple[tuple[Step, ...], ...]

    @classmethod
    def of(cls, series: Series, width: int, height: int) -> "_Frame":
        entries = series.numbers
        steps = tuple(_steps(entries, line) for line in range(len(series.lines)))
        every = range(len(series.lines))
        groups = [every[: series.own], every[series.own :]] if series.two_axes else [every]
        spans = [span for group in groups for span in [_values(entries, steps, group)] * len(group)]
        columns = width - GUTTER - (_SECOND_AXIS if series.two_axes else _RIGHT_MARGIN)
        times = scale.time_span([e.at.instant.timestamp() for e in entries])
        return cls(series, columns, height - AXIS_ROWS, tuple(spans), times, steps)

    def dots(self) -> list[Dot]:
        """Every number at its cell, oldest first."""
        return [
            Dot(i, line, self._cell(entry, line, quantity.value), quantity, entry.flags[line])
            for i, entry in enumerate(self.series.numbers)
            for line, quantity in enumerate(entry.points)
            if quantity is not None
        ]

    def _cell(self, entry: TrendPoint, line: int, value: float) -> tuple[int, int]:
        instant = entry.at.instant.timestamp()
        step = next((s for s in reversed(self.steps[line]) if s.since <= instant), None)
        return column(instant, self.times, self.columns), scale.row(value, step, self.spans[line], self.rows)

    @property
    def parts(self) -> list[_Part]:
        """The bands' steps, in columns and rows."""
        made = []
        for line, steps in enumerate(self.steps):
            starts = [column(max(step.since, self.times.low), self.times, self.columns) for step in steps]
            ends = [*starts[1:], self.columns]
            for i, step in enumerate(steps):
                low, high = limit_rows(step, self.spans[line], self.rows)
                words = f"{self.series.lines[line]} in range".lstrip()
                test, floor = int(line >= self.series.own), self._floor(line)
                made.append(_Part(starts[i] if i else 0, ends[i], low, high, floor, words, test))
        return made

    def _floor(self, line: int) -> int:
        """A row is left free between two bands of one test: between systolic and diastolic."""
        below = [
            limit_rows(step, self.spans[line], self.rows)[1]
            for other in self.steps[line + 1 : self.series.own]
            for step in other
        ]
        return min([self.rows - 1, *(row - 2 for row in below if row is not None)])


def _steps(entries: Sequence[TrendPoint], line: int) -> tuple[Step, ...]:
    """The reference range over time: a step at the first result of each new range; the first reaches back."""
    steps: list[Step] = []
    for entry in entries:
        span = entry.ranges[line]
        if span is None or (span.low is None and span.high is None):
            continue
        if not steps or (steps[-1].low, steps[-1].high) != (span.low, span.high):
            since = entry.at.instant.timestamp() if steps else float("-inf")
            steps.append(Step(since, span.low, span.high))
    return tuple(steps)


def _values(entries: Sequence[TrendPoint], steps: Sequence[Sequence[Step]], lines: Iterable[int]) -> Span:
    """The scale of these lines."""
    limits = [x for line in lines for step in steps[line] for x in (step.low, step.high) if x is not None]
    numbers = (entry.points[line] for entry in entries for line in lines)
    return scale.value_span([q.value for q in numbers if q is not None], limits)


def _put_points(canvas: Canvas, dots: Iterable[Dot], own: int) -> None:
    """Points, the gravest first: in a shared cell the abnormal one wins."""
    for dot in sorted(dots, key=lambda d: d.flag.severity, reverse=True):
        test = int(dot.line >= own)
        normal = ("○" if dot.line else "●") + ADDED
        glyph, role = _GLYPHS.get(dot.flag, normal)[test], flag_role(dot.flag) or ("accent" if test else "")
        canvas.put(*dot.cell, glyph, f"sign {role}")


def _put_lines(canvas: Canvas, dots: Sequence[Dot], own: int) -> None:
    taken = set(canvas.cells)
    for line in sorted({dot.line for dot in dots}):
        for (x, y), char in joined([d.cell for d in dots if d.line == line], taken).items():
            canvas.put(x, y, char, INK[line >= own])


def _put_guide(canvas: Canvas, columns: Iterable[int]) -> None:
    for x in columns:
        for y in range(canvas.rows):
            canvas.put(x, y, "┆", "sign accent")


def _put_band(canvas: Canvas, part: _Part, *, painted: bool, two_tests: bool) -> None:
    """Limit lines always; words and the background, where the terminal shows one, for the bands of one test."""
    role = "accent" if part.test else "range"
    for line in (part.low, part.high):
        if line is not None:
            canvas.put(part.start, line, "┄" * (part.end - part.start), f"sign {role}")
    if two_tests:
        return
    top = 0 if part.high is None else part.high
    bottom = part.floor if part.low is None else part.low
    rows = range(top + 1, bottom + 1) if part.high is not None else range(bottom - 1, top - 1, -1)
    free = (row for row in rows if canvas.free(1, row, len(part.words)))
    if part.start == 0 and (row := next(free, None)) is not None:
        canvas.put(1, row, part.words, "range")
    if painted:
        canvas.band.update((x, y) for x in range(part.start, part.end) for y in range(top, bottom + 1))


def _with_gutter(canvas: Canvas, frame: _Frame) -> list[list[Ink]]:
    first, second = _gutter(frame, 0), _gutter(frame, frame.series.own) if frame.series.two_axes else None
    lines = []
    for y in range(canvas.rows):
        text, role = first.get(y, ("", ""))
        line: list[Ink] = [(right(text, GUTTER - 2), role), (" ", ""), ("│", "sign rule"), *canvas.line(y)]
        if second is not None:
            text, role = second.get(y, ("", ""))
            line += [("│", "sign rule"), (f" {text}", role.replace("range", "accent"))]
        lines.append(line)
    return lines


def _gutter(frame: _Frame, line: int) -> dict[int, Ink]:
    """Numbers beside the axis of a line: limits first, then round ticks that are not within a row of one (rule 2)."""
    found: dict[int, Ink] = {}
    span = frame.spans[line]
    for steps in (steps for steps, other in zip(frame.steps, frame.spans, strict=True) if other is span):
        for step in reversed(steps):
            low, high = limit_rows(step, span, frame.rows)
            for row, limit in ((high, step.high), (low, step.low)):
                if row is not None and limit is not None and not _near(row, found):
                    found[row] = (scale.tick_text(limit, [limit]), "bold range")
    limits = dict(found)
    ticks = scale.round_ticks(span, frame.rows)
    for tick in ticks:
        row = scale.plain_row(tick, span, frame.rows)
        if not _near(row, limits):
            found[row] = (scale.tick_text(tick, ticks), "muted")
    return found


def _near(line: int, found: Iterable[int]) -> bool:
    return any(abs(line - other) <= 1 for other in found)


def _calendar(frame: _Frame) -> list[list[Ink]]:
    """The axis with its ticks, and the years under them."""
    ticks = calendar_ticks(frame.times, frame.series.numbers[-1].at.instant.tzinfo, frame.columns)
    axis = ["─"] * frame.columns
    words = [" "] * (frame.columns + _RIGHT_MARGIN + GUTTER)
    for place, label in ticks:
        axis[place] = "┬"
        start = GUTTER + place - len(label) // 2
        words[start : start + len(label)] = label
    return [
        [(" " * (GUTTER - 1), ""), ("╰" + "".join(axis) + ("╯" if frame.series.two_axes else ""), "sign rule")],
        [("".join(words).rstrip(), "muted")],
    ]
