"""Prescriptions as a person speaks of them: what they are, what can be done with them now, how a refill gets on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from genesis_tui.models.base.dates import DAYS, MONTHS, Moment
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.base.search import folded

REFILL, RENEW = "prescription.refill", "prescription.renew"

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

_ENDED = "ended: write to your care team if you need it"


class PrescriptionGroup(StrEnum):
    """What can be done, in the order of the list; the value is the heading."""

    REFILL = "Can be refilled now"
    RENEW = "Can be renewed"
    NOT_NOW = "Not now"
    ELSEWHERE = "Recorded elsewhere"


class PrescriptionOrigin(StrEnum):
    """RX-9: where a prescription was written."""

    OURS = "ours"
    COMMUNITY = "community"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class PickUp:
    """RX-5: a pharmacy, a locker or the mail. `refuses` are the kinds of drug it does not hand out."""

    id: str
    name: str
    kind: str
    facility: str = ""
    place: str = ""
    zone: str = ""
    military: bool = True
    tracks: bool = True
    refuses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefillStage:
    """RX-6: what a request reached, when, and where that was."""

    code: str
    """requested, in-process, ready, picked-up, shipped, returned, approved, denied."""
    at: datetime
    where: str = ""
    carrier: str = ""
    number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RefillRequest:
    """A refill or renewal that somebody asked for."""

    id: str
    kind: str
    """refill, renewal."""
    asked: datetime
    by: str = ""
    zone: str = ""
    point: PickUp | None = None
    tracks: bool = True
    stages: tuple[RefillStage, ...] = ()
    """Oldest first."""
    ahead: tuple[str, ...] = ()
    """Codes of the stages that should follow."""
    until: date | None = None
    """The last day on which what is ready waits."""

    @property
    def stage(self) -> str:
        """Where it stands."""
        return self.stages[-1].code if self.stages else "requested"


@dataclass(frozen=True, slots=True)
class Fill:
    """One fill; `request` names the request it came of."""

    id: str
    stage: str
    at: datetime | None = None
    request: str = ""
    where: str = ""
    zone: str = ""
    days_supply: int | None = None
    quantity: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Prescription:
    """One prescription; fills and requests newest first."""

    id: str
    drug: str
    """With strength and form."""
    written: Moment
    status: str
    """FHIR's: active, completed, stopped …"""
    origin: PrescriptionOrigin
    sig: str = ""
    reason: str = ""
    by: str = ""
    partner: str = ""
    rx: str = ""
    zone: str = ""
    """IANA name of the pharmacy's zone."""
    pharmacy: str = ""
    days_supply: int | None = None
    quantity: float | None = None
    unit: str = ""
    expires: date | None = None
    repeats: int = 0
    left: int | None = None
    """Refills left (RX-1); None for what was recorded elsewhere."""
    last_fill: datetime | None = None
    controlled: bool = False
    refrigerated: bool = False
    fills: tuple[Fill, ...] = ()
    requests: tuple[RefillRequest, ...] = ()
    can: tuple[Permission, ...] = ()

    @property
    def key(self) -> str:
        """`MedicationRequest/<id>`."""
        return f"MedicationRequest/{self.id}"

    @property
    def refill(self) -> Permission:
        """The server's word on one more fill."""
        return self._may(REFILL)

    @property
    def renew(self) -> Permission:
        """The server's word on a new prescription."""
        return self._may(RENEW)

    def _may(self, action: str) -> Permission:
        return next(
            (c for c in self.can if c.action == action), Permission(action, allowed=False, title="Not offered here.")
        )

    @property
    def group(self) -> PrescriptionGroup:
        """Where the list shows it."""
        if self.origin is not PrescriptionOrigin.OURS:
            return PrescriptionGroup.ELSEWHERE
        if self.refill.allowed:
            return PrescriptionGroup.REFILL
        return PrescriptionGroup.RENEW if self.renew.allowed else PrescriptionGroup.NOT_NOW

    @property
    def since(self) -> datetime | None:
        """RX-4: the first moment from which something can be done, where the server knows it."""
        return min((c.since for c in (self.refill, self.renew) if not c.allowed and c.since), default=None)

    def local(self, moment: datetime, zone: str = "") -> datetime:
        """A moment in a zone, else in the pharmacy's; as it was sent where that is not known."""
        try:
            return moment.astimezone(ZoneInfo(zone or self.zone))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return moment


