"""Parts of the form: fields with a hint at their right end, a choice, the text, and rows that only tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import right, wrap
from genesis_tui.widgets.drawing.lines import Line, Span, fitted, line_width
from genesis_tui.widgets.drawing.lines import strip as drawn
from genesis_tui.widgets.drawing.row import Row, clip, ground, painted, spread
from genesis_tui.widgets.forms.field import LABEL, FieldLabel, TextField
from genesis_tui.widgets.forms.prose_area import ProseArea

_LEAST = 9
"""Cells below which words at the end of a field say nothing any more."""


class EmergencyNotice(Widget):
    """MSG-3: what this is not for. It never scrolls away."""

    DEFAULT_CSS = "EmergencyNotice { background: $surface; height: auto; }"
    can_focus = False

    def __init__(self, notice: str) -> None:
        super().__init__()
        self._notice = notice

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(wrap(self._notice, width - 3))

    def render_line(self, y: int) -> Strip:
        paint = painted(self)
        rows = wrap(self._notice, self.size.width - 3)
        lead, colon, rest = (rows[y] if y < len(rows) else "").partition(": " if y == 0 else "\0")
        strong, usual = paint("critical", "surface", bold=True), paint("foreground", "surface")
        words = [Segment(lead + colon, strong if colon else usual), Segment(rest, usual)]
        line = Strip([Segment(symbols.get("cursor") + " ", strong), *words])
        return line.adjust_cell_length(self.size.width, usual)


class InfoRow(Row):
    """A label and what stands there; nothing is typed in it."""

    line: reactive[Line] = reactive(tuple[Span, ...]())
    hint: reactive[str] = reactive("")

    def __init__(self, label: str, line: Line = (), *, id: str | None = None, edge: bool = True) -> None:
        super().__init__(id=id)
        self._label = label
        self._edge = edge
        self.set_reactive(InfoRow.line, line)

    def segments(self, width: int) -> list[Segment]:
        paint = painted(self)
        start = [Segment(right(self._label, LABEL) + " ", paint("muted"))]
        if self._edge:
            start.append(Segment(symbols.get("line"), paint("muted")))
        else:
            start.append(Segment(" ", paint("muted")))
        tail = [Segment(f" {self.hint} ", paint("muted"))] if self.hint else []
        room = width - Segment.get_line_length([*start, *tail])
        if tail and room < min(line_width(self.line), _LEAST):
            tail, room = [], width - Segment.get_line_length(start)
        return [*start, *drawn(paint, fitted(self.line, room), room), *tail]


class Hint(Row):
    """What stands at the right end of a field."""

    DEFAULT_CSS = "Hint { width: auto; background: $field; }"
    text: reactive[str] = reactive("", layout=True)
    beside: reactive[int] = reactive(0, layout=True)
    """Cells of the field that the words leave free; they are cut, or go, where both do not fit."""

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as the words, as far as there is room."""
        room = container.width - LABEL - 2 - self.beside
        wanted = cell_len(self.text) + 1
        return 0 if not self.text or room < min(wanted, _LEAST) else min(wanted, room)

    def segments(self, width: int) -> list[Segment]:
        return [Segment(f"{clip(self.text, width - 1)} ", painted(self)("muted", "field"))] if width > 1 else []


class LabelledField(Horizontal):
    """A label, a field, a hint."""

    DEFAULT_CSS = """
    LabelledField { height: 1; }
    LabelledField FieldLabel { width: 12; }
    """

    def __init__(self, label: str, *, id: str, placeholder: str = "") -> None:
        super().__init__()
        self._label = FieldLabel(label)
        self.input = TextField(id=id, placeholder=placeholder, prose=True)
        self.hint = Hint()

    def compose(self) -> ComposeResult:
        yield self._label
        yield self.input
        yield self.hint

    def on_descendant_focus(self) -> None:
        self._label.refresh()

    def on_descendant_blur(self) -> None:
        self._label.refresh()


class ChoiceField(Row, can_focus=True):
    """One of several words, chosen with the arrows; it looks like a field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "choose", key_display="← →", id="compose.category-before"),
        Binding("right,space", "step(1)", show=False, id="compose.category"),
        Binding("enter,down", "app.focus_next", "next field", show=False, id="compose.category-next"),
    ]
    can_focus = True
    chosen: reactive[int] = reactive(-1)

    @dataclass
    class Changed(Message):
        """Another word was chosen."""

        place: int

    def __init__(self, label: str, words: Sequence[str], *, id: str, chosen: int = -1) -> None:
        super().__init__(id=id)
        self._label = label
        self.words = tuple(words)
        self.set_reactive(ChoiceField.chosen, chosen)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Letters are typed here, as in a field: they do nothing elsewhere."""
        return character is not None and character.isprintable() and key != "space"

    def on_key(self, event: events.Key) -> None:
        """A letter goes to the next word that begins with it."""
        if not event.is_printable or event.key == "space" or event.character is None:
            return
        event.stop()
        event.prevent_default()
        order = [*range(self.chosen + 1, len(self.words)), *range(self.chosen + 1)]
        found = next((n for n in order if self.words[n].casefold().startswith(event.character.casefold())), None)
        if found is not None:
            self.chosen = found
            self.post_message(self.Changed(found))

    def action_step(self, step: int) -> None:
        start = self.chosen if self.chosen >= 0 else (-1 if step > 0 else 0)
        self.chosen = (start + step) % len(self.words)
        self.post_message(self.Changed(self.chosen))

    def segments(self, width: int) -> list[Segment]:
        """Label, edge, the word, how many there are."""
        paint, focused = painted(self), self.has_focus
        word = "accent" if focused else "muted"
        edge = symbols.get("cursor" if focused else "line")
        start = [Segment(right(self._label, LABEL) + " ", paint(word, bold=focused)), Segment(edge, paint(word))]
        ground = paint("foreground", "field")
        none = Segment("choose what it is about", paint("muted", "field"))
        text = Segment(clip(self.words[self.chosen], width - 24), ground) if self.chosen >= 0 else none
        place = f"{self.chosen + 1} of {len(self.words)}" if self.chosen >= 0 else f"{len(self.words)}"
        tail = [Segment(f"{place} {symbols.get('choose')} ", paint("muted", "field"))]
        return [*start, *spread([text], tail, width - Segment.get_line_length(start), ground)]

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()


class BodyField(ProseArea):
    """The message itself; its label shows the focus."""

    def on_focus(self) -> None:
        self._mark()

    def on_blur(self) -> None:
        self._mark()

    def _mark(self) -> None:
        for label in self.screen.query(TextLabel):
            label.refresh()


class TextLabel(Widget):
    """The label beside the text, and its edge over all its rows."""

    DEFAULT_CSS = "TextLabel { width: 12; height: 1fr; }"
    can_focus = False

    def render_line(self, y: int) -> Strip:
        paint = painted(self)
        focused = isinstance(self.screen.focused, BodyField)
        word = "accent" if focused else "muted"
        label = right("Message", LABEL) if y == 0 else " " * LABEL
        edge = symbols.get("cursor" if focused else "line")
        style = paint(word, bold=focused and y == 0)
        return Strip([Segment(label + " ", style), Segment(edge, paint(word))]).apply_style(ground(self))
