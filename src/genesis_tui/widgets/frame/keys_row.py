"""The last row: the keys that work now, from the bindings that run them."""

from collections.abc import Iterable
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import ActiveBinding, Binding
from textual.reactive import reactive, var
from textual.screen import Screen

from genesis_tui.widgets.drawing.row import Row, painted, spread

_NAMES = {
    "escape": "esc",
    "question_mark": "?",
    "slash": "/",
    "full_stop": ".",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "up": "up",
    "pageup": "pgup",
    "pagedown": "pgdn",
}

Key = tuple[str, str]


def key_name(key: str) -> str:
    """A key as it is written for people: `esc`, `?`, `ctrl+p`."""
    return _NAMES.get(key, key)


def shown_keys(active_bindings: Iterable[ActiveBinding], *, typing: bool) -> list[Key]:
    """`(key, what it does)` of a screen's bindings that work now, in the order they were declared, `esc` last.

    A binding with several keys shows the first. While a field is typed in, keys that would be typed are left out.
    """
    found: dict[str, Key] = {}
    for active in active_bindings:
        binding = active.binding
        if not binding.show or not active.enabled or (typing and is_typed(binding.key)):
            continue
        found.setdefault(binding.id or f"{binding.action} {binding.description}", (label(binding), words(binding)))
    return sorted(found.values(), key=lambda key: key[0] == "esc")


def is_typing(screen: Screen[Any]) -> bool:
    """True while the focus is in a field that takes letters."""
    return screen.focused is not None and screen.focused.check_consume_key("a", "a")


def is_typed(key: str) -> bool:
    """True for a key that a field would take as a character."""
    return len(key_name(key)) == 1


def label(binding: Binding) -> str:
    """What to press."""
    return binding.key_display or key_name(binding.key)


def words(binding: Binding) -> str:
    """What it does, as a line of keys says it: no capital."""
    text = binding.description
    return text[:1].lower() + text[1:]


def fitting(keys: Iterable[Key], width: int) -> list[Key]:
    """As many keys, from the first on, as `width` cells hold, each with two blanks after it."""
    kept: list[Key] = []
    for key, text in keys:
        width -= cell_len(key) + 1 + cell_len(text) + 2
        if width < -2:
            break
        kept.append((key, text))
    return kept


class KeysRow(Row):
    """Keys of the screen at the left, the fixed pair at the right."""

    keys: reactive[tuple[Key, ...]] = reactive(())
    fixed: reactive[tuple[Key, ...]] = reactive(())
    tail: var[str] = var("")
    """More words for the last fixed key, where they fit beside all keys."""

    def segments(self, width: int) -> list[Segment]:
        """The row in `width` cells; keys drop from the right, the fixed pair stays."""
        right = self._drawn(self.fixed)
        if self.tail and self.fixed:
            longer = self._drawn([*self.fixed[:-1], (self.fixed[-1][0], self.tail)])
            needed = Segment.get_line_length([*self._drawn(self.keys), *longer])
            right = longer if needed + 3 <= width else right
        left = fitting(self.keys, width - 2 - Segment.get_line_length(right))
        blank = painted(self)("muted", "surface")
        return spread([Segment(" ", blank), *self._drawn(left)], right, width, blank)

    def _drawn(self, keys: Iterable[Key]) -> list[Segment]:
        paint = painted(self)
        line = []
        for key, text in keys:
            line.append(Segment(key, paint("accent", "surface", bold=True)))
            line.append(Segment(f" {text}  ", paint("muted", "surface")))
        if line:
            line[-1] = Segment(line[-1].text[:-1], line[-1].style)
        return line
