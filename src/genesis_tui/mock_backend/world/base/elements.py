"""FHIR elements that every kind of resource uses, and the code systems they name."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from genesis_tui.mock_backend.world.base.world import Json

OURS = "https://genesis-tui.example/fhir"
REVIEWED = f"{OURS}/StructureDefinition/reviewed-by-clinician"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX = "http://hl7.org/fhir/sid/cvx"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
TERMS = "http://terminology.hl7.org/CodeSystem"
DOD_ID = "urn:oid:2.16.840.1.113883.3.42.10001.100001.12"
MRN = f"{OURS}/NamingSystem/mrn"

RESTRICTED: Json = {"system": f"{TERMS}/v3-Confidentiality", "code": "R", "display": "restricted"}
IMPORTED = f"{OURS}/StructureDefinition/imported"
VISIT_MODE = f"{OURS}/StructureDefinition/visit-mode"
STATUS_HISTORY = f"{OURS}/StructureDefinition/status-history"
VISIT_TYPE = f"{OURS}/CodeSystem/visit-type"
TIMEZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
"""HL7's extension for the IANA zone of a place."""
ORIGIN = f"{OURS}/CodeSystem/origin"


@lru_cache(maxsize=4096)
def coding(system: str, code: str, display: str) -> Json:
    """One Coding; the same dict for the same words, since bodies share parts."""
    return {"system": system, "code": code, "display": display} if display else {"system": system, "code": code}


@lru_cache(maxsize=4096)
def concept(system: str, code: str, display: str, text: str = "") -> Json:
    """A CodeableConcept with one coding; `text` is how the system that wrote it names it."""
    return {"coding": [coding(system, code, display)], "text": text or display}


def reference(kind: str, identity: str, display: str = "") -> Json:
    """A relative reference, with the words a person reads."""
    target = f"{kind}/{identity}"
    return {"reference": target, "display": display} if display else {"reference": target}


def named(system: str, code: str, display: str, text: str = "") -> Json:
    """A CodeableConcept of what may have no code: then its words alone."""
    return concept(system, code, display, text) if code else {"text": text or display}


def quantity(value: float, unit: str, code: str) -> Json:
    """A UCUM Quantity; `unit` is what prints, empty for a bare number."""
    return {"value": value, **({"unit": unit} if unit else {}), "system": UCUM, "code": code}


def plain_number(value: float) -> float | int:
    """The value without a fraction of nought: JSON would carry 90.0."""
    return int(value) if value == int(value) else value


@lru_cache(maxsize=2)
def reviewed(*, by_clinician: bool) -> list[Json]:
    """Our extension that says whether a clinician has reviewed a result (REL-4)."""
    return [{"url": REVIEWED, "valueBoolean": by_clinician}]


def imported(at: datetime) -> Json:
    """Our extension that says when a community record was imported (JHIE-1)."""
    return {"url": IMPORTED, "valueInstant": stamp(at)}


def stamp(instant: datetime) -> str:
    """An instant as FHIR writes it, with its zone's own offset."""
    return instant.isoformat()


def meta(*, sensitive: bool = False, partner: str = "") -> dict[str, Any]:
    """`{"meta": …}` for the labels a resource carries, or nothing. `partner` names whom it came from (JHIE-1).

    A Provenance would say it too, but the outside judge of our FHIR cannot read US Core's profile of it: it rejects
    US Core's own example.
    """
    labels: Json = {}
    if sensitive:
        labels["security"] = [RESTRICTED]
    if partner:
        labels["tag"] = [coding(ORIGIN, "community", partner)]
    return {"meta": labels} if labels else {}
