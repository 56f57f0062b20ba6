"""The mock's tables.

Instants are whole microseconds since 1970 UTC (BIGINT); days are ISO text; bodies are canonical JSON.

Runs on SQLite and PostgreSQL: portable types only, no database functions in defaults.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    event,
)

from genesis_tui.mock_backend.database.word_index import create_index

metadata = MetaData()


def _folded(*columns: str) -> Callable[[Any], str]:
    """What a search by words looks into: the named columns, casefolded."""
    return lambda context: "\n".join(context.get_current_parameters()[name] for name in columns).casefold()


person = Table(
    "person",
    metadata,
    Column("id", String, primary_key=True),  # the FHIR Patient id (or a support agent's own id)
    Column("given", String, nullable=False),
    Column("family", String, nullable=False),
    Column("birth_date", String, nullable=False),  # as the portal's account has it; DEERS has its own below
    Column("sex", String, nullable=False),  # FHIR administrative gender
    Column("dod_id", String, nullable=False),
    Column("status", String, nullable=False),  # active-duty, dependent, retiree, veteran, civilian, support
    Column("zone", String, nullable=False),  # the person's own time zone (IANA)
    Column("mtf_zone", String, nullable=False),  # the zone of the sponsor's MTF: birthdays happen at its midnight (FAM)
    Column(
        "seen_before", BigInteger, nullable=False, default=0
    ),  # results released before it are not "new" to this viewer
    Column("last_visit", BigInteger),
    Column(
        "persona", Text, nullable=False, default="{}"
    ),  # JSON: what `mock personas` lists (story, state, order), {} if unlisted
)

deers = Table(
    "deers",
    metadata,  # what DEERS says (DEERS-1 to 3); the portal only reads it
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("given", String, nullable=False),
    Column("family", String, nullable=False),
    Column("birth_date", String, nullable=False),
    Column("dod_id", String, nullable=False),
    Column("address", Text, nullable=False),  # lines
    Column("email", String, nullable=False),
    Column("phone", String, nullable=False),
)

care = Table(
    "care",
    metadata,  # MSG-2 and Patient Information
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("pcm", String, nullable=False, default=""),
    Column("team", Text, nullable=False, default="[]"),
    Column("clinics", Text, nullable=False, default="[]"),
    Column("sharing", String, nullable=False, default=""),
)

kin = Table(
    "kin",
    metadata,  # `relative_id` is `relation` to `person_id`
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("relative_id", ForeignKey("person.id"), primary_key=True),
    Column("relation", String, nullable=False),  # spouse, son, daughter, father, mother
    Column("parental", Boolean, nullable=False),  # person_id is a parent of relative_id, with a parent's access (FAM-2)
)

grants = Table(
    "grants",
    metadata,
    Column("id", String, primary_key=True),
    Column("giver_id", ForeignKey("person.id"), nullable=False, index=True),  # whose record
    Column("receiver_id", ForeignKey("person.id"), nullable=False, index=True),  # who may see it
    Column("scope", String, nullable=False),  # full, limited
    Column("kind", String, nullable=False),  # proxy, legal
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("revoked", BigInteger),
)

sign_in = Table(
    "sign_in",
    metadata,  # DS Logon accounts
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("username", String, nullable=False, unique=True),  # casefolded
    Column("password_hash", String, nullable=False),  # scrypt$n$r$p$salt$hash, base64
    Column("password", String, nullable=False),  # the mock lists its invented people's passwords (WIRE: personas)
    Column("level", Integer, nullable=False),  # 1 Basic, 2 Premium
)

method = Table(
    "method",
    metadata,  # which other ways in a person has (ID-1: methods are data)
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("method", String, primary_key=True),  # cac, piv
)

lockout = Table(
    "lockout",
    metadata,  # LOCK-1, LOCK-2: known and unknown names alike
    Column("name_key", String, primary_key=True),  # keyed hash of the casefolded user name
    Column("failures", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("locked_until", BigInteger),
)

resource = Table(
    "resource",
    metadata,  # FHIR resources, current version
    Column("row", Integer, primary_key=True, autoincrement=True),
    Column("type", String, nullable=False),
    Column("id", String, nullable=False),
    Column("patient_id", String, nullable=False),  # '' for what belongs to no patient (Practitioner, Organization …)
    Column("version", Integer, nullable=False),
    Column("updated", BigInteger, nullable=False),  # meta.lastUpdated
    Column("at", BigInteger, nullable=False),  # what `date` searches and newest-first sorts by
    Column("until", BigInteger, nullable=False),  # end of a partial date or period, for date searches
    Column("release_at", BigInteger, nullable=False),  # REL-1, REL-2: visible from then on
    Column("hidden", Boolean, nullable=False),  # REL-3: preliminary, registered, entered-in-error
    Column("sensitive", Boolean, nullable=False),  # FAM-7: the patient alone
    Column("category", String, nullable=False, default=""),  # the one category code that searches use most
    Column("final_at", BigInteger),  # REL-2's facts
    Column("reviewed_at", BigInteger),
    Column("body", LargeBinary, nullable=False),
    Index("ix_resource_id", "type", "id", unique=True),
    Index("ix_resource_search", "type", "patient_id", "category", "at", "row"),
    Index("ix_resource_all", "type", "patient_id", "at", "row"),
    Index("ix_resource_updated", "type", "patient_id", "updated"),
)

token = Table(
    "token",
    metadata,  # further search values: code, identifier, status, category, name, actor …
    Column("row", ForeignKey("resource.row", ondelete="CASCADE"), primary_key=True),
    Column("param", String, primary_key=True),
    Column("system", String, primary_key=True),
    Column("code", String, primary_key=True),
    Index("ix_token_value", "param", "code", "row"),
)

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
Index(
    "ix_message_unread",
    *(message.c.receiver_id, message.c.patient_id, message.c.thread_id, message.c.sent),
    sqlite_where=message.c.opened.is_(None),
    postgresql_where=message.c.opened.is_(None),
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

pickup_point = Table(
    "pickup_point",
    metadata,  # RX-5: where a fill can be picked up
    Column("id", String, primary_key=True),  # a pharmacy's own is the id of its FHIR Location
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),  # pharmacy, locker, mail
    Column("facility", String, nullable=False),
    Column("place", String, nullable=False),  # where to find it, in words
    Column("zone", String, nullable=False),
    Column("military", Boolean, nullable=False),
    Column("tracks", Boolean, nullable=False),  # RX-6: some tell nothing but that the request came
)

formulary = Table(
    "formulary",
    metadata,  # what a pick-up point must know of a drug (RX-5)
    Column("drug", String, primary_key=True),  # its name, as prescriptions have it
    Column("controlled", Boolean, nullable=False),
    Column("refrigerated", Boolean, nullable=False),
)

pharmacy_request = Table(
    "pharmacy_request",
    metadata,  # RX-2, RX-3: a refill or a renewal that somebody asked for
    Column("id", String, primary_key=True),
    Column("patient_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("prescription_id", String, nullable=False, index=True),  # id of the MedicationRequest
    Column("kind", String, nullable=False),  # refill, renewal
    Column("asked_by", ForeignKey("person.id"), nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("pickup_id", ForeignKey("pickup_point.id")),  # NULL for a renewal: the provider decides on it
    Column("dispense_id", String, nullable=False, default=""),  # the fill it became: id of the MedicationDispense
)

request_stage = Table(
    "request_stage",
    metadata,  # RX-6: each stage with its time; those ahead of now have not come yet
    Column("request_id", ForeignKey("pharmacy_request.id"), primary_key=True),
    Column("stage", String, primary_key=True),  # requested, in-process, ready, picked-up, shipped, returned …
    Column("at", BigInteger, nullable=False),
    Column("carrier", String, nullable=False, default=""),
    Column("number", String, nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),  # why a renewal was denied
)

seen = Table(
    "seen",
    metadata,  # REL-5: per viewer
    Column("viewer_id", ForeignKey("person.id"), primary_key=True),
    Column("key", String, primary_key=True),  # Type/id
    Column("patient_id", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

due_event = Table(
    "due_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("kind", String, nullable=False),  # put-resource, …
    Column("payload", Text, nullable=False),  # JSON
    Column("applied", BigInteger),
)

grant_session = Table(
    "grant_session",
    metadata,  # one sign-in: what its tokens stand for
    Column("id", String, primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("client_id", String, nullable=False),
    Column("method", String, nullable=False),
    Column("level", Integer, nullable=False),
    Column("scope", String, nullable=False),
    Column("kind", String, nullable=False, default="interactive"),  # interactive, offline (SESS-4)
    Column("patient_id", String),  # launch/patient: the one patient of the token
    Column("refresh_hash", String, index=True),
    Column("started", BigInteger, nullable=False),
    Column("refreshed", BigInteger),
    Column("ends", BigInteger, nullable=False),
    Column("ended", BigInteger),
)

audit = Table(
    "audit",
    metadata,  # AUD-1, FAM-10
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("who_id", String, nullable=False),
    Column("for_id", String, nullable=False, index=True),
    Column("what", String, nullable=False),
    Column("outcome", String, nullable=False),  # allowed, or the reason code
    Column("rule", String, nullable=False, default=""),
    Column("request_id", String, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("person_id", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("body_hash", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("status", Integer),  # NULL while in flight
    Column("answer", LargeBinary),
)

source = Table(
    "source",
    metadata,  # where imported records came from
    Column("name", String, primary_key=True),
    Column("namespace", String, nullable=False, unique=True),  # every id of it begins with this and a hyphen
    Column("home", String, nullable=False, default=""),  # base URL of the server that its patients live on
    Column("begun", BigInteger, nullable=False),
    Column("imported", BigInteger),  # when the last import of it was complete; NULL when none was
)

setting = Table(
    "setting",
    metadata,  # key -> JSON: clock, policy, world seed, signing key
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)
