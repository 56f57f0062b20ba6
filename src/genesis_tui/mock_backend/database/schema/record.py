"""Tables of the record: resources, their search tokens, what was seen, what asks first, sources of imports."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table

from genesis_tui.mock_backend.database.schema.base import String, metadata

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
    Column("labelled", Boolean, nullable=False),  # FAM-7: is sensitive itself, and does not just point to what is
    Column("category", String, nullable=False, default=""),  # the one category code that searches use most
    Column("final_at", BigInteger),  # REL-2's facts
    Column("reviewed_at", BigInteger),
    Column("body", LargeBinary, nullable=False),
    Index("ix_resource_id", "type", "id", unique=True),
    Index("ix_resource_search", "type", "patient_id", "category", "at", "row"),
    Index("ix_resource_all", "type", "patient_id", "at", "row"),
    Index("ix_resource_updated", "type", "patient_id", "updated"),
)

sensitive = Index(
    "ix_resource_sensitive",
    *(resource.c.patient_id, resource.c.type, resource.c.id),
    sqlite_where=resource.c.sensitive.is_(True),
)
"""What is kept from everybody but the patient (FAM-7). As for `messages.unread`, `engine` tells PostgreSQL."""

token = Table(
    "token",
    metadata,  # further search values: code, identifier, status, category, name, actor …
    Column("row", ForeignKey("resource.row", ondelete="CASCADE"), primary_key=True),
    Column("param", String, primary_key=True),
    Column("system", String, primary_key=True),
    Column("code", String, primary_key=True),
    Index("ix_token_value", "param", "code", "row"),
)

seen = Table(
    "seen",
    metadata,  # REL-5: per viewer
    Column("viewer_id", ForeignKey("person.id"), primary_key=True),
    Column("key", String, primary_key=True),  # Type/id
    Column("patient_id", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

ask_first = Table(
    "ask_first",
    metadata,  # REL-6: kinds of results that a viewer wants to be asked about before one opens
    Column("viewer_id", ForeignKey("person.id"), primary_key=True),
    Column("kind", String, primary_key=True),  # pathology, radiology, labs, notes
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
