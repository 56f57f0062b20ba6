"""Prescriptions in words: what can be done with one, why not and from when."""

from datetime import date

from genesis_tui.models.base.dates import DAYS, MONTHS, short_year
from genesis_tui.models.refills.prescription import Prescription, PrescriptionGroup, PrescriptionOrigin, RefillRequest

STAGES = {
    "requested": "Requested",
    "in-process": "In process",
    "ready": "Ready for pick-up",
    "picked-up": "Picked up",
    "shipped": "Shipped",
    "returned": "Returned to stock",
    "approved": "Approved",
    "denied": "Denied",
}
"""RX-6, in words; a stage that is not named here shows as the server calls it."""

_FIXED = {
    "never-dispensed": "not filled for the first time yet: call the pharmacy",
    "premium-required": "needs a Premium sign-in",
    "fill-missing": "no fill is on record: ask your care team",
    "repeats-missing": "how many refills is not on record: ask your care team",
    "end-missing": "until when it holds is not on record: ask your care team",
}
_ENDED = "ended: write to your care team if you need it"


def what_can_be_done(rx: Prescription) -> str:
    """The last column of a row: what can be done, or why not and from when."""
    group = rx.group
    if group is PrescriptionGroup.REFILL:
        return "can be refilled now"
    if group is PrescriptionGroup.RENEW:
        denied = _denied(rx)
        if denied:
            return f"renewal denied {short_day(denied)}; can be asked for again"
        return f"can be renewed; no visit, {provider(rx)} decides"
    if group is PrescriptionGroup.ELSEWHERE:
        reported = rx.origin is PrescriptionOrigin.REPORTED
        return "reported by you; not prescribed here" if reported else "refill it at your community pharmacy"
    return _why_not(rx)


def denied_text(rx: Prescription) -> str:
    """`denied 12 Nov: “Please come in first.”`, where that became of what was asked for last; else empty."""
    last, day = _last_request(rx), _denied(rx)
    if last is None or day is None:
        return ""
    reason = last.stages[-1].note
    return f"denied {short_day(day)}{f': “{reason}”' if reason else ''}"


def all_of_it(rx: Prescription) -> str:
    """Whether it runs out, then what can be done; a renewal that was denied is told once."""
    due, denied = due_text(rx), _denied(rx)
    can = what_can_be_done(rx)
    if due and denied:
        can = can.removeprefix(f"renewal denied {short_day(denied)}; ")
    return f"{due}; {can}" if due else can


def _denied(rx: Prescription) -> date | None:
    """When, where the last that was asked for is a renewal, and the provider denied it."""
    return _decided(rx, "denied")


def _decided(rx: Prescription, stage: str) -> date | None:
    last = _last_request(rx)
    return rx.local(last.stages[-1].at, last.zone).date() if last is not None and last.stage == stage else None


def _last_request(rx: Prescription) -> RefillRequest | None:
    return max(rx.requests, key=lambda one: one.asked, default=None)


def _why_not(rx: Prescription) -> str:
    reason = rx.refill.reason
    if reason == "too-soon":
        return _too_soon(rx)
    if reason == "in-process":
        return _on_its_way(rx)
    if reason == "request-pending":
        return _pending(rx)
    if reason == "expired" and rx.expires:
        return f"expired {day(rx.expires)}: ask for a visit"
    if reason == "not-active":
        return _not_active(rx)
    return _FIXED.get(reason) or _server_words(rx)


def _not_active(rx: Prescription) -> str:
    renewed = _decided(rx, "approved")
    if renewed is not None:
        return f"renewed {short_day(renewed)}: another has taken its place"
    if rx.status == "active":
        return _server_words(rx)
    return _ENDED if rx.status == "completed" else f"{rx.status}: write to your care team if you need it"


def _server_words(rx: Prescription) -> str:
    return " ".join(filter(None, (rx.refill.title, rx.refill.next)))


def _too_soon(rx: Prescription) -> str:
    if rx.refill.from_ is not None:
        return f"too soon: from {weekday(rx.local(rx.refill.from_).date())}"
    if rx.renew.from_ is not None:
        return f"too soon; can be renewed from {weekday(rx.local(rx.renew.from_).date())}"
    return "too soon"


