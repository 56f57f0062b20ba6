"""A grid of cells that parts of the plot are put on, first come first kept."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from genesis_tui.widgets.drawing.lines import Span

Cell = tuple[int, int]
"""Column and row."""

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_FIRST = 0x2800


class Canvas:
    """`columns` by `rows` cells, each with a character and its role, and the cells that lie in the reference band."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self.cells: dict[Cell, Span] = {}
        self.band: set[Cell] = set()

    def has(self, column: int, row: int) -> bool:
        """True for a cell on the canvas."""
        return 0 <= column < self.columns and 0 <= row < self.rows

    def put(self, column: int, row: int, text: str, role: str) -> None:
        """Writes one character a cell from `column` on, where the cells are still free."""
        for offset, char in enumerate(text):
            cell = (column + offset, row)
            if self.has(*cell):
                self.cells.setdefault(cell, (char, role))

    def free(self, column: int, row: int, length: int) -> bool:
        """True where `length` cells from `column` on are on the canvas and empty."""
        return all(self.has(column + i, row) and (column + i, row) not in self.cells for i in range(length))

    def line(self, row: int) -> list[Span]:
        """One row, left to right, neighbours of one role joined."""
        spans: list[Span] = []
        for column in range(self.columns):
            char, role = self.cells.get((column, row), (" ", ""))
            if (column, row) in self.band:
                role = f"{role} on-band"
            if spans and spans[-1][1] == role:
                spans[-1] = (spans[-1][0] + char, role)
            else:
                spans.append((char, role))
        return spans


def joined(points: Sequence[Cell], taken: Iterable[Cell]) -> dict[Cell, str]:
    """Braille characters that join the points in their order, but for the cells that are taken."""
    dots: dict[Cell, int] = {}
    for start, end in pairwise(points):
        for x, y in _between(_centre(start), _centre(end)):
            cell = (x // 2, y // 4)
            dots[cell] = dots.get(cell, 0) | _DOTS[x % 2][y % 4]
    full = set(taken)
    return {cell: chr(_FIRST + bits) for cell, bits in dots.items() if cell not in full}


def _centre(cell: Cell) -> Cell:
    return cell[0] * 2, cell[1] * 4 + 2


def _between(start: Cell, end: Cell) -> list[Cell]:
    """The dots of a straight line, one in each column or row, whichever has more."""
    (x0, y0), (x1, y1) = start, end
    steps = max(abs(x1 - x0), abs(y1 - y0))
    if not steps:
        return [start]
    return [(round(x0 + (x1 - x0) * i / steps), round(y0 + (y1 - y0) * i / steps)) for i in range(steps + 1)]
