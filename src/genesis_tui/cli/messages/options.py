"""What the commands of `inbox` ask for in the same words."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from genesis_tui.cli.base.completion import categories
from genesis_tui.cli.base.formats import list_formats
from genesis_tui.cli.base.options import json_option, server_options, yes_option
from genesis_tui.cli.base.output import listed_in_words, short
from genesis_tui.cli.base.patient import about, patient_option

if TYPE_CHECKING:
    from genesis_tui.models.messages.threads import Thread
    from genesis_tui.session.open_record import OpenRecord

MOST_AT_ONCE = 200
"""Conversations that the portal moves in one call."""

_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")
"""Ids of FHIR R4 (https://hl7.org/fhir/R4/datatypes.html#id), which those of the portal are too."""
_NAMED = 5
"""Wrong ids that an error names."""
_OF_ANOTHER = "of-another"
"""The client's reason where an id means a conversation about another patient, whose text it then drops (FAM-9)."""


@dataclass(frozen=True, slots=True)
class DraftOptions:
    """What a message is to be, as the options say it."""

    to: str = ""
    subject: str = ""
    category: str = ""
    attach: tuple[str, ...] = ()
    body_file: str = ""
    quote: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmOptions:
    """What was agreed to before anything is asked, and how the outcome is told."""

    yes: bool = False
    not_an_emergency: bool = False
    as_json: bool = False


def json_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--json`, `--server`, `--profile`."""
    return json_option(server_options(command))


def inbox_list_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The formats of a list, `--server`, `--profile` and `--patient`."""
    return patient_option(list_formats(server_options(command)))


def inbox_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--json`, `--server`, `--profile` and `--patient`."""
    return patient_option(json_options(command))


def text_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Text and files."""
    for option in (
        click.option(
            "--body-file",
            metavar="FILE",
            default="",
            help="Read the text from this file, or from standard input with -; else send and reply open your editor.",
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
        click.option(
            "--category",
            metavar="CODE",
            default="",
            help="What it is about: a category's code or words.",
            shell_complete=categories,
        ),
        click.option("--subject", metavar="TEXT", default="", help="Its subject, 1 to 50 characters."),
        click.option("--to", metavar="NAME", default="", help="The provider or clinic that it is to."),
    ):
        command = option(command)
    return command


def sure_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--yes`, and the same for words of an emergency (MSG-3)."""
    words = "Send it even though it has emergency words in it."
    return yes_option(click.option("--not-an-emergency", is_flag=True, help=words)(command))


def checked_id(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """What click calls with one id; an option may be left empty. Raises BadParameter."""
    if value or isinstance(param, click.Argument):
        checked_ids(ctx, param, (value,))
    return value


def checked_ids(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """The same with several. Raises BadParameter, which names those that are malformed."""
    wrong = [short(id) for id in value if not _ID.fullmatch(id)]
    if wrong:
        names = listed_in_words(wrong, _NAMED)
        words = f"{names} {'is not the id' if len(wrong) == 1 else 'are not ids'} of a conversation."
        raise click.BadParameter(f"{words} Ids are listed by: genesis-tui inbox list", ctx, param)
    return value


async def conversation(record: "OpenRecord", id: str) -> "Thread":
    """The conversation of that id. Raises Refused, as `in_the_inbox`."""
    with in_the_inbox(record, (id,)):
        return await record.threads.read(id)


@contextmanager
def in_the_inbox(record: "OpenRecord", ids: Sequence[str]) -> Iterator[None]:
    """Where a call in it finds not all of these conversations about the open person.

    Raises:
        Refused: which they were, whose inbox has them not, and how to name another person of the family. An id that
            is unknown and one of another person's conversations are told alike (FAM-8).
    """
    from genesis_tui.models.base.errors import BadAnswer, Refused

    try:
        yield
    except (BadAnswer, Refused) as error:
        if error.rule != "FAM-8" and error.reason != _OF_ANOTHER:
            raise
        raise _not_here(record, ids, error.request_id) from None


def _not_here(record: "OpenRecord", ids: Sequence[str], request_id: str) -> Exception:
    from genesis_tui.models.base.errors import Refused

    person = record.patient
    if len(ids) == 1:
        title = f"There is no conversation {ids[0]} in the inbox of {person.name}."
    else:
        title = f"Not all of these {len(ids)} conversations are in the inbox of {person.name}. Nothing was changed."
    next = (
        "Where it is about somebody else of the family, name them with --patient WHO. "
        f"Ids are listed by: {about(person, 'genesis-tui inbox list')}"
    )
    return Refused(title, next=next, rule="FAM-8", reason="no-such-conversation", request_id=request_id)
