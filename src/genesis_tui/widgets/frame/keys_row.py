"""The last row: the keys that work now, from the bindings that run them."""

from collections.abc import Iterable
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
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
_LAST = {"neighbour": 1, "copy": 2, "reload": 3}
"""Actions whose keys come after those of all others."""


def key_name(key: str) -> str:
    """A key as it is written for people: `esc`, `?`, `ctrl+p`."""
    return _NAMES.get(key, key)


def shown_keys(active_bindings: Iterable[ActiveBinding], *, typing: bool) -> list[Key]:
    """`(key, what it does)` of a screen's bindings that work now, in the order they were declared.

    Going on to a neighbour, copying and refreshing come after what can be done with what is under the cursor; `esc` is
    last.

    A binding with several keys shows the first. While a field is typed in, keys that would be typed are left out.
    """
    found: dict[str, Key] = {}
    last: dict[Key, int] = {}
    for active in active_bindings:
        binding = active.binding
        if not binding.show or not active.enabled or (typing and is_typed(binding.key)):
            continue
        key = (label(binding), words(binding))
        found.setdefault(binding.id or f"{binding.action} {binding.description}", key)
        last[key] = _LAST.get(binding.action.partition("(")[0], 0)
    return sorted(found.values(), key=lambda key: (key[0] == "esc", last[key]))


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
    greyed: reactive[frozenset[str]] = reactive(frozenset())
    """What keys do that do nothing now but say why."""
    tail: var[str] = var("")
    """More words for the last fixed key, where they fit beside all keys."""

    def segments(self, width: int) -> list[Segment]:
        """The row in `width` cells; keys drop from the right, the fixed pair stays."""
        return self._whole(width, self._right(width))

    def _right(self, width: int) -> list[Segment]:
        right = self._drawn(self.fixed)
        if self.tail and self.fixed:
            longer = self._drawn([*self.fixed[:-1], (self.fixed[-1][0], self.tail)])
            needed = Segment.get_line_length([*self._drawn(self.keys), *longer])
            right = longer if needed + 3 <= width else right
        return right

    def _left(self, width: int, right: list[Segment]) -> list[Key]:
        return fitting(self.keys, width - 2 - Segment.get_line_length(right))

    def _whole(self, width: int, right: list[Segment]) -> list[Segment]:
        blank = painted(self)("muted", "surface")
        return spread([Segment(" ", blank), *self._drawn(self._left(width, right))], right, width, blank)

    def key_at(self, x: int) -> Key | None:
        """The key that is drawn at a column."""
        right = self._right(self.size.width)
        line, at = self._whole(self.size.width, right), 0
        keys = iter([*self._left(self.size.width, right), *self.fixed])
        found: Key | None = None
        for segment in line:
            if segment.style is not None and segment.style.bold:
                found = next(keys, None)
            at += segment.cell_length
            if x < at:
                return found if segment.text.strip() else None
        return None

    async def on_click(self, event: events.Click) -> None:
        """A click does what the key does."""
        key = self.key_at(event.x)
        bindings = self.screen.active_bindings.values() if key is not None else ()
        active = next((a for a in bindings if (label(a.binding), words(a.binding)) == key and a.enabled), None)
        if active is not None:
            await self.app.run_action(active.binding.action, active.node)

    def _drawn(self, keys: Iterable[Key]) -> list[Segment]:
        paint = painted(self)
        line = []
        for key, text in keys:
            word = "muted" if text in self.greyed else "accent"
            line.append(Segment(key, paint(word, "surface", bold=True)))
            line.append(Segment(f" {text}  ", paint("muted", "surface")))
        if line:
            line[-1] = Segment(line[-1].text[:-1], line[-1].style)
        return line