@dataclass(frozen=True, slots=True)
class Prescriptions:
    """All of a person's, as the list shows them; `unreadable` counts those that nothing can be said of."""

    rows: tuple[Prescription, ...] = ()
    unreadable: int = 0


_URGENT = {"in-process": 0, "request-pending": 1, "too-soon": 2}
"""Among what can't be done now: on its way, asked for, soon; then what has ended, the newest first."""


def arranged(rows: Iterable[Prescription]) -> tuple[Prescription, ...]:
    """By group, then by how near something can be done, then by name; what has ended by its date, newest first."""
    order = list(PrescriptionGroup)
    return tuple(sorted(rows, key=lambda rx: (order.index(rx.group), *_place(rx))))


def _place(rx: Prescription) -> tuple[int, int, str]:
    if rx.group is not PrescriptionGroup.NOT_NOW:
        return 0, 0, rx.drug.casefold()
    rank = _URGENT.get(rx.refill.reason, 3)
    ended = -rx.written.instant.toordinal() if rank == 3 else 0
    return rank, ended, rx.drug.casefold()


def matching(rows: Iterable[Prescription], words: str) -> tuple[Prescription, ...]:
    """Those in which each of the words stands: drug, sig, what for, by whom, number, partner."""
    wanted = folded(words).split()
    return tuple(rx for rx in rows if all(word in _text(rx) for word in wanted))


def _text(rx: Prescription) -> str:
    return folded(" ".join((rx.drug, rx.sig, rx.reason, rx.by, rx.rx, rx.partner, rx.group)))


def what_can_be_done(rx: Prescription) -> str:
    """The last column of a row: what can be done, or why not and from when."""
    if rx.group is PrescriptionGroup.REFILL:
        return "can be refilled now"
    if rx.group is PrescriptionGroup.RENEW:
        return f"can be renewed; no visit, {provider(rx)} decides"
    if rx.group is PrescriptionGroup.ELSEWHERE:
        reported = rx.origin is PrescriptionOrigin.REPORTED
        return "reported by you; not prescribed here" if reported else "refill it at your community pharmacy"
    return _why_not(rx)


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
    fixed = {
        "never-dispensed": "not filled for the first time yet: call the pharmacy",
        "not-active": f"{rx.status}: write to your care team if you need it" if rx.status != "completed" else _ENDED,
        "premium-required": "needs a Premium sign-in",
    }
    return fixed.get(reason) or " ".join(filter(None, (rx.refill.title, rx.refill.next)))


def _too_soon(rx: Prescription) -> str:
    if rx.refill.since is not None:
        return f"too soon: from {weekday(rx.local(rx.refill.since).date())}"
    if rx.renew.since is not None:
        return f"too soon; can be renewed from {weekday(rx.local(rx.renew.since).date())}"
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


def left(rx: Prescription) -> str:
    """`2 left`; empty for what was recorded elsewhere."""
    return "" if rx.left is None else f"{rx.left} left"


def provider(rx: Prescription) -> str:
    """Who decides, short: `Dr. Okafor`."""
    words = rx.by.partition(",")[0].split()
    if len(words) > 2 and words[0].endswith("."):
        return f"{words[0]} {words[-1]}"
    return rx.by or "your provider"


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


def short_day(when: datetime) -> str:
    """`20 Nov`."""
    return f"{when.day} {MONTHS[when.month - 1]}"


def short_weekday(when: date) -> str:
    """`Fri 4 Dec`."""
    return f"{DAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]}"


def weekday(when: date) -> str:
    """`Thu 3 Dec 2026`."""
    return f"{DAYS[when.weekday()]} {day(when)}"
