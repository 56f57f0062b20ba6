"""Prescriptions as a person has them: what they are, what can be done with them now, how a refill gets on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import overload
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from genesis_tui.models.base.dates import Moment
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.base.search import folded
from genesis_tui.models.refills.pharmacies import PickUp

DUE_DAYS = 14
REFILL, RENEW = "prescription.refill", "prescription.renew"


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


class Fills(Sequence[Fill]):
    """Fills that are read when somebody looks: there may be ten times as many as prescriptions, of which one shows."""

    def __init__(self, read: Callable[[], Iterable[Fill]] = tuple) -> None:
        """`read` gives them, newest first."""
        self._read = read

    @cached_property
    def _fills(self) -> tuple[Fill, ...]:
        return tuple(self._read())

    def __len__(self) -> int:
        return len(self._fills)

    @overload
    def __getitem__(self, index: int) -> Fill: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Fill, ...]: ...
    def __getitem__(self, index: int | slice) -> Fill | tuple[Fill, ...]:
        return self._fills[index]


_NO_FILLS = Fills()


@dataclass(frozen=True, slots=True)
class Supply:
    """RX-12: how long what was handed over last lasts, by its days' supply."""

    days: int
    since: datetime
    """When it was handed over."""
    out: date
    """The first day without, at the pharmacy."""
    left: int
    """In days."""
    asked: bool = False
    """Whether a request is under way."""
    ends: bool = False
    """Whether a short course is over with it, so that nothing need be asked for."""
    due: bool = False
    """Whether it runs out soon, and nothing is asked for yet."""


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
    repeats: int | None = None
    """None where nobody said how many."""
    left: int | None = None
    """Refills left (RX-1); None where that can't be told, and for what was recorded elsewhere."""
    last_fill: datetime | None = None
    controlled: bool = False
    refrigerated: bool = False
    fills: Fills = _NO_FILLS
    requests: tuple[RefillRequest, ...] = ()
    can: tuple[Permission, ...] = ()
    supply: Supply | None = None
    """None where it can't be told."""

    @property
    def key(self) -> str:
        """`MedicationRequest/<id>`."""
        return f"MedicationRequest/{self.id}"

    @property
    def is_numbered(self) -> bool:
        """Whether a pharmacy of ours has it; what another system wrote has no number, and its fills may be missing."""
        return bool(self.rx)

    @property
    def refill(self) -> Permission:
        """The server's word on one more fill."""
        return self._may(REFILL)

    @property
    def renew(self) -> Permission:
        """The server's word on a new prescription."""
        return self._may(RENEW)

    def _may(self, action: str) -> Permission:
        for can in self.can:
            if can.action == action:
                return can
        return Permission(action, allowed=False, title="Not offered here.")

    @property
    def group(self) -> PrescriptionGroup:
        """Where the list shows it."""
        if self.origin is not PrescriptionOrigin.OURS:
            return PrescriptionGroup.ELSEWHERE
        if self.refill.allowed:
            return PrescriptionGroup.REFILL
        return PrescriptionGroup.RENEW if self.renew.allowed else PrescriptionGroup.NOT_NOW

    @property
    def from_(self) -> datetime | None:
        """RX-4: the first moment from which something can be done, where the server knows it."""
        return min((c.from_ for c in (self.refill, self.renew) if not c.allowed and c.from_), default=None)

    @property
    def is_due(self) -> bool:
        """Whether it runs out within 14 days, nothing is asked for, and something can be done now or later."""
        if self.supply is None or self.supply.asked or self.supply.ends:
            return False
        can = self.refill.allowed or self.renew.allowed or self.from_ is not None
        return self.supply.due or (self.supply.left <= DUE_DAYS and can)

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


_ORDER = {group: place for place, group in enumerate(PrescriptionGroup)}
_URGENT = {"in-process": 1, "request-pending": 2, "too-soon": 3}
"""Among what can't be done now: ready, on its way, asked for, soon; then what has ended, the newest first."""
_REST = 4


def arranged(rows: Iterable[Prescription]) -> tuple[Prescription, ...]:
    """By group, what runs out first in it, then by how near something can be done; what has ended newest first."""
    return tuple(sorted(rows, key=_place))


def _place(rx: Prescription) -> tuple[int, int, int, str]:
    group = rx.group
    if group is not PrescriptionGroup.NOT_NOW:
        out = rx.supply.out if rx.supply is not None and rx.supply.due else date.max
        return _ORDER[group], 0, out.toordinal(), rx.drug.casefold()
    rank = 0 if any(one.stage == "ready" for one in rx.requests) else _URGENT.get(rx.refill.reason, _REST)
    return _ORDER[group], rank, _nearness(rx, rank), rx.drug.casefold()


def _nearness(rx: Prescription, rank: int) -> int:
    if rank == _REST:
        return -rx.written.instant.toordinal()
    return rx.from_.toordinal() if rx.from_ is not None else 0


def matching(rows: Iterable[Prescription], words: str) -> tuple[Prescription, ...]:
    """Those in which each of the words stands: drug, sig, what for, by whom, number, partner."""
    wanted = folded(words).split()
    if not wanted:
        return tuple(rows)
    return tuple(rx for rx in rows if all(word in _text(rx) for word in wanted))


def _text(rx: Prescription) -> str:
    return folded(" ".join((rx.drug, rx.sig, rx.reason, rx.by, rx.rx, rx.partner, rx.group)))
