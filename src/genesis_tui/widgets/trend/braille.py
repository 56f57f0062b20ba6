"""Thin lines between points, in braille dots: 2 columns by 4 rows of dots a cell."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

Cell = tuple[int, int]
"""Column and row."""

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_FIRST = 0x2800


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
