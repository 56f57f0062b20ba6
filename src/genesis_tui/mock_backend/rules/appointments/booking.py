"""APPT-2 to APPT-6, APPT-11, FAM-7: what may be booked, asked for, and watched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from genesis_tui.mock_backend.rules.appointments.slots import BOOKS, NONE, ClinicSettings
from genesis_tui.mock_backend.rules.appointments.status import told
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import AppointmentPolicy
from genesis_tui.mock_backend.rules.sign_in.levels import may_act

REASONS: Final = {
    "pat": ("Patient", "I can't come then"),
    "pat-fb": ("Patient: Feeling Better", "I feel better"),
    "pat-lt": ("Patient: Lack of Transportation", "I have no way to get there"),
    "pat-mv": ("Patient: Moved", "We have moved"),
    "oth-weath": ("Other: Weather", "The weather"),
    "other": ("Other", "Another reason"),
}
"""APPT-8: code of HL7's appointment-cancellation-reason -> its display, and as a person reads it."""


class HalfDayAsked(NamedTuple):
    """A half-day that is preferred: its day at the clinic, and `am` or `pm`."""

    day: date
    half: str


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """A visit type at a clinic for somebody. `own`: they act for themselves."""

    title: str
    code: str
    own: bool
    level: int


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """A slot as it stands. `overlaps`: what the patient has then, in words; '' for nothing."""

    start: datetime
    free: bool
    overlaps: str = ""
    reason: str = ""


def way_of(clinic: ClinicSettings, code: str) -> str:
    return clinic.ways.get(code, NONE)


def may_book_at(clinic: ClinicSettings, visit: VisitFacts) -> Decision:
    """ID-5, FAM-7, APPT-2, APPT-11: whether a clinic books a visit type directly."""
    refused = _barred(clinic, visit)
    if refused is not None:
        return refused
    if way_of(clinic, visit.code) == BOOKS:
        return Allowed("APPT-2", f"Books up to {clinic.ahead_days} days ahead.")
    title = f"{clinic.name} takes requests for this visit and books it itself."
    return Refused("APPT-2", "not-direct", title, next="Ask it for a time.", status=422)


def may_request_at(clinic: ClinicSettings, visit: VisitFacts) -> Decision:
    """ID-5, FAM-7, APPT-6, APPT-11: whether a clinic can be asked for a time; what it books can be asked for, too."""
    return _barred(clinic, visit) or Allowed("APPT-6", "The scheduling team answers.")


def may_book(
    clinic: ClinicSettings, visit: VisitFacts, slot: SlotFacts, policy: AppointmentPolicy, now: datetime
) -> Decision:
    """APPT-2, APPT-4, APPT-5: whether a slot can be booked, in the order in which a person can mend it."""
    decision = may_book_at(clinic, visit)
    if isinstance(decision, Refused):
        return decision
    if len(slot.reason) > policy.reason_characters:
        return _too_long(policy)
    return _outside(clinic, slot.start, now) or may_take(clinic, slot)


def may_take(clinic: ClinicSettings, slot: SlotFacts) -> Decision:
    """APPT-4, APPT-5: whether a slot can be the patient's, whoever books it."""
    if not slot.free:
        return TAKEN
    if slot.overlaps:
        title = f"There is another appointment then: {slot.overlaps}."
        return Refused("APPT-5", "overlap", title, next="Choose another time, or move the other one.", status=409)
    return Allowed("APPT-4", f"Booked for {told(slot.start, clinic.zone)}.")


TAKEN: Final = Refused(
    "APPT-4", "slot-taken", "This slot was just taken.", next="Choose one of the nearest free ones.", status=409
)


def may_search(first: date, last: date, policy: AppointmentPolicy) -> Decision:
    """APPT-3: how long a period may be looked through at once."""
    if last < first:
        return Refused("APPT-3", "invalid", "The last day comes before the first.", status=422)
    if (last - first).days >= policy.search_days:
        title = f"A search looks through at most {policy.search_days} days."
        return Refused("APPT-3", "outside-window", title, next="Look for them in parts.", status=422)
    return Allowed("APPT-3")


def may_request(
    clinic: ClinicSettings,
    visit: VisitFacts,
    asked: Sequence[HalfDayAsked],
    reason: str,
    policy: AppointmentPolicy,
    now: datetime,
) -> Decision:
    """APPT-6: whether a request holds what it must."""
    decision = may_request_at(clinic, visit)
    if isinstance(decision, Refused):
        return decision
    today = clinic.today(now)
    if not 1 <= len(asked) <= policy.half_days or len(set(asked)) != len(asked):
        return _invalid(f"Choose one to {policy.half_days} different half-days.")
    if not all(policy.request_from <= (one.day - today).days <= policy.request_to for one in asked):
        first, last = (today + timedelta(days=days) for days in (policy.request_from, policy.request_to))
        title = f"A request can ask for days from {policy.request_from} to {policy.request_to} days ahead."
        ahead = f"Choose days from {_day(first)} to {_day(last)}, or call the clinic."
        return Refused("APPT-6", "outside-window", title, next=ahead, status=422)
    if not reason.strip():
        return _invalid("Say what the visit is for.")
    return _too_long(policy) if len(reason) > policy.reason_characters else decision


def no_way(clinic: ClinicSettings) -> Refused:
    """APPT-11: the visit is neither booked nor asked for here."""
    title = f"This visit can't be booked or asked for at {clinic.name}."
    return Refused("APPT-11", "no-way-here", title, next="Take one of the other ways.", status=422)


def _barred(clinic: ClinicSettings, visit: VisitFacts) -> Refused | None:
    acting = may_act(visit.level)
    if isinstance(acting, Refused):
        return acting
    if clinic.sensitive and not visit.own:
        title = f"Visits at {clinic.name} are arranged by the patient alone."
        return Refused("FAM-7", "sensitive", title, next="Call the clinic.")
    return no_way(clinic) if way_of(clinic, visit.code) == NONE else None


def _outside(clinic: ClinicSettings, start: datetime, now: datetime) -> Refused | None:
    if start > now and clinic.today(start) <= clinic.last_day(now):
        return None
    title = f"{clinic.name} books visits from now on to {_day(clinic.last_day(now))}."
    return Refused("APPT-2", "outside-window", title, next="Choose a slot in that time, or ask for one.", status=422)


def _too_long(policy: AppointmentPolicy) -> Refused:
    return _invalid(f"A reason has at most {policy.reason_characters} characters.")


def _invalid(title: str) -> Refused:
    return Refused("APPT-6", "invalid", title, next="Change it, and try again.", status=422)


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
