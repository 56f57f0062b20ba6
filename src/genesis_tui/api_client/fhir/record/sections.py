"""What is asked for each section of the record, and which sections a server offers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from genesis_tui.api_client.fhir.attachments.content import readable
from genesis_tui.api_client.fhir.capability import ServerCapabilities
from genesis_tui.api_client.fhir.client import FhirClient, FhirSearch, rounds
from genesis_tui.api_client.fhir.linked.provenance import find_origins
from genesis_tui.api_client.fhir.record import counts, sections
from genesis_tui.api_client.fhir.record.forms import find_forms
from genesis_tui.api_client.fhir.record.patient_section import PatientSection, Wanted
from genesis_tui.api_client.fhir.results.documents import cant_be_had
from genesis_tui.api_client.fhir.results.load import of_patient
from genesis_tui.api_client.fhir.results.members import find_members, find_person
from genesis_tui.api_client.fhir.results.patient_results import PatientResults
from genesis_tui.api_client.fhir.values import BadEntry
from genesis_tui.api_client.http.paging import LoadSize
from genesis_tui.models.base.errors import BadAnswer, HostRefused, Refused, ServerFault
from genesis_tui.models.base.files import Attachment, FileContent
from genesis_tui.models.base.ledger import LedgerLine, type_words
from genesis_tui.models.record import SECTIONS, Entries, Entry, Section, missing_facts
from genesis_tui.models.record import section as section_of
from genesis_tui.models.results.result import ResultKind

_SHOWN_ELSEWHERE = frozenset({"laboratory", "vital-signs", "social-history"})
"""Categories of Observation that have a section of their own."""
_NO_RECORD = frozenset(
    {
        *("Patient", "Provenance", "AuditEvent", "Binary", "Group", "Subscription"),
        *("Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService", "Endpoint"),
        *("Medication", "Questionnaire", "Substance", *counts.BESIDE),
    }
)
"""Who it is and what stands beside the entries that it is about; and what is nobody's."""
_WORDS = {
    "MedicationRequest": "prescriptions",
    "MedicationDispense": "dispenses",
    "MedicationStatement": "medications that were reported",
    "MedicationAdministration": "medications that were given",
}


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """The types of a section. `category` is asked for; `wanted` says what of the answer belongs here."""

    types: tuple[str, ...]
    category: str = ""
    wanted: Wanted = lambda _: True


def _filed(category: str) -> SectionPlan:
    return SectionPlan(("Observation",), category, lambda codes: category in codes)


PLANS: dict[str, SectionPlan] = {
    "immunizations": SectionPlan(("Immunization",)),
    "medications": SectionPlan(tuple(_WORDS)),
    "allergies": SectionPlan(("AllergyIntolerance",)),
    "conditions": SectionPlan(("Condition",)),
    "vitals": _filed("vital-signs"),
    "procedures": SectionPlan(("Procedure",)),
    "visits": SectionPlan(("Encounter",)),
    "appointments": SectionPlan(("Appointment",)),
    "documents": SectionPlan(("DocumentReference",), wanted=lambda codes: "clinical-note" not in codes),
    "careteam": SectionPlan(("CareTeam",)),
    "careplans": SectionPlan(("CarePlan",)),
    "goals": SectionPlan(("Goal",)),
    "family-history": SectionPlan(("FamilyMemberHistory",)),
    "social": _filed("social-history"),
    "devices": SectionPlan(("Device",)),
    "orders": SectionPlan(("ServiceRequest",)),
    "imaging": SectionPlan(("ImagingStudy",)),
    "forms": SectionPlan(("QuestionnaireResponse",)),
    "coverage": SectionPlan(("Coverage",)),
    "other": SectionPlan(("Observation",), wanted=lambda codes: codes.isdisjoint(_SHOWN_ELSEWHERE)),
}
_OWNERS = {"Appointment": "actor", "Coverage": "beneficiary"}
"""What some servers search a type by instead of `patient`."""
_RESULTS = {ResultKind.NOTE: ("DocumentReference",), ResultKind.LAB: ("Observation", "DiagnosticReport")}


async def offered(fhir: FhirClient) -> tuple[Section, ...]:
    """The sections that a server offers, by its CapabilityStatement; those across sections go without saying."""
    return offered_by(await fhir.offers())


def offered_by(offers: ServerCapabilities) -> tuple[Section, ...]:
    """The sections of which at least one type can be searched for one patient."""

    def given(section: Section) -> bool:
        return any(_whose(offers, kind, "") for kind in types_of(section, offers))

    return tuple(section for section in SECTIONS if section.across or given(section))


def shelf_for(patient_id: str, section: str) -> PatientSection:
    """An empty shelf for a section."""
    return PatientSection(patient_id, section, PLANS[section].wanted)


def more_types(offers: ServerCapabilities) -> tuple[str, ...]:
    """Types that no section is made for and that the server lists as a patient's: they go to "Other" (REC-8)."""
    known = {*every_type(), *_NO_RECORD}
    listed = (kind for kind in offers.searchable() if kind not in known)
    return tuple(kind for kind in listed if offers.lists(kind, "patient") or offers.lists(kind, "subject"))


