"""Whom a message is to: a field that finds people and clinics as it is typed in (MSG-1, MSG-2, MSG-11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from genesis_tui.models.messages.drafts import Recipient, Recipients
from genesis_tui.screens.messages.compose.fields import LabelledField
from genesis_tui.widgets.drawing.cells import left, wrap
from genesis_tui.widgets.drawing.lines import Line
from genesis_tui.widgets.load_state import LoadState, Notice
from genesis_tui.widgets.virtual_list import RowView, VirtualList

_MOST = 8
_LEAST = 4
_NAME = 34
_BESIDE = 56
"""Cells from which a name and what they are stand on one row."""


class MatchView(RowView[Recipient]):
    """One row each, two on a phone; whoever can't be written to says why below."""

    def key(self, row: Recipient) -> str:
        return row.id

    def selectable(self, row: Recipient) -> bool:
        """Only those that can be written to are chosen."""
        return row.send.allowed

    def heights(self, rows: Sequence[Recipient], width: int) -> list[int]:
        return [len(self.draw(row, width)) for row in rows]

    def draw(self, row: Recipient, width: int) -> list[Line]:
        """Name, role, what they are; why not, whole."""
        what = row.what
        role = "" if row.send.allowed else "muted"
        if width < _BESIDE:
            lines: list[Line] = [[(" ", ""), (left(row.name, width - 1), role)]]
            lines += [[("   ", ""), (left(what, width - 3), "muted")]] if what else []
        else:
            lines = [[(" ", ""), (left(row.name, _NAME), role), (" ", ""), (left(what, width - _NAME - 3), "muted")]]
        if row.send.allowed:
            return lines
        why = f"{row.send.title} {row.send.next}".strip()
        return [*lines, *([("   ", ""), (line, "abnormal")] for line in wrap(why, max(10, width - 4)))]


class Matches(VirtualList[Recipient]):
    """What was found; it takes no keys itself."""

    can_focus = False


class ToField(Vertical):
    """The field, and what was found for what stands in it."""

    DEFAULT_CSS = """
    ToField { height: auto; }
    ToField Matches { margin-left: 12; background: $panel; display: none; }
    ToField LoadState { margin-left: 10; }
    ToField.open Matches { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "choose", key_display="↓ ↑", id="compose.match-next"),
        Binding("up", "step(-1)", show=False, id="compose.match-before"),
    ]

    @dataclass
    class Asked(Message):
        """Other words are looked for."""

        words: str

    @dataclass
    class Picked(Message):
        """Somebody was chosen; None: the words changed, so nobody is any more."""

        recipient: Recipient | None

    def __init__(self, name: str = "") -> None:
        """`name`: who is chosen already."""
        super().__init__()
        self._picked = name
        self.entry = LabelledField("To", id="to", placeholder="type a name or a clinic")

    def compose(self) -> ComposeResult:
        self.entry.input.value = self._picked
        yield self.entry
        yield Matches(MatchView(), id="matches")
        yield LoadState(id="missing")

    @property
    def matches(self) -> VirtualList[Recipient]:
        """The rows that were found."""
        return cast("VirtualList[Recipient]", self.query_one(Matches))

    def hint(self, text: str) -> None:
        """What stands at the right end of the field, as far as the name leaves room."""
        self.entry.hint.beside = cell_len(self._picked) + 1
        self.entry.hint.text = text

    def put(self, name: str, detail: str) -> None:
        """Somebody was chosen elsewhere."""
        self._write(name)
        self.hint(detail)
        self.shut()

    def on_resize(self) -> None:
        if self.has_class("open"):
            self._fit(self.matches.rows)

    def show(self, found: Recipients) -> None:
        """What was found for the words that stand there now."""
        self.matches.show(found.rows, MatchView())
        self.matches.action_first()
        self._fit(found.rows)
        more = f"{found.more:,} more: type more of the name." if found.more else ""
        missing = found.missing or more or ("" if found.rows else "No person or clinic of that name.")
        self.query_one("#missing", LoadState).notice = Notice(missing, "muted") if missing else None

    def _fit(self, rows: Sequence[Recipient]) -> None:
        width = self.size.width - self.matches.styles.margin.left - 1
        lines = sum(MatchView().heights(rows, width))
        most = _MOST if width >= _BESIDE else 2 * _MOST
        self.matches.styles.height = max(1, min(lines, most, max(_LEAST, self.app.size.height - 16)))
        self.set_class(bool(rows), "open")

    def shut(self) -> None:
        """Take the matches away."""
        self.remove_class("open")
        self.query_one("#missing", LoadState).notice = None

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._picked and event.value == self._picked:
            return
        if self._picked:
            self._picked = ""
            self.post_message(self.Picked(None))
        self.post_message(self.Asked(event.value.strip()))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        row = self.matches.current if self.has_class("open") else None
        if row is not None:
            self.pick(row)
        elif self._picked:
            self.screen.focus_next()
        else:
            self.post_message(self.Asked(event.value.strip()))

    def pick(self, row: Recipient) -> None:
        """Take this one."""
        self._write(row.name)
        self.shut()
        self.post_message(self.Picked(row))

    def _write(self, name: str) -> None:
        self._picked = name
        self.entry.input.value = name
        self.entry.input.cursor_position = len(name)

    def action_step(self, by: int) -> None:
        if self.has_class("open"):
            self.matches.action_move(by)
        elif by > 0:
            self.screen.focus_next()
