"""The pane that shows one result; its cursor stands on the tests."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from genesis_tui.models.results.result import Reading, Result, gravest
from genesis_tui.models.results.trends import ByCode, TrendPoint, series_of
from genesis_tui.screens.results.detail import Block, ResultFacts, ResultSpace, blocks
from genesis_tui.widgets.drawing.lines import Line
from genesis_tui.widgets.virtual_list import RowView, VirtualList

_BLANKS_FROM = 16
"""Rows of the window from which groups stand apart."""


class BlockView(RowView[Block]):
    """Blocks are drawn beforehand, for one width."""

    def key(self, row: Block) -> str:
        return row.reading.id if row.reading else ""

    def selectable(self, row: Block) -> bool:
        return row.reading is not None

    def heights(self, rows: Sequence[Block], width: int) -> list[int]:
        return [len(row.lines) for row in rows]

    def draw(self, row: Block, width: int) -> Sequence[Line]:
        return row.lines


class ResultPane(VirtualList[Block]):
    """One result. `index` holds every reading by code, for the earlier values of the chosen test."""

    COUNTS = False

    class Asked(Message):
        """The result that shows asks before it opens, and is to open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "trend", show=False, id="detail.open"),
        Binding("t", "screen.trend", "trend", id="results.trend"),
        Binding("escape", "screen.back", "list", id="detail.list"),
    ]

    def __init__(self, *, id: str) -> None:
        super().__init__(BlockView(), id=id, classes="pane")
        self.facts: ResultFacts | None = None
        self._at_top = True
        self._space: ResultSpace | None = None
        self.index: ByCode = {}

    @property
    def result(self) -> Result | None:
        """The result that shows."""
        return self.facts.result if self.facts else None

    @property
    def reading(self) -> Reading | None:
        """The test under the cursor."""
        return self.current.reading if self.current else None

    def show_result(self, facts: ResultFacts | None, *, reading: str = "") -> None:
        """Shows a result from its top, or the same one anew where it was; the cursor on `reading` where it is named."""
        same = facts is not None and self.result is not None and facts.result.key == self.result.key
        tests = bool(self.result and self.result.readings)
        self.facts = facts
        self._build(reading or (self.reading.id if same and self.reading else ""))
        if not same and not reading:
            self._at_top = True
            self._scroll(0)
        if tests != bool(self.result and self.result.readings):
            self.refresh_bindings()

    def action_open(self) -> None:
        """`enter`: the test under the cursor; of a result that asks first the question (REL-6)."""
        if self.result is not None and self.result.asks:
            self.post_message(self.Asked())
        else:
            super().action_open()

    def fit(self) -> None:
        """Other cells, other rows; what was not scrolled yet stays at its top."""
        if self._space != self._space_now():
            self._build(self.reading.id if self.reading else "")
        super().fit()
        if self._at_top:
            self._scroll(0)

    def watch_cursor(self, old: int, new: int) -> None:
        self._at_top = False
        super().watch_cursor(old, new)
        if old != new and self.reading is not None:
            self._build(self.reading.id)

    def _build(self, reading: str) -> None:
        if self.facts is None or not self.size.width:
            self._space = None
            self.show((), BlockView())
            return
        chosen = self._chosen(self.facts.result, reading)
        facts = replace(self.facts, chosen=chosen.name if chosen else "", earlier=self._earlier(chosen))
        self._space = space = self._space_now()
        self.show(blocks(facts, space), BlockView(), key=chosen.id if chosen else "")

    def _space_now(self) -> ResultSpace:
        wide = self.has_class("divided")
        return ResultSpace(max(20, self.size.width - 1), 0 if wide else 1, self.app.size.height >= _BLANKS_FROM)

    @staticmethod
    def _chosen(result: Result, reading: str) -> Reading | None:
        """The test of that id; else the one that the list speaks of."""
        return next((r for r in result.readings if r.id == reading), None) or gravest(result)

    def _earlier(self, chosen: Reading | None) -> tuple[TrendPoint, ...]:
        """The values of the chosen test up to this result, newest first, in its own unit."""
        if chosen is None:
            return ()
        for series in series_of(self.index, chosen.code):
            if any(entry.id == chosen.id for entry in series.entries):
                return tuple(e for e in reversed(series.entries) if e.at <= chosen.at)
        return ()
