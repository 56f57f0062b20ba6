"""Ways to sign in, and what a person is shown or gives on the way."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from genesis_tui.models.base.permission import Permission

if TYPE_CHECKING:
    from genesis_tui.models.appointments.limits import AppointmentLimits
    from genesis_tui.models.messages.drafts import MessageLimits


REFILL_NOTE, REFILL_BATCH = 250, 50


class MethodKind(StrEnum):
    """How a way to sign in is done."""

    PASSWORD = "password"  # noqa: S105
    """A user name and a password typed here."""
    CARD = "card"
    """A key on a smart card, or in a file, signs what the server sends."""
    BROWSER = "browser"
    """On the server's own pages, in a browser on this computer."""
    DEVICE = "device"
    """On the server's own pages, on another device, with a code that is shown here."""


@dataclass(frozen=True, slots=True)
class SignInMethod:
    """One way that a server offers. `id` is the server's own for methods, `browser` and `device` for its pages."""

    id: str
    title: str
    kind: MethodKind
    note: str = ""


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What to open on another device (RFC 8628)."""

    user_code: str
    address: str
    """Where the code is typed."""
    whole_address: str = ""
    """The same with the code in it, for a QR code; empty where the server gives none."""
    expires_in: float = 0.0
    """Seconds from when it was given."""


class ScriptAccess(StrEnum):
    """What a sign-in for scripts may read (SESS-4)."""

    COUNTS = "counts"
    """Unread counts, and nothing else."""
    READING = "reading"
    """All that the person may read; nothing can be done with it."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A planned or current outage (SUP-6)."""

    title: str
    detail: str
    still_works: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SupportDesk:
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
    support: SupportDesk = field(default_factory=SupportDesk)
    can: tuple[Permission, ...] = ()
    offline: bool = False
    """True for a sign-in that scripts go on with (SESS-4)."""
    idle_minutes: int = 15
    idle_warning_minutes: int = 2
    messages: "MessageLimits | None" = None
    """What a message may hold; None where there is no portal."""
    appointments: "AppointmentLimits | None" = None
    """What a booking and a request may hold; None where there is no portal."""
    refill_note: int = REFILL_NOTE
    """Characters of a note to whoever decides about a renewal."""
    refill_batch: int = REFILL_BATCH
    """As many refills or renewals are asked for in one act at most."""
    ask_first: tuple[str, ...] = ()
    """REL-6: kinds of results that ask the person before they open, in the portal's words (`ask_first.ASKABLE`)."""
    method_code: str = ""
    """`cac`, `piv`, `ds-logon`, `browser`, `open`, `none`, `offline` …"""


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
class Registration:
    """Who one is by DEERS (ID-7). `birth_date` is `YYYY-MM-DD`."""

    given: str
    family: str
    birth_date: str
    dod_id: str


@dataclass(frozen=True, slots=True)
class NewAccount:
    """The code that came, and the DS Logon to have (ID-7)."""

    dod_id: str
    code: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contact:
    """Where a code may go: an e-mail or phone in DEERS, by a hint for its owner (ID-11)."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Proofing:
    """Where a code may go, and how many more proofings may fail before they pause for a day (ID-6)."""

    contacts: tuple[Contact, ...]
    tries_left: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of remote proofing, with one right choice (ID-11)."""

    id: str
    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked, and for how many seconds an answer is taken."""

    asked: tuple[Question, ...]
    seconds: int


@dataclass(frozen=True, slots=True)
class Card:
    """One certificate whose key is at hand. `id` names it on this computer alone."""

    id: str
    label: str
    """Of the token, or the name of the file."""
    holder: str
    """The common name on it, harmless."""
    edipi: str
    """The DoD ID in that name; empty where there is none."""
    expires: datetime | None
    source: str
    """`reader` or `file`."""
    needs_pin: bool
    pin_state: str = ""
    """What the token says of its PIN: `count-low`, `final-try`, `locked`, or nothing."""


class Trust(StrEnum):
    """Why credentials may be sent to a host; the value is the badge."""

    MOCK = "MOCK"
    MIL = ".mil"
    LOOPBACK = "LOCAL"
    TRUSTED = "TRUSTED"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of verification: `✓`, `!` (worth knowing) or `✗` (stops the sign-in)."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Host:
    """A server that HOST-1 lets credentials go to."""

    address: str
    """`host:port` as it prints."""
    trust: Trust
    checks: tuple[Check, ...]
    methods: tuple[SignInMethod, ...] = ()
    """The methods that the server offers and this program speaks, in the order to show them."""
    portal: bool = False
    """True where the server offers the portal API."""
    accounts: bool = False
    """True where an account can be registered, and a forgotten password replaced, from here."""
    open: bool = False
    """True where records are read without any sign-in."""

    def way(self, kind: MethodKind) -> SignInMethod | None:
        """The first way of that kind; None where there is none."""
        return next((way for way in self.methods if way.kind is kind), None)
