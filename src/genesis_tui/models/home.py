"""What is new for the family since the last visit."""

from dataclasses import dataclass
from datetime import datetime

from genesis_tui.models.people import FamilyMember


@dataclass(frozen=True, slots=True)
class NewItem:
    """One thing that is new for a person. `key` is `Type/id` where it can be opened, empty where it can't."""

    place: str
    """The place that shows it: `results`."""
    key: str
    title: str
    state: str
    """A word for the state column: `High`, `Critical`, `new` …"""
    at: datetime


@dataclass(frozen=True, slots=True)
class Coming:
    """An appointment ahead."""

    at: datetime
    zone: str
    what: str
    place: str
    status: str


@dataclass(frozen=True, slots=True)
class PersonNews:
    """News of one person."""

    person: FamilyMember
    items: tuple[NewItem, ...] = ()
    coming: tuple[Coming, ...] = ()
