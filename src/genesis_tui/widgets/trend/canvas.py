"""A grid of cells that parts of the plot are put on, first come first kept."""

from genesis_tui.widgets.drawing.lines import Span
from genesis_tui.widgets.trend.braille import Cell


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
