"""Row 2: a thin rule, thick over the pane that has the focus."""

from rich.segment import Segment
from textual.reactive import reactive, var

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.row import Row, painted


class FocusRule(Row):
    """`panes` are `(first column, width, focused)` from left to right; none: one pane, focused."""

    panes: reactive[tuple[tuple[int, int, bool], ...]] = reactive(())
    thin: var[bool] = var(False)
    """True where no pane can have the focus."""

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
