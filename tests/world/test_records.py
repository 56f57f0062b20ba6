"""The records tell their stories: years of results, trends that turn, marks of every kind, the rest of a life."""

from base64 import b64decode
from datetime import datetime, timedelta

import pytest

from genesis_tui.mock_backend.fhir.resource_types import TABLE
from genesis_tui.mock_backend.world.build import Resource, World
from tests.world.reading import of, person, series

_LDL, _A1C, _TSH, _FERRITIN, _POTASSIUM = "13457-7", "4548-4", "3016-3", "2276-4", "2823-3"


def _rows(world: World, given: str, family: str) -> list[Resource]:
    """What Results shows: reports and notes, and the tests that no report holds."""
    reports = of(world, given, family, "DiagnosticReport")
    held = {ref["reference"] for r in reports for ref in r.body.get("result", ())}
    alone = [
        r
        for r in of(world, given, family, "Observation")
        if r.body["category"][0]["coding"][0]["code"] == "laboratory" and f"Observation/{r.body['id']}" not in held
    ]
    return [*reports, *of(world, given, family, "DocumentReference"), *alone]


def _text(resource: Resource) -> str:
    return str(resource.body["code"]["text"])


def test_the_sponsor_has_years_of_results(world: World, start: datetime) -> None:
    rows = _rows(world, "Daniel", "Reyes")
    assert len(rows) >= 60
    dates = [
        datetime.fromisoformat(r.body["effectiveDateTime"]) for r in of(world, "Daniel", "Reyes", "DiagnosticReport")
    ]
    assert start - min(dates) > timedelta(days=8 * 365)


def test_the_sponsor_finds_three_new_results(world: World) -> None:
    row = person(world, "Daniel", "Reyes")
    shown = ("final", "amended", "corrected", "appended", "current")
    fresh = {
        _text(r)
        for r in _rows(world, "Daniel", "Reyes")
        if r.final_at and r.final_at.timestamp() * 1_000_000 >= row["seen_before"] and r.body["status"] in shown
    }
    assert fresh == {"Lipid panel", "MRI left knee", "Complete blood count"}


def test_ldl_creeps_up_to_148_unreviewed(world: World, start: datetime) -> None:
    values = series(world, "Daniel", "Reyes", _LDL)
    assert [value for _, value in values] == [108, 112, 119, 116, 124, 127, 136, 141, 133, 148]
    assert timedelta(days=1) < start - values[-1][0] < timedelta(days=6)
    latest = max(
        of(world, "Daniel", "Reyes", "DiagnosticReport"),
        key=lambda r: r.body["effectiveDateTime"] if _text(r) == "Lipid panel" else "",
    )
    assert latest.reviewed_at is None


def test_metformin_brings_the_retiree_s_a1c_down(world: World) -> None:
    values = [value for _, value in series(world, "Walter", "Brennan", _A1C)]
    peak = values.index(max(values))
    assert values[:peak] == sorted(values[:peak])
    assert (values[0], max(values), values[-1]) == (5.8, 8.2, 6.3)
    assert any(
        "Metformin" in r.body["medicationCodeableConcept"]["text"]
        for r in of(world, "Walter", "Brennan", "MedicationRequest")
    )


def test_levothyroxine_brings_the_spouse_s_tsh_back(world: World) -> None:
    values = [value for _, value in series(world, "Elena", "Reyes", _TSH)]
    assert max(values) == 8.7
    assert values[-1] == 1.88


def test_the_daughter_s_ferritin_is_9_and_low(world: World) -> None:
    assert series(world, "Maya", "Reyes", _FERRITIN)[-1][1] == 9
    low = [r.body for r in of(world, "Maya", "Reyes", "Observation") if r.body["code"]["text"] == "Ferritin"]
    latest = max(low, key=lambda body: body["effectiveDateTime"])
    assert latest["interpretation"][0]["coding"][0]["code"] == "L"
    assert latest["referenceRange"][0]["low"]["value"] == 12


def test_a_partner_s_potassium_is_critical_and_says_where_it_is_from(world: World) -> None:
    (high,) = [
        r.body
        for r in of(world, "Daniel", "Reyes", "Observation")
        if r.body["code"]["text"] == "Potassium" and r.body["valueQuantity"]["value"] > 6
    ]
    assert high["interpretation"][0]["coding"][0]["code"] == "HH"
    assert (high["meta"]["tag"][0]["code"], high["meta"]["tag"][0]["display"]) == (
        "community",
        "Lakeview Medical Group",
    )
    assert any(e["url"].endswith("/imported") for e in high["extension"])


@pytest.mark.parametrize("status", ["corrected", "amended", "appended", "preliminary", "entered-in-error"])
def test_reports_of_every_state_are_there(world: World, status: str) -> None:
    assert any(r.body["status"] == status for r in of(world, "Daniel", "Reyes", "DiagnosticReport"))


def test_a_positive_test_says_so(world: World) -> None:
    (covid,) = [
        r.body for r in of(world, "Daniel", "Reyes", "Observation") if r.body["code"]["text"] == "SARS-CoV-2 antigen"
    ]
    assert (covid["valueString"], covid["interpretation"][0]["coding"][0]["code"]) == ("Positive", "POS")


