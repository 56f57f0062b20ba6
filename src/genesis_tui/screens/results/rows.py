"""How results look in the list, column by column (MOCKUPS §2)."""

from collections.abc import Sequence

from genesis_tui.models.base.dates import day, long_day, short_day
from genesis_tui.models.results.result import (
    Flag,
    Reading,
    Result,
    ResultKind,
    caution,
    corrections,
    main_value,
    range_text,
    reading_text,
    reading_word,
    result_word,
)
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import fit, left, width_of
from genesis_tui.widgets.drawing.lines import Line, Span, line_width
from genesis_tui.widgets.flag_bar import flag_role
from genesis_tui.widgets.virtual_list import Columns, RowView

_WORD, _KIND, _VALUE, _DATE = 9, 4, 16, 9
_VALUE_FROM = 68
"""Narrower than this the main value gives its cells to the title."""

KINDS = {
    ResultKind.LAB: "Lab",
    ResultKind.RADIOLOGY: "Rad",
    ResultKind.PATHOLOGY: "Path",
    ResultKind.NOTE: "Note",
    ResultKind.OTHER: "Oth",
}
"""What a row calls its kind."""


class ResultView(RowView[Result]):
    """Rows of Results; `new` are the keys that the viewer has not opened."""

    def __init__(self, columns: Columns = Columns.FULL, new: frozenset[str] = frozenset()) -> None:
        """Pure: the same row, width and `new` draw the same lines."""
        self.columns = columns
        self.new = new

    def key(self, row: Result) -> str:
        """The resource that stands for the row."""
        return row.key

    def heights(self, rows: Sequence[Result], width: int) -> int:
        return 2 if self.columns is Columns.TWO_ROWS else 1

    def draw(self, row: Result, width: int) -> list[Line]:
        """New, flag, word, kind, title, value, marks, date."""
        new = row.key in self.new
        flag = row.flag
        sign = flag.value if flag.severity else ""
        head: list[Span] = [
            ("•" if new else " ", "sign unread"),
            (f"{sign:>3}", f"sign {flag_role(flag)}"),
            (" ", ""),
        ]
        if self.columns is Columns.TWO_ROWS:
            return [self._title_line(row, head, width, new, marks=False), _second_line(row, flag, width)]
        if self.columns is Columns.SHORT:
            return [self._title_line(row, head, width, new, marks=True)]
        return [_full_line(row, flag, head, width, new)]

    @staticmethod
    def _title_line(row: Result, head: list[Span], width: int, new: bool, *, marks: bool) -> Line:
        end: list[Span] = [(" ", ""), *_marks(row)] if marks else [(" ", "")]
        end += [(_date(row), "muted"), (" ", "")]
        room = width - line_width(head) - line_width(end)
        return [*head, (left(row.title, room), "bold" if new else ""), *end]


def _marks(row: Result) -> list[Span]:
    """Not reviewed, corrected, community: each in its own slot."""
    return [
        ("○" if row.reviewed is False else " ", "sign pending"),
        ("Δ" if row.corrected else " ", "sign"),
        ("»" if row.community else " ", "sign muted"),
        ("!" if caution(row) else " ", "sign pending"),
    ]


def _date(row: Result) -> str:
    return f"{short_day(row.at):>{_DATE}}"


def _value_role(flag: Flag) -> str:
    return "" if flag.severity else "muted"


def _full_line(row: Result, flag: Flag, head: list[Span], width: int, new: bool) -> Line:
    word, role = result_word(row), f"bold {flag_role(flag)}"
    start: list[Span] = [
        *head,
        (left(word or caution(row), _WORD) + " ", role if word else "pending"),
        (left(KINDS[row.kind], _KIND) + " ", "muted"),
    ]
    end: list[Span] = [(" ", ""), *_marks(row), (" " + _date(row), "muted"), (" ", "")]
    value = _VALUE if width >= _VALUE_FROM else 0
    room = width - line_width(start) - line_width(end) - value - (value > 0)
    title: Span = (left(row.title, room), "bold" if new else "")
    middle: list[Span] = [(" " + left(main_value(row), value), _value_role(flag))] if value else []
    return [*start, title, *middle, *end]


def _second_line(row: Result, flag: Flag, width: int) -> Line:
    """Value and word of what is flagged, otherwise kind and value; at the right the marks with their words."""
    value, word = main_value(row), result_word(row)
    marks = _worded_marks(row)
    room = width - 6 - sum(width_of(text) for text, _ in marks)
    said: list[Span]
    if flag.severity:
        said = [(fit(value, room), _value_role(flag))]
        if word and word != value and width_of(value) + 2 + len(word) <= room:
            said.append(("  " + word, f"bold {flag_role(flag)}"))
    else:
        dot = f" {symbols.get('dot')} " if value else ""
        said = [(fit(f"{KINDS[row.kind]}{dot}{value}", room), "muted")]
    return [("     ", ""), *said, (" " * (room - line_width(said)), ""), *marks, (" ", "")]


def _worded_marks(row: Result) -> list[Span]:
    """The first mark with its word; the others as signs before it."""
    found: list[tuple[str, str, str]] = []
    if row.reviewed is False:
        found.append(("○", "not reviewed", "pending"))
    if warned := caution(row):
        found.append(("!", warned, "pending"))
    if row.corrected:
        found.append(("Δ", corrections(row)[0].partition(":")[0].lower(), ""))
    if row.community:
        found.append(("»", "community", "muted"))
    if not found:
        return []
    (sign, word, role), *others = found
    signs: list[Span] = [(f"{other} ", f"sign {tone}") for other, _, tone in others]
    return [*signs, (f"{sign} ", f"sign {role}"), (word, role)]


def result_line(result: Result) -> str:
    """A result in one line of plain text, for the clipboard."""
    parts = (day(result.at), result.title, main_value(result), result_word(result))
    return "  ".join(dict.fromkeys(part for part in parts if part))


def reading_line(reading: Reading) -> str:
    """A value in one line of plain text, for the clipboard."""
    reference = range_text(reading.range)
    parts = (
        day(reading.at),
        f"{reading.name} {reading_text(reading)}",
        reading_word(reading),
        f"reference {reference}" if reference else "",
    )
    return "  ".join(part for part in parts if part)


def quote(result: Result) -> str:
    """What a message to the care team quotes of a result: when, what, each value."""
    lines = [f"{result.title}, {long_day(result.at)}", *map(reading_line, result.readings)]
    return "\n".join(lines)
