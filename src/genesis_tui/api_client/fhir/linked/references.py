"""What references lead to, by name: people, places, orders, reasons. Asked for in as few requests as the server allows.

names = ReferenceNames(patient_id)
names.take(page, "Encounter")                          # what a page brought along (`_include`), if anything
await names.find(fhir, offers, ["Practitioner/12"])    # batches by `_id`, else single reads up to a limit
names.name("Practitioner/12")                          # "Dr. Jonah Schroeder"
names.resource("ServiceRequest/9")                     # the resource itself, where it could be had
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

import msgspec

from genesis_tui.api_client.fhir import paths
from genesis_tui.api_client.fhir.bundles import BROKEN, BundlePage
from genesis_tui.api_client.fhir.capability import ServerCapabilities
from genesis_tui.api_client.fhir.client import FhirClient
from genesis_tui.api_client.fhir.elements.names import person_name
from genesis_tui.api_client.fhir.elements.visits import visit_classes
from genesis_tui.api_client.fhir.paths import Tree
from genesis_tui.api_client.fhir.structs import AnyEntry
from genesis_tui.api_client.fhir.values import moment
from genesis_tui.api_client.http.paging import LoadSize
from genesis_tui.models.base.dates import Precision, day
from genesis_tui.models.base.errors import BadAnswer, NotOffered, Refused, ServerFault

_BATCH = 40
"""Resources asked for in one request, so that its address stays short."""
_SINGLE_READS = 200
"""Resources read one by one in the life of one `ReferenceNames`, where a type can't be searched by id."""
_AT_ONCE = 8
_LOCAL = re.compile(r"([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}")
_PATIENT = re.compile(r"(^|/)Patient/[^/]+$")
_THROUGH = {
    "PractitionerRole": ("practitioner", "organization"),
    "ServiceRequest": ("requester",),
    "MedicationRequest": ("medicationReference", "requester"),
}
"""Elements of a found resource whose names belong to its own."""
_ROUNDS = 3
_DIRECTORY = frozenset(
    {"Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService", "Medication", "Questionnaire"}
)
"""Types that are no patient's."""
_OWNERS = ("subject", "patient", "beneficiary")
_PEOPLE = frozenset({"Practitioner", "RelatedPerson", "Person"})
_NAMED_BY = (
    *("name", "title", "deviceName.name", "code", "vaccineCode", "medicationCodeableConcept", "medication.concept"),
    *("medicationReference.display", "description", "type", "serviceType", "reasonCode", visit_classes, "category"),
    *("procedureCode", "modality", "relationship", "payor", "identifier"),
)
"""Where a resource says what it is, the plainest first."""
FAILURES = (Refused, ServerFault, BadAnswer, NotOffered, *BROKEN)
"""What costs a name and no more."""


_addressed = msgspec.json.Decoder(AnyEntry)


def nowhere_else(_reference: str) -> bool:
    """Where no server is known, everything is of one."""
    return False


