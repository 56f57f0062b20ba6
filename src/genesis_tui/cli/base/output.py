"""Everything on stdout: tables for people, JSON and CSV for programs."""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from genesis_tui.cli.base.json_parts import VERSION
from genesis_tui.cli.base.streams import unicode_out
from genesis_tui.sanitize import SPELLING, inert, one_line, plain

_SHOWN = 40
_ESCAPED = {ord(char): f"\\u{ord(char):04x}" for char in SPELLING}
_REST = re.compile(f"[^{SPELLING}]+")


def put(text: str, *, end: str = "\n") -> None:
    """Words or ids on stdout."""
    click.echo(f"{text}{end}", nl=False)


def print_json(tree: Mapping[str, Any], *, indented: bool = True) -> None:
    """One JSON document with its `version`, indented on a terminal, on one line elsewhere; UTF-8 text that a terminal
    can show.

    What a text is spelled with though nobody sees it stands there as JSON's own escapes, so that it comes back whole.
    """
    indent = 2 if indented and sys.stdout.isatty() else None
    text = json.dumps({"version": VERSION, **tree}, ensure_ascii=not unicode_out(), indent=indent)
    rest = _REST.sub(lambda run: plain(run[0], lines=True), text)  # the escapes last: a mark would compose with one
    put(rest.translate(_ESCAPED))


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()) -> None:
    """Columns two spaces apart; `right` are the columns set right.

    They are as wide as they need to be. On a terminal that has less room the widest ones wrap between words.
    """
    lines = [[one_line(cell) for cell in row] for row in (heads, *rows)]
    widths = _widths(lines, len(heads))
    for line in lines:
        cells = [wrapped(cell, widths[n]) for n, cell in enumerate(line)]
        for at in range(max(map(len, cells))):
            parts = [cell[at] if at < len(cell) else "" for cell in cells]
            put("  ".join(_pad(part, widths[n], right=n in right) for n, part in enumerate(parts)).rstrip())


def _widths(lines: Sequence[Sequence[str]], columns: int) -> list[int]:
    """Of each column; on a terminal no more than it has, as far as whole words allow."""
    widths = [max(_cells(line[n]) for line in lines) for n in range(columns)]
    if not sys.stdout.isatty():
        return widths
    from shutil import get_terminal_size

    least = [max(_cells(word) for line in lines for word in line[n].split(" ")) for n in range(columns)]
    over = sum(widths) + 2 * (columns - 1) - get_terminal_size().columns
    while over > 0:
        n = max(range(columns), key=lambda n: (widths[n] > least[n], widths[n]))
        if widths[n] <= least[n]:
            break
        widths[n] -= 1
        over -= 1
    return widths


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most `width` cells, broken between words."""
    if _cells(text) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and _cells(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def print_csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """RFC 4180 with a line of heads. A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    import csv
    import io

    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([inert(cell) for cell in row] for row in rows)
    put(plain(page.getvalue(), lines=True), end="")


def counted(number: int, one: str, more: str = "") -> str:
    """`1 character`, `1,200 characters`; `more` is the plural where it takes more than an s."""
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"


def listed_in_words(names: Sequence[str], most: int, *, unnamed: int = 0) -> str:
    """`a, b and 3 more`: at most so many of the names, then how many there are besides, `unnamed` among them."""
    rest = max(0, len(names) - most) + unnamed
    return ", ".join(names[:most]) + (f" and {rest:,} more" if rest else "")


def short(text: str) -> str:
    """What somebody typed, in quotation marks and harmless, and no longer than an error should repeat."""
    return repr(f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text)


def _pad(cell: str, width: int, *, right: bool) -> str:
    space = " " * (width - _cells(cell))
    return space + cell if right else cell + space


def _cells(text: str) -> int:
    """Terminal cells that a harmless text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
