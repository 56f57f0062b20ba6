"""Tables of sign-in: accounts, methods, lock-outs, sessions, one-time codes, e-mail, revoked cards."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table

from genesis_tui.mock_backend.database.schema.base import String, Text, metadata

mail = Table(
    "mail",
    metadata,  # what the portal sent by e-mail; testers read it
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("receiver", String, nullable=False, index=True),  # '' for a name that nobody has: the same work, no mail
    Column("subject", String, nullable=False),
    Column("body", Text, nullable=False),
)

one_time_code = Table(
    "one_time_code",
    metadata,  # LOCK-4: one code for a purpose and whom it is for, known or not
    Column("code_key", String, primary_key=True),  # keyed hash of both
    Column("person_id", String, nullable=False, index=True),  # '' for nobody
    Column("code_hash", String, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),  # wrong ones so far
)

code_use = Table(
    "code_use",
    metadata,  # LOCK-6, ID-11: codes that were sent and tried, and registrations that were begun
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("code_key", String, nullable=False, index=True),
    Column("kind", String, nullable=False),  # sent, tried, begun
    Column("at", BigInteger, nullable=False),
)

past_password = Table(
    "past_password",
    metadata,  # ID-7: not the last ten
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("password_hash", String, nullable=False),
)

failed_proofing = Table(
    "failed_proofing",
    metadata,  # ID-6
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
)

proofing_attempt = Table(
    "proofing_attempt",
    metadata,  # ID-11: questions that are open
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("right", Text, nullable=False),  # JSON: question -> right choice
)

revoked_card = Table(
    "revoked_card",
    metadata,  # ID-2: the test CA's revocation list
    Column("serial", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

registered_card = Table(
    "registered_card",
    metadata,  # ID-3: a PIV belongs to a DS Logon by the key on it, so that a new card is registered anew
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("key_hash", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

sign_in = Table(
    "sign_in",
    metadata,  # DS Logon accounts
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("username", String, nullable=False, unique=True),  # casefolded
    Column("password_hash", String, nullable=False),  # as `passwords` has it: hashed at first use
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

rotated_refresh = Table(
    "rotated_refresh",
    metadata,  # SESS-1: refresh tokens that others have replaced
    Column("refresh_hash", String, primary_key=True),
    Column("session_id", ForeignKey("grant_session.id"), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
)