class ReferenceNames:
    """Names for one patient's load. Resources of other patients give none (FAM-9)."""

    def __init__(self, patient_id: str) -> None:
        self.patient_id = patient_id
        self._resources: dict[str, Tree] = {}
        self._in_vain: set[str] = set()
        self._being_named: set[str] = set()
        """What is being filled in: resources may refer to each other in circles."""
        self.elsewhere: Callable[[str], bool] = nowhere_else
        """Whether an absolute reference names a resource of another server."""
        self._single_reads = 0
        self.refused: list[str] = []
        """Types that the server would not give, though no rule closes them."""

    def take(self, page: BundlePage, kind: str) -> None:
        """What a page of `kind` holds of other types, and of its own what only its `urn:` leads to."""
        for raw in page.entries:
            with suppress(*BROKEN):
                entry = _addressed.decode(raw)
                head, url = entry.resource, entry.full_url or ""
                if head.resource_type != kind or url.startswith("urn:"):
                    tree = paths.decode(raw).resource.tree
                    own = "" if self.elsewhere(url) else f"{head.resource_type}/{head.id}"
                    self._resources |= {key: tree for key in (own, url) if key}

    def name(self, reference: str) -> str:
        """What it prints as; empty while it was not asked for. What can't be had is told by its type."""
        key = key_of(reference)
        if key == f"Patient/{self.patient_id}" or key.endswith(f"/Patient/{self.patient_id}"):
            return "The patient"
        if _PATIENT.search(key):
            return nameless(key)
        tree = self.resource(reference) if key not in self._being_named else None
        if tree is not None:
            self._being_named.add(key)
            named = name_of(self.filled(tree))
            self._being_named.discard(key)
            return named or nameless(key)
        return nameless(key) if key in self._resources or key in self._in_vain else ""

    def resource(self, reference: str) -> Tree | None:
        """What it leads to, where that is here and of nobody else."""
        tree = self._resources.get(key_of(reference))
        return tree if tree is not None and _may_name(tree, self.patient_id) else None

    def filled(self, tree: Tree) -> Tree:
        """The resource with a display in each reference that has none and whose name is known; whose it is stays."""
        inside = {f"#{one.get('id')}": one for one in paths.at(tree, "contained") if isinstance(one, dict)}

        def name(reference: str) -> str:
            if not reference.startswith("#"):
                return self.name(reference)
            return _inside_name(inside.get(reference), self) or nameless(reference)

        return {key: value if key in _OWNERS else _filled(value, name) for key, value in tree.items()}

    async def find(
        self,
        fhir: FhirClient,
        offers: ServerCapabilities,
        references: Iterable[str],
        load: LoadSize | None = None,
    ) -> None:
        """Ask for those that are not known yet, and for what their own names need. What fails is left nameless."""
        wanted = {key_of(one) for one in references if _leads_out(one)}
        for _ in range(_ROUNDS):
            asked: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
            for key in sorted(wanted - self._resources.keys() - self._in_vain):
                self._in_vain.add(key)
                local = fhir.local(key)
                if found := _LOCAL.fullmatch(local):
                    asked[found[1]][local].append(key)
            if not asked:
                return
            asks = (self._ask(fhir, offers, kind, list(keys), load) for kind, keys in asked.items())
            for tree in (tree for trees in await asyncio.gather(*asks) for tree in trees):
                for key in asked[str(tree.get("resourceType"))].get(f"{tree['resourceType']}/{tree.get('id')}", ()):
                    self._resources[key] = tree
            fresh = [self._resources[key] for key in wanted & self._resources.keys()]
            wanted = {key_of(one) for tree in fresh for one in _through(tree)}

    async def _ask(
        self, fhir: FhirClient, offers: ServerCapabilities, kind: str, keys: list[str], load: LoadSize | None
    ) -> list[Tree]:
        found: list[Tree] = []
        if offers.parameter(kind, "_id"):
            own = kind not in _DIRECTORY and offers.lists(kind, "patient")
            whose = {"patient": self.patient_id} if own else {}
            try:
                for start in range(0, len(keys), _BATCH):
                    ids = ",".join(key.partition("/")[2] for key in keys[start : start + _BATCH])
                    search = fhir.search(kind, {"_id": ids, **whose}, load)
                    while not search.done:
                        found += resources_on(await search.page(), kind)
            except FAILURES as error:
                if isinstance(error, Refused) and error.status in (401, 403):
                    self.refused += [] if error.rule else [kind]
                    return found
        return found or await self._read(fhir, offers, kind, keys)

    async def _read(self, fhir: FhirClient, offers: ServerCapabilities, kind: str, keys: list[str]) -> list[Tree]:
        """One by one, where no search gave anything."""
        keys = keys[: _SINGLE_READS - self._single_reads] if offers.readable(kind) else []
        self._single_reads += len(keys)
        found: list[Tree] = []
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            for body in await asyncio.gather(*(_one(fhir, key) for key in some)):
                found += [body] if body.get("resourceType") == kind else []
        return found


