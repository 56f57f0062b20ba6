"""What scheduling takes and tells: visit types, clinics, slots, appointments, requests, watches and changes."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from genesis_tui.mock_backend.http.json import Can, Day, Instant, RequestBody

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9.\-]{1,64}$")]
Code = Annotated[str, Field(pattern=r"^[a-z0-9\-]{1,40}$")]
DayText = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
LONGEST_TEXT = 10_000
"""Characters that a request is read with; the rules say how many a reason has."""


class BookingBody(RequestBody):
    """`slot` is the id of a free slot of `GET slots`; `reason` may be empty."""

    patient: Id
    slot: Id
    reason: str = Field("", max_length=LONGEST_TEXT)


class HalfDay(RequestBody):
    """A day at the clinic and its half."""

    day: DayText
    half: Literal["am", "pm"]


class RequestForAppointment(RequestBody):
    """APPT-6: asks a clinic for a time; one to three half-days, and why."""

    patient: Id
    visit_type: Code
    clinic: Id
    periods: list[HalfDay] = Field(max_length=50)
    reason: str = Field(max_length=LONGEST_TEXT)


class CancelBody(RequestBody):
    """`reason` is one of the codes in the `reasons` of `GET appointments`; `note` in the patient's own words."""

    patient: Id
    reason: Code
    note: str = Field("", max_length=LONGEST_TEXT)


class SlotChoice(RequestBody):
    """The slot to move to, or the one chosen of those offered."""

    patient: Id
    slot: Id


class WatchBody(RequestBody):
    """Watch a clinic for a slot of a visit type before an instant (RFC 3339)."""

    patient: Id
    visit_type: Code
    before: Annotated[str, Field(max_length=40)]


class PeriodAsked(TypedDict):
    start: Instant
    end: Instant


class StatusSince(TypedDict):
    status: str
    title: str
    at: Instant


class VisitTypeListed(TypedDict):
    """APPT-1, APPT-2: a kind of visit, and how many clinics book it directly or take requests for it."""

    code: str
    title: str
    minutes: int
    books: int
    requests: int


class VisitTypesAnswer(TypedDict):
    visit_types: list[VisitTypeListed]


class OtherWay(TypedDict):
    """APPT-11: where to turn instead. `kind`: `clinic` (`id` is that of a clinic), `message` (of a recipient),
    `phone` (the number is the title), or `request` (ask this clinic, `id`, for a time)."""

    kind: str
    id: str
    title: str
    detail: str
    first_free: Instant | None
    zone: str


class ClinicListed(TypedDict):
    """A clinic for one visit type and patient.

    `way`: `books`, `requests`, or `none` (then `ways` tells others). `linked`: what it is to the patient in words,
    '' for nothing. `ahead_days`: how far ahead it books. `watched`: before when an earlier slot is watched for.
    `can`: `appointment.book`, `appointment.request`, `slot.watch`.
    """

    id: str
    name: str
    facility: str
    address: list[str]
    phone: str
    zone: str
    linked: str
    way: str
    ahead_days: int
    minutes: int
    first_free: Instant | None
    watched: Instant | None
    ways: list[OtherWay]
    can: list[Can]


class ClinicsAnswer(TypedDict):
    clinics: list[ClinicListed]


class SlotListed(TypedDict):
    """A free slot. `start` and `end` have the offset of the clinic's zone."""

    id: str
    clinic_id: str
    clinic: str
    visit_type: str
    start: Instant
    end: Instant
    zone: str
    clinician: str
    how: str
    how_title: str


_Period = TypedDict("_Period", {"from": Day, "to": Day})


class SlotsAnswer(_Period):
    """APPT-3: free slots by start. `ways` is filled where none is free (APPT-11)."""

    visit_type: str
    slots: list[SlotListed]
    ways: list[OtherWay]


class SlotWatch(TypedDict):
    """A clinic is watched for a slot that starts before `before`; `found` is the earliest there is now."""

    clinic_id: str
    clinic: str
    patient: str
    visit_type: str
    before: Instant
    zone: str
    found: SlotListed | None


class Change(TypedDict):
    """Something of a patient that is new, different, or gone.

    `kind`: `appointment`, `request`, `clipboard`, `slot`, `prescriptions` (of which `id` is the patient's); `change`:
    `changed` or `removed`. `slot` is the earlier slot that a watch found.
    """

    patient: str
    kind: str
    id: str
    change: str
    at: Instant
    slot: NotRequired[SlotListed]


class ChangesAnswer(TypedDict):
    """`cursor` is the next call's `since`."""

    cursor: str
    changes: list[Change]


class CancelReason(TypedDict):
    code: str
    title: str


class AppointmentListed(TypedDict):
    """`can`: `appointment.cancel` (withdraws a request), `appointment.reschedule`, and where slots are offered
    `appointment.choose`. `visit_type` and `clinic_id` are '' where they can't be booked here again. `thread`: the
    request's conversation; `visit` and `summary`: Encounter and DocumentReference ids of what took place."""

    id: str
    version: int
    group: str
    status: str
    status_title: str
    start: Instant | None
    end: Instant | None
    zone: str
    visit_type: str
    clinic_id: str
    what: str
    clinician: str
    how: str
    how_title: str
    instructions: str
    comment: str
    reason: str
    cancelled_because: str
    clinic: str
    facility: str
    address: list[str]
    phone: str
    requested: list[PeriodAsked]
    offers: list[SlotListed]
    thread: str
    visit: str
    summary: str
    history: list[StatusSince]
    can: list[Can]


_From = TypedDict("_From", {"from": Day})


class AppointmentsAnswer(_From):
    """`reasons`: those for which an appointment can be cancelled."""

    appointments: list[AppointmentListed]
    reasons: list[CancelReason]
    watches: list[SlotWatch]
    unreadable: int
