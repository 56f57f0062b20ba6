"""The keys of everything that moves in rows; what has them says what a row is."""

from typing import Final

from textual.binding import Binding, BindingType

MOVES: Final[list[BindingType]] = [
    Binding("j,down", "move(1)", "down", show=False, id="list.down"),
    Binding("k,up", "move(-1)", "up", show=False, id="list.up"),
    Binding("g,home", "first", "first", show=False, id="list.first"),
    Binding("G,end", "last", "last", show=False, id="list.last"),
    Binding("ctrl+d", "leap(0.5)", "half a page down", show=False, id="list.half-down"),
    Binding("ctrl+u", "leap(-0.5)", "half a page up", show=False, id="list.half-up"),
    Binding("pagedown", "leap(1.0)", "page down", show=False, id="list.page-down"),
    Binding("pageup", "leap(-1.0)", "page up", show=False, id="list.page-up"),
]
