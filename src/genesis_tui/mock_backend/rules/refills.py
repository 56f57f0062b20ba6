"""RX-1 to RX-9, RX-12: whether a prescription can be refilled or renewed now, from when, and what its supply is."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import RefillPolicy

Origin = Literal["ours", "community", "reported"]
_ENDED_BY_ITSELF = frozenset({"active", "completed"})
"""Statuses of a prescription that nobody stopped: it runs, or it ran out."""
STAGES: Final = ("requested", "approved", "denied", "in-process", "ready", "picked-up", "shipped", "returned")
"""What a request can reach, in order."""
OPEN: Final = frozenset({"requested", "in-process", "ready"})
"""The stages after which another one comes."""
_NEXT: Final = {"requested": ("in-process",), "in-process": ("ready",), "ready": ("picked-up", "returned")}
_NEXT_BY_MAIL: Final = {"requested": ("in-process",), "in-process": ("shipped",)}


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A fill or a request under way since `since`; `stage` is `requested`, `in-process` or `ready`.

    `kind` is `refill` or `renewal`.
    """

    stage: str
    since: datetime
    kind: str = "refill"


@dataclass(frozen=True, slots=True)
class PrescriptionFacts:
    """What the rules need to know of a prescription.

    `status` is FHIR's, `zone` that of the pharmacy. `repeats` is None where it is not said. `expires` is the last day
    on which it holds, None for no end. `completed` counts the fills that were handed over; `handed_over` and
    `days_supply` are of the last one. `renewed`: another prescription has taken its place.
    """

    status: str
    repeats: int | None
    completed: int
    zone: str
    expires: date | None = None
    handed_over: datetime | None = None
    days_supply: int | None = None
    filling: OpenRequest | None = None
    pending: OpenRequest | None = None
    provider: str = ""
    origin: Origin = "ours"
    renewed: bool = False
    imported: bool = False
    """Written in another system, whose record may not say all that the rules ask for."""
    inpatient: bool = False
    """Given in hospital."""
    course: str = ""
    """What its writer says of the therapy, in FHIR's words: `acute`, `continuous`, `seasonal`; empty for nothing."""
    dosed_days: int | None = None
    """How long it is to be taken at most; None where its doses have no end."""
    again: bool = False
    """The drug was prescribed more than once, or this renews another prescription."""


class Choices(NamedTuple):
    """RX-4: at most one of them is allowed."""

    refill: Decision
    renew: Decision


@dataclass(frozen=True, slots=True)
class DrugFacts:
    """What a pick-up point must know of a drug (RX-5)."""

    controlled: bool = False
    refrigerated: bool = False


def remaining(repeats: int | None, completed: int) -> int:
    """RX-1: refills left, none where nobody said how many; the first fill is none of them."""
    return max(0, (repeats or 0) - max(completed - 1, 0))


def choices(rx: PrescriptionFacts, policy: RefillPolicy, now: datetime, *, acts: Decision | None = None) -> Choices:
    """RX-2 to RX-4, RX-7, RX-9: what can be done now; never both.

    `acts` is what ID-5 says of acting at all; its refusal stands before everything else. Where neither is allowed the
    refusal that ends by itself first has the instant in `from_`.
    """
    if isinstance(acts, Refused):
        return Choices(acts, acts)
    refill, renew = may_refill(rx, policy, now), may_renew(rx, policy, now)
    if isinstance(refill, Refused) and isinstance(renew, Allowed):
        refill = replace(refill, rule="RX-4", reason="renew-instead", next=_ask_provider(rx))
    return Choices(refill, renew)


