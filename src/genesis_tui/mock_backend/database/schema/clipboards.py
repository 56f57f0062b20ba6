"""The table of clipboards; what they ask and what is answered are FHIR resources."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table

from genesis_tui.mock_backend.database.schema.base import String, Text, metadata

clipboard = Table(
    "clipboard",
    metadata,
    Column("id", String, primary_key=True),  # of its QuestionnaireResponse too, once there is one
    Column("patient_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("appointment_id", String, nullable=False, index=True),
    Column("questionnaire_id", String, nullable=False),
    Column("version", Integer, nullable=False, default=0),  # 0: nothing is answered yet
    Column("saved", BigInteger),
    Column("submitted", BigInteger),
    Column("submitted_by", String, nullable=False, default=""),
    Column("scores", Text, nullable=False, default="[]"),  # JSON; for the clinic alone
)
