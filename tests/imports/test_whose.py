"""Whose a resource is: attributed by what it names, never by guess; what cannot be attributed is counted by reason."""

from base64 import b64encode
from typing import Any

import pytest

from genesis_tui.mock_backend.fhir.resource_types import TABLE
from genesis_tui.mock_backend.mock import Mock
from tests.imports.conftest import Import, Json, Write, lab, patient, refused, stored

REFERENCE = {"reference": "Patient/1"}
BY_PATIENT = ("RelatedPerson", "Consent", "Immunization", "AllergyIntolerance", "FamilyMemberHistory", "Device")
ELSEWHERE: dict[str, Json] = {
    "Appointment": {"participant": [{"actor": {"reference": "Practitioner/9"}}, {"actor": REFERENCE}]},
    "Coverage": {"beneficiary": REFERENCE, "subscriber": {"reference": "Patient/2"}},
    "Provenance": {"target": [REFERENCE]},
    "Binary": {"securityContext": REFERENCE, "contentType": "text/plain"},
    "Patient": {"name": [{"text": "Ada Stone"}]},
}


def _of_the_patient(kind: str) -> Json:
    named = {"patient": REFERENCE} if kind in BY_PATIENT else {"subject": REFERENCE}
    return {"resourceType": kind, "id": "1" if kind == "Patient" else "x", **ELSEWHERE.get(kind, named)}


@pytest.mark.parametrize("kind", [kind.type for kind in TABLE if kind.type != "Slot"])
def test_every_served_type_finds_its_patient(small: Mock, write: Write, take: Import, kind: str) -> None:
    report = take(write("x.json", _of_the_patient(kind)), write("p.ndjson", patient(), patient("2")))
    assert report.taken[kind] == (2 if kind == "Patient" else 1)
    directory = next(one.directory for one in TABLE if one.type == kind)
    own_id = "1" if kind == "Patient" else "x"
    assert stored(small)[f"{kind}/clinic-{own_id}"]["_patient"] == ("" if directory else "clinic-1")


ORPHANS: list[tuple[str, Json]] = [
    ("names-no-patient", {"subject": None}),
    ("names-no-patient", {"subject": []}),
    ("unknown-patient", {"subject": {"reference": "Patient/9"}}),
    ("unknown-patient", {"subject": {"reference": "urn:uuid:0"}}),
    ("unknown-patient", {"subject": {"reference": "http://else.example/Patient/1"}}),
    ("patient-is-contained", {"subject": {"reference": "#1"}, "contained": [patient()]}),
    ("patient-not-by-reference", {"subject": {"identifier": {"value": "1"}}}),
    ("patient-not-by-reference", {"subject": "Patient/1"}),
    ("patient-not-by-reference", {"subject": {"reference": {"Patient": 1}}}),
    ("subject-is-no-patient", {"subject": {"reference": "Group/1"}}),
    ("several-patients", {"subject": [REFERENCE, {"reference": "Patient/2"}]}),
]


@pytest.mark.rule("FAM-9")
@pytest.mark.parametrize(("reason", "named"), ORPHANS)
def test_what_names_nobody_known_is_not_taken(
    small: Mock, write: Write, take: Import, reason: str, named: dict[str, Any]
) -> None:
    home = lab("home", whose="http://home.example/Patient/1")
    report = take(write("x.ndjson", home, patient(), patient("2"), lab(**named)))
    assert refused(report) == {reason: 1}
    assert set(stored(small)) == {"Patient/clinic-1", "Patient/clinic-2", "Observation/clinic-home"}
    (spot,) = report.refused.spots["Observation", reason]
    assert spot == ("x.ndjson", "line 4")


@pytest.mark.rule("FAM-9")
def test_an_appointment_of_two_patients_is_neithers(write: Write, take: Import) -> None:
    both = [{"actor": REFERENCE}, {"actor": {"reference": "Patient/2"}}]
    visit = {"resourceType": "Appointment", "id": "v", "participant": both}
    assert refused(take(write("x.ndjson", visit, patient(), patient("2")))) == {"several-patients": 1}


def _note(note_id: str, whose: str = "1", **more: Any) -> Json:
    content = [{"attachment": {"contentType": "text/plain", "url": "http://x.example/fhir/Binary/text"}}]
    return {
        "resourceType": "DocumentReference",
        "id": note_id,
        "status": "current",
        "subject": {"reference": f"http://x.example/fhir/Patient/{whose}"},
        "content": content,
        **more,
    }


