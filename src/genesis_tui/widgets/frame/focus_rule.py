"""Row 2: a thin rule, thick over the pane that has the focus, with the place in each pane at its right end."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.reactive import reactive, var

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.row import Row, painted

_LEAST_RULE = 8
"""Cells of the rule that stay beside a position."""


class Position(Row):
    """Where one is in a pane. A widget of its own: a cursor that moves draws these cells anew, and not the rule."""

    DEFAULT_CSS = "Position { position: absolute; width: 1; height: 1; }"
    text: reactive[str] = reactive("")

    def segments(self, width: int) -> list[Segment]:
        return [Segment(f" {self.text} ", painted(self)("muted"))]


class FocusRule(Row):
    """`panes` are `(first column, width, focused)` from left to right; none: one pane, focused."""

    panes: reactive[tuple[tuple[int, int, bool], ...]] = reactive(())
    thin: var[bool] = var(False)
    """True where no pane can have the focus."""

    def place(self, pane: int, text: str) -> None:
        """Tell where one is in a pane; nothing where the pane is too narrow for it."""
        known: Sequence[Position] = list(self.query(Position))
        if pane >= len(known):
            self.mount(*(Position() for _ in range(pane + 1 - len(known))))
            known = list(self.query(Position))
        start, cells, _ = self.panes[pane] if pane < len(self.panes) else (0, self.size.width, True)
        width = cell_len(text) + 2
        mark = known[pane]
        mark.display = bool(text) and cells - width > _LEAST_RULE
        mark.styles.offset = (start + cells - width - 1, 0)
        mark.styles.width = width
        mark.text = text

    def forget_places(self) -> None:
        """The panes are others than before."""
        for mark in self.query(Position):
            mark.display = False

    def segments(self, width: int) -> list[Segment]:
        """The rule in `width` cells; panes after the first begin with a column of their own, the tee."""
        paint = painted(self)
        if self.thin:
            return [Segment(symbols.get("rule") * width, paint("rule"))]
        if len(self.panes) < 2:
            return [Segment(symbols.get("focus") * width, paint("accent"))]
        line = []
        for index, (_, cells, focused) in enumerate(self.panes):
            if index:
                line.append(Segment(symbols.get("tee"), paint("rule")))
                cells -= 1
            sign = symbols.get("focus" if focused else "rule")
            line.append(Segment(sign * cells, paint("accent" if focused else "rule")))
        return line