def may_refill(rx: PrescriptionFacts, policy: RefillPolicy, now: datetime) -> Decision:
    """RX-2, RX-7: whether one more fill can be asked for."""
    today = now.astimezone(ZoneInfo(rx.zone)).date()
    stopped = _elsewhere(rx) or _not_active(rx) or _busy(rx, policy, now)
    if stopped is not None:
        return stopped
    if _expired(rx, today):
        return Refused("RX-2", "expired", f"It expired on {_day(rx.expires)}.", next=_VISIT)
    if rx.status != "active":
        return _NOT_ACTIVE
    untold = _untold(rx)
    if untold is not None:
        return untold
    if not rx.completed:
        return _NEVER
    if not remaining(rx.repeats, rx.completed):
        return Refused("RX-2", "none-left", "No refills are left.", next=_ask_provider(rx))
    return _too_soon(rx, policy, today) or Allowed("RX-2")


def may_renew(rx: PrescriptionFacts, policy: RefillPolicy, now: datetime) -> Decision:
    """RX-3: whether the provider can be asked for a new prescription without a visit."""
    today = now.astimezone(ZoneInfo(rx.zone)).date()
    stopped = _elsewhere(rx) or _not_active(rx) or _busy(rx, policy, now)
    over = rx.expires is not None and today > rx.expires + timedelta(days=policy.renew_days)
    if stopped is None and not (over and rx.imported):
        stopped = _untold(rx, expired=_expired(rx, today)) or (None if rx.completed else _NEVER)
    if stopped is not None:
        return replace(stopped, rule="RX-3") if stopped.rule == "RX-2" else stopped
    if over:
        title = f"It expired on {_day(rx.expires)}, over {policy.renew_days} days ago."
        return Refused("RX-3", "too-long-expired", title, next=_VISIT)
    if _expired(rx, today) or not remaining(rx.repeats, rx.completed):
        return Allowed("RX-3", title=f"No visit needed; {_who(rx)} decides.")
    return _ended_early(rx) if rx.status != "active" else _refill_instead(rx, policy, today)


