"""Where everybody's part of a preview scrolls, with the keys that lists have, and says how much of it is read."""

from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.message import Message

from genesis_tui.widgets.frame.list_keys import MOVES


class Parts(VerticalScroll, inherit_bindings=False):
    """Scrolls where it is higher than the window; then it says so."""

    BINDINGS: ClassVar[list[BindingType]] = MOVES
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

    def action_move(self, rows: int) -> None:
        """`j` `k`."""
        self.scroll_relative(y=rows, animate=False)

    def action_leap(self, pages: float) -> None:
        """`ctrl+d` and the like."""
        self.action_move(round(pages * self.size.height))

    def action_first(self) -> None:
        """`g`."""
        self.scroll_to(y=0, animate=False)

    def action_last(self) -> None:
        """`G`."""
        self.scroll_to(y=self.max_scroll_y, animate=False)
