"""Tables of the pharmacy: pick-up points, formulary, requests and their stages."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Table

from genesis_tui.mock_backend.database.schema.base import String, Text, metadata

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
    Column("phone", String, nullable=False, default=""),
    Column("hours", String, nullable=False, default=""),  # weekdays from Monday 0 and local times: 01234 08:00-17:00
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
    Column("note", Text, nullable=False, default=""),  # with what words it was asked for, or why it was denied
)
