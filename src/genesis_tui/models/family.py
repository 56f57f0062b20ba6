"""The person signed in, the people whose records they may open, and what each of them allows."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genesis_tui.models.messages.drafts import Limits


class Access(StrEnum):
    """How much of a record is open; the value is the word a person reads."""

    FULL = "full"
    LIMITED = "limited"
    NONE = "no"


@dataclass(frozen=True, slots=True)
class Can:
    """What the server says of one action. `since` is the moment from which it will be allowed, if ever."""

    action: str
    allowed: bool
    rule: str = ""
    reason: str = ""
    title: str = ""
    next: str = ""
    since: datetime | None = None


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
    can: tuple[Can, ...] = ()

    def may(self, action: str) -> Can:
        """The server's word on `action`; an action it does not name is not offered."""
        return next((c for c in self.can if c.action == action), Can(action, allowed=False, title="Not offered here."))


@dataclass(frozen=True, slots=True)
class Grant:
    """Access that one adult gave another (FAM-5)."""

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


@dataclass(frozen=True, slots=True)
class Family:
    """Everybody whose record the person signed in may see named, and the grants behind it."""

    people: tuple[FamilyMember, ...]
    grants: tuple[Grant, ...] = ()

    def find(self, text: str) -> tuple[FamilyMember, ...]:
        """People whom a name, relation, number or id means; exact matches win over beginnings."""
        want = text.strip().casefold()
        exact = tuple(
            p for p in self.people if want in (p.id.casefold(), str(p.number), p.name.casefold(), p.relation.casefold())
        )
        if exact:
            return exact
        return tuple(
            p
            for p in self.people
            if any(w.startswith(want) for w in (p.name.casefold(), p.family.casefold(), p.relation.casefold()))
        )


@dataclass(frozen=True, slots=True)
class Outage:
    """A planned or current outage (SUP-6)."""

    title: str
    detail: str
    still_works: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Support:
    """The desk for technical problems, as the server names it (SUP-1, SUP-2)."""

    name: str = "Global Service Center"
    phone: str = "1-800-600-9332"
    hours: str = "24/7"
    chat: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, how, and until when."""

    id: str
    name: str
    method: str
    """As a person reads it: `CAC`, `PIV`, `DS Logon`."""
    level: str
    """`Basic` or `Premium`."""
    role: str
    """`patient` or `support`."""
    zone: str
    """IANA name of the person's own time zone."""
    server_now: datetime
    ends: datetime | None
    """None where no sign-in ends: an open server, and one that does not say."""
    last_visit: datetime | None = None
    outages: tuple[Outage, ...] = ()
    support: Support = Support()
    can: tuple[Can, ...] = ()
    offline: bool = False
    """True for a sign-in that scripts go on with (SESS-4)."""
    idle_minutes: int = 15
    idle_warning_minutes: int = 2
    messages: "Limits | None" = None
    """What a message may hold; None where there is no portal."""


@dataclass(frozen=True, slots=True)
class ScriptSignIn:
    """A sign-in that scripts go on with, until it ends or is ended (SESS-4)."""

    id: str
    reads: str
    """What it may read, in words."""
    method: str
    started: datetime | None
    ends: datetime | None
    last_used: datetime | None = None


@dataclass(frozen=True, slots=True)
class Persona:
    """An invented person of the mock, with the sign-in to use."""

    name: str
    story: str
    method: str
    level: str
    username: str = ""
    password: str = ""
    state: str = ""
    """`locked`, `mismatch`, `support`, or empty."""


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


@dataclass(frozen=True, slots=True)
class AccessEvent:
    """One line of who opened a record (AUD-1)."""

    at: datetime
    who: str
    what: str
    outcome: str


@dataclass(frozen=True, slots=True)
class AccessPage:
    """Who opened a record, newest first; `next` goes back in as `before` for the page after, empty at the end."""

    events: tuple[AccessEvent, ...] = ()
    next: str = ""
