"""The values table: every reading of a series, newest first, in as many columns as fit."""

from collections.abc import Sequence
from itertools import zip_longest

from genesis_tui.models.base.dates import day
from genesis_tui.models.results.trends import Series, TrendPoint
from genesis_tui.widgets.drawing.cells import left, right, width_of
from genesis_tui.widgets.drawing.lines import Line, Span
from genesis_tui.widgets.flag_bar import flag_role
from genesis_tui.widgets.trend.wording import flag_sign

_DATE = 12
_WORD = 13


def table(series: Series, chosen: TrendPoint | None, width: int, height: int, *, focus: bool) -> list[Line]:
    """A heading and the entries in `height` lines; the chosen one is always among those shown.

    `focus` marks the chosen entry as the cursor, otherwise as the row that the plot points at.
    """
    entries = list(reversed(series.entries))
    value = min(max((width_of(e.text) for e in entries), default=1), max(6, width - _DATE - 9))
    cell = _DATE + 3 + value + 1 + _WORD + 2 * (series.added is not None)
    columns = max(1, (width - 2) // (cell + 1))
    rows = max(1, height - 1)
    place = next((i for i, e in enumerate(entries) if e is chosen), 0)
    first = max(0, min(place - rows * columns // 2, len(entries) - rows * columns))
    shown = entries[first : first + rows * columns]
    deep = min(rows, max(1, len(shown))) if columns == 1 else rows
    marks = ("● ", "□ ") if series.added is not None else ("", "")
    stacks = [
        [_cell(e, value, e is chosen, focus, marks[e.test]) for e in shown[i : i + deep]]
        for i in range(0, len(shown), deep)
    ]
    heading = f"VALUES, NEWEST FIRST{f'  {first + 1} to {first + len(shown)}' if len(shown) < len(entries) else ''}"
    return [[("  ", ""), (heading, "bold muted")], *_side_by_side(stacks, cell)]


def _side_by_side(stacks: Sequence[Sequence[Line]], cell: int) -> list[Line]:
    lines: list[Line] = []
    blank: Line = [(" " * (cell + 1), "")]
    for row in zip_longest(*stacks, fillvalue=blank):
        lines.append([span for part in row for span in part])
    return lines


def _cell(entry: TrendPoint, value: int, chosen: bool, focus: bool, mark: str) -> list[Span]:
    role = flag_role(entry.flag)
    ground = ("on-cursor" if focus else "on-cursor-dim") if chosen else ""
    edge: Span = ("▌" if focus else "▎", f"sign {'accent' if focus else 'muted'} {ground}") if chosen else (" ", "")
    return [
        edge,
        (right(day(entry.at), _DATE), f"muted {ground}"),
        (f" {mark}{flag_sign(entry):>2}", f"sign {role} {ground}"),
        (" " + right(entry.text, value), f"{'bold' if role else ''} {ground}"),
        (" " + left(entry.word if role else "", _WORD), f"bold {role} {ground}"),
    ]
