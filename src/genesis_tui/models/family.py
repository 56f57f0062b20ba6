"""The person signed in, the people whose records they may open, and what each of them allows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from genesis_tui.models.base.permission import Permission
from genesis_tui.models.base.search import folded


class Access(StrEnum):
    """How much of a record is open; the value is the word a person reads."""

    FULL = "full"
    LIMITED = "limited"
    NONE = "no"


@dataclass(frozen=True, slots=True)
class FamilyMember:
    """One row of the family: oneself first, then spouse, children by age, then those who granted access."""

    id: str
    number: int
    """1-based place in the family; the digit that chooses the row, and the patient's colour."""
    name: str
    given: str
    family: str
    relation: str
    """`you`, `spouse`, `daughter`, `son`, `mother`, `granted you access` …; empty where no family is known."""
    age: int
    """In years; -1 where the birth date is not known to the day."""
    access: Access
    why: str
    """In words: `your own record`, `under 12`, `by grant until 30 Jun 2027`, `adult since 3 Nov 2026`."""
    rule: str = ""
    reason: str = ""
    next: str = ""
    until: date | None = None
    new_results: int = 0
    unread: int = 0
    can: tuple[Permission, ...] = ()

    @property
    def access_text(self) -> str:
        """`full access`; `limited: Basic` where the account's level closes a part of it (ID-5)."""
        basic = any(c.rule == "ID-5" and not c.allowed for c in self.can)
        return "limited: Basic" if basic and self.access is not Access.NONE else f"{self.access.value} access"

    def may(self, action: str) -> Permission:
        """The server's word on `action`; an action it does not name is not offered."""
        return next(
            (c for c in self.can if c.action == action), Permission(action, allowed=False, title="Not offered here.")
        )


class GrantState(StrEnum):
    """Where a grant stands (FAM-12)."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Grant:
    """Access that one adult gave another (FAM-5). Until it is accepted, both are named by their user names."""

    id: str
    giver: str
    receiver: str
    scope: Access
    kind: str
    """`proxy` or `legal`."""
    since: date
    until: date | None = None
    ended: datetime | None = None
    mine: bool = False
    """True when the person signed in gave it, and so may revoke it."""
    state: GrantState = GrantState.ACCEPTED

    @property
    def waits_for_me(self) -> bool:
        """Whether the person signed in can accept or refuse it (FAM-12)."""
        return not self.mine and self.state is GrantState.WAITING

    @property
    def can_be_ended(self) -> bool:
        """Whether the person signed in gave it and it still stands or waits."""
        return self.mine and self.ended is None and self.state in (GrantState.WAITING, GrantState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """Somebody asks for access to the record of the person signed in (FAM-12)."""

    user_name: str
    scope: Access
    at: datetime


@dataclass(frozen=True, slots=True)
class Family:
    """Everybody whose record the person signed in may see named, and the grants behind it."""

    people: tuple[FamilyMember, ...]
    grants: tuple[Grant, ...] = ()
    requests: tuple[AccessRequest, ...] = ()

    def find(self, text: str) -> tuple[FamilyMember, ...]:
        """People whom a name, relation, number or id means; exact matches win over beginnings."""
        want = folded(text.strip())
        exact = tuple(
            p for p in self.people if want in (folded(p.id), str(p.number), folded(p.name), folded(p.relation))
        )
        if exact:
            return exact
        return tuple(
            p
            for p in self.people
            if any(w.startswith(want) for w in (folded(p.name), folded(p.family), folded(p.relation)))
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """Patient Information, read only (DEERS-1, MSG-2)."""

    name: str
    birth_date: str
    dod_id: str
    sex: str
    address: tuple[str, ...]
    email: str
    phone: str
    status: str
    deers_read: datetime | None
    pcm: str = ""
    """Empty where no primary care manager is linked (MSG-2)."""
    team: tuple[str, ...] = ()
    clinics: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    level: str = ""
    sharing: str = ""


class LogKind(StrEnum):
    """Which events of a log are read. Your own reads, and all you did with your own record, are only among your own."""

    ALL = "all"
    READS = "reads"
    ACTS = "acts"
    REFUSED = "refused"
    MINE = "mine"


@dataclass(frozen=True, slots=True)
class AccessEvent:
    """One line of who opened a record (AUD-1)."""

    at: datetime
    who: str
    words: str
    """What was done, in words: `looked at the appointments`, `was refused the results and notes`."""
    why: str
    """Why it was allowed or refused, in words: `by grant`, `no grant, FAM-6`; empty where that goes without saying."""
    outcome: str
    """`allowed`, or the reason code of a refusal."""
    rule: str = ""
    request_id: str = ""
    mine: bool = False

    @property
    def refused(self) -> bool:
        """Whether it was refused."""
        return self.outcome != "allowed"

    @property
    def by(self) -> str:
        """Who did it: `you`, or a name."""
        return "you" if self.mine else self.who


@dataclass(frozen=True, slots=True)
class AccessPage:
    """Who opened a record, newest first; `next` goes back in as `before` for the page after, empty at the end."""

    events: tuple[AccessEvent, ...] = ()
    next: str = ""
    total: int = 0
    """Events of this kind in all."""
    days: int = 0
    """How many days the log goes back."""


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


@dataclass(frozen=True, slots=True)
class Patient:
    """One person. Dates are as precise as the server has them: `1987-03-02`, `1987-03`, `1987`, or empty."""

    id: str
    name: str
    """As it prints, given names first; the id where the server has no name."""
    given: str = ""
    family: str = ""
    birth_date: str = ""
    sex: str = ""
    """`female`, `male`, `other`, `unknown`, or empty."""
    deceased: str = ""
    """The day of death; `yes` where only that is known; empty for the living."""
    also: str = ""
    """Other names that the server has for them, one after the other; they are found by these too."""

    def age(self, today: date) -> int | None:
        """Whole years, at death for the dead; None where the day of birth or death is not known to the day."""
        born, end = _day(self.birth_date), _day(self.deceased) if self.deceased else today
        if born is None or end is None or end < born:
            return None
        return end.year - born.year - ((end.month, end.day) < (born.month, born.day))

    def fits(self, text: str) -> bool:
        """Whether each word typed begins a word of the name, or all of it begins the id."""
        name = folded(f"{self.name} {self.also}")
        words = name.replace("-", " ").split() + name.split()
        wanted = folded(text).split()
        return folded(self.id).startswith(folded(text.strip())) or all(
            any(word.startswith(part) for word in words) for part in wanted
        )


@dataclass(frozen=True, slots=True)
class PatientPage:
    """Patients of a server, as many as it gave at once."""

    patients: tuple[Patient, ...] = ()
    unreadable: tuple[str, ...] = ()
    """Those who can't be read, each as far as they can be named, and why: `Ann Lee: its id is not valid`."""

    def __iter__(self) -> Iterator[Patient]:
        return iter(self.patients)


def unreadable_words(unreadable: Sequence[str]) -> str:
    """`1 patient can't be read: Ann Lee: its id is not valid`; empty where all can."""
    count = len(unreadable)
    named = "; ".join(dict.fromkeys(unreadable))
    return f"{count} {'patient' if count == 1 else 'patients'} can't be read: {named}" if count else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if len(text) >= 10 else None
    except ValueError:
        return None
