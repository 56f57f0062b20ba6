"""Everything that others wrote and that lies beside the clone imports, each type in its exact number."""

from collections import Counter
from pathlib import Path

import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.imports.conftest import Import, refused, stored

TAKEN = {
    "clinosim-0.6.5-seed7": {
        "AllergyIntolerance": 85,
        "CareTeam": 255,
        "Condition": 255,
        "Coverage": 75,
        "Device": 3,
        "DiagnosticReport": 196,
        "DocumentReference": 70,
        "Encounter": 259,
        "FamilyMemberHistory": 210,
        "ImagingStudy": 21,
        "Immunization": 901,
        "Location": 73,
        "MedicationAdministration": 325,
        "MedicationRequest": 449,
        "Observation": 4678,
        "Organization": 21,
        "Patient": 75,
        "Practitioner": 111,
        "PractitionerRole": 111,
        "Procedure": 28,
        "ServiceRequest": 1053,
    },
    "hl7-fhir-r4-examples-4.0.1": {
        "AllergyIntolerance": 6,
        "Appointment": 3,
        "Binary": 2,
        "CarePlan": 8,
        "Condition": 12,
        "Consent": 11,
        "DiagnosticReport": 3,
        "DocumentReference": 1,
        "Encounter": 10,
        "Goal": 2,
        "HealthcareService": 1,
        "Immunization": 5,
        "Location": 6,
        "Medication": 23,
        "MedicationDispense": 31,
        "MedicationRequest": 40,
        "Observation": 44,
        "Organization": 13,
        "Patient": 22,
        "Practitioner": 14,
        "PractitionerRole": 1,
        "Procedure": 14,
        "Provenance": 2,
        "Questionnaire": 7,
        "Schedule": 3,
        "QuestionnaireResponse": 3,
        "RelatedPerson": 5,
        "ServiceRequest": 15,
    },
    "medplum-mock-simpsons": {
        "Patient": 5,
        "Organization": 2,
        "Practitioner": 1,
        "Questionnaire": 4,
        "Schedule": 1,
        "QuestionnaireResponse": 2,
        "RelatedPerson": 2,
        "DiagnosticReport": 1,
        "Observation": 8,
        "ServiceRequest": 1,
    },
    "seeded-errors": {"Observation": 1, "Patient": 1},
    "synthea-2019-r4": {
        "Patient": 3,
        "Organization": 5,
        "Practitioner": 5,
        "Encounter": 51,
        "Observation": 247,
        "Immunization": 57,
        "DiagnosticReport": 5,
        "Procedure": 21,
        "Condition": 15,
        "MedicationRequest": 15,
        "CarePlan": 9,
        "AllergyIntolerance": 8,
        "ImagingStudy": 2,
    },
    "us-core-6.1.0-examples": {
        "AllergyIntolerance": 2,
        "PractitionerRole": 1,
        "Practitioner": 4,
        "Provenance": 2,
        "CarePlan": 1,
        "DocumentReference": 6,
        "CareTeam": 2,
        "Condition": 5,
        "Coverage": 1,
        "Device": 3,
        "Encounter": 3,
        "DiagnosticReport": 5,
        "Goal": 2,
        "Immunization": 1,
        "Location": 2,
        "Medication": 2,
        "MedicationDispense": 1,
        "MedicationRequest": 4,
        "Observation": 114,
        "Organization": 5,
        "Patient": 5,
        "Procedure": 2,
        "Questionnaire": 3,
        "QuestionnaireResponse": 4,
        "RelatedPerson": 1,
        "ServiceRequest": 3,
    },
    "us-core-6.1.0-profiles": {},
}
REFUSED = {
    "clinosim-0.6.5-seed7": {"not-served": 1286, "names-no-patient": 1, "no-resource-type": 2},
    "hl7-fhir-r4-examples-4.0.1": {
        "not-served": 40,
        "unknown-patient": 25,
        "patient-is-contained": 6,
        "names-no-patient": 1,
        "subject-is-no-patient": 1,
        "patient-not-by-reference": 6,
        "unknown-target": 3,
    },
    "medplum-mock-simpsons": {
        "not-served": 72,
        "names-no-patient": 1,
        "unknown-patient": 1,
        "given-again": 3,
        "not-referred-to": 1,
    },
    "seeded-errors": {"given-again": 12},
    "synthea-2019-r4": {"not-served": 117},
    "us-core-6.1.0-examples": {"not-served": 4},
    "us-core-6.1.0-profiles": {"not-served": 59},
}


@pytest.mark.parametrize("name", sorted(TAKEN))
def test_a_dataset_imports_whole(shared: Path, small: Mock, take: Import, name: str) -> None:
    report = take(shared / name)
    assert report.whole
    assert dict(report.taken) == TAKEN[name]
    assert refused(report) == REFUSED[name]
    there = stored(small)
    assert Counter(key.partition("/")[0] for key in there) == TAKEN[name]
    assert report.people == TAKEN[name].get("Patient", 0)


@pytest.mark.parametrize("name", ["clinosim-0.6.5-seed7", "synthea-2019-r4", "us-core-6.1.0-examples"])
def test_importing_it_again_replaces_every_resource_and_adds_none(
    shared: Path, small: Mock, take: Import, name: str
) -> None:
    take(shared / name)
    before = stored(small)
    report = take(shared / name)
    assert (dict(report.taken), dict(report.replaced), report.people) == ({}, TAKEN[name], 0)
    after = stored(small)
    assert after.keys() == before.keys()
    assert {body["meta"]["versionId"] for body in after.values()} == {"2"}


def test_each_file_with_a_seeded_error_is_taken_as_it_is(shared: Path, take: Import) -> None:
    files = sorted((shared / "seeded-errors").iterdir())
    sound = shared / "seeded-errors" / "ok-patient.json"
    kinds = [take(*dict.fromkeys((file, sound)), source=file.stem).taken for file in files]
    assert all(kind["Patient"] == 1 for kind in kinds)
    assert sum(kind["Observation"] for kind in kinds) == sum(
        "pat" not in f.name and "gender" not in f.name and "no-name" not in f.name for f in files
    )
