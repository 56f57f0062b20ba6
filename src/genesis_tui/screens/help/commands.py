"""What can be done on a screen, read from the bindings that do it: for the help sheet and the palette."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from textual.dom import DOMNode
from textual.screen import Screen

from genesis_tui.widgets.frame.keys_row import key_name, words


@dataclass(slots=True)
class Command:
    """One binding that works now: what it does, its keys, and how to run it."""

    id: str
    text: str
    action: str
    node: DOMNode
    keys: list[str] = field(default_factory=list)

    @property
    def group(self) -> str:
        """The first part of the binding's id."""
        return self.id.partition(".")[0]


_GROUPS = {"places": "Places", "app": "Everywhere", "list": "In lists"}
GROUPS = ("This screen", "Places", "In lists", "Everywhere")


def commands(screen: Screen[Any]) -> list[Command]:
    """Every binding with an id and words that works on `screen` now, keys of the same binding together.

    A screen whose keys stand for the rows it lists tells them as `offered`.
    """
    found: dict[str, Command] = {}
    for key, active in screen.active_bindings.items():
        binding = active.binding
        if not binding.id or not binding.description or not active.enabled:
            continue
        command = found.setdefault(
            binding.id, Command(binding.id, binding.tooltip or words(binding), binding.action, active.node)
        )
        name = binding.key_display or key_name(key)
        if name not in command.keys:
            command.keys.append(name)
    for key, text, action in getattr(screen, "offered", tuple)():
        found[f"offered-{key}"] = Command(f"offered-{key}", text, action, screen, [key])
    return list(found.values())


def grouped(found: Iterable[Command]) -> dict[str, list[Command]]:
    """Commands under the headings of the help sheet, the screen's own first."""
    groups: dict[str, list[Command]] = {name: [] for name in GROUPS}
    for command in found:
        groups[_GROUPS.get(command.group, GROUPS[0])].append(command)
    return {name: entries for name, entries in groups.items() if entries}
