"""Appointments and requests: when, what for, with whom, where, and what may be done."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from genesis_tui.models.appointments.booking import CancelReason, Slot, SlotWatch
from genesis_tui.models.base.permission import Permission


class AppointmentGroup(StrEnum):
    """Where the agenda shows an appointment, in this order; the server says which."""

    UPCOMING = "upcoming"
    REQUESTED = "requested"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class PreferredTime:
    """A stretch of time that a request prefers; both ends aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A status in words, and the moment from which it held."""

    word: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment, or a request for one (then `start` is None, and `requested` says when it may be)."""

    id: str
    version: int
    group: AppointmentGroup
    status: str
    """The server's code: proposed, booked, arrived, checked-in, fulfilled, cancelled, noshow."""
    status_word: str
    start: datetime | None
    end: datetime | None
    zone: str
    """IANA name of the clinic's zone; empty where it is not known: times are told with their offset then."""
    what: str
    clinician: str = ""
    clinic: str = ""
    facility: str = ""
    address: tuple[str, ...] = ()
    phone: str = ""
    how: str = ""
    """in-person, video, phone, or empty where it is not known."""
    how_word: str = ""
    instructions: str = ""
    comment: str = ""
    reason: str = ""
    """Why it was asked for."""
    cancelled_because: str = ""
    requested: tuple[PreferredTime, ...] = ()
    history: tuple[Change, ...] = ()
    can: tuple[Permission, ...] = ()
    visit_type: str = ""
    """Its code; empty where it can't be booked here again. So is `clinic_id`."""
    clinic_id: str = ""
    offers: tuple[Slot, ...] = ()
    """Slots that the clinic offers, of which one can be taken (APPT-6)."""
    thread: str = ""
    """The conversation of a request."""
    visit: str = ""
    """The visit in the record, once it took place."""
    summary: str = ""
    """The document that tells of the visit."""

    def may(self, action: str) -> Permission:
        """What the server says of `appointment.cancel`, `appointment.reschedule` or `appointment.choose`."""
        known = next((can for can in self.can if can.action == action), None)
        ahead = f"Call the clinic{f': {self.phone}' if self.phone else ''}."
        title = "That is not offered here."
        return known or Permission(action, allowed=False, title=title, reason="not-offered", next=ahead)

    @property
    def key(self) -> str:
        """`Appointment/<id>`."""
        return f"Appointment/{self.id}"

    @property
    def is_request(self) -> bool:
        """Whether no time is booked yet."""
        return self.group is AppointmentGroup.REQUESTED

    @property
    def off(self) -> bool:
        """Whether nobody is to come: cancelled or missed."""
        return self.status in ("cancelled", "noshow")

    def local(self, moment: datetime) -> datetime:
        """A moment in the clinic's zone; with the offset it was recorded with where the zone is not known (APPT-9)."""
        try:
            return moment.astimezone(ZoneInfo(self.zone)) if self.zone else moment
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return moment

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When it is, or each time that is preferred, in the clinic's zone."""
        told = (self.start,) if self.start else tuple(period.start for period in self.requested)
        return tuple(self.local(one) for one in told)

    @property
    def days(self) -> tuple[date, ...]:
        """The days of its moments at the clinic."""
        return tuple(dict.fromkeys(one.date() for one in self.moments))


@dataclass(frozen=True, slots=True)
class Appointments:
    """The appointments of one person in the order of the agenda, and how many could not be read."""

    rows: tuple[Appointment, ...] = ()
    unreadable: int = 0
    since: date | None = None
    """The first day that it tells of; None where the server does not say."""
    reasons: tuple[CancelReason, ...] = ()
    """Why an appointment can be cancelled."""
    watches: tuple[SlotWatch, ...] = ()

    def group(self, group: AppointmentGroup) -> tuple[Appointment, ...]:
        """Those of one group."""
        return tuple(row for row in self.rows if row.group is group)


def arranged(rows: list[Appointment]) -> tuple[Appointment, ...]:
    """Upcoming and requested soonest first, then the past, newest first; what has no day stands last of its group."""
    found: list[Appointment] = []
    for group in AppointmentGroup:
        dated = [row for row in rows if row.group is group and row.moments]
        dated.sort(key=lambda row: row.moments[0], reverse=group is AppointmentGroup.PAST)
        found += [*dated, *(row for row in rows if row.group is group and not row.moments)]
    return tuple(found)
