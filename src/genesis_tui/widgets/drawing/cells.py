"""Text cut and set to a number of terminal cells; wide and combining characters count as the terminal counts them."""

import re

from rich.cells import cell_len, set_cell_size

from genesis_tui.widgets.drawing import symbols

_WIDEST = 2
"""Cells of a character."""
_WORDS = re.compile(r"(\s*)(\S+)")


def width_of(text: str) -> int:
    """How many cells `text` takes."""
    return cell_len(text)


def fit(text: str, width: int) -> str:
    """`text` in at most `width` cells; what is cut ends in `…`."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    mark = symbols.get("more")
    return set_cell_size(
        set_cell_size(text, width - len(mark)).rstrip() + mark if width > len(mark) else text, width
    ).rstrip()


def left(text: str, width: int) -> str:
    """`text` cut to and filled up to exactly `width` cells, starting at the left."""
    cut = fit(text, width)
    return cut + " " * (width - cell_len(cut))


def right(text: str, width: int) -> str:
    """`text` cut to and filled up to exactly `width` cells, ending at the right."""
    cut = fit(text, width)
    return " " * (width - cell_len(cut)) + cut


def wrap(text: str, width: int) -> list[str]:
    """The lines of `text` in at most `width` cells: own newlines and the spaces of columns kept, broken at spaces, long
    words cut by cells."""
    if len(text) <= width and text.isascii() and text.isprintable():
        return [text.rstrip()]
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap_one(paragraph.rstrip(), max(1, width)))
    return lines


def _wrap_one(paragraph: str, width: int) -> list[str]:
    narrow = paragraph.isascii() and paragraph.isprintable()
    cells = len if narrow else cell_len
    if cells(paragraph) <= width:
        return [paragraph]
    if narrow and not paragraph.startswith(" "):
        return _wrap_narrow(paragraph, width)
    indent = paragraph[: len(paragraph) - len(paragraph.lstrip(" "))]
    if cells(indent) * 2 > width:
        indent = ""
    lines: list[str] = []
    line = indent
    for gap, word in _WORDS.findall(paragraph):
        for n, piece in enumerate(_pieces(word, width - cells(indent))):
            joined = line + ((gap if n == 0 else "") if line.strip() else "") + piece
            if line.strip() and cells(joined) > width:
                lines.append(line)
                joined = indent + piece
            line = joined
    return [*lines, line.rstrip()]


def _wrap_narrow(paragraph: str, width: int) -> list[str]:
    """The same of a paragraph without indent whose characters take a cell each: nearly all, and lists count lines."""
    lines: list[str] = []
    while len(paragraph) > width:
        end = paragraph.rfind(" ", 0, width + 1)
        end = end if end > 0 else width
        lines.append(paragraph[:end].rstrip(" "))
        paragraph = paragraph[end:].lstrip(" ")
    return [*lines, paragraph]


def _pieces(word: str, width: int) -> list[str]:
    if len(word) * _WIDEST <= width or cell_len(word) <= width:
        return [word]
    pieces, piece = [], ""
    for char in word:
        if piece and cell_len(piece + char) > width:
            pieces.append(piece)
            piece = ""
        piece += char
    return [*pieces, piece]
