"""One of a few rows, chosen with the arrows; looks like a field of several lines."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.strip import Strip

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import right
from genesis_tui.widgets.drawing.row import Row, clip, ground, painted, spread
from genesis_tui.widgets.forms.field import LABEL


class ChoiceList(Row, can_focus=True):
    """The choice is `words[chosen]`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", show=False),
        Binding("down,j,space", "step(1)", "other choice", id="choice.next"),
    ]
    can_focus = True
    chosen: reactive[int] = reactive(0)

    def __init__(self, label: str, words: Sequence[tuple[str, str]], *, id: str) -> None:
        """`words`: of each choice its name and what stands at the right of it."""
        super().__init__(id=id)
        self._label = label
        self.words = tuple(words)
        self.styles.height = len(self.words)

    def action_step(self, step: int) -> None:
        self.chosen = (self.chosen + step) % len(self.words)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        line = self._choice(y, width) if y < len(self.words) else []
        return Strip(line).adjust_cell_length(width).apply_style(ground(self))

    def _choice(self, n: int, width: int) -> list[Segment]:
        paint, chosen = painted(self), n == self.chosen
        word = "accent" if self.has_focus else "muted"
        edge = symbols.get("cursor" if self.has_focus and chosen else "line")
        head = [
            Segment(right("" if n else self._label, LABEL) + " ", paint(word, bold=self.has_focus)),
            Segment(edge, paint(word)),
        ]
        name, more = self.words[n]
        room = width - LABEL - 2 - 4 - len(more) - 2
        style = paint("accent" if chosen else "muted", bold=chosen)
        said = [*head, Segment(f"({'x' if chosen else ' '}) {clip(name, max(8, room))}", style)]
        return spread(said, [Segment(f"{more} ", paint("muted"))], width, paint("muted"))

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()