def key_of(reference: str) -> str:
    """A literal reference without its version."""
    return reference.partition("/_history/")[0].strip()


def references_in(value: object) -> Iterator[str]:
    """Every literal reference without a display, at any depth, that leads out of the resource."""
    if isinstance(value, list):
        for one in value:
            yield from references_in(one)
    elif isinstance(value, dict):
        literal = value.get("reference")
        if isinstance(literal, str) and _leads_out(literal) and not _display(value):
            yield literal
        for one in value.values():
            if isinstance(one, dict | list):
                yield from references_in(one)


def _leads_out(literal: str) -> bool:
    """Whether there is something to ask for; patients are never asked for (FAM-9)."""
    return bool(literal) and not literal.startswith("#") and not _PATIENT.search(key_of(literal))


def name_of(tree: Tree) -> str:
    """What a resource calls itself, in one line; empty where it says nothing."""
    kind = str(tree.get("resourceType"))
    if kind in _PEOPLE:
        name, whose = person_name(tree.get("name")).titled, paths.all_words(tree, "relationship")
        return f"{name} ({whose})" if name and whose else name or whose
    if kind == "PractitionerRole":
        who = paths.first_words(tree, ("practitioner", "organization"))
        what = paths.first_words(tree, ("specialty", "code"))
        return ", ".join(filter(None, (who, what)))
    said = paths.first_words(tree, _NAMED_BY)
    return ", ".join(filter(None, (said, _date(tree)))) if kind == "Encounter" else said


def nameless(reference: str) -> str:
    """What stands for something that has no name here: `Practitioner (no name given)`."""
    found = re.search(r"([A-Z][A-Za-z]+)/[^/]+$", reference)
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", found[1]).capitalize() if found else "Something"
    return f"{kind} (no name given)"


def _filled(value: object, name: Callable[[str], str]) -> object:
    if isinstance(value, list):
        return [_filled(one, name) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _filled(one, name) if isinstance(one, dict | list) else one for key, one in value.items()}
    literal = value.get("reference")
    if isinstance(literal, str) and not _display(value) and (said := name(literal)):
        made["display"] = said
    return made


def _display(reference: Tree) -> str:
    said = reference.get("display")
    return said.strip() if isinstance(said, str) else ""


def _inside_name(tree: Tree | None, names: ReferenceNames) -> str:
    if tree is None:
        return ""
    return name_of({key: _filled(value, names.name) for key, value in tree.items()})


def _through(tree: Tree) -> Iterator[str]:
    for path in _THROUGH.get(str(tree.get("resourceType")), ()):
        for one in paths.at(tree, path):
            yield from references_in(one)


def _may_name(tree: Tree, patient_id: str) -> bool:
    """Whether it is of this patient, or of none."""
    owners = (one for path in _OWNERS for one in paths.at(tree, f"{path}.reference"))
    whose = [key_of(one) for one in owners if isinstance(one, str) and "Patient/" in one]
    return all(one == f"Patient/{patient_id}" or one.endswith(f"/Patient/{patient_id}") for one in whose)


def _date(tree: Tree) -> str:
    start = next((one for one in paths.at(tree, "period.start") if isinstance(one, str)), None)
    at = moment(start)
    return "" if at.precision is Precision.NONE else day(at)


def resources_on(page: BundlePage, kind: str) -> Iterator[Tree]:
    """Those of a type on a page that can be read."""
    for raw in page.entries:
        with suppress(*BROKEN):
            source = paths.decode(raw).resource
            if source.resource_type == kind:
                yield source.tree


async def _one(fhir: FhirClient, key: str) -> Tree:
    with suppress(*FAILURES):
        return paths.decode_one(await fhir.one(*key.split("/")))
    return {}
