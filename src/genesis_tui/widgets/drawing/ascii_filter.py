"""What is left of the rule that ASCII alone is drawn: text that a server sent, and what the toolkit draws itself."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from genesis_tui.widgets.drawing import symbols


class AsciiFilter(LineFilter):
    """Every line of the screen in ASCII, in as many cells."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            Segment(symbols.in_ascii(text), style, control) if text and not control else segment
            for segment in segments
            for text, style, control in (segment,)
        ]
