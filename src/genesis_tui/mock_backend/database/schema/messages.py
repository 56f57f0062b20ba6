"""The mock's tables for writing secure messages, beside the threads themselves; the conventions of `schema`."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from genesis_tui.mock_backend.database.schema.sign_in import metadata as metadata

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
