"""Appointments as they are told."""

from typing_extensions import TypedDict

from genesis_tui.mock_backend.http.json import Can, Day, Instant


class PeriodAsked(TypedDict):
    start: Instant
    end: Instant


class StatusSince(TypedDict):
    status: str
    title: str
    at: Instant


class AppointmentListed(TypedDict):
    id: str
    version: int
    group: str
    status: str
    status_title: str
    start: Instant | None
    end: Instant | None
    zone: str
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
    history: list[StatusSince]
    can: list[Can]


_From = TypedDict("_From", {"from": Day})


class AppointmentsAnswer(_From):
    appointments: list[AppointmentListed]
    unreadable: int
