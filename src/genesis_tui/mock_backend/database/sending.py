"""Putting messages into threads."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, func, insert, select

from genesis_tui.mock_backend.database.folders import out_of_trash
from genesis_tui.mock_backend.database.messages import file_threads
from genesis_tui.mock_backend.database.schema import message, thread


@dataclass(frozen=True, slots=True)
class NewThread:
    """A conversation that begins."""

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


def add_message(conn: Connection, new: NewMessage, *, now: int) -> int:
    """Send a message; when it was sent, in microseconds: never before the one before it."""
    last = conn.execute(select(func.max(message.c.sent)).where(message.c.thread_id == new.thread_id)).scalar()
    sent = now if last is None else max(now, last + 1)
    conn.execute(insert(message).values(**asdict(new), sent=sent))
    out_of_trash(conn, new.thread_id)
    file_threads(conn, [new.thread_id])
    return sent


def last_writer(conn: Connection, thread_id: str) -> str:
    """The id of the person who wrote last in a thread, or was written to where nobody wrote; empty for nobody."""
    ordered = message.c.sent.desc()
    for column in (message.c.sender_id, message.c.receiver_id):
        wanted = select(column).where(message.c.thread_id == thread_id, column != "").order_by(ordered).limit(1)
        found = conn.execute(wanted).scalar()
        if found:
            return str(found)
    return ""
