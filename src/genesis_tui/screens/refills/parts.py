"""Where everybody's part of a preview scrolls, with the keys that lists have, and says how much of it is read."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message


class Parts(VerticalScroll, inherit_bindings=False):
    """Scrolls where it is higher than the window; then it says so."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "by(1)", "down", show=False, id="list.down"),
        Binding("k,up", "by(-1)", "up", show=False, id="list.up"),
        Binding("g,home", "to(0)", "first", show=False, id="list.first"),
        Binding("G,end", "to(1)", "last", show=False, id="list.last"),
        Binding("ctrl+d", "leap(0.5)", "half a page down", show=False, id="list.half-down"),
        Binding("ctrl+u", "leap(-0.5)", "half a page up", show=False, id="list.half-up"),
        Binding("pagedown", "leap(1.0)", "page down", show=False, id="list.page-down"),
        Binding("pageup", "leap(-1.0)", "page up", show=False, id="list.page-up"),
    ]
    DEFAULT_CSS = "Parts { height: auto; scrollbar-size: 0 0; }"

    class Moved(Message):
        """Another part of it shows."""

        def __init__(self, position: str) -> None:
            super().__init__()
            self.position = position

    @property
    def scrolls(self) -> bool:
        """Whether there is more than fits."""
        return self.max_scroll_y > 0

    @property
    def position(self) -> str:
        """` 68%`, or `end`; empty where all of it shows."""
        if not self.scrolls:
            return ""
        last = self.scroll_offset.y + self.size.height
        whole = self.virtual_size.height
        return "end" if last >= whole else f"{100 * last // whole}%".rjust(4)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Say so too."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Moved(self.position))

    def on_resize(self) -> None:
        """What fits may have changed."""
        self.post_message(self.Moved(self.position))

    def action_by(self, rows: int) -> None:
        """`j` `k`."""
        self.scroll_relative(y=rows, animate=False)

    def action_leap(self, pages: float) -> None:
        """`ctrl+d` and the like."""
        self.action_by(round(pages * self.size.height))

    def action_to(self, end: int) -> None:
        """`g` `G`."""
        self.scroll_to(y=end * self.max_scroll_y, animate=False)
