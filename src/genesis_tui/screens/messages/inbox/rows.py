"""How a thread looks in the list: two rows beside the detail and on a phone, one row elsewhere (MOCKUPS §4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from genesis_tui.models.base.dates import day_month
from genesis_tui.models.messages.threads import ThreadRow
from genesis_tui.widgets.drawing.cells import left, right
from genesis_tui.widgets.drawing.lines import Line, Span, found_in
from genesis_tui.widgets.virtual_list import Columns, RowView

FROM, STATE, DATE = 23, 8, 6
_ROLES = {"overdue": "bold critical", "closed": "muted"}


def columns_for(width: int, height: int) -> Columns:
    """The layout for a window of this size."""
    if 60 <= width < 120:
        return Columns.FULL
    return Columns.TWO_ROWS if height >= 16 else Columns.SHORT


@dataclass(frozen=True)
class ThreadView(RowView[ThreadRow]):
    """`local` puts an instant into the viewer's zone; `today` tells which dates need their year."""

    columns: Columns
    local: Callable[[datetime], datetime]
    today: datetime
    marked: frozenset[str] = frozenset()
    """Ids of threads."""
    words: tuple[str, ...] = ()
    """What is looked for."""

    def key(self, row: ThreadRow) -> str:
        return row.key

    def heights(self, rows: Sequence[ThreadRow], width: int) -> int:
        return 2 if self.columns is Columns.TWO_ROWS else 1

    def draw(self, row: ThreadRow, width: int) -> list[Line]:
        """The row's lines, one cell free at the right; words that are looked for stand out."""
        return [found_in(line, self.words) for line in self._lines(row, width)]

    def _lines(self, row: ThreadRow, width: int) -> list[Line]:
        new = "•" if row.unread else " "
        mark: Span = (f"✓{new}", "sign bold accent") if row.id in self.marked else (f"{new} ", "sign bold unread")
        date: Span = (right(self.when(row), DATE), "muted")
        if self.columns is Columns.TWO_ROWS:
            first = [mark, (left(row.team, width - 3 - DATE), _weight(row)), date]
            return [first, [("  ", ""), *_subject(row, width - 3)]]
        if self.columns is Columns.SHORT:
            return [[mark, *_subject(row, width - 4 - DATE), (" ", ""), date]]
        team: Span = (left(row.team, FROM) + " ", _weight(row))
        state: Span = (left(row.state, STATE), _role(row))
        return [
            [
                mark,
                team,
                *_subject(row, width - 6 - FROM - STATE - DATE, state=False),
                (" ", ""),
                state,
                (" ", ""),
                date,
            ]
        ]

    def when(self, row: ThreadRow) -> str:
        """`20 Nov`; the year alone where it is another one, and most of a year ago."""
        at = self.local(row.at)
        return day_month(at) if (self.today - at).days < 300 else str(at.year)


def _subject(row: ThreadRow, width: int, *, state: bool = True) -> list[Span]:
    """The subject in `width` cells, with the state at the right end."""
    role = "bold" if row.unread else "muted"
    if not (state and row.state):
        return [(left(row.subject, width), role)]
    return [(left(row.subject, width - len(row.state) - 1), role), (" ", ""), (row.state, _role(row))]


def _weight(row: ThreadRow) -> str:
    return "bold" if row.unread else ""


def _role(row: ThreadRow) -> str:
    return _ROLES.get(row.state, "pending")
