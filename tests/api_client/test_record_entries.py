"""FHIR resources to entries of the record: every type, what must not show, what a broken one costs."""

from typing import Any

import pytest

from genesis_tui.api_client.fhir.record.entries import MAPPINGS
from genesis_tui.models.base.dates import Precision
from genesis_tui.models.record import SECTIONS, Entry, among, matching, section
from tests.api_client.record_of import EVERY, OURS, US, community, one, page, shelf, text, vital

TITLES = {
    "Immunization": "Tdap",
    "MedicationRequest": "Naproxen 500 mg",
    "MedicationDispense": "Naproxen 500 mg",
    "MedicationStatement": "Fish oil",
    "MedicationAdministration": "Ceftriaxone",
    "AllergyIntolerance": "Peanut",
    "Condition": "COVID-19",
    "Procedure": "Appendectomy",
    "Encounter": "Knee pain",
    "Appointment": "Sports physical",
    "DocumentReference": "Summary",
    "CareTeam": "Care team",
    "CarePlan": "Asthma plan",
    "Goal": "Walk 8,000 steps",
    "FamilyMemberHistory": "Father",
    "Device": "Insulin pump",
    "Coverage": "TRICARE",
    "ServiceRequest": "Lipid panel",
    "QuestionnaireResponse": "Questionnaire",
    "ImagingStudy": "Chest X-ray",
}


def only(kind: str, **more: Any) -> Entry:
    (entry,) = shelf(EVERY[kind][0], one(kind, **more)).entries().rows
    return entry


def facts(entry: Entry) -> dict[str, str]:
    return {fact.label: fact.text for fact in entry.facts}


def reasons(kind: str, body: Any) -> tuple[str, ...]:
    told = shelf(EVERY[kind][0], body).entries()
    assert told.rows == ()
    return told.unreadable.reasons


@pytest.mark.rule("REC-1")
@pytest.mark.parametrize("kind", EVERY)
def test_every_type_becomes_an_entry_of_its_section(kind: str) -> None:
    entry = only(kind)
    assert (entry.key, entry.section, entry.title) == (f"{kind}/1", EVERY[kind][0], TITLES[kind])


def test_every_recipe_is_tried_here() -> None:
    assert set(EVERY) == set(MAPPINGS)


@pytest.mark.rule("FAM-9")
@pytest.mark.parametrize("kind", EVERY)
def test_nothing_of_another_patient_shows(kind: str) -> None:
    body = one(kind)
    for name in ("subject", "patient", "beneficiary"):
        if name in body:
            body[name] = {"reference": "Patient/1272406"}
    if kind == "Appointment":
        body["participant"] = [{"actor": {"reference": "Patient/1272406"}}]
    assert reasons(kind, body) == ("it is not of this patient",)


@pytest.mark.rule("FAM-9")
@pytest.mark.parametrize("kind", EVERY)
def test_nothing_shows_that_names_no_patient(kind: str) -> None:
    bare = {"subject": None, "patient": None, "beneficiary": None, "participant": None}
    assert reasons(kind, one(kind, **bare)) == ("it is not of this patient",)


def _with_status(kind: str, status: str) -> dict[str, Any]:
    path = MAPPINGS[kind].status
    name = path.partition(".")[0]
    return one(kind, **{name: {"coding": [{"code": status}]} if "." in path else status})


@pytest.mark.rule("REL-3")
@pytest.mark.parametrize("kind", [k for k in EVERY if MAPPINGS[k].statuses])
def test_what_was_entered_in_error_never_shows(kind: str) -> None:
    made = shelf(EVERY[kind][0], one(kind))
    for type in (kind,):
        made.take(type, page(_with_status(kind, "entered-in-error")))
    assert (made.entries().rows, made.entries().unreadable.count) == ((), 0)


@pytest.mark.rule("REL-3")
@pytest.mark.parametrize("kind", ["AllergyIntolerance", "Condition"])
def test_a_finding_that_was_withdrawn_never_shows(kind: str) -> None:
    withdrawn = one(kind, verificationStatus={"coding": [{"code": "entered-in-error"}]})
    assert shelf(EVERY[kind][0], withdrawn).entries().rows == ()


