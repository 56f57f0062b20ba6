"""Answers about messages."""

from typing import NotRequired

from typing_extensions import TypedDict

from genesis_tui.mock_backend.http.json import Can, Day, Instant


class Correspondent(TypedDict):
    name: str
    you: bool
    staff: bool


class AnswerState(TypedDict):
    due: Day
    state: str
    next: str


class CanReply(Can):
    until: Day
    due: Day


class FileListed(TypedDict):
    id: str
    name: str
    content_type: str
    size: int


_With = TypedDict("_With", {"with": str, "for": Correspondent})
_FromTo = TypedDict("_FromTo", {"from": Correspondent, "to": Correspondent, "for": Correspondent | None})
_From = TypedDict("_From", {"from": str})


class ThreadListed(_With):
    id: str
    subject: str
    category: str
    at: Instant
    count: int
    unread: int
    answer: AnswerState | None
    files: int
    can: list[CanReply]


class MessageWhole(_FromTo):
    id: str
    at: Instant
    body: str
    unread: bool
    answer: AnswerState | None
    files: list[FileListed]
    can: list[Can]


class CorrectionAsked(TypedDict):
    entry: str
    state: str
    note: str


class ThreadWhole(ThreadListed):
    patient: str
    messages: list[MessageWhole]
    correction: CorrectionAsked | None


class FolderMade(TypedDict):
    id: str
    name: str
    threads: int
    unread: int
    own: bool


class FolderListed(FolderMade):
    can: list[Can]


class FolderPage(TypedDict):
    """`folders` stands on a first page alone."""

    patient: str
    threads: list[ThreadListed]
    next: str | None
    folders: NotRequired[list[FolderListed]]


class RecipientListed(TypedDict):
    id: str
    kind: str
    name: str
    detail: str
    clinic: str
    facility: str
    role: str
    due: Day
    can: list[Can]


class RecipientsAnswer(TypedDict):
    recipients: list[RecipientListed]
    missing: str
    more: int


class MessagePreview(TypedDict):
    patient: str
    recipient: str
    category: str
    subject: str
    due: Day
    files: int


class MessageSent(TypedDict):
    id: str
    thread: str
    at: Instant
    due: Day
    recipient: str


class ThreadMoved(_From):
    thread: str


class MovedAnswer(TypedDict):
    moved: list[ThreadMoved]


class MarkedAnswer(TypedDict):
    """Ids of the messages that were the other before."""

    messages: list[str]


class FileKept(FileListed):
    sha256: str


class DraftListed(TypedDict):
    id: str
    version: int
    saved: Instant
    patient: str
    thread: str
    recipient: str
    recipient_name: str
    category: str
    subject: str
    body: str
    entry: str
    attachments: list[str]
    files: list[FileKept]


class DraftsAnswer(TypedDict):
    drafts: list[DraftListed]


class DraftKept(TypedDict):
    id: str
    version: int
    saved: Instant
