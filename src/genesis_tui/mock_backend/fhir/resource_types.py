"""The one table of what FHIR is served: routes, the CapabilityStatement and tests come from it."""

from dataclasses import dataclass
from typing import Final, Literal

Form = Literal["token", "reference", "date", "string", "id"]

FORMS: Final[dict[str, Form]] = {
    "-location": "reference",
    "_id": "id",
    "_lastUpdated": "date",
    "actor": "reference",
    "category": "token",
    "clinical-status": "token",
    "code": "token",
    "date": "date",
    "identifier": "token",
    "intent": "token",
    "lifecycle-status": "token",
    "name": "string",
    "organization": "reference",
    "patient": "reference",
    "practitioner": "reference",
    "schedule": "reference",
    "service-type": "token",
    "start": "date",
    "status": "token",
    "target": "reference",
    "type": "token",
}
"""Every search parameter that any type knows, and how its values are written."""

POST_ONLY: Final = frozenset({"name", "identifier"})
"""Searched by `POST …/_search`, never in a URL (WIRE)."""

_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"


@dataclass(frozen=True, slots=True)
class ResourceType:
    """How one resource type is served.

    `params` are its search parameters, `needs` the sets of which a search must carry at least one whole; `count` and
    `most` the default and the greatest page size. A `directory` type belongs to no patient. Without `params` it is
    only read by id.
    """

    type: str
    params: tuple[str, ...] = ()
    needs: tuple[frozenset[str], ...] = ()
    count: int = 50
    most: int = 200
    include: str = ""
    provenance: bool = False
    directory: bool = False
    profile: str = ""

    @property
    def searchable(self) -> bool:
        """Whether there is a search besides the read by id."""
        return bool(self.params)

    @property
    def sorted(self) -> bool:
        """Whether a search takes `_sort`: by date, either way."""
        return "date" in self.params


def _clinical(resource_type: str, *params: str, profile: str = "", count: int = 50, most: int = 200) -> ResourceType:
    return ResourceType(
        resource_type,
        params=("_id", "patient", *params),
        needs=(frozenset({"patient"}), frozenset({"_id"})),
        count=count,
        most=most,
        provenance=True,
        profile=_US_CORE + profile if profile else "",
    )


def _by_any(resource_type: str, *params: str, profile: str = "", directory: bool = False) -> ResourceType:
    """A type that is searched by any one of its parameters."""
    needs = tuple(frozenset({param}) for param in ("_id", *params))
    named = _US_CORE + profile if profile else ""
    return ResourceType(resource_type, ("_id", *params), needs, directory=directory, profile=named)


def _directory(resource_type: str, *params: str, profile: str = "") -> ResourceType:
    return _by_any(resource_type, *params, profile=profile, directory=True)


_DOCUMENT_PARAMS: Final = ("type", "category", "status", "date", "_lastUpdated")
TABLE: Final[tuple[ResourceType, ...]] = (
    _clinical("Observation", "category", "code", "date", "_lastUpdated"),
    _clinical("DiagnosticReport", "category", "code", "date", "_lastUpdated", count=10, most=100),
    _clinical("DocumentReference", *_DOCUMENT_PARAMS, profile="documentreference", count=10, most=100),
    ResourceType("Binary"),
    _by_any("Patient", "identifier", "name", profile="patient"),
    _by_any("RelatedPerson", "patient", "identifier", "name", profile="relatedperson"),
    ResourceType(
        "Consent",
        params=("_id", "patient", "actor", "status"),
        needs=(frozenset({"_id"}), frozenset({"patient"}), frozenset({"actor"})),
        include="Consent:patient",
    ),
    _clinical("Immunization", "status", "date", "_lastUpdated", profile="immunization"),
    _clinical("AllergyIntolerance", "clinical-status", "date", "_lastUpdated", profile="allergyintolerance"),
    _clinical("Condition", "category", "clinical-status", "date", "_lastUpdated"),
    _clinical("Procedure", "status", "date", "_lastUpdated", profile="procedure"),
    _clinical("Encounter", "status", "date", "_lastUpdated", profile="encounter"),
    _clinical("MedicationRequest", "status", "intent", "_lastUpdated", profile="medicationrequest"),
    _clinical("MedicationDispense", "status", "_lastUpdated", profile="medicationdispense"),
    _clinical("MedicationAdministration", "status", "_lastUpdated"),
    _clinical("MedicationStatement", "status", "_lastUpdated"),
    _clinical("CarePlan", "category", "status", "date", "_lastUpdated"),
    _clinical("Goal", "lifecycle-status", "_lastUpdated"),
    _clinical("ServiceRequest", "category", "status", "_lastUpdated"),
    _clinical("Device", "status", "_lastUpdated"),
    _clinical("FamilyMemberHistory", "status", "date", "_lastUpdated"),
    _clinical("Coverage", "status", "_lastUpdated"),
    _clinical("QuestionnaireResponse", "status", "_lastUpdated"),
    _clinical("ImagingStudy", "status", "_lastUpdated"),
    ResourceType(
        "Appointment",
        params=("_id", "patient", "date", "status", "_lastUpdated"),
        needs=(frozenset({"patient", "date"}), frozenset({"patient", "_lastUpdated"}), frozenset({"_id"})),
        provenance=True,
    ),
    _clinical("CareTeam", "status", profile="careteam"),
    _directory("Practitioner", "identifier", "name", profile="practitioner"),
    _directory("PractitionerRole", "practitioner", "organization", profile="practitionerrole"),
    _directory("Organization", "identifier", "name", profile="organization"),
    _directory("Location", "identifier", "name", profile="location"),
    _directory("Medication"),
    _directory("HealthcareService", "service-type", "organization"),
    _directory("Schedule", "service-type"),
    ResourceType(
        "Slot",
        params=("_id", "service-type", "start", "-location", "schedule"),
        needs=(frozenset({"service-type", "start"}), frozenset({"_id"})),
        directory=True,
    ),
    _directory("Questionnaire"),
    _by_any("Provenance", "target", profile="provenance"),
)

KINDS: Final = {kind.type: kind for kind in TABLE}
