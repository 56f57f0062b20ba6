"""A plain model of scheduling at one clinic: what each act must be told, and who holds which ten minutes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

Told = tuple[int, str]
"""Status and reason; '' for what was done."""
FIRST = datetime(2026, 11, 24, 14, tzinfo=UTC)
HOURS = 2
LENGTHS = {"acute": 20, "long": 40}
SCHEDULES = ("schedule-1", "schedule-2")
DONE: Told = (200, "")
STALE, TAKEN, OVERLAP, NO_CHANGE = (409, "stale-version"), (409, "slot-taken"), (409, "overlap"), (422, "status-change")
HOLDS = ("booked", "arrived", "checked-in")
CHANGES = {
    "proposed": ("booked", "cancelled"),
    "booked": ("arrived", "checked-in", "cancelled", "noshow"),
    "arrived": ("checked-in", "cancelled"),
    "checked-in": ("fulfilled", "cancelled"),
}
Unit = tuple[str, datetime]


class Slot(NamedTuple):
    """A slot of a schedule."""

    schedule: str
    visit: str
    start: datetime

    @property
    def id(self) -> str:
        return f"{self.schedule}.{self.visit}.{self.start:%Y%m%dT%H%MZ}"

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=LENGTHS[self.visit])

    @property
    def units(self) -> set[Unit]:
        return {(self.schedule, self.start + n * timedelta(minutes=10)) for n in range(LENGTHS[self.visit] // 10)}


def slots(visit: str) -> list[Slot]:
    """All that the clinic has that morning."""
    starts = range(0, HOURS * 60, LENGTHS[visit])
    return [Slot(one, visit, FIRST + timedelta(minutes=start)) for start in starts for one in SCHEDULES]


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment or a request."""

    patient: str
    kind: str
    status: str
    slot: Slot | None = None
    offers: frozenset[Slot] = frozenset()
    version: int = 1

    def becomes(self, status: str, **more: Any) -> "Visit":
        return replace(self, status=status, version=self.version + 1, **more)

    def units(self) -> set[Unit]:
        if self.status in HOLDS and self.slot is not None:
            return self.slot.units
        return {unit for one in self.offers for unit in one.units}


class Act(NamedTuple):
    """What somebody does. `visit`: the id of what is changed; `version`: the one that they have seen."""

    name: str
    who: str
    patient: str
    kind: str
    visit: str = ""
    version: int = 0
    slots: tuple[Slot, ...] = ()
    status: str = ""


State = dict[str, Visit]
"""What there is, by id."""


def held(state: State, but: str = "") -> dict[Unit, str]:
    """Unit -> who holds it. Raises AssertionError where two do."""
    found: dict[Unit, str] = {}
    for id, visit in state.items():
        for unit in visit.units() if id != but else ():
            assert unit not in found, f"{found[unit]} and {id} hold {unit}"
            found[unit] = id
    return found


def done(state: State, act: Act, id: str) -> tuple[Told, State]:
    """What an act is told, and what there is afterwards. `id`: of what it makes."""
    told, visit = _decided(state, act)
    return told, state if visit is None else {**state, act.visit or id: visit}


def _decided(state: State, act: Act) -> tuple[Told, Visit | None]:
    if act.name == "request":
        return DONE, Visit(act.patient, act.kind, "proposed")
    if act.name == "book":
        refused = _refused(state, act.patient, act.slots)
        return refused or DONE, None if refused else Visit(act.patient, act.kind, "booked", act.slots[0])
    visit = state[act.visit]
    if act.who and act.version != visit.version:
        return STALE, None
    return (_by_patient if act.who else _by_staff)(state, act, visit)


def _by_patient(state: State, act: Act, visit: Visit) -> tuple[Told, Visit | None]:
    if act.name == "cancel":
        off = "cancelled" in CHANGES.get(visit.status, ())
        return (DONE, visit.becomes("cancelled", offers=frozenset())) if off else (NO_CHANGE, None)
    if visit.status != ("booked" if act.name == "move" else "proposed"):
        return NO_CHANGE, None
    if act.name == "choose" and act.slots[0] not in visit.offers:
        return TAKEN, None
    return _given(state, act, visit)


def _by_staff(state: State, act: Act, visit: Visit) -> tuple[Told, Visit | None]:
    if act.name == "see":
        may = act.status in CHANGES.get(visit.status, ())
        return (DONE, visit.becomes(act.status)) if may else (NO_CHANGE, None)
    if visit.status != "proposed":
        return NO_CHANGE, None
    if act.name == "decline":
        return DONE, visit.becomes("cancelled", offers=frozenset())
    if act.name == "offer":
        refused = _refused(state, visit.patient, act.slots, act.visit)
        return refused or DONE, None if refused else visit.becomes("proposed", offers=frozenset(act.slots))
    return _given(state, act, visit)


def _given(state: State, act: Act, visit: Visit) -> tuple[Told, Visit | None]:
    refused = _refused(state, visit.patient, act.slots, act.visit)
    return refused or DONE, None if refused else visit.becomes("booked", slot=act.slots[0], offers=frozenset())


def _refused(state: State, patient: str, wanted: Iterable[Slot], visit: str = "") -> Told | None:
    """Why slots can't be a patient's, in the order in which they are named."""
    taken = held(state, but=visit).keys()
    for slot in wanted:
        if slot.units & taken:
            return TAKEN
        if any(one.start < slot.end and slot.start < one.end for one in _times(state, patient, visit)):
            return OVERLAP
    distinct = set[Unit]().union(*(one.units for one in wanted))
    return None if len(distinct) == sum(len(one.units) for one in wanted) else TAKEN


def _times(state: State, patient: str, but: str) -> Iterator[Slot]:
    for id, visit in state.items():
        if id != but and visit.patient == patient and visit.status in HOLDS and visit.slot is not None:
            yield visit.slot
