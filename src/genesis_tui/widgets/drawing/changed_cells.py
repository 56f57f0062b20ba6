"""What goes to the terminal: of a row that is drawn anew only the cells that are others than those it shows.

Textual sends all rows of a widget that changes. Over a slow line most of that is blanks, rules and labels that stand
there already.
"""

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import TypeAlias

from rich.console import Console
from rich.control import Control
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

_Cell: TypeAlias = tuple[str, Style | None]
_UNKNOWN: _Cell = ("", None)
"""A cell of which nobody knows what the terminal made of it; it is none that is drawn."""

_JUMP = 24
"""Bytes, about: going to a place in a row and setting a colour there."""


class TerminalCells:
    """What the terminal shows, as far as it was sent since the terminal was last empty."""

    def __init__(self) -> None:
        self._rows: list[list[_Cell]] = []

    def forget(self) -> None:
        """The terminal is empty."""
        self._rows.clear()

    def sequences(self, update: ChopsUpdate | LayoutUpdate, console: Console) -> str:
        """What makes the terminal show this, in place of all that Textual would send."""
        sent: list[str] = []
        if isinstance(update, LayoutUpdate):
            self.forget()
        for x, y, strip in _pieces(update):
            known = self._known(y, x + strip.cell_length)
            cells = _cells(strip)
            for first, end in _changed(known[x : x + len(cells)], cells):
                piece = strip if end - first == len(cells) else strip.crop(first, end)
                sent += (Control.move_to(x + first, y).segment.text, piece.render(console))
            known[x : x + len(cells)] = cells
        return "".join(sent)

    def _known(self, y: int, width: int) -> list[_Cell]:
        self._rows += ([] for _ in range(y + 1 - len(self._rows)))
        row = self._rows[y]
        row += (_UNKNOWN for _ in range(width - len(row)))
        return row


class ChangedCells(CompositorUpdate):
    """An update that is compared with the terminal when it is sent, as not every one is."""

    def __init__(self, update: ChopsUpdate | LayoutUpdate, sequences: Callable[..., str]) -> None:
        self._update = update
        self._sequences = sequences

    def render_segments(self, console: Console) -> str:
        return self._sequences(self._update, console)


def _pieces(update: ChopsUpdate | LayoutUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Column, row and text of all that is to be drawn."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield x, y, strip
                x += strip.cell_length
        return
    for y, start, stop in update.spans:
        for end, (x, piece) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if piece is not None and x < stop and end > start:
                yield x, y, piece if end <= stop else piece.crop(0, stop - x)


def _cells(strip: Strip) -> list[_Cell]:
    """Each cell with its style; unknown ones where a character may take another number of them than one."""
    cells: list[_Cell] = []
    for text, style, _ in strip:
        if not text.isascii() and not _narrow(text):
            return [_UNKNOWN] * strip.cell_length
        cells += zip(text, repeat(style))
    return cells if len(cells) == strip.cell_length else [_UNKNOWN] * strip.cell_length


def _narrow(text: str) -> bool:
    """Whether no terminal draws a character of it in two cells, or none."""
    return max(text) < "\u2e80"


def _changed(known: list[_Cell], cells: list[_Cell]) -> list[tuple[int, int]]:
    """From each first cell that changes to behind the last; what stays between two is sent where a jump is longer."""
    if known == cells and _UNKNOWN not in cells:
        return []
    if known[0] is known[-1] is _UNKNOWN:
        return [(0, len(cells))]
    runs: list[tuple[int, int]] = []
    for n, cell in enumerate(cells):
        if cell is _UNKNOWN or cell != known[n]:
            start = runs.pop()[0] if runs and n - runs[-1][1] < _JUMP else n
            runs.append((start, n + 1))
    return runs
