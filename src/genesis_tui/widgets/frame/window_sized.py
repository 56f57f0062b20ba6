"""Screens that are never laid out for a size which the window had before."""

from typing import TypeVar

from textual.geometry import Size
from textual.screen import Screen

Answer = TypeVar("Answer")


class WindowSized(Screen[Answer]):
    """A screen as large as the window.

    The toolkit's screens tell themselves each size that they were laid out for. Of two that wait when the window
    changes quickly, each would bring the other back, and the screen would be laid out for both in turn, for ever.
    """

    def take_shape(self) -> None:
        """The classes of the window's size, for what is composed next; told with the size, they style all anew."""
        width, height = self.app.size
        across = self._get_breakpoint_classes(width, self.HORIZONTAL_BREAKPOINTS or [])
        down = self._get_breakpoint_classes(height, self.VERTICAL_BREAKPOINTS or [])
        self.update_classes(dict.fromkeys(across | down, True))

    def _screen_resized(self, size: Size) -> None:
        super()._screen_resized(self.app.size)
