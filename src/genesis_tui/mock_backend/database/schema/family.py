"""Tables of people: who they are, their kin and grants, DEERS, and the access log."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, Table

from genesis_tui.mock_backend.database.schema.base import String, Text, metadata

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
    Column("email_since", BigInteger, nullable=False, default=0),  # ID-11: last changed; 0 for before the portal's time
    Column("phone_since", BigInteger, nullable=False, default=0),
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
    Column("receiver_id", ForeignKey("person.id"), index=True),  # who may see it; NULL for a name that nobody has
    Column("receiver_name", String, nullable=False, default=""),  # the user name that it was made to (FAM-12)
    Column("scope", String, nullable=False),  # full, limited
    Column("kind", String, nullable=False),  # proxy, legal
    Column("since", BigInteger, nullable=False),  # when it was offered
    Column("until", BigInteger),
    Column("accepted", BigInteger),  # FAM-12: it opens nothing before
    Column("refused", BigInteger),
    Column("revoked", BigInteger),
)

access_request = Table(
    "access_request",
    metadata,  # FAM-12: an adult's record is asked for; that adult alone sees it
    Column("asker_id", ForeignKey("person.id"), primary_key=True),
    Column("asked_name", String, primary_key=True),  # a user name, whether or not anybody has it
    Column("asked_id", ForeignKey("person.id"), index=True),
    Column("scope", String, nullable=False),  # full, limited
    Column("at", BigInteger, nullable=False),
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
    Column("digest", String, nullable=False),  # of the event and of the digest before it: the chain
)

audit_head = Table(
    "audit_head",
    metadata,  # one row: how many events there are, and the digest of the last; who writes events holds it
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("events", Integer, nullable=False),
    Column("digest", String, nullable=False),
)

deers_read = Table(
    "deers_read",
    metadata,  # DEERS-2: what the portal showed of DEERS when it was last read
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("shown", Text, nullable=False),  # JSON
    Column("at", BigInteger, nullable=False),
)

deers_fault = Table(
    "deers_fault",
    metadata,  # DEERS-2: an error in somebody's DEERS record
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("fault", String, nullable=False),
)
