"""What goes to the terminal: of a row that is drawn anew only the cells that are others than those it shows.

Textual sends all rows of a widget that changes, each segment with its whole style. Over a slow line most of that is
blanks, rules and labels that stand there already, and colours that are in force already.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeAlias

from rich.color import ColorSystem
from rich.console import Console
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

_Cells: TypeAlias = tuple[str, str]
"""The characters of cells, and as many that say how each looks: one stands for one SGR code."""

_PLAIN = "\1"
_UNKNOWN = "\0"
"""The look of a cell of which nobody knows what the terminal made of it; none is drawn so."""

_WIDE = "\u2e80"
"""From here on terminals draw characters in two cells, or in none."""
_CHANGED = re.compile(rb"[^\0](?:\0{0,12}[^\0])*")
"""Differences, two bytes a cell; what stays in between is sent where a jump is longer."""


class TerminalCells:
    """What the terminal shows, as far as it was sent since the terminal was last empty."""

    def __init__(self) -> None:
        self._rows: list[_Cells] = []
        self._looks = {"": _PLAIN}
        self._turns: dict[tuple[str, str], str] = {}

    def forget(self) -> None:
        """The terminal is empty."""
        self._rows.clear()

    def sequences(self, update: ChopsUpdate | LayoutUpdate, console: Console) -> str:
        """What makes the terminal show this, in place of all that Textual would send."""
        if isinstance(update, LayoutUpdate):
            self.forget()
        sent: list[str] = []
        look, row = _PLAIN, -1
        for x, y, strip in _pieces(update):
            text, looks = cells = self._cells(strip, console._color_system or ColorSystem.TRUECOLOR)
            for first, end in _changed(self._replaced(x, y, cells), cells):
                sent.append(f"\x1b[{x + first + 1}G" if y == row else f"\x1b[{y + 1};{x + first + 1}H")
                row = y
                if looks[first] == _UNKNOWN:
                    sent += (self._turn(look, _PLAIN), strip.render(console))
                    look = _PLAIN
                    continue
                while first < end:
                    stop = end - len(looks[first:end].lstrip(looks[first]))
                    sent += (self._turn(look, looks[first]), text[first:stop])
                    look, first = looks[first], stop
        return "".join([*sent, self._turn(look, _PLAIN)])

    def _cells(self, strip: Strip, colours: ColorSystem) -> _Cells:
        """Characters and looks; unknown ones where a character may take another number of cells than one."""
        texts, looks, known = [], [], self._looks
        for text, style, _ in strip._segments:
            code = "" if style is None else style._ansi
            if code is None and style is not None:
                code = strip.render_ansi(style, colours)
            look = known.get(code or "") or known.setdefault(code or "", chr(len(known) + 1))
            texts.append(text)
            looks.append((_UNKNOWN if style is not None and style._link else look) * len(text))
        text, look = "".join(texts), "".join(looks)
        narrow = text.isascii() or max(text) < _WIDE
        if not narrow or len(text) != strip.cell_length or _UNKNOWN in look:
            text = look = _UNKNOWN * strip.cell_length
        return text, look

    def _replaced(self, x: int, y: int, cells: _Cells) -> _Cells:
        """What these cells take the place of."""
        self._rows += [("", "")] * (y + 1 - len(self._rows))
        text, looks = self._rows[y]
        end = x + len(cells[0])
        if len(text) < end:
            text, looks = text.ljust(end, _UNKNOWN), looks.ljust(end, _UNKNOWN)
        self._rows[y] = text[:x] + cells[0] + text[end:], looks[:x] + cells[1] + looks[end:]
        return text[x:end], looks[x:end]

    def _turn(self, look: str, to: str) -> str:
        """The sequence after which the terminal draws in another look."""
        if look == to:
            return ""
        known = self._turns.get((look, to))
        if known is None:
            codes = list(self._looks)
            known = self._turns[look, to] = _turn(codes[ord(look) - 1], codes[ord(to) - 1])
        return known


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


def _changed(known: _Cells, cells: _Cells) -> Iterator[tuple[int, int]]:
    """From each first cell that changes to behind the last."""
    if _UNKNOWN in cells[1] or (known[1].count(_UNKNOWN) == len(cells[1]) > 0):
        yield 0, len(cells[1])
    elif known != cells:
        differences = _bits(known[0]) ^ _bits(cells[0]) | _bits(known[1]) ^ _bits(cells[1])
        for run in _CHANGED.finditer(differences.to_bytes(2 * len(cells[1]), "little")):
            yield run.start() // 2, (run.end() + 1) // 2


def _bits(text: str) -> int:
    return int.from_bytes(text.encode("utf-16-le"), "little")


def _turn(code: str, to: str) -> str:
    """From one SGR code to another: only what differs, where nothing has to end."""
    before, after = _sgr(code), _sgr(to)
    if before.keys() - after.keys():
        return f"\x1b[0;{to}m" if to else "\x1b[0m"
    return f"\x1b[{';'.join(part for kind, part in after.items() if before.get(kind) != part)}m"


def _sgr(code: str) -> dict[str, str]:
    """Parts of an SGR code by what they set: the two colours, and each attribute for itself."""
    parts: dict[str, str] = {}
    numbers = iter(code.split(";") if code else ())
    for part in numbers:
        if part in ("38", "48"):
            space = next(numbers)
            part = ";".join([part, space, *islice(numbers, 1 if space == "5" else 3)])
        sets = {"3": "text", "9": "text", "4": "ground", "1": "ground"}.get(part[0], part) if len(part) > 1 else part
        parts[sets] = part
    return parts
