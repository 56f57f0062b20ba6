"""The tests that a report or a panel names: found wherever they are, panels opened, and what can't be had named."""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from genesis_tui.api_client.fhir.bundles import BROKEN, UnreadableEntries, observation
from genesis_tui.api_client.fhir.capability import ServerCapabilities
from genesis_tui.api_client.fhir.client import FhirClient
from genesis_tui.api_client.fhir.elements.slips import as_sent
from genesis_tui.api_client.fhir.linked.references import ReferenceNames
from genesis_tui.api_client.fhir.results.observations import SHOWN, Lab, Member, ReadingContext, lab_of
from genesis_tui.api_client.fhir.results.ranges import Person
from genesis_tui.api_client.fhir.structs import PatientHead
from genesis_tui.api_client.fhir.values import NONE_RECORDED, BadEntry
from genesis_tui.api_client.http.paging import LoadSize
from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.results.result import Reading

_DEEPEST = 6
"""Panels within panels that are followed; each takes a request of its own."""


@dataclass(slots=True)
class LinkedTests:
    """Tests that are named and that no search for their category brings, by id."""

    faults: UnreadableEntries
    raw: dict[str, msgspec.Raw]
    """What came of each resource, by `Type/id`; those that are found go there too."""
    labs: dict[str, Lab] = field(default_factory=dict)

    def wanted(self, named: Iterable[Member], known: Mapping[str, Lab]) -> dict[str, str]:
        """How to ask for those that are named by these, by `known` tests or by each other, and are not known."""
        members = [*named, *(m for lab in (*known.values(), *self.labs.values()) for m in _outside(lab))]
        return {m.id: m.reference for m in members if m.id not in known and m.reference.strip("#") == m.reference != ""}

    def take(self, id: str, tree: Mapping[str, object] | None, context: ReadingContext) -> None:
        """One that was asked for; None where it can't be had."""
        key = f"Observation/{id}"
        self.labs.pop(id, None)
        self.raw.pop(key, None)
        if tree is None:
            return
        raw = msgspec.Raw(msgspec.json.encode({"resource": as_sent(tree)}))
        account = self.faults.kind("Observation")
        try:
            lab = lab_of(observation(raw).resource, context)
        except (*BROKEN, BadEntry) as error:
            account.fail(id, error)
            return
        account.given.add(id)
        if lab.status in SHOWN:
            self.labs[id], self.raw[key] = lab, raw
            self.faults.show("Observation", id)
        else:
            self.faults.withhold("Observation", id, lab.status)


class Naming(Protocol):
    """What holds tests that name others."""

    @property
    def context(self) -> ReadingContext:
        """Whose they are."""

    person: Person | None
    labs: dict[str, Lab]

    @property
    def linked(self) -> LinkedTests:
        """Where the others go."""

    def members(self) -> dict[str, str]:
        """How to ask for those that are named and not known."""


async def find_members(fhir: FhirClient, offers: ServerCapabilities, holder: Naming, load: LoadSize) -> None:
    """Ask for what is named, and for what that names in turn."""
    names, asked = ReferenceNames(holder.context.patient_id), set[str]()
    for _ in range(_DEEPEST):
        wanted = {id: reference for id, reference in holder.members().items() if id not in asked}
        if not wanted:
            return
        await names.find(fhir, offers, wanted.values(), load)
        for id, reference in wanted.items():
            holder.linked.take(id, names.resource(reference), holder.context)
        asked |= wanted.keys()


async def find_person(fhir: FhirClient, holder: Naming) -> None:
    """Ask whom reference ranges are for, where one takes that, and choose those."""
    held = (holder.labs, holder.linked.labs)
    if holder.person is None and any(lab.undecided for labs in held for lab in labs.values()):
        with suppress(ApiError):
            patient = await fhir.resource("Patient", holder.context.patient_id, PatientHead)
            if patient.id == holder.context.patient_id:
                holder.person = Person.of(patient)
    for labs in held if holder.person is not None else ():
        for id in [id for id, lab in labs.items() if lab.undecided]:
            labs[id] = lab_of(observation(holder.linked.raw[f"Observation/{id}"]).resource, holder.context)


class OpenedPanel:
    """The tests of a report or panel, in their order: each once, panels within it opened."""

    def __init__(self, *known: Mapping[str, Lab]) -> None:
        self._known: ChainMap[str, Lab] = ChainMap({}, *known)  # type: ignore[arg-type]
        self.labs: list[Lab] = []
        self.readings: list[Reading] = []
        self.missing: list[Member] = []
        self.seen: set[str] = set()

    def add(self, members: Iterable[Member], panel: str = "") -> None:
        """These, with what they hold themselves, under the name of the panel that they are of."""
        for member in members:
            if member.id in self.seen:
                continue
            lab = self._known.get(member.id)
            if lab is None:
                self.seen.add(member.id)
                self.missing.append(member)
            else:
                self.open(lab, panel, ", ".join(filter(None, (panel, lab.reading.name))))

    def open(self, lab: Lab, panel: str = "", inner: str = "") -> None:
        """A test under its panel; its own members stand under `inner`."""
        self.seen.add(lab.reading.id)
        self.labs.append(lab)
        reading = lab.reading
        if not lab.members or reading.text != NONE_RECORDED or reading.note or reading.parts:
            self.readings.append(reading._replace(panel=panel) if panel else reading)
        for one in lab.inside:
            self._known.maps[0][one.reading.id] = one
        self.add(lab.members, inner)

    def cant_be_had(self) -> tuple[str, ...]:
        """What is missing: by name where it has one, else how many."""
        named = tuple(f"{m.display}: not found" for m in self.missing if m.display)
        count = sum(not m.display for m in self.missing)
        return (*named, f"{count} {'result' if count == 1 else 'results'} can't be had") if count else named


def _outside(lab: Lab) -> Iterator[Member]:
    inside = {one.reading.id for one in lab.inside}
    return (member for member in lab.members if member.id not in inside)