@pytest.mark.parametrize("kind", [k for k in EVERY if MAPPINGS[k].statuses])
def test_a_status_that_is_none_counts_as_unreadable(kind: str) -> None:
    assert reasons(kind, _with_status(kind, "sort-of")) == ("an invalid status",)


@pytest.mark.parametrize("kind", [k for k in EVERY if MAPPINGS[k].needs_status])
def test_a_missing_status_counts_as_unreadable_where_fhir_asks_for_one(kind: str) -> None:
    assert reasons(kind, one(kind, **{MAPPINGS[kind].status: None})) == ("an invalid status",)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (one("Procedure", status="sort-of"), "an invalid status"),
        (one("Procedure", id=None), "an entry without an id"),
    ],
)
def test_a_broken_entry_costs_itself_and_says_why(body: dict[str, Any], why: str) -> None:
    told = shelf("procedures", body, one("Procedure", id="2")).entries()
    assert [entry.key for entry in told.rows] == ["Procedure/2"]
    assert (told.unreadable.count, told.unreadable.reasons) == (1, (why,))


ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        *(
            ({"system": ACT_CODE, "code": code}, word)
            for code, word in {
                "AMB": "Ambulatory",
                "EMER": "Emergency",
                "FLD": "Field",
                "HH": "Home health",
                "IMP": "Inpatient encounter",
                "ACUTE": "Inpatient acute",
                "NONAC": "Inpatient non-acute",
                "OBSENC": "Observation encounter",
                "PRENC": "Pre-admission",
                "SS": "Short stay",
                "VR": "Virtual",
            }.items()
        ),
        ({"code": "VR"}, "Virtual"),
        ({"code": "AMB", "display": "clinic visit"}, "clinic visit"),
        ({"code": "LOCAL-7"}, "LOCAL-7"),
        ([{"coding": [{"system": ACT_CODE, "code": "IMP"}]}, {"text": "Surgery"}], "Inpatient encounter, Surgery"),
    ],
)
def test_the_class_of_a_visit_is_said_in_words(given: object, said: str) -> None:
    (visit,) = shelf("visits", one("Encounter", type=None, **{"class": given})).entries().rows
    assert (visit.title, {fact.label: fact.text for fact in visit.facts}["Kind"]) == (said, said)


@pytest.mark.parametrize(
    "broken", [None, 7, "x", [], {}, {"resourceType": "Procedure"}, {"resourceType": 5, "id": "1"}]
)
def test_what_is_no_resource_never_breaks_a_page(broken: object) -> None:
    told = shelf("procedures", broken, one("Procedure")).entries()
    assert [entry.key for entry in told.rows] == ["Procedure/1"]


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("odd", [5, 1.5, True, "odd", [], {}, [[]], [None], {"x": {"y": "z"}}, [{"coding": "x"}]])
def test_odd_shapes_in_any_field_are_an_entry_or_counted(kind: str, odd: object) -> None:
    whole = one(kind)
    for name in whole:
        told = shelf(EVERY[kind][0], {**whole, name: odd}).entries()
        assert len(told.rows) + told.unreadable.count <= 1 or name == "contained"
        if name not in ("resourceType", "status", MAPPINGS[kind].status):
            assert len(told.rows) + told.unreadable.count == 1, name


@pytest.mark.rule("REC-6")
def test_partial_dates_stay_partial_and_a_missing_one_is_none() -> None:
    assert only("Procedure").at.precision is Precision.YEAR
    assert only("Condition").at.precision is Precision.MONTH
    assert only("Procedure", performedDateTime=None).at.precision is Precision.NONE


@pytest.mark.rule("REC-6")
def test_what_was_not_recorded_says_so_in_words() -> None:
    absent = {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
    }
    said = facts(only("Immunization", _lotNumber=absent))
    assert (said["Lot"], said["Site"]) == ("Unknown", "None recorded")


