"""Conversations by their ids: one that is none, and one that is not in the open person's inbox."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.output import listed_in_words, short
from genesis_tui.cli.base.patient import about

if TYPE_CHECKING:
    from genesis_tui.models.messages.threads import Thread
    from genesis_tui.session.open_record import OpenRecord

_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")
"""Ids of FHIR R4 (https://hl7.org/fhir/R4/datatypes.html#id), which those of the portal are too."""
_NAMED = 5
"""Wrong ids that an error names."""
_OF_ANOTHER = "of-another"
"""The client's reason where an id means a conversation about another patient, whose text it then drops (FAM-9)."""


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
        words = f"{names} {'is no id' if len(wrong) == 1 else 'are no ids'} of a conversation."
        raise click.BadParameter(f"{words} Ids stand in: genesis-tui inbox list", ctx, param)
    return value


async def conversation(record: "OpenRecord", id: str) -> "Thread":
    """The conversation of that id. Raises Refused, as `in_the_inbox`."""
    with in_the_inbox(record, (id,)):
        return await record.thread(id)


@contextmanager
def in_the_inbox(record: "OpenRecord", ids: Sequence[str]) -> Iterator[None]:
    """Where a call in it finds not all of these conversations about the open person.

    Raises:
        Refused: which they were, whose inbox has them not, and how to name another person of the family. An id that
            is unknown and one of another person's conversations are told alike (FAM-8).
    """
    from genesis_tui.models.base.session_errors import BadAnswer, Refused

    try:
        yield
    except (BadAnswer, Refused) as error:
        if error.rule != "FAM-8" and error.reason != _OF_ANOTHER:
            raise
        raise _not_here(record, ids, error.request_id) from None


def _not_here(record: "OpenRecord", ids: Sequence[str], request_id: str) -> Exception:
    from genesis_tui.models.base.session_errors import Refused

    person = record.patient
    if len(ids) == 1:
        title = f"There is no conversation {ids[0]} in the inbox of {person.name}."
    else:
        title = f"Not all of these {len(ids)} conversations are in the inbox of {person.name}. Nothing was changed."
    next = (
        "Where it is about somebody else of the family, name them with --patient WHO. "
        f"Ids stand in: {about(person, 'genesis-tui inbox list')}"
    )
    return Refused(title, next=next, rule="FAM-8", reason="no-such-conversation", request_id=request_id)
