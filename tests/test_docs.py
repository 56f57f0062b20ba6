"""The documents say what the program does: its keys and its commands, no more and no less."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from textual.binding import Binding
from textual.dom import DOMNode

from genesis_tui.cli.main import cli

DOCS = Path(__file__).parent.parent / "docs"
_APP_PARTS = ("app", "screens", "widgets")


def _modules() -> Iterator[str]:
    for part in _APP_PARTS:
        module = importlib.import_module(f"genesis_tui.{part}")
        yield module.__name__
        for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
            yield found.name


def _bindings() -> Iterator[Binding]:
    """Every binding that our own classes declare."""
    for name in _modules():
        for thing in vars(importlib.import_module(name)).values():
            if isinstance(thing, type) and issubclass(thing, DOMNode) and thing.__module__ == name:
                for binding in vars(thing).get("BINDINGS", ()):
                    assert isinstance(binding, Binding), f"{name}.{thing.__name__} has a binding that is no Binding"
                    yield binding


def _key(name: str) -> str:
    return {
        "question_mark": "?",
        "full_stop": ".",
        "slash": "/",
        "left_square_bracket": "[",
        "right_square_bracket": "]",
    }.get(name, name)


def keys_of_the_app() -> set[tuple[str, str]]:
    """Id and keys of each binding that has a name of its own, as the document prints them."""
    return {(b.id, " ".join(f"`{_key(key.strip())}`" for key in b.key.split(","))) for b in _bindings() if b.id}


def _documented_keys() -> set[tuple[str, str]]:
    rows = re.findall(r"^\| (`[^|]*`) \| [^|]+ \| `([\w.-]+)` \|$", (DOCS / "keys.md").read_text(), re.MULTILINE)
    return {(name, keys) for keys, name in rows}


def test_every_key_is_documented_and_none_besides() -> None:
    assert _documented_keys() == keys_of_the_app()


def _commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, group
    if isinstance(group, click.Group):
        with click.Context(group) as context:
            for name in group.list_commands(context):
                command = group.get_command(context, name)
                assert command is not None
                yield from _commands(command, (*path, name))


@pytest.mark.parametrize(("path", "command"), [pytest.param(p, c, id=" ".join(p) or "-") for p, c in _commands(cli)])
def test_every_command_and_option_is_documented(path: tuple[str, ...], command: click.Command) -> None:
    text = (DOCS / "command-line.md").read_text()
    heading = f"\n## `{' '.join(('genesis-tui', *path))}`\n"
    assert heading in text
    section = text.split(heading)[1].partition("\n## ")[0]
    options = [option for param in command.params for option in param.opts if option.startswith("--")]
    assert [option for option in options if f"`{option}" not in section] == []


def test_no_command_is_documented_that_is_not_there() -> None:
    there = {" ".join(("genesis-tui", *path)) for path, _ in _commands(cli)}
    named = set(re.findall(r"^## `(genesis-tui[\w -]*)`", (DOCS / "command-line.md").read_text(), re.MULTILINE))
    assert named == there


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []
