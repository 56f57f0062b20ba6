"""The words in which the rules speak of a record's parts, and which part each FHIR type and category belongs to."""

from typing import Final

CATEGORIES: Final = (
    "demographics",
    "appointments",
    "messages",
    "immunizations",
    "allergies",
    "results",
    "medications",
    "conditions",
    "vitals",
    "procedures",
    "visits",
    "documents",
    "social",
    "careteam",
    "plans",
    "orders",
    "devices",
    "history",
    "coverage",
    "forms",
)

LIMITED: Final = frozenset({"demographics", "appointments", "messages", "immunizations", "allergies"})
"""FAM-3: what limited access reads."""

DIRECTORY: Final = ""
"""The word of what belongs to no patient: providers, clinics, places."""

OTHER: Final = "*"
"""Stands in `WORDS` for every FHIR category that is not named there."""

WORDS: Final[dict[str, dict[str, str]]] = {
    "Patient": {OTHER: "demographics"},
    "RelatedPerson": {OTHER: "demographics"},
    "Consent": {OTHER: "demographics"},
    "Observation": {
        "laboratory": "results",
        "vital-signs": "vitals",
        "social-history": "social",
        OTHER: "results",
    },
    "DiagnosticReport": {OTHER: "results"},
    "DocumentReference": {"clinical-note": "results", OTHER: "documents"},
    "Binary": {OTHER: "documents"},
    "Immunization": {OTHER: "immunizations"},
    "AllergyIntolerance": {OTHER: "allergies"},
    "Condition": {OTHER: "conditions"},
    "Procedure": {OTHER: "procedures"},
    "Encounter": {OTHER: "visits"},
    "MedicationRequest": {OTHER: "medications"},
    "MedicationDispense": {OTHER: "medications"},
    "MedicationAdministration": {OTHER: "medications"},
    "MedicationStatement": {OTHER: "medications"},
    "CarePlan": {OTHER: "plans"},
    "Goal": {OTHER: "plans"},
    "ServiceRequest": {OTHER: "orders"},
    "Device": {OTHER: "devices"},
    "FamilyMemberHistory": {OTHER: "history"},
    "Coverage": {OTHER: "coverage"},
    "Questionnaire": {OTHER: DIRECTORY},
    "QuestionnaireResponse": {OTHER: "forms"},
    "ImagingStudy": {OTHER: "results"},
    "Appointment": {OTHER: "appointments"},
    "CareTeam": {OTHER: "careteam"},
    "Practitioner": {OTHER: DIRECTORY},
    "PractitionerRole": {OTHER: DIRECTORY},
    "Organization": {OTHER: DIRECTORY},
    "Location": {OTHER: DIRECTORY},
    "Medication": {OTHER: DIRECTORY},
    "HealthcareService": {OTHER: DIRECTORY},
    "Schedule": {OTHER: DIRECTORY},
    "Slot": {OTHER: DIRECTORY},
}


_ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_CONFIDENTIALITY: Final = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_SENSITIVITY: Final = """
    ETH GDIS HIV MST PREGNANT SCA SDV SEX SICKLE SPI BH COGN DVD EMOTDIS MH PSY PSYTHPN SUD ETHUD OPIOIDUD STD TBOO VIO
    IDS DEMO DOB GENDER LIVARG MARST RACE REL B EMPL LOCIS SSP ADOL CEL DIA DRGIS EMP PDS PHY PRS
"""
"""v3-ActCode's InformationSensitivityPolicy, all of it: of conditions, of entities, of roles."""

SENSITIVE: Final = frozenset(
    {(_CONFIDENTIALITY, "R"), (_CONFIDENTIALITY, "V"), *((_ACT_CODE, code) for code in _SENSITIVITY.split())}
)
"""FAM-7: system and code of the labels that keep an entry for the patient alone."""


def word_of(resource_type: str, category: str) -> str:
    """The word for one resource of a type with the FHIR category code it is filed under."""
    words = WORDS[resource_type]
    return words.get(category, words[OTHER])


def words_of(resource_type: str, categories: frozenset[str] = frozenset()) -> frozenset[str]:
    """All words that a search of a type may touch: those of the categories it names, else every one of the type."""
    if not categories:
        return frozenset(WORDS[resource_type].values())
    return frozenset(word_of(resource_type, category) for category in categories)
