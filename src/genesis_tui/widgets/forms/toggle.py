"""One of a few words, chosen with the arrows or `space`; looks like a field."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import right
from genesis_tui.widgets.drawing.row import Row, painted
from genesis_tui.widgets.forms.field import LABEL


class Toggle(Row, can_focus=True):
    """The choice is `words[chosen]`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", show=False),
        Binding("right,l,space", "step(1)", "other choice", id="toggle.next"),
    ]
    can_focus = True
    chosen: reactive[int] = reactive(0)

    def __init__(self, label: str, words: Sequence[str], *, id: str) -> None:
        super().__init__(id=id)
        self._label = label
        self.words = tuple(words)

    def action_step(self, step: int) -> None:
        self.chosen = (self.chosen + step) % len(self.words)

    def segments(self, width: int) -> list[Segment]:
        """Label, edge, words; the chosen one marked. Where they do not fit, the first of each."""
        paint, focused = painted(self), self.has_focus
        word = "accent" if focused else "muted"
        edge = symbols.get("cursor" if focused else "line")
        line = [Segment(right(self._label, LABEL) + " ", paint(word, bold=focused)), Segment(edge, paint(word))]
        whole = LABEL + 2 + sum(len(text) + 6 for text in self.words) <= width + 2
        for index, text in enumerate(self.words if whole else [text.partition(" ")[0] for text in self.words]):
            chosen = index == self.chosen
            mark = "(x) " if chosen else "( ) "
            style = paint("accent" if chosen else "muted", bold=chosen)
            line.append(Segment(f"{mark}{text}  ", style))
        return line

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()
