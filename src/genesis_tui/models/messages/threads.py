"""Secure messages: folders, threads, and what the server says of answers and replies (MSG-5, MSG-7, MSG-10)."""

from dataclasses import dataclass
from datetime import date, datetime

from genesis_tui.models.base.dates import DAYS, MONTHS, long_date
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.base.permission import Permission

WINDOW_CLOSED = "reply-window-closed"
NO_REPLY = Permission("message.reply", allowed=False, title="Not offered here.")


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder with how many threads it holds and how many messages in it the viewer has not read."""

    id: str
    name: str
    threads: int = 0
    unread: int = 0
    own: bool = False
    """True for one that the viewer made."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who wrote or received a message, or whom it is about."""

    name: str
    you: bool = False
    """True for the person signed in."""
    staff: bool = False
    """True for the care team."""


@dataclass(frozen=True, slots=True)
class AnswerDue:
    """By which day an answer is due, and what became of it: `waiting`, `overdue`, `answered` or `late`."""

    due: date
    state: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread as its folder lists it."""

    id: str
    subject: str
    category: str
    team: str
    """Who writes from the care team's side."""
    person: Party
    """Whose care it is about."""
    at: datetime
    count: int = 1
    unread: int = 0
    answer: AnswerDue | None = None
    """What the thread waits for; None where every question has its answer."""
    reply: Permission = NO_REPLY
    reply_until: date | None = None
    """The last day on which a reply is taken."""
    reply_due: date | None = None
    """By when a reply that is sent now would be answered (MSG-5)."""
    files: int = 0
    """How many files its messages carry."""

    @property
    def key(self) -> str:
        """`Thread/id`."""
        return f"Thread/{self.id}"

    @property
    def closed(self) -> bool:
        """Whether its time for replies is over (MSG-10)."""
        return not self.reply.allowed and self.reply.reason == WINDOW_CLOSED

    @property
    def state(self) -> str:
        """`due Wed`, `due 4 Jan`, `overdue`, `closed`, or nothing."""
        if self.closed:
            return "closed"
        if self.answer is None:
            return ""
        return "overdue" if self.answer.state == "overdue" else f"due {self._due_word(self.answer.due)}"

    def _due_word(self, due: date) -> str:
        """The weekday tells the day apart from every other within a week of the message."""
        return DAYS[due.weekday()] if (due - self.at.date()).days < 7 else f"{due.day} {MONTHS[due.month - 1]}"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `unread` is True where it was sent to the viewer and not opened yet."""

    id: str
    sender: Party
    receiver: Party
    at: datetime
    body: str
    person: Party | None = None
    """For whom, where somebody writes or receives it for another (FAM-10)."""
    unread: bool = False
    answer: AnswerDue | None = None
    """None for what the care team wrote."""
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread with every message that the viewer may read, oldest first."""

    row: ThreadRow
    messages: tuple[Message, ...] = ()
    unreadable: int = 0
    """How many messages of the answer could not be read."""
    correction: str = ""
    """REC-7: what became of the entry that it is about, in one word; empty where it is about none."""

    @property
    def unread(self) -> tuple[Message, ...]:
        """What the viewer has not read yet."""
        return tuple(message for message in self.messages if message.unread)


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Some threads of a folder or of a search, newest first. `next` asks for those after them; empty at the end."""

    rows: tuple[ThreadRow, ...] = ()
    next: str = ""
    folders: tuple[Folder, ...] = ()
    """Every folder; none in the answer to a search."""
    unreadable: int = 0
    """How many rows of the answer could not be read, and one more where the server's pages do not come to an end."""
    size: int = 0
    """Bytes that it took on the wire."""


def party_name(party: Party) -> str:
    """`you`, or the name."""
    return "you" if party.you else party.name


def heading(message: Message) -> tuple[str, str]:
    """From whom and to whom, both names where somebody writes or receives for another (FAM-10).

    `("You", "Dr. Anna Okafor")`, `("Fort Belvoir Pediatrics", "you, for Maya Reyes")`.
    """
    sender, receiver = (_side(side, message.person) for side in (message.sender, message.receiver))
    return sender[:1].upper() + sender[1:], receiver


def writer_text(message: Message) -> str:
    """Who wrote it, by name, and for whom where that is another: for those who read it elsewhere."""
    sender, person = message.sender, message.person
    return sender.name if sender.staff or person is None else f"{sender.name}, for {person.name}"


def care_team_of(thread: Thread) -> tuple[str, ...]:
    """Who on the care team's side may read what is written on about it: who wrote last, then whom it was to."""
    receivers = (one.receiver.name for one in reversed(thread.messages) if one.receiver.staff)
    return tuple(dict.fromkeys((thread.row.team, *receivers)))


def _side(side: Party, person: Party | None) -> str:
    named = party_name(side)
    return named if side.staff or person is None else f"{named}, for {party_name(person)}"


def answer_text(answer: AnswerDue) -> str:
    """What stands under a sent message."""
    day = long_date(answer.due)
    return {
        "waiting": f"An answer is due by {day}.",
        "overdue": f"Overdue: an answer was due by {day}. {answer.next}".rstrip(),
        "late": f"Answered late: it was due by {day}.",
    }.get(answer.state, f"Answered in time: it was due by {day}.")


def unreadable_text(count: int, what: str) -> str:
    """`1 message could not be read.`; empty for none."""
    return f"{count} {what}{'s' if count != 1 else ''} could not be read." if count else ""


def reply_text(row: ThreadRow) -> str:
    """What the server says of replying, in words."""
    if row.reply.allowed:
        return f"You can reply until {long_date(row.reply_until)}." if row.reply_until else "You can reply."
    return " ".join(part for part in (row.reply.title, row.reply.next) if part)