@pytest.mark.parametrize(
    ("given", "family", "low", "high"),
    [
        ("Daniel", "Reyes", 13.2, 16.6),
        ("Elena", "Reyes", 11.6, 15.0),
        ("Maya", "Reyes", 11.5, 15.5),
        ("Leo", "Reyes", 13.0, 16.0),
    ],
)
def test_ranges_follow_age_and_sex(world: World, given: str, family: str, low: float, high: float) -> None:
    found = [r.body for r in of(world, given, family, "Observation") if r.body["code"]["text"] == "Hemoglobin"]
    (bounds,) = max(found, key=lambda body: body["effectiveDateTime"])["referenceRange"]
    assert (bounds["low"]["value"], bounds["high"]["value"]) == (low, high)


def test_a_child_s_range_changes_with_the_years(world: World) -> None:
    found = [r.body for r in of(world, "Maya", "Reyes", "Observation") if r.body["code"]["text"] == "White blood cells"]
    assert len({str(body["referenceRange"]) for body in found}) >= 3


def test_computed_tests_agree_with_what_they_come_from(world: World) -> None:
    for report in of(world, "Daniel", "Reyes", "DiagnosticReport"):
        if _text(report) == "Lipid panel":
            held = {ref["reference"].split("/")[1] for ref in report.body["result"]}
            values = {
                r.body["code"]["text"]: r.body["valueQuantity"]["value"]
                for r in of(world, "Daniel", "Reyes", "Observation")
                if r.body["id"] in held
            }
            assert values["Non-HDL cholesterol"] == values["Cholesterol, total"] - values["HDL cholesterol"]
            assert values["Chol/HDL ratio"] == round(values["Cholesterol, total"] / values["HDL cholesterol"], 1)


@pytest.mark.rule("REC-5")
def test_blood_pressure_is_one_observation_with_two_components(world: World) -> None:
    found = [
        r.body for r in of(world, "Daniel", "Reyes", "Observation") if r.body["code"]["coding"][0]["code"] == "85354-9"
    ]
    assert len(found) >= 12
    assert all([c["code"]["coding"][0]["code"] for c in body["component"]] == ["8480-6", "8462-4"] for body in found)


@pytest.mark.parametrize(
    "kind",
    [
        "Immunization",
        "AllergyIntolerance",
        "Condition",
        "MedicationRequest",
        "MedicationDispense",
        "Encounter",
        "Procedure",
        "Appointment",
        "CareTeam",
        "RelatedPerson",
    ],
)
def test_the_rest_of_the_record_is_there(world: World, kind: str) -> None:
    assert of(world, "Daniel", "Reyes", kind)


def test_the_child_is_vaccinated_by_schedule(world: World) -> None:
    doses = [r.body["vaccineCode"]["text"] for r in of(world, "Maya", "Reyes", "Immunization")]
    assert doses.count("Measles, mumps, rubella") == 2
    assert doses.count("DTaP, hepatitis B and polio") == 3
    assert "Tdap" not in doses


def test_texts_have_no_place_left_open(world: World) -> None:
    read = [r.body for r in world.resources if r.body["resourceType"] == "Binary"]
    read += [f for r in world.resources for f in r.body.get("presentedForm", ()) if "data" in f]
    texts = [b64decode(one["data"]).decode("latin-1") for one in read if not one["contentType"].startswith("image/")]
    assert len(texts) > 80
    assert not [text for text in texts if "{" in text or "}" in text]


def test_the_teen_has_threads_of_the_parent_and_his_own(world: World) -> None:
    leo, names = person(world, "Leo", "Reyes")["id"], {row["id"]: row["given"] for row in world.rows["person"]}
    threads = {row["id"] for row in world.rows["thread"] if row["patient_id"] == leo}
    writers = {
        names[str(m["sender_id"])] for m in world.rows["message"] if m["thread_id"] in threads and m["sender_id"]
    }
    assert writers == {"Daniel", "Elena", "Leo"}


def test_every_type_that_is_served_has_entries(world: World) -> None:
    assert {kind.type for kind in TABLE} - {"Slot"} <= {r.body["resourceType"] for r in world.resources}


def test_awkward_entries_are_among_them(world: World) -> None:
    (refuted,) = [r.body for r in of(world, "Elena", "Reyes", "AllergyIntolerance") if "note" in r.body]
    assert refuted["verificationStatus"]["coding"][0]["code"] == "refuted"
    (opioid,) = [
        r.body["dosageInstruction"][0]
        for r in of(world, "Ruth", "Adeyemi", "MedicationRequest")
        if "Oxycodone" in r.body["medicationCodeableConcept"]["text"]
    ]
    assert opioid["asNeededCodeableConcept"] == {"text": "severe pain"}
    assert opioid["maxDosePerPeriod"]["numerator"]["value"] == 4
    orders = [r.body for r in of(world, "Daniel", "Reyes", "ServiceRequest")]
    assert [one["code"]["text"] for one in orders if one.get("doNotPerform")] == [
        "Cortisone injection into the left knee"
    ]
    (plan,) = [r for r in of(world, "Daniel", "Reyes", "CarePlan") if r.sensitive]
    assert plan.body["meta"]["security"][0]["code"] == "R"
