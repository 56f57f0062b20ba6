"""What is known of one patient's results: the parts that rows are made of, by id."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

import msgspec

from genesis_tui.api_client.fhir import bundles
from genesis_tui.api_client.fhir.bundles import BundlePage, UnreadableEntries
from genesis_tui.api_client.fhir.linked.provenance import SOME_PARTNER, CommunitySource, origins_on
from genesis_tui.api_client.fhir.linked.references import ReferenceNames
from genesis_tui.api_client.fhir.results.documents import ClinicalDocument, note_of, report_of
from genesis_tui.api_client.fhir.results.members import LinkedTests
from genesis_tui.api_client.fhir.results.observations import SHOWN, Lab, Labels, ReadingContext, lab_of
from genesis_tui.api_client.fhir.results.people import nameless_in
from genesis_tui.api_client.fhir.results.ranges import Person
from genesis_tui.api_client.fhir.results.rest import rest_of_entry, rest_of_result
from genesis_tui.api_client.fhir.results.rows import Known, assemble
from genesis_tui.api_client.fhir.structs import DiagnosticReport, DocumentReference, FhirAttachment, Observation
from genesis_tui.models.base.also_recorded import AlsoRecorded
from genesis_tui.models.record import Entry
from genesis_tui.models.results.result import Result, Results


@dataclass(slots=True)
class PatientResults:
    """One patient's results in memory. It takes resources of that patient only; others count as unreadable (FAM-9)."""

    patient_id: str
    zone: tzinfo | None = None
    """What times are put into; None leaves them in the zone that they were recorded in."""
    person: Person | None = None
    """Whom reference ranges are for; None while nothing of them is known."""
    names: ReferenceNames = field(init=False)
    """Whom and what the results refer to."""
    linked: LinkedTests = field(init=False)
    """What reports and panels name and no search for laboratory tests brings."""
    labs: dict[str, Lab] = field(default_factory=dict)
    reports: dict[str, ClinicalDocument] = field(default_factory=dict)
    notes: dict[str, ClinicalDocument] = field(default_factory=dict)
    raw: dict[str, msgspec.Raw] = field(default_factory=dict)
    """What came of each resource, by `Type/id`: for what no row says."""
    origins: dict[str, CommunitySource] = field(default_factory=dict)
    faults: UnreadableEntries = field(default_factory=UnreadableEntries)
    since: datetime | None = None
    """The latest change that is in here; a refresh asks for what changed from then on."""
    fetched: datetime | None = None
    """When the last load was complete."""

    def __post_init__(self) -> None:
        self.names, self.linked = ReferenceNames(self.patient_id), LinkedTests(self.faults, self.raw)

    def take(self, kind: str, page: BundlePage) -> None:
        """Add a page of Observations, DiagnosticReports, DocumentReferences or Provenances.

        What is no longer final is taken out (REL-3).
        """
        {
            "Observation": self._take_labs,
            "DiagnosticReport": self._take_reports,
            "DocumentReference": self._take_notes,
            "Provenance": self._take_origins,
        }[kind](page)

    def size(self) -> int:
        """Resources in here."""
        return len(self.labs) + len(self.reports) + len(self.notes)

    def results(self, *, all_reports: bool = True, all_labs: bool = True, complete: bool = True) -> Results:
        """The rows as far as they are known, newest first."""
        known = Known(self.labs, self.linked.labs, self.origins, self.names, {})
        rows = assemble(
            self.reports.values(),
            self.notes.values(),
            known,
            all_reports=all_reports,
            all_labs=all_labs,
            all_linked=complete or self.fetched is not None,
        )
        unreadable, missing = self.faults.told(), self.faults.lacks()
        return Results(rows, fetched=self.fetched, complete=complete, unreadable=unreadable, missing=missing)

    def finished(self) -> None:
        """All pages are in. Where something could not be had, the next load asks for everything again."""
        self.fetched = datetime.now(UTC)
        if any(not one.beside for one in self.faults.lacks()):
            self.since = None

    def forget(self, kind: str) -> None:
        """The server refuses this type: nothing of it stays (FAM-11)."""
        held: dict[str, dict[str, Lab] | dict[str, ClinicalDocument]] = {
            "Observation": self.labs,
            "DiagnosticReport": self.reports,
            "DocumentReference": self.notes,
        }
        if kind in held:
            held[kind].clear()
        if kind == "Observation":
            self.linked.labs.clear()

    def without_origin(self) -> tuple[str, ...]:
        """Keys of community records whose partner is not known yet."""
        papers = (*self.reports.values(), *self.notes.values())
        keys = [p.row.key for p in papers if p.labels.community]
        reported = {m.id for p in self.reports.values() for m in p.members}
        keys += [f"Observation/{id}" for id, lab in self.labs.items() if lab.labels.community and id not in reported]
        return tuple(key for key in keys if key not in self.origins)

    def leave_unknown(self, keys: Iterable[str]) -> None:
        """The server was asked about these, and does not say more than that they came from outside."""
        for key in keys:
            self.origins.setdefault(key, CommunitySource(SOME_PARTNER, None))

    def paper(self, key: str) -> ClinicalDocument | None:
        """The report or note behind a row."""
        kind, _, id = key.partition("/")
        return {"DiagnosticReport": self.reports, "DocumentReference": self.notes}.get(kind, {}).get(id)

    def also(self, result: Result) -> tuple[AlsoRecorded, ...]:
        """What is on record of a result beyond what Results says of it."""
        return rest_of_result(result, self.raw, self.names)

    def also_in_record(self, entry: Entry) -> tuple[AlsoRecorded, ...]:
        """What is on record of a result beyond what its entry in the record says of it."""
        return rest_of_entry(entry, self.raw, self.names)

    def place(self, name: str) -> FhirAttachment | None:
        """What the file of that place is fetched by."""
        paper = self.paper(name.partition("#")[0])
        return next((source for shown, source in paper.files if shown.place == name), None) if paper else None

    def keep_text(self, row: Result, text: str, lost: tuple[str, ...] = ()) -> Result:
        """The row with its text and what of it can't be had, which the next `results` has too."""
        paper = self.paper(row.key)
        if paper is not None:
            papers = self.reports if row.key.startswith("DiagnosticReport/") else self.notes
            kept = paper.row._replace(text=text, missing=lost, unread=bool(lost))
            papers[row.key.partition("/")[2]] = paper._replace(row=kept)
        known = tuple(one for one in row.missing if paper is None or one not in paper.row.missing)
        return row._replace(text=text, missing=(*lost, *known), unread=False)

    # what reports and panels name

    def members(self) -> dict[str, str]:
        """How to ask for the tests that are named and not known."""
        return self.linked.wanted(
            (m for p in self.reports.values() for m in p.members if m.id not in p.inside), self.labs
        )

    def nameless(self) -> set[str]:
        """References whose names are still to be asked for."""
        return nameless_in(self.reports.values(), self.notes.values(), self.labs.values())

    @property
    def context(self) -> ReadingContext:
        """Whose results these are, and by whose clock."""
        return ReadingContext(self.patient_id, self.person, self.zone, self.names.elsewhere)

    def _take_labs(self, page: BundlePage) -> None:
        context = self.context

        def convert(source: Observation) -> Lab:
            return lab_of(source, context)

        for raw, lab in bundles.read(page, "Observation", bundles.observation, convert, self.faults):
            id, key = lab.reading.id, f"Observation/{lab.reading.id}"
            self._saw(lab.labels.updated)
            self._origin_named(key, lab.labels)
            if lab.status in SHOWN:
                self.labs[id], self.raw[key] = lab, raw
                self.faults.show("Observation", id)
            else:
                self.labs.pop(id, None)
                self.raw.pop(key, None)
                self.faults.withhold("Observation", id, lab.status)

    def _take_reports(self, page: BundlePage) -> None:
        def convert(source: DiagnosticReport) -> ClinicalDocument:
            return report_of(source, self.context)

        self._take_papers(self.reports, bundles.read(page, "DiagnosticReport", bundles.report, convert, self.faults))

    def _take_notes(self, page: BundlePage) -> None:
        def convert(source: DocumentReference) -> ClinicalDocument:
            return note_of(source, self.context)

        self._take_papers(self.notes, bundles.read(page, "DocumentReference", bundles.document, convert, self.faults))

    def _take_papers(
        self, known: dict[str, ClinicalDocument], papers: Iterable[tuple[msgspec.Raw, ClinicalDocument]]
    ) -> None:
        for raw, paper in papers:
            self._saw(paper.labels.updated)
            self._origin_named(paper.row.key, paper.labels)
            kind, _, id = paper.row.key.partition("/")
            if paper.status in SHOWN:
                known[id], self.raw[paper.row.key] = paper, raw
                self.faults.show(kind, id)
            else:
                known.pop(id, None)
                self.raw.pop(paper.row.key, None)
                self.faults.withhold(kind, id, paper.status)

    def _take_origins(self, page: BundlePage) -> None:
        self.origins.update(origins_on(page, self.faults))

    def _origin_named(self, key: str, said: Labels) -> None:
        if said.partner:
            self.origins.setdefault(key, CommunitySource(said.partner, said.imported))

    def _saw(self, updated: datetime | None) -> None:
        if updated is not None and (self.since is None or updated > self.since):
            self.since = updated
