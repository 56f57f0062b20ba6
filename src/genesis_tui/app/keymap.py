"""`keys.toml`: other keys for what the program can do, by binding id. Everything wrong with it is told at the start.

```toml
"results.sort" = "S"
[app]
family = "ctrl+f,F"         # the same as "app.family"; several keys by comma
```
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

from genesis_tui.settings.settings import SettingsError, config_path, toml_of

FILE = "keys.toml"
_EVERYWHERE = frozenset({"app", "places", "list"})
"""Groups whose keys work beside those of every screen."""
_MODAL = frozenset({"picker", "sheet", "confirm", "grant", "premium", "dialog", "toggle", "choice", "export"})
"""Groups of dialogs: nothing else works while one is open, but for what is in `_ALWAYS`."""
_ALWAYS = frozenset({"app.call", "app.commands", "app.quit"})
_MODIFIERS = frozenset({"ctrl", "shift", "alt", "meta", "super", "hyper"})


@dataclass(frozen=True, slots=True)
class _Wish:
    """One line of the file."""

    id: str
    keys: tuple[str, ...]
    line: int


def keys_path() -> Path:
    """Beside the settings file."""
    return config_path().with_name(FILE)


def load(path: Path | None = None) -> dict[str, str]:
    """Binding id -> keys, as Textual's keymap takes them; empty where there is no file.

    Raises:
        SettingsError: for a file that can't be read, an unknown id, a key that does not exist, and two things on one
            key; with file and line.
    """
    file = path or keys_path()
    if not file.is_file():
        return {}
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("It can't be read.", where=str(file), next="Save it as UTF-8 text.") from error
    wishes = [_wish(file, text, id, value) for id, value in _flat(toml_of(file, text))]
    _check(file, wishes, known_keys())
    return {wish.id: ",".join(wish.keys) for wish in wishes}


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, object]]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _wish(file: Path, text: str, id: str, value: object) -> _Wish:
    line = line_of(text, id)
    if not isinstance(value, str) or not value.strip():
        raise SettingsError(
            f"{id} needs a key in quotes.", where=f"{file}:{line}", next=f'Write "{id}" = "ctrl+t", for instance.'
        )
    keys = tuple(part.strip() or "," for part in value.split(","))
    for key in keys:
        if not is_key(key):
            raise SettingsError(
                f"There is no key {key!r}.", where=f"{file}:{line}", next="Write a letter, f1 to f12, or ctrl+x."
            )
    return _Wish(id, tuple(_long(key) for key in keys), line)


def line_of(text: str, id: str) -> int:
    """The line on which the file sets `id`, from 1; 1 where it can't be told."""
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if heading := re.match(r"\s*\[([^\]]+)\]", line):
            table = _bare(heading[1]) + "."
        elif "=" in line and table + _bare(line.partition("=")[0]) == id:
            return number
    return 1


def _bare(name: str) -> str:
    return re.sub(r"[\s\"']", "", name)


def is_key(key: str) -> bool:
    """Whether a terminal can send it: a character, a named key, or one of them with modifiers."""
    from textual.keys import Keys

    *modifiers, base = key.split("+") if len(key) > 1 else [key]
    named = {k.value for k in Keys} | {_long(c) for c in map(chr, range(33, 127))} | {"space", "comma", "full_stop"}
    if not set(modifiers) <= _MODIFIERS:
        return False
    return (len(base) == 1 and base.isprintable() and base != " ") or base in named or key in named


def _long(key: str) -> str:
    from textual.keys import _character_to_key

    return _character_to_key(key) if len(key) == 1 else key


def known_keys() -> dict[str, set[str]]:
    """Every binding id of the program with the keys it has without a file."""
    import genesis_tui.screens
    import genesis_tui.widgets

    found: dict[str, set[str]] = {}
    packages = (genesis_tui.screens, genesis_tui.widgets)
    names = ["genesis_tui.app.app"]
    for package in packages:
        names += [module.name for module in walk_packages(package.__path__, f"{package.__name__}.")]
    for name in names:
        for thing in vars(import_module(name)).values():
            if isinstance(thing, type):
                _collect(thing, found)
    return found


def _collect(kind: type, found: dict[str, set[str]]) -> None:
    from textual.binding import Binding

    for binding in vars(kind).get("BINDINGS", ()):
        if isinstance(binding, Binding) and binding.id:
            found.setdefault(binding.id, set()).update(_long(key.strip()) for key in binding.key.split(","))


def _check(file: Path, wishes: list[_Wish], known: Mapping[str, set[str]]) -> None:
    for wish in wishes:
        if wish.id not in known:
            raise SettingsError(
                f"There is nothing called {wish.id!r}.", where=f"{file}:{wish.line}", next=_nearest(wish.id, known)
            )
    in_force = {**known, **{wish.id: set(wish.keys) for wish in wishes}}
    for wish in wishes:
        for id, keys in in_force.items():
            common = set(wish.keys) & keys
            if id != wish.id and common and meet(wish.id, id):
                raise SettingsError(
                    f"{wish.id} and {id} would both be on {min(common)}.",
                    where=f"{file}:{wish.line}",
                    next=f"Choose another key, or give {id} another one too.",
                )


def meet(one: str, other: str) -> bool:
    """Whether two bindings can work at the same time."""
    if one in _ALWAYS or other in _ALWAYS:
        return True
    groups = {one.partition(".")[0], other.partition(".")[0]}
    if len(groups) == 1:
        return True
    return not groups & _MODAL and bool(groups & _EVERYWHERE)


def _nearest(id: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(id, known, 1, 0.4)
    return f"Did you mean {close[0]}?" if close else "The palette and ? show what there is."
