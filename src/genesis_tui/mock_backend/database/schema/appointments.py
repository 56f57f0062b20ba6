"""Tables of scheduling: clinics and what they book, slots that are taken, requests, watches, and the change feed."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table

from genesis_tui.mock_backend.database.schema.base import String, Text, metadata

visit_type = Table(
    "visit_type",
    metadata,  # APPT-1
    Column("code", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("place", Integer, nullable=False),  # in lists
    Column("clipboard", String, nullable=False, default=""),  # id of the Questionnaire that comes with it
)

clinic = Table(
    "clinic",
    metadata,  # each with its own settings
    Column("id", String, primary_key=True),  # of its FHIR Location
    Column("name", String, nullable=False),
    Column("facility", String, nullable=False),
    Column("phone", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("ahead_days", Integer, nullable=False),  # how far ahead it books
    Column("days", String, nullable=False),  # weekdays on which it is open, Monday 0
    Column("hours", String, nullable=False),  # local, as 08:00-12:00,13:00-16:20
    Column("video", Boolean, nullable=False),  # whether its late afternoons are by video
    Column("sensitive", Boolean, nullable=False),  # FAM-7: the patient alone books here
    Column("mailbox_id", String, nullable=False),  # of its scheduling team
    Column("place", Integer, nullable=False),
)

clinic_visit = Table(
    "clinic_visit",
    metadata,  # APPT-2
    Column("clinic_id", ForeignKey("clinic.id"), primary_key=True),
    Column("visit_type", ForeignKey("visit_type.code"), primary_key=True),
    Column("way", String, nullable=False),  # books, requests, none
)

schedule = Table(
    "schedule",
    metadata,  # whose slots there are
    Column("id", String, primary_key=True),  # of the FHIR Schedule
    Column("clinic_id", ForeignKey("clinic.id"), nullable=False, index=True),
    Column("practitioner_id", String, nullable=False),
    Column("name", String, nullable=False),
)

slot_unit = Table(
    "slot_unit",
    metadata,  # APPT-4: ten minutes of a schedule that somebody here holds, or that are free whatever they were before
    Column("schedule_id", ForeignKey("schedule.id"), primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("held_by", String),  # id of the Appointment, booked or offered; NULL for free
    Index("ix_slot_unit_held", "held_by"),
)

appointment_request = Table(
    "appointment_request",
    metadata,  # APPT-6: what is kept of a request beside its FHIR Appointment
    Column("appointment_id", String, primary_key=True),
    Column("patient_id", ForeignKey("person.id"), nullable=False),
    Column("asked_by", ForeignKey("person.id"), nullable=False),
    Column("visit_type", ForeignKey("visit_type.code")),  # NULL where no clinic here has such a visit
    Column("clinic_id", ForeignKey("clinic.id")),  # NULL where the clinic has no schedules
    Column("thread_id", String, nullable=False),  # '' where it was asked for in another way
    Column("own_choice", Boolean, nullable=False, default=False),  # whether its person took a slot, and so knows of it
)

appointment_thread = Table(
    "appointment_thread",
    metadata,  # conversations about an appointment: as sensitive as that one (FAM-7)
    Column("thread_id", ForeignKey("thread.id"), primary_key=True),
    Column("appointment_id", String, nullable=False, index=True),
    Column("patient_id", ForeignKey("person.id"), nullable=False, index=True),
)

slot_offer = Table(
    "slot_offer",
    metadata,  # APPT-6: the slots that a clinic holds for a request until one is chosen
    Column("appointment_id", String, primary_key=True),
    Column("slot_id", String, primary_key=True),
)

slot_watch = Table(
    "slot_watch",
    metadata,  # who wants to know of an earlier slot
    Column("viewer_id", ForeignKey("person.id"), primary_key=True),
    Column("patient_id", ForeignKey("person.id"), primary_key=True),
    Column("clinic_id", ForeignKey("clinic.id"), primary_key=True),
    Column("visit_type", ForeignKey("visit_type.code"), primary_key=True),
    Column("before", BigInteger, nullable=False),
    Column("found", String, nullable=False, default=""),  # the slot last told
)

change = Table(
    "change",
    metadata,  # the change feed: in the order in which transactions were committed
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("patient_id", String, nullable=False, index=True),
    Column("viewer_id", String, nullable=False, default=""),  # whom alone it is for; '' for all who may see the entry
    Column("kind", String, nullable=False),  # appointment, request, clipboard, slot
    Column("entry", String, nullable=False),  # id
    Column("removed", Boolean, nullable=False),
    Column("note", Text, nullable=False, default=""),  # of a slot: id of the one that was found
)

change_head = Table(
    "change_head",
    metadata,  # one row: the last number; who writes changes holds it until the transaction ends
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
)
