"""Everything on stdout: tables for people, JSON and CSV for programs."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from genesis_tui.text import one_line, plain

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def print_json(tree: Any) -> None:
    """One JSON document, indented on a terminal, on one line elsewhere; UTF-8 text that a terminal can show."""
    click.echo(plain(json.dumps(tree, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None), lines=True))


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()) -> None:
    """Columns as wide as they need to be, two spaces apart, nothing cut. `right` are the columns set right."""
    lines = [[one_line(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(_cells(line[n]) for line in lines) for n in range(len(heads))]
    for line in lines:
        cells = [_pad(cell, widths[n], right=n in right) for n, cell in enumerate(line)]
        click.echo("  ".join(cells).rstrip())


def print_csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """RFC 4180 with a line of heads. A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    import csv
    import io

    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    click.echo(plain(page.getvalue(), lines=True), nl=False)


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _pad(cell: str, width: int, *, right: bool) -> str:
    space = " " * (width - _cells(cell))
    return space + cell if right else cell + space


def _cells(text: str) -> int:
    """Terminal cells that a harmless text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