TEXT = {"resourceType": "Binary", "id": "text", "contentType": "text/plain", "data": b64encode(b"A note.").decode()}


def test_an_attachment_belongs_to_whom_its_note_belongs(small: Mock, write: Write, take: Import) -> None:
    take(write("x.ndjson", TEXT, _note("n"), patient(), patient("2")))
    there = stored(small)
    assert there["Binary/clinic-text"]["_patient"] == "clinic-1"
    assert there["DocumentReference/clinic-n"]["content"][0]["attachment"]["url"] == "Binary/clinic-text"


@pytest.mark.rule("FAM-9")
def test_an_attachment_of_two_patients_notes_is_neithers(small: Mock, write: Write, take: Import) -> None:
    report = take(write("x.ndjson", TEXT, _note("n"), _note("m", "2"), patient(), patient("2")))
    assert refused(report) == {"several-patients": 1}
    assert "Binary/clinic-text" not in stored(small)


@pytest.mark.rule("FAM-7", "REL-3")
def test_an_attachment_is_as_hidden_and_as_sensitive_as_its_note(small: Mock, write: Write, take: Import) -> None:
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    take(write("x.ndjson", TEXT, _note("n", status="entered-in-error", meta={"security": [label]}), patient()))
    there = stored(small)
    assert all(there[key]["_hidden"] and there[key]["_sensitive"] for key in there if not key.startswith("Patient"))


@pytest.mark.rule("FAM-7")
def test_what_points_to_a_labelled_entry_is_as_sensitive(small: Mock, write: Write, take: Import) -> None:
    """Whichever comes first, for people who are new and for those who were imported before."""
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY"}
    visit = {"resourceType": "Encounter", "id": "e", "subject": REFERENCE}

    def sensitive() -> list[str]:
        return sorted(key for key, one in stored(small).items() if one["_sensitive"])

    points = {"resourceType": "Condition", "id": "c", "subject": REFERENCE, "encounter": {"reference": "Encounter/e"}}
    take(write("a.ndjson", points, visit | {"meta": {"security": [label]}}, patient()))
    assert sensitive() == ["Condition/clinic-c", "Encounter/clinic-e"]
    take(write("b.ndjson", points | {"id": "d"}))
    assert sensitive() == ["Condition/clinic-c", "Condition/clinic-d", "Encounter/clinic-e"]
    take(write("c.ndjson", visit))
    assert sensitive() == []


def test_an_attachment_that_nothing_names_and_an_origin_of_nothing_are_orphans(write: Write, take: Import) -> None:
    origin = {"resourceType": "Provenance", "id": "o", "target": [{"reference": "Observation/none"}]}
    assert refused(take(write("x.ndjson", TEXT, origin, patient()))) == {"not-referred-to": 1, "unknown-target": 1}


@pytest.mark.rule("FAM-9")
def test_an_origin_of_two_patients_entries_is_neithers(write: Write, take: Import) -> None:
    targets = [{"reference": "Observation/a"}, {"reference": "Observation/b"}]
    origin = {"resourceType": "Provenance", "id": "o", "target": targets}
    resources = origin, lab("a"), lab("b", whose="Patient/2"), patient(), patient("2")
    assert refused(take(write("x.ndjson", *resources))) == {"several-patients": 1}


def test_types_that_are_not_served_are_counted_as_such(write: Write, take: Import) -> None:
    report = take(write("x.ndjson", patient(), {"resourceType": "Claim", "id": "c"}, {"resourceType": "x" * 5000}))
    assert refused(report) == {"not-served": 2}
    assert all(len(kind) <= 64 for kind, _ in report.refused.counts)


def test_a_resource_filed_under_two_categories_is_found_under_both(small: Mock, write: Write, take: Import) -> None:
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    both = [{"coding": [{"system": system, "code": code}]} for code in ("vital-signs", "laboratory")]
    take(write("x.ndjson", patient(), lab(category=both)))
    with small.database.begin() as conn:
        row = conn.exec_driver_sql("SELECT row, category FROM resource WHERE id = 'clinic-a'").one()
        found = conn.exec_driver_sql(
            "SELECT code FROM token WHERE row = ? AND param = 'category'", (row.row,)
        ).scalars()
        assert (row.category, list(found)) == ("laboratory", ["vital-signs"])
