"""Tables of secure messages: threads and their folders, mailboxes, drafts, attachments, corrections."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, event

from genesis_tui.mock_backend.database.schema.base import String, Text, metadata
from genesis_tui.mock_backend.database.word_index import create_index

mailbox = Table(
    "mailbox",
    metadata,  # MSG-1: whom a message can be to
    Column("id", String, primary_key=True),
    Column("key", String, nullable=False),  # of the member of staff or the clinic, in the world's files
    Column("kind", String, nullable=False),  # provider, nursing, administrative
    Column("name", String, nullable=False),  # as threads name it
    Column("detail", String, nullable=False),  # specialty of a provider, what a clinic's team does
    Column("clinic", String, nullable=False),
    Column("facility", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("closed", String, nullable=False, default=""),  # MSG-11: why it takes no messages, in words
    Column("words", Text, nullable=False),  # casefolded: what a search looks into
)

linked = Table(
    "linked",
    metadata,  # MSG-1: the mailboxes of a person's profile
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("mailbox_id", ForeignKey("mailbox.id"), primary_key=True),
    Column("role", String, nullable=False),  # pcm, team, clinic
    Column("blocked", Boolean, nullable=False, default=False),  # MSG-11: for this person alone
)

own_folder = Table(
    "own_folder",
    metadata,  # MSG-7
    Column("id", String, primary_key=True),
    Column("owner_id", ForeignKey("person.id"), nullable=False),
    Column("patient_id", ForeignKey("person.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("folded", String, nullable=False),  # casefolded: unique for owner and patient
    Index("ix_own_folder", "owner_id", "patient_id", "folded", unique=True),
)

moved = Table(
    "moved",
    metadata,  # MSG-7, MSG-8: threads that a viewer took out of Inbox and Sent
    Column("viewer_id", ForeignKey("person.id"), primary_key=True),
    Column("thread_id", ForeignKey("thread.id"), primary_key=True),
    Column("patient_id", String, nullable=False),
    Column("folder", String, nullable=False),  # trash, or the id of an own folder
    Index("ix_moved", "viewer_id", "patient_id", "folder"),
)

draft = Table(
    "draft",
    metadata,  # MSG-9
    Column("id", String, primary_key=True),
    Column("owner_id", ForeignKey("person.id"), nullable=False),
    Column("patient_id", ForeignKey("person.id"), nullable=False),
    Column("thread_id", String, nullable=False, default=""),  # '' for a new conversation
    Column("recipient_id", String, nullable=False, default=""),
    Column("category", String, nullable=False, default=""),  # code
    Column("subject", String, nullable=False, default=""),
    Column("body", Text, nullable=False, default=""),
    Column("entry", String, nullable=False, default=""),  # REC-7: Type/id of the entry that is wrong
    Column("files", Text, nullable=False, default="[]"),  # JSON: ids of attachments
    Column("version", Integer, nullable=False),
    Column("saved", BigInteger, nullable=False),
    Index("ix_draft", "owner_id", "patient_id", "saved"),
)

sent_draft = Table(
    "sent_draft",
    metadata,  # MSG-8: what was a draft until it was sent, by the id that it had
    Column("owner_id", ForeignKey("person.id"), primary_key=True),
    Column("id", String, primary_key=True),
)

attachment = Table(
    "attachment",
    metadata,  # MSG-6
    Column("id", String, primary_key=True),
    Column("owner_id", ForeignKey("person.id"), nullable=False),
    Column("patient_id", String, nullable=False),
    Column("message_id", String, nullable=False, default="", index=True),  # '' until it is sent
    Column("name", String, nullable=False),
    Column("content_type", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String, nullable=False),
    Column("uploaded", BigInteger, nullable=False),
    Index("ix_attachment_owner", "owner_id", "message_id", "uploaded"),
)

content = Table(
    "content",
    metadata,  # what attachments hold, outside their rows
    Column("sha256", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

correction = Table(
    "correction",
    metadata,  # REC-7
    Column("thread_id", ForeignKey("thread.id"), primary_key=True),
    Column("patient_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("asked_by", ForeignKey("person.id"), nullable=False),
    Column("entry", String, nullable=False),  # Type/id
    Column("state", String, nullable=False),  # asked, amended, clarified, declined
    Column("note", Text, nullable=False, default=""),
    Column("at", BigInteger, nullable=False),
)

vault = Table(
    "vault",
    metadata,  # the key under which a person's clients keep drafts on their disks
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("key", LargeBinary, nullable=False),
)

filed = Table(
    "filed",
    metadata,  # the folders a thread stands in, worked out from its messages
    Column("owner_id", String, primary_key=True),  # a person, or '' for all who may read the whole record (FAM-3)
    Column("patient_id", String, primary_key=True),
    Column("folder", String, primary_key=True),  # inbox, sent
    Column("thread_id", ForeignKey("thread.id"), primary_key=True),
    Column("at", BigInteger, nullable=False),  # of the newest message that puts it there
    Index("ix_filed_newest", "owner_id", "patient_id", "folder", "at", "thread_id"),
    Index("ix_filed_thread", "thread_id"),
)
event.listen(metadata, "after_create", create_index)


def _folded(*columns: str) -> Callable[[Any], str]:
    """What a search by words looks into: the named columns, casefolded."""
    return lambda context: "\n".join(context.get_current_parameters()[name] for name in columns).casefold()


thread = Table(
    "thread",
    metadata,
    Column("id", String, primary_key=True),
    Column("patient_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("subject", String, nullable=False),
    Column("category", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("mailbox_id", String, nullable=False, default=""),  # '' where the recipient takes no messages any more
    Column("zone", String, nullable=False, default="UTC"),  # of the recipient's clinic: MSG-5, MSG-10
    Column("words", Text, nullable=False, default=_folded("subject")),  # what a search looks into
)

message = Table(
    "message",
    metadata,
    Column("id", String, primary_key=True),
    Column("thread_id", ForeignKey("thread.id"), nullable=False),
    Column("patient_id", String, nullable=False),  # the thread's
    Column("sender_id", String, nullable=False, default=""),  # a person's id, '' for staff
    Column("sender", String, nullable=False),
    Column("receiver_id", String, nullable=False, default=""),  # the person a staff message is to
    Column("sent", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("opened", BigInteger),  # by its receiver; nobody else has it unread
    Column("words", Text, nullable=False, default=_folded("sender", "body")),
    Index("ix_message_thread", "thread_id", "sent", "id"),
)
unread = Index(
    "ix_message_unread",
    *(message.c.receiver_id, message.c.patient_id, message.c.thread_id, message.c.sent),
    sqlite_where=message.c.opened.is_(None),
)
"""`engine` gives it the same condition for PostgreSQL: naming that dialect here would load it for every mock."""
