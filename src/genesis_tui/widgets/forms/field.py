"""One-line fields: a label at the left, an edge that is thick in focus, what is typed (MOCKUPS §6, §8)."""

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.strip import Strip
from textual.widgets import Input

from genesis_tui.sanitize import one_line, shown, written
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import right
from genesis_tui.widgets.drawing.row import Row, painted

LABEL = 10


class FieldLabel(Row):
    """The label and the edge."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def segments(self, width: int) -> list[Segment]:
        """Bold with a thick edge while its field has the focus."""
        paint = painted(self)
        focused = self.parent is not None and self.screen.focused in self.parent.children
        edge = symbols.get("cursor" if focused else "line")
        word = "accent" if focused else "muted"
        return [Segment(right(self._text, LABEL) + " ", paint(word, bold=focused)), Segment(edge, paint(word))]


def without_spelling(strip: Strip) -> Strip:
    """A row of what a person writes as it can be put on a screen, in as many cells; a soft hyphen takes one of them."""
    if all(shown(text) == text for text, _, _ in strip):
        return strip
    drawn = Strip([Segment(shown(text.replace("\u00ad", "-")), style, control) for text, style, control in strip])
    return drawn.adjust_cell_length(strip.cell_length, next(iter(strip)).style)


def with_alt(event: events.Key) -> bool:
    """Whether it is a letter with alt, as `esc` and a letter are that come at once: Textual would type the letter."""
    return event.key.startswith("alt+")


def joined(text: str) -> str:
    """Pasted lines as one."""
    return " ".join(filter(None, (line.strip() for line in text.splitlines())))


class TextField(Input):
    """An input that neither blinks nor takes control characters from what is pasted."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+z", "undo", "undo", show=False, id="field.undo")]
    DEFAULT_CSS = """
    TextField, TextField:focus {
        background: $field; background-tint: $field 0%; padding: 0; border: none; height: 1; width: 1fr;
    }
    """

    def __init__(
        self, *, password: bool = False, placeholder: str = "", id: str | None = None, prose: bool = False
    ) -> None:
        """`prose`: for words that are sent to somebody, as they are spelled."""
        self._prose = prose
        self._values = [""]
        super().__init__(password=password, placeholder=placeholder, id=id, compact=True, select_on_focus=False)
        self.cursor_blink = False

    def _watch_value(self, value: str) -> None:
        """Keep what stood here before, for `ctrl+z`; letters of one word are taken back together."""
        known = self._values
        if value != known[-1]:
            one_word = len(known) > 1 and len(value) == len(known[-1]) + 1 and value[-1:] != " "
            if one_word and value.startswith(known[-1]) and known[-1].startswith(known[-2]):
                known[-1] = value
            else:
                known.append(value)
        super()._watch_value(value)

    def action_undo(self) -> None:
        if len(self._values) > 1:
            self._values.pop()
            self.value = self._values[-1]
            self.cursor_position = len(self.value)

    def render_line(self, y: int) -> Strip:
        """As Textual's, with the dots of a password as this terminal can show them."""
        strip = super().render_line(y)
        if self._prose:
            return without_spelling(strip)
        if not (self.password and symbols.ascii_only()):
            return strip
        return Strip([Segment(symbols.shown(text), style) for text, style, _ in strip], strip.cell_length)

    def on_key(self, event: events.Key) -> None:
        """A letter with alt is no letter."""
        if with_alt(event):
            event.prevent_default()

    def _on_paste(self, event: events.Paste) -> None:
        """Put in what was pasted, lines joined: a password as it is (it shows as dots), other text made harmless."""
        event.prevent_default()
        event.stop()
        line = event.text if self.password else joined(event.text)
        line = line.rstrip("\r\n")
        clean = line if self.password else written(line) if self._prose else one_line(line)
        self.replace(clean, *sorted(self.selection))


class Field(Horizontal):
    """A label with its input."""

    DEFAULT_CSS = """
    Field { height: 1; }
    Field FieldLabel { width: 12; }
    """

    def __init__(self, label: str, *, id: str, password: bool = False, prose: bool = False) -> None:
        super().__init__()
        self._label = FieldLabel(label)
        self.input = TextField(password=password, id=id, prose=prose)

    def compose(self) -> ComposeResult:
        yield self._label
        yield self.input

    def on_descendant_focus(self) -> None:
        self._label.refresh()

    def on_descendant_blur(self) -> None:
        self._label.refresh()