@pytest.mark.rule("REC-3")
def test_numbers_print_as_they_were_sent() -> None:
    raw = page(one("MedicationAdministration"))
    body = bytes(raw.entries[0]).replace(b'"value": 1.5', b'"value": 1.50')
    made = shelf("medications")
    made.take("MedicationAdministration", type(raw)((type(raw.entries[0])(body),)))
    assert facts(made.entries().rows[0])["Dose"] == "1.50 g"


def test_an_appointment_names_everybody_but_the_patient() -> None:
    assert only("Appointment").summary == "Dr. Grace Kim"


def test_answers_stand_under_their_questions() -> None:
    assert facts(only("QuestionnaireResponse")) | {"Answered": ""} == {
        "Answered": "",
        "Do you smoke?": "No",
        "How much?": "3",
    }


def test_a_relative_has_conditions_with_their_age() -> None:
    assert facts(only("FamilyMemberHistory"))["Had"] == "Diabetes, from 52 years"


def test_people_of_a_team_stand_beside_their_roles() -> None:
    assert facts(only("CareTeam")) == {"PCM": "Dr. A"}


def test_codes_that_stand_alone_are_words() -> None:
    assert facts(only("AllergyIntolerance"))["Risk"] == "Unable to assess"
    assert facts(only("ServiceRequest"))["Urgency"] == "Urgent"


def test_a_state_is_told_unless_it_is_the_usual_one() -> None:
    assert (only("Procedure").state, only("Condition").state) == ("", "Resolved")
    assert (only("Immunization", status="not-done").state, only("Immunization", status="not-done").tone) == (
        "Not given",
        "abnormal",
    )


@pytest.mark.rule("JHIE-1")
def test_a_community_record_names_partner_and_day_of_import() -> None:
    imported = [{"url": f"{OURS}/StructureDefinition/imported", "valueInstant": "2026-09-03T00:00:00Z"}]
    entry = only("Procedure", meta=community(), extension=imported)
    assert (entry.community, entry.imported is not None) == ("Lakeview Medical Group", True)


@pytest.mark.rule("JHIE-1")
def test_a_partner_that_only_provenance_names_is_found() -> None:
    tag = {"tag": [{"system": f"{OURS}/CodeSystem/origin", "code": "community"}]}
    made = shelf("procedures", one("Procedure", meta=tag))
    assert made.without_origin() == ("Procedure/1",)
    assert made.entries().rows[0].community == "a community partner"
    source = {
        "resourceType": "Provenance",
        "target": [{"reference": "Procedure/1"}],
        "recorded": "2026-09-03T00:00:00Z",
        "agent": [{"who": {"display": "Lakeview Medical Group"}}],
    }
    made.take("Provenance", page(source))
    assert (made.without_origin(), made.entries().rows[0].community) == ((), "Lakeview Medical Group")


def test_sections_across_sections_gather_what_is_plainly_theirs() -> None:
    filling = one("Procedure", id="2", code={"coding": [{"system": "http://www.ada.org/cdt", "code": "D2140"}]})
    va = one("Procedure", id="3", meta={"tag": [{"system": f"{OURS}/CodeSystem/origin", "code": "va"}]})
    told = shelf("procedures", one("Procedure"), filling, va, one("Procedure", id="4", meta=community())).entries().rows
    found = {s.id: [e.key for e in among(s, told)] for s in SECTIONS if s.across}
    assert found == {"dental": ["Procedure/2"], "community": ["Procedure/4"], "va": ["Procedure/3"]}


# medications


def test_a_medication_of_its_own_gives_its_name() -> None:
    request = one(
        "MedicationRequest", medicationCodeableConcept=None, medicationReference={"reference": "Medication/m1"}
    )
    made = shelf("medications", request)
    assert (list(made.references()), made.entries().rows[0].title) == (["Medication/m1"], "Medication")
    made.names.take(page({"resourceType": "Medication", "id": "m1", "code": text("Lisinopril 10 mg")}), "")
    assert list(made.references()) == []
    made.name()
    assert made.entries().rows[0].title == "Lisinopril 10 mg"


