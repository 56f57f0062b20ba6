"""What is booked or asked for: visit types, clinics, slots, half-days (APPT-1 to APPT-6, APPT-11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from genesis_tui.models.base.dates import MONTHS, clock, instant_text, weekday, zone_name, zone_of
from genesis_tui.models.base.errors import Refused
from genesis_tui.models.base.permission import Permission

BOOKS, REQUESTS = "books", "requests"
WAYS = {BOOKS: "books it", REQUESTS: "on request"}
MORNING, AFTERNOON = "am", "pm"
HALVES = {MORNING: "morning", AFTERNOON: "afternoon"}


@dataclass(frozen=True, slots=True)
class VisitType:
    """A kind of visit, and how many clinics book it directly or take requests for it."""

    code: str
    title: str
    minutes: int
    books: int = 0
    requests: int = 0


@dataclass(frozen=True, slots=True)
class OtherWay:
    """Where to turn instead (APPT-11). `kind`: clinic, message, phone or request."""

    kind: str
    id: str
    title: str
    detail: str = ""
    first_free: datetime | None = None
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Clinic:
    """A clinic, for one visit type and one patient."""

    id: str
    name: str
    facility: str = ""
    phone: str = ""
    zone: str = ""
    linked: str = ""
    """What it is to the patient, in words."""
    way: str = ""
    """`BOOKS`, `REQUESTS`, or neither: then `ways` tells others."""
    ahead_days: int = 0
    minutes: int = 0
    first_free: datetime | None = None
    watched: datetime | None = None
    """Before when an earlier slot is watched for."""
    ways: tuple[OtherWay, ...] = ()
    can: tuple[Permission, ...] = ()

    def may(self, action: str) -> Permission:
        """What the server says of `appointment.book`, `appointment.request` or `slot.watch` here."""
        known = next((can for can in self.can if can.action == action), None)
        return known or Permission(action, allowed=False, title="This clinic does not offer that.")

    @property
    def way_text(self) -> str:
        """`books it`, `on request`, `not here`."""
        return WAYS.get(self.way, "not here")


@dataclass(frozen=True, slots=True)
class Slot:
    """A free slot at a clinic."""

    id: str
    start: datetime
    end: datetime
    clinic_id: str = ""
    clinic: str = ""
    visit_type: str = ""
    zone: str = ""
    clinician: str = ""
    how: str = ""
    how_word: str = ""

    @property
    def local(self) -> datetime:
        """Its start on the clinic's clock (APPT-9)."""
        return there(self.start, self.zone)

    @property
    def local_end(self) -> datetime:
        """Its end there."""
        return there(self.end, self.zone)

    @property
    def day(self) -> date:
        """Its day at the clinic."""
        return self.local.date()

    @property
    def when(self) -> str:
        """`Wed 2 Dec 2026 09:20 EST`."""
        return instant_text(self.local)


@dataclass(frozen=True, slots=True)
class Slots:
    """Free slots from one day to another, by start (APPT-3); other ways where there are none (APPT-11)."""

    rows: tuple[Slot, ...] = ()
    first: date | None = None
    last: date | None = None
    ways: tuple[OtherWay, ...] = ()

    def of_day(self, day: date) -> tuple[Slot, ...]:
        """Those of one day at the clinic."""
        return tuple(slot for slot in self.rows if slot.day == day)


@dataclass(frozen=True, slots=True, order=True)
class HalfDay:
    """A morning or an afternoon at the clinic that a request prefers."""

    day: date
    half: str
    """`MORNING` or `AFTERNOON`."""

    @property
    def text(self) -> str:
        """`Wed 9 Dec morning`."""
        return f"{' '.join(weekday(self.day).split())} {HALVES.get(self.half, self.half)}"


@dataclass(frozen=True, slots=True)
class CancelReason:
    """Why an appointment is cancelled, from the server's list."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class SlotWatch:
    """A clinic that is watched for a slot before `before`; `found` is the earliest there is now."""

    clinic_id: str
    clinic: str
    visit_type: str
    before: datetime
    zone: str = ""
    found: Slot | None = None


@dataclass(frozen=True, slots=True)
class FoundSlot:
    """An earlier slot that a watch found, and for whom."""

    patient_id: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class FoundSlots:
    """What watches found since the `cursor` before."""

    cursor: str
    rows: tuple[FoundSlot, ...] = ()


class NotBooked(Refused):
    """A slot is not to be had; the server names what is (APPT-4, APPT-11)."""

    nearest: tuple[Slot, ...] = ()
    ways: tuple[OtherWay, ...] = ()

    @property
    def taken(self) -> bool:
        """Whether somebody else was faster."""
        return self.reason == "slot-taken"


def there(moment: datetime, zone: str) -> datetime:
    """A moment in the clinic's zone; with the offset it came with where the zone is not known (APPT-9)."""
    known = zone_of(zone)
    return moment.astimezone(known) if known else moment


def half_days_text(halves: Sequence[HalfDay]) -> str:
    """`Wed 9 Dec morning, Fri 11 Dec afternoon`."""
    return ", ".join(half.text for half in sorted(halves, key=lambda one: (one.day, one.half)))


def slot_text(slot: Slot, between: str = ", ", through: str = "-") -> str:
    """`Wed 2 Dec 2026 09:20-09:40 EST, Capt. Luis Ortega, PA, in person`; screens have signs of their own."""
    end = f"{through}{clock(slot.local_end)}" if slot.local_end.date() == slot.day else ""
    at = slot.local
    day = f"{' '.join(weekday(at).split())} {at.year}"
    when = f"{day} {clock(at)}{end} {zone_name(at)}"
    return between.join(part for part in (when, slot.clinician, slot.how_word) if part)


def minutes_text(minutes: int) -> str:
    """`20 minutes`."""
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def viewer_text(local: datetime, zone: str) -> str:
    """The viewer's clock where it differs (APPT-9): `15:20 CET`, `Mon 19:00 EST` on another day; else empty."""
    here = there(local, zone)
    if here.utcoffset() == local.utcoffset():
        return ""
    day = "" if here.date() == local.date() else f"{weekday(here).split()[0]} "
    return f"{day}{clock(here)} {zone_name(here)}"


def first_free_text(first: datetime | None, zone: str) -> str:
    """`from Tue 8 Dec`; empty where nothing is free."""
    if first is None:
        return ""
    return f"from {' '.join(weekday(there(first, zone)).split())}"


def weekdays(first: date, weeks: int = 2) -> tuple[date, ...]:
    """Every day of so many weeks from the Monday of `first` on, from `first` itself."""
    monday = first - timedelta(days=first.weekday())
    days = (monday + timedelta(days=n) for n in range(7 * weeks))
    return tuple(day for day in days if day >= first)


def span_text(first: date, last: date) -> str:
    """`30 Nov to 18 Dec`, `7 to 18 Dec`."""
    end = f"{last.day} {MONTHS[last.month - 1]}"
    start = (
        f"{first.day}"
        if (first.year, first.month) == (last.year, last.month)
        else f"{first.day} {MONTHS[first.month - 1]}"
    )
    return f"{start} to {end}"
