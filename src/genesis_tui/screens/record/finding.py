"""`/` over the entries of a section: a row to type in, and the row that names the section."""

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import var
from textual.widgets import Input

from genesis_tui import symbols
from genesis_tui.widgets.field import TextField
from genesis_tui.widgets.ink import Line, Span, spread, styled
from genesis_tui.widgets.row import Row, painted


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


class FindSign(Row):
    """The `/` before what is searched for."""

    def segments(self, width: int) -> list[Segment]:
        """`/`."""
        return [Segment("  / ", painted(self)("accent", bold=True))]


class FindRow(Horizontal):
    """What to find in the section; it filters while it is typed in, and takes no room until it is opened."""

    DEFAULT_CSS = """
    FindRow { height: 1; display: none; }
    FindRow.open { display: block; }
    FindRow FindSign { width: 4; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "clear", id="record.clear"),
        Binding("down", "leave", "list", key_display="enter", id="record.found"),
    ]

    @dataclass
    class Typed(Message):
        """Other words are asked for."""

        words: str

    @dataclass
    class Left(Message):
        """The list gets the keys again."""

    def compose(self) -> ComposeResult:
        """Sign and field."""
        yield FindSign()
        yield TextField(placeholder="any word of an entry", id="find-words")

    def open(self) -> None:
        """Show the row and go to it."""
        self.add_class("open")
        self.query_one(Input).focus()

    def clear(self) -> None:
        """Ask for everything again, and go away."""
        self.query_one(Input).value = ""
        self.remove_class("open")

    def action_clear(self) -> None:
        """`esc`."""
        self.clear()
        self.post_message(self.Left())

    def action_leave(self) -> None:
        """`enter`, `down`: the words stay."""
        if not self.query_one(Input).value.strip():
            self.clear()
        self.post_message(self.Left())

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(event.value.strip()))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_leave()
