"""How sections and entries look in their lists, column by column. Pure functions of models and a width."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from genesis_tui.models.base.dates import short_day
from genesis_tui.models.record import LEDGER, Entry, Section
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import fit, left, width_of, wrap
from genesis_tui.widgets.drawing.lines import Line, Span, line_width, spread
from genesis_tui.widgets.flag_bar import flag_role
from genesis_tui.widgets.virtual_list import Columns, Gap, GroupedView, GroupHeading, RowView

_DATE, _STATE = 9, 12


@dataclass(frozen=True, slots=True)
class SectionHeading:
    """Why the sections below are closed."""

    text: str


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section as it stands: how many entries, or why there are none to show."""

    section: Section
    count: int | None = None
    """None while that is not known."""
    word: str = ""
    """`closed`, `failed`, or what stands in place of a count."""
    lacking: bool = False
    """Whether there would be more than could be had (REC-8)."""

    @property
    def open(self) -> bool:
        """Whether there is something to read."""
        return not self.word and self.count != 0


Choice = SectionRow | SectionHeading


class SectionView(RowView[Choice]):
    """Name, count; what is closed or empty is muted. A heading says why those below it are closed."""

    def key(self, row: Choice) -> str:
        return row.section.id if isinstance(row, SectionRow) else ""

    def selectable(self, row: Choice) -> bool:
        return isinstance(row, SectionRow)

    def heights(self, rows: Sequence[Choice], width: int) -> list[int]:
        return [1 if isinstance(row, SectionRow) else len(_reason(row, width)) for row in rows]

    def draw(self, row: Choice, width: int) -> list[Line]:
        if isinstance(row, SectionHeading):
            return _reason(row, width)
        end = row.word or _count(row)
        room = width - width_of(end) - (3 if end else 2)
        start: list[Span] = [(" ", ""), (fit(row.section.title, room), "" if row.open else "muted")]
        return [spread(start, [(end, "muted"), (" ", "")], width)]


def _count(row: SectionRow) -> str:
    if row.lacking:
        return f"{row.count:,}, not all" if row.count else "missing"
    return "" if row.count is None else f"{row.count:,}"


def _reason(row: SectionHeading, width: int) -> list[Line]:
    return [[], *([(" ", ""), (line, "muted")] for line in wrap(row.text, max(10, width - 2)))]


EntryRow = Entry | Gap | GroupHeading


def with_headings(entries: Sequence[Entry]) -> tuple[EntryRow, ...]:
    """The entries with the names of their groups between them, where there are several."""
    groups = [(name, list(found)) for name, found in groupby(entries, key=lambda entry: entry.group)]
    if len(groups) < 2:
        return tuple(entries)
    rows: list[EntryRow] = []
    for name, found in groups:
        rows += [*([GroupHeading(name)] if name else ()), *found]
    return tuple(rows)


class EntryView(GroupedView[Entry]):
    """Entries of one section."""

    def __init__(self, columns: Columns = Columns.FULL, entries: Sequence[Entry] = ()) -> None:
        """Pure. The columns are as wide as these entries need them."""
        is_ledger = any(entry.section == LEDGER.id for entry in entries)
        self.columns = Columns.SHORT if is_ledger and columns is Columns.TWO_ROWS else columns
        self.state = min(_STATE, max((width_of(e.state) + 1 for e in entries if e.state), default=0))
        self.title = max((width_of(e.title) for e in entries), default=0)

    def key_of(self, row: Entry) -> str:
        return row.key

    def heights(self, rows: Sequence[EntryRow], width: int) -> int | list[int]:
        """Two rows an entry, one a heading."""
        if self.columns is not Columns.TWO_ROWS:
            return 1
        return [2 if isinstance(row, Entry) else 1 for row in rows]

    def lines_of(self, row: Entry, width: int) -> list[Line]:
        """Flag, title, summary, state, marks, date."""
        if self.columns is Columns.FULL:
            return [self._full(row, width)]
        first = _short(row, width, marks=self.columns is Columns.SHORT)
        return [first] if self.columns is Columns.SHORT else [first, _second(row, width)]

    def _full(self, entry: Entry, width: int) -> Line:
        head = [_flag(entry)]
        end: list[Span] = [
            (left(entry.state, self.state), f"bold {entry.tone}" if entry.flag.severity else entry.tone),
            *_marks(entry),
            *_date(entry),
        ]
        room = width - line_width(head) - line_width(end) - 1
        title = min(self.title + 1, max(room // 2, room - 30))
        return [*head, *_title(entry, title), (" " + left(entry.summary, room - title), "muted"), *end]


def _title(entry: Entry, width: int) -> list[Span]:
    """The title; what changes its meaning stands out (REC-9)."""
    text = left(entry.title, width)
    before = len(": ".join(entry.modifiers))
    return [(text[:before], "abnormal"), (text[before:], "")] if before else [(text, "")]


def _flag(entry: Entry) -> Span:
    sign = entry.flag.value if entry.flag.severity else ""
    return f"{sign:>2} ", f"sign {flag_role(entry.flag)}"


def _marks(entry: Entry) -> list[Span]:
    return [("Δ" if entry.corrected else " ", "sign"), ("»" if entry.community else " ", "sign muted")]


def _date(entry: Entry, *, count: bool = False) -> list[Span]:
    """The day; of a type in the ledger, which has none, with `count` how many show."""
    text = short_day(entry.at) if entry.section != LEDGER.id else entry.summary if count else ""
    return [(" " + f"{text:>{_DATE}}", "muted"), (" ", "")]


def _short(entry: Entry, width: int, *, marks: bool) -> Line:
    head = [_flag(entry)]
    end: list[Span] = [(" ", ""), *(_marks(entry) if marks else ()), *_date(entry, count=marks)]
    return [*head, *_title(entry, width - line_width(head) - line_width(end)), *end]


def _second(entry: Entry, width: int) -> Line:
    """State and summary; at the right the marks with their words."""
    marks: list[Span] = []
    if entry.corrected:
        marks = [(" Δ ", "sign"), ("corrected", "")]
    elif entry.community:
        marks = [(" » ", "sign muted"), ("community", "muted")]
    room = width - 5 - line_width(marks)
    state: list[Span] = [(fit(entry.state, room), entry.tone)] if entry.state else []
    dot = f" {symbols.get('dot')} " if state and entry.summary else ""
    rest = fit(dot + entry.summary, room - line_width(state)) if entry.summary != entry.state else ""
    line: list[Span] = [("    ", ""), *state, (rest, "muted")]
    return spread(line, [*marks, (" ", "")], width) if marks else line