def test_a_medication_inside_the_request_gives_its_name() -> None:
    inside = [{"resourceType": "Medication", "id": "m", "code": text("Lisinopril 10 mg")}]
    request = one(
        "MedicationRequest", medicationCodeableConcept=None, medicationReference={"reference": "#m"}, contained=inside
    )
    assert shelf("medications", request).entries().rows[0].title == "Lisinopril 10 mg"


def test_dispenses_inside_a_request_are_entries_of_their_own() -> None:
    fill = {"resourceType": "MedicationDispense", "id": "f1", "status": "completed", "whenHandedOver": "2026-01-03"}
    rows = shelf("medications", one("MedicationRequest", contained=[fill])).entries().rows
    assert [(row.key, row.group, row.title) for row in rows] == [
        ("MedicationRequest/1", "Prescribed", "Naproxen 500 mg"),
        ("MedicationRequest/1#f1", "Dispensed", "Naproxen 500 mg"),
    ]


def test_a_withdrawn_request_takes_its_dispenses_along() -> None:
    fill = {"resourceType": "MedicationDispense", "id": "f1", "status": "completed"}
    withdrawn = one("MedicationRequest", status="entered-in-error", contained=[fill])
    assert shelf("medications", withdrawn).entries().rows == ()


# measurements


def test_vital_signs_are_one_entry_a_test_with_the_latest_value_first() -> None:
    rows = shelf("vitals", vital("1", 72, at="2025-01-01"), vital("2", 80, at="2026-01-01")).entries().rows
    assert [(row.key, row.summary, [r.text for r in row.readings]) for row in rows] == [
        ("Observation/2", "80 /min", ["80", "72"])
    ]


@pytest.mark.rule("REC-5")
def test_blood_pressure_is_one_entry() -> None:
    parts = [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {"value": n, "unit": "mmHg"},
        }
        for code, n in (("8462-4", 84), ("8480-6", 138))
    ]
    pressure = vital("1", 0, at="2026-01-01", code="85354-9", component=parts)
    del pressure["valueQuantity"]
    (row,) = shelf("vitals", pressure).entries().rows
    assert row.summary == "138/84 mmHg"


@pytest.mark.parametrize(
    ("category", "where"),
    [("vital-signs", "vitals"), ("social-history", "social"), ("survey", "other"), ("", "other"), ("laboratory", "")],
)
def test_each_observation_has_one_section(category: str, where: str) -> None:
    body = vital("1", 72, at="2025-01-01", category=category)
    found = [name for name in ("vitals", "social", "other") if shelf(name, body).entries().rows]
    assert found == ([where] if where else [])


@pytest.mark.rule("REL-3")
def test_a_preliminary_measurement_never_shows() -> None:
    assert shelf("vitals", vital("1", 72, at="2025-01-01", status="preliminary")).entries().rows == ()


# documents


def test_clinical_notes_are_no_documents() -> None:
    note = one("DocumentReference", category=[{"coding": [{"code": "clinical-note"}]}])
    assert shelf("documents", note).entries().rows == ()


@pytest.mark.parametrize(
    ("kind", "readable"),
    [
        ("text/plain; charset=utf-8", True),
        ("TEXT/HTML", True),
        ("application/xml", True),
        ("application/hl7-cda+xml", True),
        ("text/rtf", False),
        ("image/svg+xml", False),
        ("application/pdf", False),
        ("", False),
    ],
)
def test_only_text_is_read_here(kind: str, readable: bool) -> None:
    attachment = {"contentType": kind, "url": "Binary/9", "size": 84_000}
    (shown,) = only("DocumentReference", content=[{"attachment": attachment}]).attachments
    assert (shown.readable, shown.size) == (readable, 84_000)


def test_words_are_found_in_any_part_of_an_entry() -> None:
    rows = shelf("conditions", one("Condition"), one("Condition", id="2", code=text("Asthma"))).entries().rows
    assert [entry.title for entry in matching(rows, "resolved covid")] == ["COVID-19"]
    assert matching(rows, "  ") == rows


def test_sections_are_known_by_id() -> None:
    assert section("vitals").title == "Vital signs"
    assert US["reference"].endswith("12724066")
