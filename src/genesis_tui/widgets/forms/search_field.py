"""`/`: a row to type in, which filters the list under it as it is typed in."""

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from genesis_tui.widgets.drawing.row import Row, painted
from genesis_tui.widgets.forms.field import TextField


class SearchMark(Row):
    """The `/` before what is searched for."""

    def segments(self, width: int) -> list[Segment]:
        return [Segment("  / ", painted(self)("accent", bold=True))]


class SearchRow(Horizontal):
    """What to find. It takes no room until it is opened."""

    DEFAULT_CSS = """
    SearchRow { height: 1; display: none; }
    SearchRow.open { display: block; }
    SearchRow SearchMark { width: 4; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave(False)", "clear", id="search.clear"),
        Binding("down", "leave(True)", "list", key_display="enter", id="search.found"),
    ]

    @dataclass
    class Asked(Message):
        """Other words are asked for."""

        words: str

    @dataclass
    class Left(Message):
        """The list gets the keys again; `entered` where `enter` asked for these words."""

        entered: bool = False

    def __init__(self, hint: str, *, id: str) -> None:
        """`hint` says what the words may be."""
        super().__init__(id=id)
        self._hint = hint

    def compose(self) -> ComposeResult:
        yield SearchMark()
        yield TextField(placeholder=self._hint, id="words")

    @property
    def words(self) -> str:
        """What is asked for now, without the spaces around it."""
        return self.query_one(Input).value.strip()

    def open(self) -> None:
        """Show the row and go to it."""
        self.add_class("open")
        self.screen.set_focus(self.query_one(Input))

    def clear(self) -> None:
        """Ask for everything again, and go away."""
        self.query_one(Input).value = ""
        self.remove_class("open")

    def action_leave(self, keep: bool) -> None:
        """`enter` and `down` keep the words, `esc` clears them."""
        if not (keep and self.words):
            self.clear()
        self.post_message(self.Left())

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Asked(event.value.strip()))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not self.words:
            self.clear()
        self.post_message(self.Left(entered=bool(self.words)))
