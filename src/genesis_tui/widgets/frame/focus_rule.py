"""Row 2: a thin rule, thick over the pane that has the focus, with the place in each pane at its right end."""

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region
from textual.reactive import reactive, var

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.row import Row, painted

_LEAST_RULE = 8
"""Cells of the rule that stay beside a position."""


class FocusRule(Row):
    """`panes` are `(first column, width, focused)` from left to right; none: one pane, focused."""

    panes: reactive[tuple[tuple[int, int, bool], ...]] = reactive(())
    thin: var[bool] = var(False)
    """True where no pane can have the focus."""

    def __init__(self, *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._positions: dict[int, str] = {}

    def forget_places(self) -> None:
        """The panes are others than before."""
        self._positions.clear()
        self.refresh()

    def place(self, pane: int, position: str) -> None:
        """Tell where one is in a pane; only these cells are drawn anew."""
        before = self._positions.get(pane, "")
        if position == before:
            return
        self._positions[pane] = position
        cells = max(len(before), len(position)) + 3
        start = sum(self.panes[pane][:2]) if pane < len(self.panes) > 1 else self.size.width
        self.refresh(Region(max(0, start - cells), 0, cells, 1))

    def segments(self, width: int) -> list[Segment]:
        """The rule in `width` cells; panes after the first begin with a column of their own, the tee."""
        paint = painted(self)
        if self.thin:
            return self._ruled(0, width, "rule", "rule")
        if len(self.panes) < 2:
            return self._ruled(0, width, "focus", "accent")
        line = []
        for index, (_, cells, focused) in enumerate(self.panes):
            if index:
                line.append(Segment(symbols.get("tee"), paint("rule")))
                cells -= 1
            line += self._ruled(index, cells, *(("focus", "accent") if focused else ("rule", "rule")))
        return line

    def _ruled(self, pane: int, cells: int, sign: str, role: str) -> list[Segment]:
        paint, rule = painted(self), symbols.get(sign)
        position = self._positions.get(pane, "")
        room = cells - cell_len(position) - 3
        if not position or room < _LEAST_RULE:
            return [Segment(rule * cells, paint(role))]
        return [
            Segment(rule * room, paint(role)),
            Segment(f" {position} ", paint("muted")),
            Segment(rule, paint(role)),
        ]
