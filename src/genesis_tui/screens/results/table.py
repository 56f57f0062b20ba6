"""The tests of a result as a table, or in two rows a test where it is narrow (MOCKUPS §2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genesis_tui.models.results.result import (
    Reading,
    blood_pressure,
    quantity_text,
    range_text,
    reading_text,
    reading_word,
)
from genesis_tui.widgets.drawing.cells import left, right, width_of, wrap
from genesis_tui.widgets.drawing.lines import Line, Span, line_width
from genesis_tui.widgets.flag_bar import WIDTH as BAR
from genesis_tui.widgets.flag_bar import flag_bar, flag_role

TEXT_WIDTH = 72
TABLE_FROM = 70
"""Narrower than this a test takes two rows."""
_MOST_VALUE, _MOST_REFERENCE, _MOST_WORD = 30, 28, 20
"""Cells of the longest value, reference and word that columns are made for; what is longer takes rows of its own."""
_LEAST_NAME = 16
_NARROW_NAME = 12


@dataclass(frozen=True, slots=True)
class TableShape:
    """Cells of each column; `bar` and `unit` are 0 where they are left out."""

    name: int
    value: int
    unit: int
    bar: int
    reference: int
    word: int

    @property
    def middle(self) -> int:
        """Cells that a value takes which is too long for its own column: value, unit and bar."""
        return self.value + sum(1 + cells for cells in (self.unit, self.bar) if cells)


def shape_of(readings: Sequence[Reading], width: int) -> TableShape | None:
    """Columns for these tests in `width` cells; None where they need two rows each.

    The bar goes first, then the unit joins the value; value, unit, word and reference are never cut.
    """
    readings = [reading for reading in readings if _fits(reading)]
    if width < TABLE_FROM or not readings:
        return None
    numbers = [r for r in readings if r.quantity is not None]
    reference = _widest((range_text(r.range, r.unit) for r in readings), 11)
    word = _widest((_word(r) for r in readings), 10)
    unit = _widest((r.unit for r in numbers), 6) if numbers else 0
    value = _widest((r.text for r in numbers if width_of(r.text) <= 8), 6)
    longest = max((width_of(r.text) for r in readings if r.quantity is None), default=0)
    bar = BAR if numbers else max(0, min(longest, 30) - value - 1)
    joined = _widest((quantity_text(r.quantity) for r in numbers if r.quantity), 6)
    for one in (
        TableShape(0, value, unit, bar, reference, word),
        TableShape(0, value, unit, 0, reference, word),
        TableShape(0, joined, 0, 0, reference, word),
    ):
        name = width - 2 - one.middle - 3 - reference - word - 1
        if name >= _LEAST_NAME and one.middle >= min(longest, 30):
            return TableShape(name, one.value, one.unit, one.bar, reference, word)
    return None


def heading(shape: TableShape) -> Line:
    """`TEST  VALUE UNIT  IN RANGE?  REFERENCE`."""
    cells = [left("TEST", shape.name + 2), right("VALUE", shape.value)]
    if shape.unit:
        cells.append(left("UNIT", shape.unit))
    if shape.bar and shape.unit:
        cells.append(left("  IN RANGE?", shape.bar))
    elif shape.bar:
        cells.append(" " * shape.bar)
    return [(" ".join([*cells, "REFERENCE"]), "muted")]


def _fits(reading: Reading) -> bool:
    """Whether it can stand in the columns of a table."""
    value = 0 if reading.quantity or reading.joined else width_of(reading.text)
    return (
        not reading.lines
        and value <= _MOST_VALUE
        and width_of(range_text(reading.range, reading.unit)) <= _MOST_REFERENCE
        and width_of(_word(reading)) <= _MOST_WORD
    )


def _opened(reading: Reading) -> bool:
    """Whether its parts stand below it: always, but for a blood pressure that says all in one."""
    if not reading.parts:
        return False
    whole = reading.joined and blood_pressure(reading) is not None and len(reading.parts) == 2
    return not whole or any(p.range or p.flag.severity or p.word or p.note for p in reading.parts)


def rows_of(reading: Reading, shape: TableShape | None, width: int, *, bar: bool = True) -> list[Line]:
    """One test, in the columns where there are any and it fits, and its parts below it."""
    opened = _opened(reading)
    shown = reading._replace(text="") if opened and reading.joined and not blood_pressure(reading) else reading
    lines = _table_rows(shown, shape) if shape and _fits(reading) else narrow_rows(shown, width, bar=bar)
    for part in reading.parts if opened else ():
        within = part._replace(name=f"  {part.name}")
        lines += _table_rows(within, shape) if shape and _fits(part) else narrow_rows(within, width, bar=bar)
    return lines


def _table_rows(reading: Reading, shape: TableShape) -> list[Line]:
    """The row of a test, and what is left of a name that is longer than its column."""
    name, *rest = wrap(reading.name, shape.name)
    return [_table_row(reading._replace(name=name), shape), *([(row, "")] for row in rest)]


def _table_row(reading: Reading, shape: TableShape) -> Line:
    role = flag_role(reading.flag)
    return [
        (left(reading.name, shape.name), ""),
        (f"{_sign(reading):>2} ", f"sign {role}"),
        *_middle(reading, shape),
        (" " + left(range_text(reading.range, reading.unit), shape.reference), "muted"),
        (" " + left(_word(reading), shape.word), f"bold {role}" if role else "muted"),
    ]


def _middle(reading: Reading, shape: TableShape) -> list[Span]:
    weight = "bold" if reading.flag.severity else ""
    joined = not shape.unit
    text = reading_text(reading) if joined else reading.text
    if width_of(text) > shape.value or reading.quantity is None:
        whole = reading_text(reading)
        return [(left(whole, shape.middle), weight)]
    spans: list[Span] = [(right(text, shape.value), weight)]
    if shape.unit:
        spans.append((" " + left(reading.unit, shape.unit), "muted"))
    if shape.bar:
        spans += [(" ", ""), *(flag_bar(reading.quantity, reading.range, reading.flag) or [(" " * shape.bar, "")])]
    return spans


def narrow_rows(reading: Reading, width: int, *, bar: bool = True) -> list[Line]:
    """One test in two rows: name, flag, value and word; bar and reference. More where the words need them."""
    role = flag_role(reading.flag)
    weight = "bold" if reading.flag.severity else ""
    value, word, sign = reading_text(reading), _word(reading), _sign(reading)
    name = max(_NARROW_NAME, (width - 3) // 2)
    named, *rest = wrap(reading.name, name)
    first: list[Span] = [(left(named, name), ""), (f" {sign:>2} ", f"sign {role}")]
    more: list[Line] = [[(row, "")] for row in rest]
    room = width - line_width(first) - 1
    if width_of(value) + (len(word) + 1 if word else 0) <= room and not reading.lines:
        said: list[Span] = [(left(value, room - width_of(word)), weight), (word, f"bold {role}" if role else "muted")]
        return [[*first, *said], *more, *_second(reading, width, bar=bar)]
    lines: list[Line] = [[*first, (right(word, room), f"bold {role}" if role else "muted")], *more]
    lines += [[("  ", ""), (row, weight)] for row in wrap(reading.lines or value, min(TEXT_WIDTH, width - 3))]
    return [*lines, *_second(reading, width, bar=bar)]


def _second(reading: Reading, width: int, *, bar: bool) -> list[Line]:
    reference = range_text(reading.range, reading.unit)
    drawn = flag_bar(reading.quantity, reading.range, reading.flag) if bar else ()
    if not reference and not drawn:
        return []
    words = f"reference {reference}" if reference else ""
    if not drawn or BAR + 2 + width_of(words) > width - 1:
        return [[("  ", ""), (row, "muted")] for row in wrap(words, width - 3)] if words else [list(drawn)]
    return [[*drawn, ("  ", ""), (words, "muted")]]


def _sign(reading: Reading) -> str:
    return reading.flag.value if reading.flag.severity else ""


def _word(reading: Reading) -> str:
    word = reading_word(reading)
    return "" if word == reading.text else word


def _widest(texts: Iterable[str], least: int) -> int:
    return max([least, *map(width_of, texts)])
