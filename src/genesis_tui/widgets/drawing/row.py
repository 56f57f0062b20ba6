"""A line drawn from segments: what every row of the frame is made of."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.themes import Paint

if TYPE_CHECKING:
    from typing import Protocol

    class Painted(Protocol):
        """The app, as far as rows know it."""

        @property
        def paint(self) -> Paint: ...


def painted(widget: Widget) -> Paint:
    """The styles of the theme in force in the widget's app."""
    return cast("Painted", widget.app).paint


def ground(widget: Widget) -> Style:
    """The background that lines drawn by hand need under them: Textual gives them none."""
    return Style.from_color(None, widget.background_colors[1].rich_color)


def merged(pieces: Iterable[tuple[str, Style | None]]) -> list[Segment]:
    """The same cells in fewer segments: each costs the terminal its whole style again.

    Blanks take the style before them where that looks the same: equal background, no line through or under them.
    """
    runs: list[Segment] = []
    joined, before = "", Style.null()
    for text, style in pieces:
        style = style or Style.null()
        alike = style is before or style == before or (text.isspace() and _blank_alike(before, style))
        if joined and text and not alike:
            runs.append(Segment(joined, before))
            joined = ""
        if text:
            joined, before = joined + text, before if joined else style
    return [*runs, Segment(joined, before)] if joined else runs


@lru_cache(maxsize=1024)
def _blank_alike(one: Style, other: Style) -> bool:
    return one.bgcolor == other.bgcolor and not any(
        style.reverse or style.underline or style.strike for style in (one, other)
    )


def clip(text: str, width: int) -> str:
    """`text` in at most `width` cells; what is cut ends in an ellipsis."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= width:
        return text
    mark = symbols.get("more")
    return set_cell_size(text, width - len(mark)).rstrip() + mark if width > len(mark) else set_cell_size(text, width)


def spread(left: Iterable[Segment], right: Iterable[Segment], width: int, fill: Style) -> list[Segment]:
    """`left` and `right` at the two ends of a line of `width` cells, the gap in `fill`."""
    left, right = list(left), list(right)
    used = Segment.get_line_length(left) + Segment.get_line_length(right)
    return [*left, Segment(" " * max(0, width - used), fill), *right]


class Row(Widget):
    """Base of one-line widgets. Subclasses say in `segments` what stands there."""

    can_focus = False

    def segments(self, width: int) -> list[Segment]:
        """What fills a line of `width` cells."""
        return []

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        strip = Strip(self.segments(width) if y == 0 else []).adjust_cell_length(width).apply_style(ground(self))
        return Strip(merged((text, style) for text, style, _ in strip), width)