def _on_its_way(rx: Prescription) -> str:
    request = next((one for one in rx.requests if one.stage in ("ready", "in-process")), None)
    if request is None:
        return rx.refill.title
    since = short_day(rx.local(request.stages[-1].at, request.zone))
    return f"ready since {since}: pick it up first" if request.stage == "ready" else f"in process since {since}"


def _pending(rx: Prescription) -> str:
    request = next((one for one in rx.requests if one.stage == "requested"), None)
    if request is None:
        return rx.refill.title
    asked = short_day(rx.local(request.asked, request.zone))
    if request.kind == "renewal":
        return f"renewal asked {asked}, with {provider(rx)}"
    return f"refill asked {asked}" if request.tracks else f"refill asked {asked}; this pharmacy does not track"


NOTHING_ASKED = "nothing asked yet"


def due_text(rx: Prescription) -> str:
    """RX-12: `runs out Fri 4 Dec: nothing asked yet`; empty where something is asked for, or it is not near."""
    if rx.supply is None or not rx.supply.due:
        return ""
    return due_words(rx.supply.out, rx.supply.left, _denied(rx))


def due_words(out: date, left: int, denied: date | None = None) -> str:
    """The same of the first day without, and the days until then; `denied`: when what was asked for was."""
    return f"{out_words(out, left)}: {f'renewal denied {short_day(denied)}' if denied else NOTHING_ASKED}"


def out_words(out: date, left: int) -> str:
    """`runs out Fri 4 Dec`; `ran out 4 Dec 26`, as that may be long ago."""
    return f"runs out {short_weekday(out)}" if left else f"ran out {list_day(out)}"


def supply_text(rx: Prescription) -> str:
    """`4 days left, runs out Fri 4 Dec 2026 (90 days from 5 Sep)`; `can't be told` without a days' supply.

    What is meant to end does not run out: `4 days left, course ends Fri 4 Dec 2026 (10 days from 24 Nov)`.
    """
    if rx.supply is None:
        return "can't be told"
    found = rx.supply
    lasts = f"({found.days} days from {short_day(rx.local(found.since))})"
    was, will = ("course ended", "course ends") if found.ends else ("ran out", "runs out")
    if not found.left:
        return f"{was} {weekday(found.out)} {lasts}"
    return f"{'1 day' if found.left == 1 else f'{found.left} days'} left, {will} {weekday(found.out)} {lasts}"


def left(rx: Prescription) -> str:
    """`2 left`; empty for what was recorded elsewhere."""
    return "" if rx.left is None else f"{rx.left} left"


def provider(rx: Prescription) -> str:
    """Who decides, short: `Dr. Okafor`."""
    return short_provider(rx.by)


def short_provider(name: str) -> str:
    """The same of a name: `Dr. Okafor` for `Dr. Anna Okafor, MD`."""
    words = name.partition(",")[0].split()
    if len(words) > 2 and words[0].endswith("."):
        return f"{words[0]} {words[-1]}"
    return name or "your provider"


def stage_words(code: str) -> str:
    """A stage as a person calls it."""
    return STAGES.get(code, code)


def asked_words(rx: Prescription, request: RefillRequest) -> str:
    """`Refill asked Wed 18 Nov 2026`."""
    what = "Renewal" if request.kind == "renewal" else "Refill"
    return f"{what} asked {weekday(rx.local(request.asked, request.zone).date())}"


def amount(quantity: float | None, unit: str) -> str:
    """`90 tablets`, `1 inhaler`, `125 mL`; empty for none."""
    if quantity is None:
        return ""
    number = f"{quantity:g}"
    plural = unit + "s" if quantity != 1 and unit.islower() and len(unit) > 2 else unit
    return f"{number} {plural}".rstrip()


def day(when: date) -> str:
    """`24 Mar 2027`."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def short_day(when: date) -> str:
    """`20 Nov`."""
    return f"{when.day} {MONTHS[when.month - 1]}"


def list_day(when: date) -> str:
    """`20 Nov 26`."""
    return f"{when.day} {MONTHS[when.month - 1]} {short_year(when.year)}"


def short_weekday(when: date) -> str:
    """`Fri 4 Dec`."""
    return f"{DAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]}"


def weekday(when: date) -> str:
    """`Thu 3 Dec 2026`."""
    return f"{DAYS[when.weekday()]} {day(when)}"
