"""APPT-7, APPT-8, ID-5: which way an appointment may go, and until when the patient may call it off or move it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from genesis_tui.mock_backend.rules.appointments.slots import BOOKS, REQUESTS
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.sign_in.levels import may_act

CHANGES: Final[dict[str, frozenset[str]]] = {
    "proposed": frozenset({"booked", "cancelled"}),
    "booked": frozenset({"arrived", "checked-in", "cancelled", "noshow"}),
    "arrived": frozenset({"checked-in", "cancelled"}),
    "checked-in": frozenset({"fulfilled", "cancelled"}),
}
"""APPT-7: status -> what it may become. A status that is not named is final."""

STATUSES: Final = {
    "proposed": "Requested",
    "pending": "Not confirmed yet",
    "waitlist": "On the waiting list",
    "booked": "Booked",
    "arrived": "Arrived",
    "checked-in": "Checked in",
    "fulfilled": "Took place",
    "cancelled": "Cancelled",
    "noshow": "Missed",
}
"""Status -> as a person reads it."""

Group = Literal["upcoming", "requested", "past"]
_WANTED = ("proposed", "pending", "waitlist")
_CLOSED = {
    "cancelled": ("It is cancelled.", "Book or ask for a new one."),
    "noshow": ("It was missed.", "Book or ask for a new one."),
    "fulfilled": ("It has taken place.", "Write to the clinic about a follow-up."),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class AppointmentFacts:
    """What the rules need to know of an appointment.

    `start` and `end` are aware, None for a request without a time. `zone` is the clinic's IANA zone, '' where it is
    not known: then times are told with the offset that `start` has. `level` is the viewer's assurance level. `way`:
    what its clinic does with such a visit (APPT-2); NONE also where the clinic has no schedule here. `phone`: its own.
    """

    status: str
    start: datetime | None
    end: datetime | None
    zone: str
    level: int
    way: str = BOOKS
    phone: str = ""


def may_become(status: str, wanted: str) -> Decision:
    """APPT-7: whether an appointment of one status may go over to another."""
    if wanted in CHANGES.get(status, ()):
        return Allowed("APPT-7")
    was, to_be = (STATUSES.get(one, one).lower() for one in (status, wanted))
    return Refused("APPT-7", "status-change", f"What is {was} can't become {to_be}.", status=422)


def may_cancel(facts: AppointmentFacts, now: datetime) -> Decision:
    """ID-5, APPT-7, APPT-8: whether the patient may cancel it, or withdraw a request, at `now`."""
    refused = _barred(facts, now)
    if refused is not None:
        return refused
    if isinstance(may_become(facts.status, "cancelled"), Refused):
        return _closed(facts.status)
    if facts.start is None:
        return Allowed("APPT-7", "You can withdraw the request until the clinic has answered it.")
    verb = "cancel or move" if facts.status == "booked" else "cancel"
    return Allowed("APPT-8", f"You can {verb} it until it starts, {told(facts.start, facts.zone)}.")


STALE: Final = Refused(
    "APPT-10",
    "stale-version",
    "This appointment was changed meanwhile.",
    next="Look at it again, then decide.",
    status=409,
)


def is_current(version: int, known: int) -> Decision:
    """APPT-10: whether somebody acts on an appointment as it is now."""
    return Allowed("APPT-10") if version == known else STALE


def may_choose(facts: AppointmentFacts, *, offered: bool) -> Decision:
    """ID-5, APPT-6, APPT-7: whether a slot of those offered can be taken."""
    acting = may_act(facts.level)
    if isinstance(acting, Refused):
        return acting
    if facts.status != "proposed":
        return _closed(facts.status)
    if offered:
        return Allowed("APPT-6", "Taking one frees the others.")
    title = "The clinic has not offered this slot."
    return Refused("APPT-6", "slot-taken", title, next="Choose one of those that are offered.", status=409)


def may_reschedule(facts: AppointmentFacts, now: datetime) -> Decision:
    """ID-5, APPT-7, APPT-8: whether the patient may move it at `now`; only what is booked has a slot to give back."""
    refused = _barred(facts, now)
    if refused is not None:
        return refused
    if facts.status == "booked":
        return may_cancel(facts, now) if facts.way == BOOKS else _not_moved_here(facts)
    if facts.status in _WANTED:
        title = "A request has no time yet that could be moved."
        return Refused("APPT-7", "status-change", title, next="Withdraw it and ask for other days.", status=422)
    if facts.status in ("arrived", "checked-in"):
        title, ahead = "You are checked in at the clinic already.", "Tell the front desk."
        return Refused("APPT-7", "status-change", title, next=ahead, status=422)
    return _closed(facts.status)


def group_of(status: str, start: datetime | None, end: datetime | None, now: datetime) -> Group:
    """The group of an appointment: ahead until it is over, a request until it is answered, all else in the past."""
    if status in _WANTED:
        return "requested"
    over = end or start
    ahead = over is not None and over > now and status not in ("fulfilled", "noshow")
    return "upcoming" if ahead else "past"


def told(moment: datetime, zone: str) -> str:
    """`Wed 25 Nov 2026 10:00 EST`; with the offset that the moment has where no zone is known."""
    local = moment.astimezone(ZoneInfo(zone)) if zone else moment
    day = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"
    zone_name = local.tzname() or "UTC"
    return f"{day} {local:%H:%M} {'UTC' if zone_name[0] in '+-' else ''}{zone_name}"


def _barred(facts: AppointmentFacts, now: datetime) -> Refused | None:
    """ID-5, then APPT-8: from the very instant of its start on, what was ahead is in the clinic's hands."""
    acting = may_act(facts.level)
    if isinstance(acting, Refused):
        return acting
    if facts.status in CHANGES and facts.start is not None and now >= facts.start:
        title = f"It started {told(facts.start, facts.zone)}."
        return Refused("APPT-8", "already-started", title, next="Call the clinic, or write to it.")
    return None


def _not_moved_here(facts: AppointmentFacts) -> Refused:
    """APPT-2, APPT-11: no slot can be chosen for it here."""
    ahead = f"Write to the clinic, or call it{f': {facts.phone}' if facts.phone else ''}."
    if facts.way == REQUESTS:
        return Refused("APPT-2", "not-direct", "The clinic moves this visit itself.", next=ahead, status=422)
    title = "This visit can't be moved from here: its clinic takes neither bookings nor requests for it."
    return Refused("APPT-11", "no-way-here", title, next=ahead, status=422)


def _closed(status: str) -> Refused:
    title, ahead = _CLOSED.get(status, (f"It is {STATUSES.get(status, status).lower()}.", "Call the clinic."))
    return Refused("APPT-7", "status-change", title, next=ahead, status=422)
