"""The mock's tables.

Instants are whole microseconds since 1970 UTC (BIGINT); days are ISO text; bodies are canonical JSON.

Runs on SQLite and PostgreSQL: portable types only, no database functions in defaults.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, types

metadata = MetaData()
String = types.String().with_variant(types.String(collation="C"), "postgresql")
Text = types.Text().with_variant(types.Text(collation="C"), "postgresql")
"""In the order of its code points on both, whatever language a server is set to: ranges and pages rest on it."""

due_event = Table(
    "due_event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False, index=True),
    Column("kind", String, nullable=False),  # put-resource, …
    Column("payload", Text, nullable=False),  # JSON
    Column("applied", BigInteger),
    Column("fault", String, nullable=False, server_default=""),  # that kept it from being done; empty for none
    Index("ix_due_event_waiting", "applied", "at"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("person_id", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("body_hash", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("patient_id", String, nullable=False),
    Column("category", String, nullable=False),  # of the record, on which it depends who is told again; '' for none
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
)

setting = Table(
    "setting",
    metadata,  # key -> JSON: clock, policy, world seed, signing key
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)
