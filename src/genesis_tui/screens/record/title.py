"""The row that names the open section."""

from rich.segment import Segment
from textual.reactive import var

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.lines import Line, Span, spread, styled
from genesis_tui.widgets.drawing.row import Row, painted


class Title(Row):
    """The section's name at the left, how many entries it has at the right."""

    line: var[tuple[str, str]] = var(("", ""))

    def watch_line(self) -> None:
        """Draw again."""
        self.refresh()

    def segments(self, width: int) -> list[Segment]:
        """The row in `width` cells."""
        name, count = self.line
        start: list[Span] = [("  ", ""), (name, "bold")]
        line: Line = spread(start, [(count, "muted"), (" ", "")], width)
        return [Segment(symbols.shown(text), styled(painted(self), role)) for text, role in line]
