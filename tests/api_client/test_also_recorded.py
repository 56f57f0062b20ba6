"""What stands under Also recorded: every element that nothing else says, in words, and no other."""

from typing import Any

import pytest

from genesis_tui.api_client.fhir.also_recorded.said import Said, Visible
from genesis_tui.api_client.fhir.results.patient_results import PatientResults
from genesis_tui.models.base.also_recorded import labelled
from tests.api_client.record_of import EVERY, PATIENT, US, one, page, shelf, vital


def also(kind: str, **more: Any) -> list[tuple[str, str]]:
    """Labels and texts of a resource that says no more than it must, and this."""
    known = shelf(EVERY[kind][0], one(kind, **more))
    (entry,) = known.entries().rows
    return labelled(known.also(entry))


DOSAGES = [
    {"text": "twice a day"},
    {"text": "at night", "sequence": 7},
]
MORE: list[tuple[str, dict[str, Any], tuple[str, str]]] = [
    (
        "MedicationRequest",
        {"dosageInstruction": DOSAGES},
        ("Dosage instruction, 2 › Sequence", "7"),
    ),
    ("Condition", {"unheardOf": [{"deeper": 5.25}]}, ("Unheard of › Deeper", "5.25")),
    (
        "Condition",
        {"extension": [{"url": "http://a.example/StructureDefinition/blood-line", "valueCode": "o-neg"}]},
        ("Blood line", "o-neg"),
    ),
    (
        "Condition",
        {"_recordedDate": {"extension": [{"url": "http://a.example/said-by", "valueString": "a neighbour"}]}},
        ("Recorded date › Said by", "a neighbour"),
    ),
    (
        "Condition",
        {"contained": [{"resourceType": "Practitioner", "id": "p", "active": False}]},
        ("Contained practitioner › Active", "No"),
    ),
    (
        "Condition",
        {"code": {"text": "COVID-19", "coding": [{"system": "http://snomed.info/sct", "code": "840539006"}]}},
        ("Code", "COVID-19; 840539006 (SNOMED CT)"),
    ),
    (
        "Condition",
        {"text": {"status": "additional", "div": "<div><p>Told by <b>phone</b></p><p>Twice</p></div>"}},
        ("Narrative (additional)", "Told by phone\nTwice"),
    ),
    (
        "Procedure",
        {"location": {"reference": "Location/9", "display": "Theatre 2"}},
        ("Location", "Theatre 2 (Location/9)"),
    ),
]


@pytest.mark.parametrize(("kind", "body", "expected"), MORE, ids=[expected[0] for _, _, expected in MORE])
def test_an_element_stands_there_in_words(kind: str, body: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in also(kind, **body)


@pytest.mark.rule("REC-9")
def test_what_changes_the_meaning_stands_first_whatever_else_is_said() -> None:
    modifier = {"url": "http://a.example/not-this-person", "valueString": "COVID-19"}
    found = also("Condition", note=[{"time": "2026-01-01"}], modifierExtension=[modifier])
    assert found[0] == ("Changes what is said: Not this person", "COVID-19")


def test_what_the_detail_says_is_not_said_twice() -> None:
    labels = [label for label, _ in also("Immunization", lotNumber="A7", site={"text": "Left arm"})]
    assert not {"Lot number", "Site", "Occurrence", "Vaccine code", "Patient"} & set(labels)


def test_a_short_value_is_said_by_its_own_element_alone() -> None:
    seen = Visible([Said("5 mg", "Dose", ("dose",)), Said("Take with a glass of water", "Notes", ("note.text",))])
    assert seen.says("Take with a glass of water", ("elsewhere",))
    assert seen.says(5, ("dose", "value"))
    assert not seen.says(5, ("sequence",))
    assert not Visible([Said("15 mg", paths=("dose",))]).says(5, ("dose", "value"))
    assert not Visible([Said("5.4 mg", paths=("dose",))]).says(5, ("dose", "value"))


def test_what_holds_for_each_test_of_a_panel_stands_once() -> None:
    values = [vital(id, 70, at="2026-01-01", category="laboratory", device={"display": "Roche X"}) for id in "ab"]
    values[1]["code"] = {"text": "Other rate"}
    values[1]["method"] = {"text": "by hand"}
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "subject": US,
        "code": {"text": "Panel"},
    }
    report["result"] = [{"reference": "Observation/a"}, {"reference": "Observation/b"}]
    chart = PatientResults(PATIENT)
    for kind in ("Observation", "DiagnosticReport"):
        chart.take(kind, page(*values, report))
    (row,) = chart.results().rows
    found = labelled(chart.also(row))
    assert found.count(("Each › Device", "Roche X")) == 1
    assert ("Other rate › Method", "by hand") in found
    assert ("Heart rate › Device", "Roche X") not in found


def test_a_prescription_tells_what_its_medication_holds() -> None:
    order = one("MedicationRequest", medicationCodeableConcept=None, medicationReference={"reference": "Medication/m"})
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "Lisinopril"}, "batch": {"lotNumber": "L9"}}
    known = shelf("medications", order, drug)
    (entry,) = known.entries().rows
    assert entry.title == "Lisinopril"
    assert ("Medication › Batch › Lot number", "L9") in labelled(known.also(entry))
