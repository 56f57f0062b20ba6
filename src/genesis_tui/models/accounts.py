"""A DS Logon of one's own: making it, proving who one is, and what the portal and DEERS say of a person."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Registration:
    """Who one is by DEERS, and the DS Logon to have (ID-7). `birth_date` is `YYYY-MM-DD`."""

    given: str
    family: str
    birth_date: str
    dod_id: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of remote proofing (ID-6)."""

    id: str
    text: str
    hint: str


@dataclass(frozen=True, slots=True)
class Proofing:
    """What is asked, and how many more proofings may fail before they pause for a day."""

    questions: tuple[Question, ...]
    tries_left: int


@dataclass(frozen=True, slots=True)
class DeersField:
    """One field as the portal showed it at its last read, and as DEERS has it now."""

    title: str
    portal: str
    deers: str
    same: bool


@dataclass(frozen=True, slots=True)
class DeersView:
    """The portal and DEERS side by side (DEERS-2). `error` is what keeps the portal from reading DEERS, if anything."""

    fields: tuple[DeersField, ...]
    read_at: datetime | None
    before_at: datetime | None
    error: str = ""
    next: str = ""
