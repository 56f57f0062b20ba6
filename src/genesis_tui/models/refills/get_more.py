"""RX-11: "get more", one act for refills and renewals: what it would ask for, and what became of it, item by item."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from genesis_tui.models.acts import ActStage
from genesis_tui.models.base.dates import in_zone
from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.refills.pharmacies import PickUp
from genesis_tui.models.refills.prescription import REFILL, Prescription, PrescriptionGroup
from genesis_tui.models.refills.wording import day, denied_text, provider, weekday, what_can_be_done

REQUESTED = "requested"


class Way(StrEnum):
    """How more is got; the value is the word a person reads."""

    REFILL = "refill"
    RENEWAL = "renewal"
    NOT_NOW = "not now"


@dataclass(frozen=True, slots=True)
class MoreItem:
    """A prescription in a preview: which way the server takes, and what that means, or why not and from when."""

    rx: Prescription
    way: Way
    words: str

    @property
    def is_asked(self) -> bool:
        """Whether the server is asked for it."""
        return self.way is not Way.NOT_NOW

    @property
    def refusal(self) -> Permission:
        """Why it is not asked for: the server's word, or that the point does not hand it out (RX-5)."""
        if not self.rx.refill.allowed:
            return self.rx.refill
        return Permission(REFILL, allowed=False, rule="RX-5", reason="locker-refuses", title=self.words)


def way_of(rx: Prescription) -> Way:
    """Which of the two is open (RX-4: never both)."""
    ways = {PrescriptionGroup.REFILL: Way.REFILL, PrescriptionGroup.RENEW: Way.RENEWAL}
    return ways.get(rx.group, Way.NOT_NOW)


def meaning(rx: Prescription) -> str:
    """`30 days; 2 left after it`, `none left: Dr. Adler decides, no visit needed`, or why not and from when.

    What was denied says so with the reason, before the same is asked for again.
    """
    way = way_of(rx)
    if way is Way.NOT_NOW:
        return what_can_be_done(rx)
    if way is Way.RENEWAL:
        denied = denied_text(rx)
        if denied:
            return f"{denied}; {provider(rx)} decides anew"
        why = f"expired {day(rx.expires)}" if rx.left != 0 and rx.expires else "none left"
        return f"{why}: {provider(rx)} decides, no visit needed"
    after = max(0, (rx.left or 0) - 1)
    supply = f"{rx.days_supply} days" if rx.days_supply else ""
    return "; ".join(filter(None, (supply, f"{after} left after it" if after else "the last one")))


