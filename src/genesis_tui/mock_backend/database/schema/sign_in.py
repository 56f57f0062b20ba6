"""The mock's tables for signing in, beside the accounts themselves (`schema.sign_in`); the same conventions."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text

from genesis_tui.mock_backend.database.schema.base import metadata as metadata

mail = Table(
    "mail",
    metadata,  # what the portal sent by e-mail; testers read it
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("receiver", String, nullable=False, index=True),  # '' for a name that nobody has: the same work, no mail
    Column("subject", String, nullable=False),
    Column("body", Text, nullable=False),
)

reset_code = Table(
    "reset_code",
    metadata,  # LOCK-4: one code a user name, known or not
    Column("name_key", String, primary_key=True),  # as in `lockout`
    Column("code_hash", String, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),  # wrong ones so far
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

revoked_card = Table(
    "revoked_card",
    metadata,  # ID-2: the test CA's revocation list
    Column("serial", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
)
