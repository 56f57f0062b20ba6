"""Putting messages into threads."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, func, insert, select

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.database.family.grants import facts_for
from genesis_tui.mock_backend.database.messages.folders import out_of_trash, who_trashed
from genesis_tui.mock_backend.database.messages.threads import file_threads
from genesis_tui.mock_backend.database.schema.messages import message, thread
from genesis_tui.mock_backend.rules.family.access import standing
from genesis_tui.mock_backend.rules.messages.threads import SentMessage, sees
from genesis_tui.mock_backend.rules.policy import Policy


@dataclass(frozen=True, slots=True)
class NewThread:
    """The row of a conversation that begins."""

    id: str
    patient_id: str
    subject: str
    category: str
    recipient: str
    mailbox_id: str
    zone: str


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that is sent now. An empty `sender_id` or `receiver_id` is the care team."""

    id: str
    thread_id: str
    patient_id: str
    sender_id: str
    sender: str
    receiver_id: str
    body: str


def add_thread(conn: Connection, new: NewThread) -> None:
    """Begin a conversation; its first message follows."""
    conn.execute(insert(thread).values(**asdict(new)))


def add_message(conn: Connection, new: NewMessage, *, now: int, policy: Policy) -> int:
    """Send a message; when it was sent, in microseconds: never before the one before it.

    Whoever sees it has its thread in Trash no longer; to whoever does not, nothing has changed (FAM-3, FAM-8).
    """
    last = conn.execute(select(func.max(message.c.sent)).where(message.c.thread_id == new.thread_id)).scalar()
    sent = now if last is None else max(now, last + 1)
    conn.execute(insert(message).values(**asdict(new), sent=sent))
    seeing = [one for one in who_trashed(conn, new.thread_id) if _sees(conn, one, new, now, policy)]
    out_of_trash(conn, seeing, new.thread_id)
    file_threads(conn, [new.thread_id])
    return sent


def _sees(conn: Connection, viewer_id: str, new: NewMessage, now: int, policy: Policy) -> bool:
    moment = from_micros(now)
    facts = facts_for(conn, viewer_id, new.patient_id, moment)
    if facts is None:
        return False
    return sees(SentMessage(new.sender_id, new.receiver_id, moment), viewer_id, standing(facts, policy, moment).access)


def last_writer(conn: Connection, thread_id: str) -> str:
    """The id of the person who wrote last in a thread, or was written to where nobody wrote; empty for nobody."""
    ordered = message.c.sent.desc()
    for column in (message.c.sender_id, message.c.receiver_id):
        wanted = select(column).where(message.c.thread_id == thread_id, column != "").order_by(ordered).limit(1)
        found = conn.execute(wanted).scalar()
        if found:
            return str(found)
    return ""
