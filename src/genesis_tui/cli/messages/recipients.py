"""`--to`: the one recipient whom a name means, or else those whom it may mean (MSG-1, MSG-11)."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.output import short
from genesis_tui.models.base.errors import NotFound
from genesis_tui.models.base.search import folded
from genesis_tui.sanitize import one_line

if TYPE_CHECKING:
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.messages.drafts import Recipient
    from genesis_tui.session.messages.messaging import Messaging

_NAMED = 10
"""Recipients that an error names."""
_ALIKE = 0.75
"""How much of two words is the same where one may be a slip of the pen for the other."""
_BRACKETS = str.maketrans("()", "  ")


async def recipient(post: "Messaging", person: "FamilyMember", name: str) -> "Recipient":
    """The one whom a name means; a whole name stands over a part of one, and a line of such an error is a name too.

    Raises:
        UsageError: nobody is meant, or several are; it names up to ten to choose from.
        Refused: those who are meant take no messages about this person.
    """
    want = one_line(name)
    found = await post.recipients(person.id, want)
    if not found.rows and "(" in want:
        found = await post.recipients(person.id, one_line(want.translate(_BRACKETS)))
    exact = [one for one in found.rows if folded(want) in (folded(one.name), folded(_called(one)))]
    rows, more = (exact, 0) if exact else (found.rows, found.more)
    able = [one for one in rows if one.send.allowed]
    if len(able) == 1 and not more:
        return able[0]
    if able:
        listed = _listed(able, more)
        raise click.UsageError(f"--to: {short(want)} means several. Name one of these, or more of the name:\n{listed}")
    raise _taking_none(person, want, rows, more) if rows else await _unknown(post, person, want)


def _taking_none(person: "FamilyMember", want: str, rows: "Sequence[Recipient]", more: int) -> Exception:
    from genesis_tui.models.base.errors import Refused

    why = rows[0].send
    if len(rows) == 1 and not more:
        return Refused(why.title, next=why.next, rule=why.rule, reason=why.reason)
    title = f"Nobody called {want} can be written to about {person.name}:"
    return Refused(title, detail=_listed(rows, more), next=why.next, rule=why.rule, reason=why.reason)


async def _unknown(post: "Messaging", person: "FamilyMember", want: str) -> NotFound:
    """Names those whom a slip of the pen may have meant, or else those who can be written to without a search."""
    linked = await post.recipients(person.id, "")
    able = [one for one in linked.rows if one.send.allowed]
    near = [one for one in able if _alike(want, one)]
    said = f"--to: nobody is called {short(want)}."
    if near:
        return NotFound(said, next=f"Did you mean:\n{_listed(near, 0)}")
    if able:
        known = _listed(able, linked.more)
        return NotFound(said, next=f"Name one of these, or any other by a part of the name:\n{known}")
    return NotFound(said, next=linked.missing or "Give the name of a provider or a clinic, or a part of it.")


def _alike(want: str, one: "Recipient") -> bool:
    """Whether some word of both is nearly the same; titles and initials tell nothing."""
    pairs = ((a, b) for a in _words(want) for b in _words(one.name))
    return any(SequenceMatcher(None, a, b).ratio() >= _ALIKE for a, b in pairs)


def _words(text: str) -> list[str]:
    return [word for word in folded(text).split()[:_NAMED] if len(word) > 3]


def _listed(rows: "Sequence[Recipient]", more: int) -> str:
    lines = [f"  {_called(one)}{'' if one.send.allowed else f': {one.send.title}'}" for one in rows]
    more += max(0, len(lines) - _NAMED)
    return "\n".join([*lines[:_NAMED], *([f"  and {more:,} more"] if more else [])])


def _called(one: "Recipient") -> str:
    about = one.detail or one.clinic
    return f"{one.name} ({about})" if about else one.name
