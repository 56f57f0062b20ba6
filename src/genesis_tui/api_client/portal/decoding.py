"""The portal API's JSON, as far as this client reads it: right types or none, unknown fields ignored."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from genesis_tui.sanitize import one_line, plain, shown, written


def _safe(value: Any) -> Any:
    return one_line(value) if isinstance(value, str) else value


def _safe_lines(value: Any) -> Any:
    return plain(value, lines=True) if isinstance(value, str) else value


def _or_empty(value: Any) -> Any:
    return "" if value is None else _safe(value)


def _written(value: Any) -> Any:
    return written(value) if isinstance(value, str) else value


def _written_lines(value: Any) -> Any:
    return written(value, lines=True) if isinstance(value, str) else value


def _said(value: Any) -> Any:
    return one_line(shown(value)) if isinstance(value, str) else value


def _said_lines(value: Any) -> Any:
    return plain(shown(value), lines=True) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_or_empty)]
Lines = Annotated[str, BeforeValidator(_safe_lines)]
Words = Annotated[str, BeforeValidator(_safe)]
Said = Annotated[str, BeforeValidator(_said)]
SaidLines = Annotated[str, BeforeValidator(_said_lines)]
"""What somebody wrote to somebody, to be read."""
Written = Annotated[str, BeforeValidator(_written)]
WrittenLines = Annotated[str, BeforeValidator(_written_lines)]
"""What the person wrote, to go on writing it."""


class Shape(BaseModel):
    """Base of all: numbers are not words, words are not numbers."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Outage(Shape):
    """SUP-6."""

    title: Words
    detail: Lines = ""
    still_works: Text = ""
    since: AwareDatetime | None = Field(None, alias="from")
    until: AwareDatetime | None = None


class Support(Shape):
    """SUP-1, SUP-2."""

    name: Words
    phone: Words
    hours: Text = ""
    chat: bool = False


class Can(Shape):
    """WIRE: `can`."""

    action: Words
    allowed: bool
    rule: Text = ""
    reason: Text = ""
    title: Text = ""
    next: Text = ""
    since: AwareDatetime | None = Field(None, alias="from")


class Person(Shape):
    """The person signed in."""

    id: Words
    name: Words
    zone: Text = "UTC"


class Limits(Shape):
    """SESS-2."""

    idle_minutes: int = 15
    idle_warning_minutes: int = 2
    messages: Any = None


class Kind(Shape):
    """MSG-6: a kind of file."""

    endings: tuple[Words, ...]
    content_type: Text = ""
    starts: tuple[str, ...] = ()


class Category(Shape):
    """MSG-4."""

    code: Words
    title: Words


class Emergency(Shape):
    """MSG-3."""

    notice: Words
    words: tuple[Words, ...] = ()
    lines: tuple[Words, ...] = ()


class MessageLimits(Shape):
    """What a message may hold."""

    subject_characters: int
    body_characters: int
    files: int
    file_bytes: int
    files_bytes: int
    kinds: tuple[Kind, ...] = ()
    categories: tuple[Category, ...] = ()
    emergency: Emergency


class Session(Shape):
    """`GET session`."""

    person: Person
    method: Words
    method_title: Text = ""
    level_title: Text = ""
    role: Words = "patient"
    kind: Words = "interactive"
    ends: AwareDatetime
    now: AwareDatetime
    last_visit: AwareDatetime | None = None
    limits: Limits = Limits()
    outages: list[Any] = []
    support: Support | None = None
    can: list[Any] = []


class Grants(Shape):
    """`GET session/grants`."""

    grants: list[Any] = []


class OfflineGrant(Shape):
    """One sign-in for scripts."""

    id: Words
    scope: Words = ""
    method: Text = ""
    started: AwareDatetime | None = None
    ends: AwareDatetime | None = None
    last_used: AwareDatetime | None = None


class Counts(Shape):
    """`GET counts`."""

    results: int = 0
    messages: int = 0


class New(Shape):
    """Counts of what is new."""

    results: int = 0
    messages: int = 0


class Member(Shape):
    """One person of `GET family`."""

    id: Words
    number: int
    name: Words
    given: Text = ""
    family: Text = ""
    relation: Text = ""
    age: int
    access: str
    why: Text = ""
    rule: Text = ""
    reason: Text = ""
    next: Text = ""
    until: date | None = None
    new: New = New()
    can: list[Any] = []


class Grant(Shape):
    """FAM-5."""

    id: Words
    giver: Text = ""
    receiver: Text = ""
    scope: str
    kind: Text = "proxy"
    since: date
    until: date | None = None
    ended: datetime | None = None
    mine: bool = False


class Family(Shape):
    """`GET family`."""

    people: list[Any]
    grants: list[Any] = []


class NewsItem(Shape):
    """A line of Home."""

    place: Words
    type: Text = ""
    id: Text = ""
    title: Said
    state: Text = ""
    at: AwareDatetime
    until: date | None = None


class Waiting(Shape):
    """A message that nobody has answered yet."""

    id: Words
    title: Said
    recipient: Text = ""
    due: date
    overdue: bool = False


class Coming(Shape):
    """An appointment ahead."""

    id: Text = ""
    at: AwareDatetime
    zone: Text = "UTC"
    what: Words
    place: Text = ""
    status: Text = ""

    @property
    def key(self) -> str:
        """`Appointment/<id>`; empty where the server names none."""
        return f"Appointment/{self.id}" if self.id else ""


class News(Shape):
    """`GET patients/{id}/news`."""

    items: list[Any] = []
    coming: list[Any] = []
    waiting: list[Any] = []


class Unseen(Shape):
    """`GET patients/{id}/seen`."""

    new: list[Any] = []


class Deers(Shape):
    """DEERS-1."""

    name: Text = ""
    birth_date: Text = ""
    dod_id: Text = ""
    sex: Text = ""
    address: list[Words] = []
    email: Text = ""
    phone: Text = ""
    read_at: AwareDatetime | None = None


class Profile(Shape):
    """`GET patients/{id}/profile`."""

    deers: Deers
    status: Text = ""
    pcm: Text = ""
    team: list[Words] = []
    clinics: list[Words] = []
    methods: list[Words] = []
    level: Text = ""
    sharing: Text = ""


class Event(Shape):
    """AUD-1."""

    at: AwareDatetime
    who: Words
    what: Text = ""
    outcome: Text = ""


class AccessLog(Shape):
    """`GET patients/{id}/access-log`."""

    events: list[Any] = []
    next: str | None = None
