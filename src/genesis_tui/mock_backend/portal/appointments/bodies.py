"""What scheduling takes: bookings, requests, cancellations, moves and watches (APPT-1 to APPT-8)."""

from typing import Annotated, Literal

from pydantic import Field

from genesis_tui.mock_backend.http.json import RequestBody

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
