"""Which values are written beside their points, and where (MOCKUPS §3, rule 6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genesis_tui.models.results.result import Flag, Quantity
from genesis_tui.widgets.trend.canvas import Canvas, Cell

_BELOW = frozenset({Flag.LOW, Flag.CRITICAL_LOW})


@dataclass(frozen=True, slots=True)
class Dot:
    """One number on the plot: which entry and line it belongs to, its cell, its value and flag."""

    entry: int
    line: int
    cell: Cell
    quantity: Quantity
    flag: Flag

    @property
    def label(self) -> str:
        """The number, after an arrow where a comparator says that the value lies beyond it (rule 7)."""
        digits = self.quantity.text.lstrip("<>=≤≥ ")
        return {"<": "↓", ">": "↑"}.get(self.quantity.comparator[:1], "") + digits


def put_labels(canvas: Canvas, dots: Sequence[Dot], chosen: int) -> None:
    """Writes labels above their points (below for low ones), the other side second, wherever nothing is touched."""
    points = {dot.cell for dot in dots}
    written: set[Cell] = set()
    for dot in _by_weight(dots, chosen):
        bold = "bold" if dot.entry == chosen else ""
        for column, row in _places(dot, canvas.columns, every=dot.entry == chosen):
            if _fits(canvas, column, row, len(dot.label), points | written):
                canvas.put(column, row, dot.label, f"sign {bold}")
                written.update((column + i, row) for i in range(len(dot.label)))
                break


def _by_weight(dots: Sequence[Dot], chosen: int) -> Iterable[Dot]:
    """Chosen, last, highest, lowest, first, then the others from the newest back."""
    if not dots:
        return ()
    last, first = dots[-1], dots[0]
    highest = max(dots, key=lambda d: d.quantity.value)
    lowest = min(dots, key=lambda d: d.quantity.value)
    order = [*(d for d in dots if d.entry == chosen), last, highest, lowest, first, *reversed(dots)]
    return dict.fromkeys(order)


def _places(dot: Dot, columns: int, *, every: bool) -> list[Cell]:
    """Where the label may begin, best first; the chosen point's may also stand askew or beside it."""
    column, row = dot.cell
    length = len(dot.label)
    starts = [column - length // 2]
    if every:
        starts += [column - length, column + 1]
    rows = (row + 1, row - 1) if dot.flag in _BELOW else (row - 1, row + 1)
    found = [(min(max(0, start), columns - length), y) for start in starts for y in rows]
    return [*found, (column + 2, row), (column - length - 1, row)] if every else found


def _fits(canvas: Canvas, column: int, row: int, length: int, others: set[Cell]) -> bool:
    beside = {(column - 1, row), (column + length, row)}
    return canvas.free(column, row, length) and not beside & others
