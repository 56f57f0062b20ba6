"""Answers about people, what is open of them, and who gave whom access."""

from typing_extensions import TypedDict

from genesis_tui.mock_backend.http.json import Can, Day, Instant


class NewCounts(TypedDict):
    results: int
    messages: int


class FamilyMember(TypedDict):
    id: str
    number: int
    name: str
    given: str
    family: str
    relation: str
    age: int
    access: str
    why: str
    rule: str
    reason: str
    next: str
    until: Day | None
    new: NewCounts
    can: list[Can]


class GrantListed(TypedDict):
    id: str
    giver: str
    receiver: str
    scope: str
    kind: str
    state: str
    since: Day
    until: Day | None
    ended: Instant | None
    mine: bool


class AccessRequested(TypedDict):
    user_name: str
    scope: str
    at: Instant


class FamilyAnswer(TypedDict):
    people: list[FamilyMember]
    grants: list[GrantListed]
    requests: list[AccessRequested]


class CountsOfPerson(NewCounts):
    id: str


class CountsAnswer(NewCounts):
    people: list[CountsOfPerson]


class DeersFault(TypedDict):
    title: str
    next: str
    rule: str


class DeersField(TypedDict):
    field: str
    title: str
    portal: str
    deers: str
    same: bool


class DeersAnswer(TypedDict):
    read_at: Instant
    before_at: Instant | None
    error: DeersFault | None
    fields: list[DeersField]


class DeersShown(TypedDict):
    name: str
    birth_date: Day
    dod_id: str
    address: list[str]
    email: str
    phone: str
    sex: str
    error: DeersFault | None
    read_at: Instant | None


class ProfileAnswer(TypedDict):
    pcm: str
    team: list[str]
    clinics: list[str]
    sharing: str
    deers: DeersShown
    status: str
    methods: list[str]
    level: str


class AccessLogEvent(TypedDict):
    at: Instant
    who: str
    mine: bool
    what: str
    words: str
    why: str
    outcome: str
    rule: str
    request_id: str


class AccessLogAnswer(TypedDict):
    patient: str
    days: int
    total: int
    events: list[AccessLogEvent]
    next: str | None
