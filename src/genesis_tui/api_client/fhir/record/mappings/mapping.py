"""What is told of one type of the record to make entries of it: paths to its title, its time, its facts.

Paths are those of `paths.at`. A label that ends in `*` prints "None recorded" where nothing was (REC-6).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from genesis_tui.api_client.fhir.paths import Tree
from genesis_tui.models.record import Fact

HIDDEN = frozenset({"entered-in-error", "preliminary", "registered", "superseded"})
"""REL-3: what never shows."""
EVENT = "preparation in-progress not-done on-hold stopped completed entered-in-error unknown"
"""FHIR's statuses of what was done."""
REQUEST = "draft active on-hold revoked completed entered-in-error unknown"
"""FHIR's statuses of what was asked for."""
PROBLEM = ("code", "category")


def any_of(words: str) -> frozenset[str]:
    """The codes in a line."""
    return frozenset(words.split())


ENDED = any_of(
    "completed inactive resolved remission stopped ended fulfilled finished cancelled revoked expired accomplished "
    "achieved rejected not-done noshow declined"
)
WAITING = any_of("draft proposed pending planned on-hold waitlist preparation suspended")


@dataclass(frozen=True, slots=True)
class FactReader:
    """What takes more than a path: answers, people with their roles, dosages."""

    read: Callable[[Tree], Iterable[Fact]]
    paths: tuple[str, ...]
    """What it reads."""


@dataclass(frozen=True, slots=True)
class EntryMapping:
    """One type. The first path that says something counts, for title and time."""

    title: tuple[str | Callable[[Tree], str], ...]
    at: tuple[str, ...]
    facts: tuple[tuple[str, str] | FactReader, ...] = ()
    texts: tuple[tuple[str, str], ...] = (("Notes", "note.text"),)
    summary: tuple[str | Callable[[Tree], str], ...] = ()
    status: str = "status"
    statuses: frozenset[str] = field(default_factory=frozenset)
    """What FHIR allows; any other one can't be judged, so the entry counts as unreadable."""
    needs_status: bool = True
    usual: str = "completed"
    """The status that is nothing to speak of."""
    owner: str = "subject"
    group: str = ""
    nameless: str = "Entry"


ANYTHING = EntryMapping(
    title=("title", "code", "code[x]", "name", "type", "topic", "description", "category", "reasonCode"),
    at=(
        *("effective[x]", "occurrence[x]", "period", "timing[x]", "collection.collected[x]", "@dateTime", "@date"),
        *("@created", "@issued", "@authoredOn", "@sent", "@recorded", "@started"),
    ),
    texts=(),
    needs_status=False,
)
"""What a type says that nothing here is made for: as much as most types have."""