def early_until(rx: PrescriptionFacts, policy: RefillPolicy) -> date | None:
    """RX-7: the first day in the pharmacy's zone on which a refill is not too early; None where the rule is silent."""
    if rx.handed_over is None or rx.days_supply is None:
        return None
    used = -(-rx.days_supply * policy.supply_percent // 100)
    return rx.handed_over.astimezone(ZoneInfo(rx.zone)).date() + timedelta(days=used)


class Supply(NamedTuple):
    """RX-12: what the last hand-over left: its days, since when, the first day without, and days until then.

    `asked`: a fill or a renewal is on its way. `ends`: the course is over with it, and nothing need be asked for.
    `due`: it runs out soon, and nothing is asked for that could be.
    """

    days: int
    since: datetime
    out: date
    left: int
    asked: bool
    ends: bool
    due: bool


def supply(rx: PrescriptionFacts, policy: RefillPolicy, now: datetime) -> Supply | None:
    """RX-12: how long the drug lasts; None where nothing tells, and for what was stopped or renewed."""
    if rx.handed_over is None or rx.days_supply is None or _not_active(rx) is not None:
        return None
    zone = ZoneInfo(rx.zone)
    out = rx.handed_over.astimezone(zone).date() + timedelta(days=rx.days_supply)
    left = max(0, (out - now.astimezone(zone).date()).days)
    asked = under_way(rx, policy, now) is not None or rx.pending is not None
    could = any(isinstance(one, Allowed) or one.from_ is not None for one in choices(rx, policy, now))
    ends = ends_with_its_supply(rx, policy)
    due = left <= policy.supply_days and could and not asked and not ends
    return Supply(rx.days_supply, rx.handed_over, out, left, asked, ends, due)


def ends_with_its_supply(rx: PrescriptionFacts, policy: RefillPolicy) -> bool:
    """RX-12: whether what was handed over is the whole of a short course, after which nobody need ask for more.

    Its writer must say so: a course that is acute, or doses that have an end, which the supply reaches. Short and
    without refills is not enough, for so begins what is taken for years; neither is it where the drug was prescribed
    more than once.
    """
    if rx.days_supply is None or rx.days_supply > policy.course_days:
        return False
    once = rx.repeats == 0 and rx.completed == 1 and not rx.again
    reaches = rx.dosed_days is None or rx.dosed_days <= rx.days_supply
    said = rx.course == "acute" or (not rx.course and rx.dosed_days is not None)
    return once and reaches and said


def may_reach(stage: str, wanted: str, kind: str) -> Decision:
    """RX-6: whether a refill gets from one stage to another at a kind of pick-up point; RX-3 for a renewal ('')."""
    following = _NEXT_BY_MAIL if kind == "mail" else _NEXT if kind else {"requested": ("approved", "denied")}
    rule = "RX-6" if kind else "RX-3"
    if wanted in following.get(stage, ()):
        return Allowed(rule)
    return Refused(rule, "status-change", f"What is {stage} can't become {wanted}.", status=422)


def back_to_stock(ready: datetime, zone: str, policy: RefillPolicy) -> datetime:
    """RX-6: the midnight that ends the last day on which a fill waits."""
    return _midnight(pick_up_by(ready, zone, policy) + timedelta(days=1), zone)


def under_way(rx: PrescriptionFacts, policy: RefillPolicy, now: datetime) -> OpenRequest | None:
    """RX-6: the fill on its way; one that another system left ready is back in stock by its day, though nobody says."""
    fill = rx.filling
    if fill is None or fill.stage != "ready" or not rx.imported:
        return fill
    return fill if now < back_to_stock(fill.since, rx.zone, policy) else None


def pick_up_by(ready: datetime, zone: str, policy: RefillPolicy) -> date:
    """RX-6: the last day on which a fill waits; the midnight that ends it, in `zone`, sends it back to stock."""
    return ready.astimezone(ZoneInfo(zone)).date() + timedelta(days=policy.stock_days)


def point_takes(kind: str, drug: DrugFacts) -> Decision:
    """RX-5: whether a pick-up point of a kind (`pharmacy`, `locker`, `mail`) hands out a drug."""
    if kind == "locker" and (drug.controlled or drug.refrigerated):
        why = "controlled" if drug.controlled else "refrigerated"
        return Refused(
            "RX-5", "locker-refuses", f"A locker holds no {why} drugs.", next="Choose another pick-up point."
        )
    return Allowed("RX-5")


_VISIT = "Ask for a visit, or write to your care team."
_NOT_ACTIVE = Refused(
    "RX-2", "not-active", "This prescription has ended.", next="Write to your care team if you still need it."
)
_RENEWED = Refused("RX-2", "not-active", "It was renewed.", next="Ask for the prescription that took its place.")
_NEVER = Refused(
    "RX-2",
    "never-dispensed",
    "The pharmacy has not filled it for the first time yet.",
    next="Call the pharmacy about the first fill.",
)
_INPATIENT = Refused(
    "RX-9",
    "not-from-here",
    "It was given in hospital, not by a pharmacy.",
    next="Ask your care team what you take at home.",
)
_UNTOLD = {
    "fill-missing": "whether the pharmacy has ever filled it",
    "repeats-missing": "how often it can be refilled",
    "end-missing": "until when it holds",
}
"""What a record from another system may leave out: code -> in words."""
_FROM = {
    "community": Refused(
        "RX-9", "not-from-here", "It was prescribed elsewhere.", next="Refill it at your community pharmacy."
    ),
    "reported": Refused(
        "RX-9", "not-from-here", "You told your care team of it; nobody here prescribed it.", next="Buy it as before."
    ),
}


def _elsewhere(rx: PrescriptionFacts) -> Refused | None:
    return _INPATIENT if rx.inpatient else _FROM.get(rx.origin)


def _untold(rx: PrescriptionFacts, *, expired: bool = False) -> Refused | None:
    """RX-2, RX-3: what another system's record had to say, and does not; all of it in words, the first as the code.

    Where it has `expired`, nobody asks how often it could be refilled.
    """
    if not rx.imported:
        return None
    lacks = {
        "fill-missing": not rx.completed,
        "repeats-missing": rx.repeats is None and not expired,
        "end-missing": rx.expires is None,
    }
    found = [code for code, missing in lacks.items() if missing]
    if not found:
        return None
    *words, last = [_UNTOLD[code] for code in found]
    title = f"The record does not say {' and '.join(filter(None, (', '.join(words), last)))}."
    return Refused("RX-2", found[0], title, next="Write to your care team: they can complete it or prescribe it anew.")


def _not_active(rx: PrescriptionFacts) -> Refused | None:
    if rx.renewed:
        return _RENEWED
    return None if rx.status in _ENDED_BY_ITSELF else _NOT_ACTIVE


def _expired(rx: PrescriptionFacts, today: date) -> bool:
    return rx.expires is not None and today > rx.expires


def _busy(rx: PrescriptionFacts, policy: RefillPolicy, now: datetime) -> Refused | None:
    """A fill on its way, or a request that nobody has taken up yet."""
    filling = under_way(rx, policy, now)
    if filling is not None:
        return _filling(filling, rx.zone, policy)
    if rx.pending is None:
        return None
    asked = _day(rx.pending.since.astimezone(ZoneInfo(rx.zone)).date())
    if rx.pending.kind == "renewal":
        title, then = f"A renewal was asked for on {asked}.", f"{_who(rx)} decides; the answer shows here."
    else:
        title, then = f"A refill was asked for on {asked}.", "Follow it under Tracking."
    return Refused("RX-2", "request-pending", title, next=then)


def _filling(fill: OpenRequest, zone: str, policy: RefillPolicy) -> Refused:
    since = _day(fill.since.astimezone(ZoneInfo(zone)).date())
    if fill.stage == "ready":
        until = _day(pick_up_by(fill.since, zone, policy))
        then = f"Pick it up first, by {until}; after that it goes back to stock."
        return Refused("RX-2", "in-process", f"It is ready since {since}.", next=then)
    return Refused(
        "RX-2", "in-process", f"The pharmacy has been filling it since {since}.", next="Follow it under Tracking."
    )


def _too_soon(rx: PrescriptionFacts, policy: RefillPolicy, today: date) -> Refused | None:
    first = early_until(rx, policy)
    if first is None or today >= first:
        return None
    if rx.expires is not None and first > rx.expires:
        renewable = rx.expires + timedelta(days=1)
        then = f"It expires before that: it can be renewed from {_day(renewable)}."
        return Refused("RX-7", "too-soon", f"It is too early before {_day(first)}.", next=then)
    then = f"Ask for the refill on {_day(first)} or later."
    title = f"You still have enough of it until {_day(first)}."
    return Refused("RX-7", "too-soon", title, next=then, from_=_midnight(first, rx.zone))


def _ended_early(rx: PrescriptionFacts) -> Refused:
    """RX-4: what was over before its day can be renewed from the day after that."""
    if rx.expires is None:
        return replace(_NOT_ACTIVE, rule="RX-3")
    first = rx.expires + timedelta(days=1)
    then = f"It can be renewed from {_day(first)}."
    return replace(_NOT_ACTIVE, rule="RX-3", next=then, from_=_midnight(first, rx.zone))


def _refill_instead(rx: PrescriptionFacts, policy: RefillPolicy, today: date) -> Refused:
    """RX-4: while it can be refilled, now or soon, nothing needs renewing until it expires."""
    from_ = None if rx.expires is None else _midnight(rx.expires + timedelta(days=1), rx.zone)
    count = remaining(rx.repeats, rx.completed)
    title = f"It still has {count} refill{'' if count == 1 else 's'}."
    wait = _too_soon(rx, policy, today)
    then = "Refill it instead." if wait is None else wait.next
    return Refused("RX-4", "refill-instead", title, next=then, from_=from_)


def _ask_provider(rx: PrescriptionFacts) -> str:
    return f"Ask for a renewal: no visit needed, {_who(rx)} decides."


def _who(rx: PrescriptionFacts) -> str:
    return rx.provider or "your provider"


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _day(day: date | None) -> str:
    return "" if day is None else f"{day.day} {day:%b %Y}"