@dataclass(frozen=True, slots=True)
class GetMore:
    """What one person is asked for: prescriptions, where they are picked up, notes. `replace` chooses another point."""

    person: FamilyMember
    rows: tuple[Prescription, ...]
    points: tuple[PickUp, ...] = ()
    """All there are to choose from."""
    point: PickUp | None = None
    """The chosen one; the last one that was used, where that is known."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """To whoever decides about a renewal, by id of the prescription."""

    @property
    def items(self) -> tuple[MoreItem, ...]:
        """Each prescription with what asking for it means; what the chosen point does not hand out is not now."""
        return tuple(self._item(rx) for rx in self.rows)

    def _item(self, rx: Prescription) -> MoreItem:
        way = way_of(rx)
        why = why_not_at(self.point, (rx,)) if way is Way.REFILL and self.point else ""
        return MoreItem(rx, Way.NOT_NOW, f"{why}; choose another point") if why else MoreItem(rx, way, meaning(rx))

    def by_way(self, way: Way) -> tuple[Prescription, ...]:
        """Those that are asked for in this way."""
        return tuple(item.rx for item in self.items if item.way is way)

    @property
    def count(self) -> int:
        """How many are asked for."""
        return sum(item.is_asked for item in self.items)

    @property
    def needs_point(self) -> bool:
        """Whether something is refilled and it is not known where it is picked up (RX-5)."""
        return self.point is None and any(way_of(rx) is Way.REFILL for rx in self.rows)


def get_more(
    person: FamilyMember, known: Sequence[Prescription], wanted: Container[str], points: Sequence[PickUp]
) -> GetMore:
    """What asking for the prescriptions of these ids would ask for.

    Args:
        person: whose they are.
        known: all of the person's, which say where they picked up last.
        wanted: ids of prescriptions.
        points: where refills can be picked up.
    """
    rows = tuple(rx for rx in known if rx.id in wanted)
    refills = [rx for rx in rows if way_of(rx) is Way.REFILL]
    return GetMore(person, rows, tuple(points), preselected(known, refills, points))


def preselected(
    known: Iterable[Prescription], wanted: Sequence[Prescription], points: Sequence[PickUp]
) -> PickUp | None:
    """RX-5: the point used last that hands out all that is wanted, else one of the same facility that does.

    Where none does, the last one; None where none was ever used.
    """
    used = list(_used(known, points))
    near = [point for point in points if used and point.facility == used[0].facility]
    return next((point for point in (*used, *near) if not why_not_at(point, wanted)), next(iter(used), None))


def _used(known: Iterable[Prescription], points: Sequence[PickUp]) -> Iterator[PickUp]:
    """The points that requests and fills name, the one used last first."""
    by_id, by_name = {one.id: one for one in points}, {one.name: one for one in reversed(points)}
    found: list[tuple[datetime, PickUp]] = []
    for rx in known:
        found += [(one.asked, by_id[one.point.id]) for one in rx.requests if one.point and one.point.id in by_id]
        if rx.last_fill is not None and rx.pharmacy in by_name:
            found.append((rx.last_fill, by_name[rx.pharmacy]))
    yield from (point for _, point in sorted(found, key=lambda one: one[0], reverse=True))


def why_not_at(point: PickUp, wanted: Iterable[Prescription]) -> str:
    """Why a point does not hand out one of these: `not at a locker: refrigerated`; empty where it hands out all."""
    rows = tuple(wanted)
    controlled, refrigerated = any(rx.controlled for rx in rows), any(rx.refrigerated for rx in rows)
    return point.why_not(controlled=controlled, refrigerated=refrigerated) if rows else ""


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """RX-8: the server's word on one item: its request, or why there is none."""

    prescription: str
    outcome: str
    """requested, refused."""
    request: str = ""
    rule: str = ""
    reason: str = ""
    title: str = ""
    next: str = ""
    from_: datetime | None = None

    @property
    def is_requested(self) -> bool:
        return self.outcome == REQUESTED


@dataclass(frozen=True, slots=True)
class RefillItem:
    """One prescription that was asked for, as it was then."""

    prescription: str
    drug: str
    by: str = ""
    """Who decides about a renewal, short."""
    zone: str = ""
    """The pharmacy's."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was asked for of one person in one way, when, and what became of each item."""

    key: str
    way: Way
    patient_id: str
    asked: datetime
    stage: ActStage
    items: tuple[RefillItem, ...]
    outcomes: tuple[ItemOutcome, ...] = ()
    point: str = ""
    """Where refills are picked up."""
    error: ApiError | None = None
    """Why nothing of it was done, or why that is not known."""
    why: str = ""
    """The same in words."""

    def outcome(self, item: RefillItem) -> ItemOutcome | None:
        """The server's word; None where it is not known, or nothing was done at all."""
        return next((one for one in self.outcomes if one.prescription == item.prescription), None)

    @property
    def requested(self) -> tuple[RefillItem, ...]:
        """What is on its way now."""
        return tuple(item for item in self.items if (one := self.outcome(item)) and one.is_requested)

    @property
    def is_undone(self) -> bool:
        """Whether it is certain that nothing of it was done."""
        return self.stage is ActStage.REFUSED

    def words(self, item: RefillItem) -> str:
        """`requested, Landstuhl Pharmacy`, `with Dr. Adler`, `too soon: from Wed 9 Dec 2026`, or that it is unknown."""
        found = self.outcome(item)
        if found is None:
            return self._untold()
        if found.is_requested:
            return f"with {item.by}" if self.way is Way.RENEWAL else ", ".join(filter(None, ("requested", self.point)))
        if found.reason == "too-soon" and found.from_ is not None:
            return f"too soon: from {weekday(in_zone(found.from_, item.zone).date())}"
        return " ".join(filter(None, (found.title, found.next)))

    def _untold(self) -> str:
        if self.is_undone:
            return self.why
        return "the server did not say" if self.stage is ActStage.SENT else "not known yet: asking the server"
