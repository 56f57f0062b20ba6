"""What is known of one section of one patient's record: its entries by key, page by page."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

import msgspec

from genesis_tui.api_client.fhir import bundles, paths
from genesis_tui.api_client.fhir.attachments.files import attached
from genesis_tui.api_client.fhir.bundles import BROKEN, BundlePage, UnreadableEntries
from genesis_tui.api_client.fhir.linked.provenance import SOME_PARTNER, CommunitySource, origins_on
from genesis_tui.api_client.fhir.linked.references import ReferenceNames, references_in
from genesis_tui.api_client.fhir.paths import RawResource, in_words
from genesis_tui.api_client.fhir.record.entries import DecodedEntry, entry_of, inside_of
from genesis_tui.api_client.fhir.record.forms import nameless_form
from genesis_tui.api_client.fhir.record.mappings.modifiers import GROUPS
from genesis_tui.api_client.fhir.record.rest import rest_of
from genesis_tui.api_client.fhir.results.members import LinkedTests, OpenedPanel
from genesis_tui.api_client.fhir.results.observations import SHOWN, Lab, ReadingContext, lab_of
from genesis_tui.api_client.fhir.results.ranges import Person
from genesis_tui.api_client.fhir.structs import FhirAttachment, Observation
from genesis_tui.api_client.fhir.values import BadEntry
from genesis_tui.models.base.also_recorded import AlsoRecorded
from genesis_tui.models.record import Entries, Entry, of_readings, on_clock

Wanted = Callable[[frozenset[str]], bool]
"""Whether a resource filed under these categories belongs to the section."""


@dataclass(slots=True)
class PatientSection:
    """One section. It takes resources of its patient only; others count as unreadable (FAM-9)."""

    patient_id: str
    section: str
    wanted: Wanted = field(default=lambda _: True)
    made: dict[str, DecodedEntry] = field(default_factory=dict)
    labs: dict[str, Lab] = field(default_factory=dict)
    raw: dict[str, msgspec.Raw] = field(default_factory=dict)
    """What came of each entry, by `Type/id`: for what no mapping names."""
    places: dict[str, FhirAttachment] = field(default_factory=dict)
    """What attachments are fetched by."""
    nameless: dict[str, RawResource] = field(default_factory=dict)
    """Resources with references whose names are still to be asked for, by their keys."""
    forms: dict[str, str] = field(default_factory=dict)
    """Titles of forms by their canonical addresses."""
    origins: dict[str, CommunitySource] = field(default_factory=dict)
    faults: UnreadableEntries = field(default_factory=UnreadableEntries)
    fetched: datetime | None = None
    person: Person | None = None
    """Whom reference ranges are for; None while nothing of them is known."""
    zone: tzinfo | None = None
    """What times are put into; None leaves them in the zone that they were recorded in."""
    names: ReferenceNames = field(init=False)
    linked: LinkedTests = field(init=False)
    """What panels name and the search for this section does not bring."""

    def __post_init__(self) -> None:
        self.names = ReferenceNames(self.patient_id)
        self.linked = LinkedTests(self.faults, self.raw)

    @property
    def context(self) -> ReadingContext:
        """Whose measurements these are, and by whose clock."""
        return ReadingContext(self.patient_id, self.person, self.zone, self.names.elsewhere)

    def members(self) -> dict[str, str]:
        """How to ask for the tests that panels name and that are not known."""
        return self.linked.wanted((), self.labs)

    def take(self, kind: str, page: BundlePage) -> None:
        """Add a page of resources of a type."""
        if kind == "Provenance":
            self.origins.update(origins_on(page, self.faults))
        elif kind == "Observation":
            self._take_observations(page)
        else:
            self.names.take(page, kind)
            self._take_entries(kind, page)

    def size(self) -> int:
        """Resources in here."""
        return len(self.made) + len(self.labs)

    def entries(self, *, complete: bool = True) -> Entries:
        """The entries as far as they are known: group by group, newest first."""
        rows = sorted((*self._simple(), *self._measured()), key=lambda e: (e.at.instant, e.key), reverse=True)
        rows.sort(key=lambda e: (GROUPS.index(e.group) if e.group in GROUPS else 0, e.group))
        return Entries(tuple(rows), self.fetched, complete, self.faults.told(), self.faults.lacks())

    def finished(self) -> None:
        """All pages are in."""
        self.fetched = datetime.now(UTC)

    def without_origin(self) -> tuple[str, ...]:
        """Keys of community records whose partner is not known yet."""
        keys = [key for key, made in self.made.items() if made.labels.community and not made.entry.community]
        keys += [
            f"Observation/{id}" for id, lab in self.labs.items() if lab.labels.community and not lab.labels.partner
        ]
        return tuple(key for key in keys if key not in self.origins and "#" not in key)

    def leave_unknown(self, keys: Iterable[str]) -> None:
        """The server was asked about these, and does not say more than that they came from outside."""
        for key in keys:
            self.origins.setdefault(key, CommunitySource(SOME_PARTNER, None))

    def references(self) -> Iterator[str]:
        """What names are still to be asked for."""
        for source in self.nameless.values():
            yield from references_in(self.names.filled(source.tree))

    def nameless_forms(self) -> Iterator[str]:
        """Addresses of forms whose titles are still to be asked for."""
        return filter(None, (nameless_form(source.tree) for source in self.nameless.values()))

    def name(self) -> None:
        """Read again what refers to things whose names were asked for meanwhile."""
        sources, self.nameless = self.nameless, {}
        for source in sources.values():
            with suppress(*BROKEN, BadEntry):
                self._keep(self._convert(source))
        for kind in self.names.refused:
            self.faults.lack_beside(
                kind, f"names of {in_words(kind).lower()}s", "They are asked for apart, and can't be had."
            )

    def keep_text(self, entry: Entry, text: str) -> Entry:
        """The entry with its text, which the next `entries` has too."""
        known = self.made.get(entry.key)
        if known is not None:
            self.made[entry.key] = known._replace(entry=replace(known.entry, texts=(*known.entry.texts, ("", text))))
        return replace(entry, texts=(*entry.texts, ("", text)))

    def also(self, entry: Entry) -> tuple[AlsoRecorded, ...]:
        """What is on record of an entry beyond what it says."""
        return rest_of(entry, self.raw, self.names)

    def place(self, name: str) -> FhirAttachment | None:
        """What the attachment of that place is fetched by."""
        return self.places.get(name)

    # simple types

    def _take_entries(self, kind: str, page: BundlePage) -> None:
        for raw, made in bundles.read(page, kind, paths.decode, self._convert, self.faults):
            for one in made:
                self.raw[one.entry.key] = raw
            self._keep(made)

    def _keep(self, made: Iterable[DecodedEntry]) -> None:
        for one in made:
            type, _, id = one.entry.key.partition("/")
            if one.shown:
                self.made[one.entry.key] = one._replace(entry=on_clock(one.entry, self.zone))
                self.faults.show(type, id)
            else:
                self.made.pop(one.entry.key, None)
                self.raw.pop(one.entry.key, None)
                self.faults.withhold(type, id, one.status)

    def _convert(self, raw: RawResource) -> list[DecodedEntry]:
        """The entry, and the dispenses that travel inside a prescription."""
        source, form = RawResource(self.names.filled(raw.tree)), nameless_form(raw.tree)
        titled = {"questionnaire": {"display": self.forms[form]}} if self.forms.get(form) else {}
        made = entry_of(RawResource({**source.tree, **titled}), self.section, self.patient_id)
        if source.resource_type == "DocumentReference":
            if not self.wanted(frozenset(str(code) for code in paths.at(source.tree, "category.coding.code"))):
                return []
            made = self._with_attachments(source, made)
        if next(references_in(source.tree), None) or (form and form not in self.forms):
            self.nameless[made.entry.key] = raw
        if source.resource_type != "MedicationRequest":
            return [made]
        inside = inside_of(source, "MedicationDispense")
        fills = [entry_of(one, self.section, self.patient_id, inside=made.entry.key) for one in inside]
        return [made, *(self._as_prescribed(fill, made) for fill in fills)]

    @staticmethod
    def _as_prescribed(fill: DecodedEntry, order: DecodedEntry) -> DecodedEntry:
        entry = fill.entry
        if entry.title == "Medication":
            fill = fill._replace(entry=replace(entry, title=order.entry.title))
        return fill._replace(shown=fill.shown and order.shown)

    def _with_attachments(self, source: RawResource, made: DecodedEntry) -> DecodedEntry:
        found = attached(source.tree, made.entry.key)
        self.places.update({shown.place: place for shown, place in found})
        return made._replace(entry=replace(made.entry, attachments=tuple(shown for shown, _ in found)))

    def _simple(self) -> Iterator[Entry]:
        for made in self.made.values():
            yield self._from_partner(made.entry) if made.labels.community else made.entry

    def _from_partner(self, entry: Entry) -> Entry:
        origin = self.origins.get(entry.key.partition("#")[0], CommunitySource(SOME_PARTNER, None))
        return replace(entry, community=entry.community or origin.partner, imported=entry.imported or origin.imported)

    # measurements

    def _take_observations(self, page: BundlePage) -> None:
        for raw, lab in bundles.read(page, "Observation", bundles.observation, self._measured_here, self.faults):
            if lab is None:
                continue
            if lab.status in SHOWN:
                self.labs[lab.reading.id], self.raw[f"Observation/{lab.reading.id}"] = lab, raw
                self.faults.show("Observation", lab.reading.id)
            else:
                self.labs.pop(lab.reading.id, None)
                self.raw.pop(f"Observation/{lab.reading.id}", None)
                self.faults.withhold("Observation", lab.reading.id, lab.status)

    def _measured_here(self, source: Observation) -> Lab | None:
        codes = frozenset(coding.code or "" for category in source.category for coding in category.coding)
        return lab_of(source, self.context) if self.wanted(codes) else None

    def _measured(self) -> Iterator[Entry]:
        """One entry a test and origin, the latest value first (REC-5: blood pressure is one)."""
        groups: dict[tuple[str, str, bool], list[Lab]] = {}
        for lab in self.labs.values():
            groups.setdefault((lab.reading.code, lab.reading.name, lab.labels.community), []).append(lab)
        for labs in groups.values():
            labs.sort(key=lambda one: (one.reading.at.instant, one.reading.id), reverse=True)
            opened = OpenedPanel(self.labs, self.linked.labs)
            opened.open(labs[0])
            entry = of_readings(self.section, tuple(lab.reading for lab in labs), opened.readings, opened.cant_be_had())
            entry = replace(entry, community=labs[0].labels.partner, imported=labs[0].labels.imported)
            yield self._from_partner(entry) if labs[0].labels.community else entry