async def fill(fhir: FhirClient, shelf: PatientSection) -> AsyncIterator[Entries]:
    """Growing entries, the last ones complete. A type that is refused leaves the others of its section.

    Raises:
        ApiError: nothing of the section can be had, or nothing of this patient may stay.
    """
    offers = await fhir.offers()
    shelf.names.elsewhere = fhir.elsewhere
    plan = PLANS[shelf.section]
    load = LoadSize()
    types = types_of(section_of(shelf.section), offers)
    searches = [_search(fhir, offers, shelf, kind, plan, load) for kind in types if _whose(offers, kind, "")]
    shelf.faults.begin()
    told = 0
    async for pages in rounds(searches, shelf.faults):
        for search, page in pages:
            shelf.take(search.kind, page)
        if any(not s.done for s in searches) and shelf.size() >= 2 * told:
            told = shelf.size()
            yield shelf.entries(complete=False)
    await shelf.names.find(fhir, offers, shelf.references(), load)
    if any(shelf.nameless_forms()):
        shelf.forms |= await find_forms(fhir, offers, shelf.names, shelf.nameless_forms(), load)
    shelf.name()
    await find_members(fhir, offers, shelf, load)
    await find_person(fhir, shelf)
    await find_origins(fhir, offers, shelf, load)
    shelf.finished()
    yield shelf.entries()


def every_type() -> tuple[str, ...]:
    """All types that sections are made of, in their order."""
    return tuple(dict.fromkeys(kind for section in SECTIONS if not section.across for kind in types_of(section)))


def types_of(section: Section, offers: ServerCapabilities | None = None) -> tuple[str, ...]:
    """The types that a section is made of, on a server that offers so much; none where it gathers from others."""
    if section.across:
        return ()
    if section.id == "other" and offers is not None:
        return (*PLANS[section.id].types, *more_types(offers))
    return _RESULTS.get(section.kind, ("DiagnosticReport",)) if section.kind else PLANS[section.id].types


def _whose(offers: ServerCapabilities, kind: str, patient_id: str) -> dict[str, str]:
    """The parameter for one patient; empty where the server has none, so that nobody else's records are asked for."""
    usual = of_patient(offers, kind, patient_id)
    name = _OWNERS.get(kind, "")
    return usual or ({name: f"Patient/{patient_id}"} if name and offers.parameter(kind, name) else {})


def _search(
    fhir: FhirClient, offers: ServerCapabilities, shelf: PatientSection, kind: str, plan: SectionPlan, load: LoadSize
) -> FhirSearch:
    """No parameter is sent that the server does not know; it sorts where it lists that it can."""
    wanted = {"_count": "100", "category": plan.category}
    if offers.lists(kind, "_sort") and offers.lists(kind, "date"):
        wanted["_sort"] = "-date"
    if kind == "Appointment":
        wanted["date"] = "ge1900-01-01"
    sent = {
        name: value for name, value in wanted.items() if value and (name == "_count" or offers.parameter(kind, name))
    }
    search = fhir.search(kind, {**_whose(offers, kind, shelf.patient_id), **sent}, load)
    search.all = "category" not in sent
    known = kind in PLANS[shelf.section].types
    return search.called(_WORDS.get(kind, section_of(shelf.section).noun if known else type_words(kind).lower()))


class FhirRecord:
    """One server's record. Every call may raise `ApiError`."""

    def __init__(self, fhir: FhirClient) -> None:
        """Made by `Server.record`."""
        self._fhir = fhir

    async def sections(self) -> tuple[Section, ...]:
        """The sections that the server offers."""
        return await sections.offered(self._fhir)

    async def types(self) -> dict[str, tuple[str, ...]]:
        """The types that each section is made of here, by its id."""
        offers = await self._fhir.offers()
        return {section.id: sections.types_of(section, offers) for section in sections.offered_by(offers)}

    async def beside(self, patient_id: str) -> tuple[LedgerLine, ...]:
        """What the server holds of the patient that is no part of the record."""
        return await counts.beside(self._fhir, patient_id)

    async def not_offered(self) -> tuple[str, ...]:
        """The types of all sections that the server does not offer."""
        offers = await self._fhir.offers()
        return tuple(kind for kind in sections.every_type() if not offers.type(kind))

    def shelf(self, patient_id: str, section: str) -> PatientSection:
        """An empty shelf."""
        return sections.shelf_for(patient_id, section)

    def fill(self, shelf: PatientSection) -> AsyncIterator[Entries]:
        """Entries, page by page."""
        return sections.fill(self._fhir, shelf)

    async def text(self, shelf: PatientSection, entry: Entry) -> Entry:
        """The entry with the text of its first attachment that is text."""
        found = next((one for one in entry.attachments if one.readable), None)
        if found is None:
            return entry
        try:
            content = await self.content(shelf, found)
        except (Refused, BadAnswer, HostRefused, ServerFault) as error:
            lost = cant_be_had(found.title, error.detail or error.title, error.rule)
            return replace(entry, facts=(*entry.facts, *missing_facts((lost,))))
        return shelf.keep_text(entry, readable(content.body, found.content_type).strip("\n") or "None recorded")

    async def content(self, known: PatientSection | PatientResults, attachment: Attachment) -> FileContent:
        """What an attachment holds; `known` is the section, or the chart, that it belongs to.

        Raises:
            HostRefused: its address is not below this server's base (HOST-1).
            BadAnswer: there is nothing, or nothing that can be read.
        """
        place = known.place(attachment.place)
        if place is None or not (place.data or place.url):
            raise BadAnswer(
                "The server names this file and does not say where it is.", next="Ask your care team for it."
            )
        try:
            return await self._fhir.content(place)
        except BadEntry as error:
            raise BadAnswer("The file can't be read.", detail=f"It holds {error}.") from None
