"""What the commands of `inbox` ask for in the same words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from genesis_tui.cli.base.options import server_options
from genesis_tui.cli.base.patient import WHO
from genesis_tui.cli.messages.inbox_ids import checked_id

MOST_AT_ONCE = 200
"""Conversations that the portal moves in one call."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a message is to be, as the options say it."""

    to: str = ""
    subject: str = ""
    category: str = ""
    attach: tuple[str, ...] = ()
    body_file: str = ""
    quote: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Sure:
    """What was agreed to before anything is asked, and how the outcome is told."""

    yes: bool = False
    not_an_emergency: bool = False
    as_json: bool = False


def json_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--json`, `--server`, `--profile`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(server_options(command))


def inbox_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same, and `--patient`."""
    return click.option("--patient", metavar="WHO", default="", help=WHO)(json_options(command))


def text_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Text and files."""
    for option in (
        click.option(
            "--body-file",
            metavar="FILE",
            default="",
            help="Read the text from this file, or from standard input with -; else your editor opens on a terminal.",
        ),
        click.option("--attach", metavar="FILE", multiple=True, help="Attach this file; may be given again."),
    ):
        command = option(command)
    return command


def head_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What begins a conversation."""
    for option in (
        click.option("--entry", metavar="KEY", default="", help="Say that this entry of the record is wrong: Type/id."),
        click.option(
            "--quote",
            metavar="ID",
            default="",
            callback=checked_id,
            help="Quote the last message of this conversation.",
        ),
        click.option("--category", metavar="CODE", default="", help="What it is about: a category's code or words."),
        click.option("--subject", metavar="TEXT", default="", help="Its subject, 1 to 50 characters."),
        click.option("--to", metavar="NAME", default="", help="The provider or clinic that it is to."),
    ):
        command = option(command)
    return command


def yes_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--yes`."""
    return click.option("--yes", is_flag=True, help="Do it without being asked.")(command)


def sure_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--yes`, and the same for words of an emergency (MSG-3)."""
    words = "Send it although it has words of an emergency in it."
    return yes_option(click.option("--not-an-emergency", is_flag=True, help=words)(command))
