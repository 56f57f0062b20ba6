"""Answers about a sign-in."""

from typing_extensions import TypedDict

from genesis_tui.mock_backend.http.json import Can, Instant


class SignedInPerson(TypedDict):
    id: str
    name: str
    zone: str


class FileKind(TypedDict):
    """Endings of names, media type, and how such files begin, in hexadecimal."""

    endings: list[str]
    content_type: str
    starts: list[str]


class MessageCategory(TypedDict):
    code: str
    title: str


class EmergencyWords(TypedDict):
    notice: str
    words: list[str]
    lines: list[str]


class MessageLimits(TypedDict):
    subject_characters: int
    body_characters: int
    files: int
    file_bytes: int
    files_bytes: int
    kinds: list[FileKind]
    categories: list[MessageCategory]
    emergency: EmergencyWords


class AppointmentLimits(TypedDict):
    """APPT-3, APPT-6, CLIP-2: days of a search; days ahead that a request can name; its half-days, offers and reason;
    characters of an answer on a clipboard."""

    search_days: int
    request_from: int
    request_to: int
    half_days: int
    offers: int
    reason_characters: int
    answer_characters: int


class RefillLimits(TypedDict):
    """RX-3, RX-8: items of a batch, characters of the note to a renewal."""

    batch: int
    note_characters: int


class Limits(TypedDict):
    idle_minutes: int
    idle_warning_minutes: int
    messages: MessageLimits
    appointments: AppointmentLimits
    refills: RefillLimits


class SupportDesk(TypedDict):
    name: str
    phone: str
    hours: str
    chat: bool


class SessionAnswer(TypedDict):
    person: SignedInPerson
    method: str
    method_title: str
    level: int
    level_title: str
    role: str
    kind: str
    started: Instant
    ends: Instant
    last_visit: Instant | None
    ask_first: list[str]
    now: Instant
    limits: Limits
    outages: list[str]
    support: SupportDesk
    can: list[Can]


class ScriptSignIn(TypedDict):
    id: str
    scope: str
    client: str
    method: str
    started: Instant
    ends: Instant
    last_used: Instant | None


class ScriptSignIns(TypedDict):
    grants: list[ScriptSignIn]


class VaultKey(TypedDict):
    """32 bytes in base64."""

    key: str


class ProofingContact(TypedDict):
    """Where a code may go: `email` or `phone`, with a hint for its owner."""

    id: str
    title: str


class ProofingBegun(TypedDict):
    contacts: list[ProofingContact]
    tries_left: int


class ProofingChoice(TypedDict):
    id: str
    text: str


class ProofingQuestion(TypedDict):
    id: str
    text: str
    choices: list[ProofingChoice]


class ProofingQuestions(TypedDict):
    """For so many seconds."""

    questions: list[ProofingQuestion]
    seconds: int


class RaisedLevel(TypedDict):
    level: int
    level_title: str
