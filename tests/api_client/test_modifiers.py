"""What changes an entry's meaning (REC-9), dosages and choices of types, element by element."""

from typing import Any

import pytest

from genesis_tui.api_client.fhir.record.mappings.dosage import dosage_words
from genesis_tui.api_client.fhir.record.sections import shelf_for
from genesis_tui.models.record import Entry
from tests.api_client.record_of import EVERY, PATIENT, US, one, page, shelf, text

DATE, EXTENSION = "Sat 3 Jan 2026", [{"url": "https://x.example/StructureDefinition/only-if", "valueString": "fasting"}]


def only(kind: str, **more: Any) -> Entry:
    (entry,) = shelf(EVERY[kind][0], one(kind, **more)).entries().rows
    return entry


def facts(entry: Entry) -> dict[str, str]:
    return {fact.label: fact.said for fact in entry.facts}


@pytest.mark.rule("REC-9")
def test_a_type_that_nothing_is_made_for_keeps_its_heading() -> None:
    made = shelf_for(PATIENT, "other")
    cane = {"status": "active", "intent": "proposal", "doNotPerform": True, "codeCodeableConcept": text("Cane")}
    made.take("DeviceRequest", page({"resourceType": "DeviceRequest", "id": "1", "subject": US, **cane}))
    (entry,) = made.entries().rows
    assert (entry.title, entry.group) == ("Proposed: Do not: Cane", "Device requests")


@pytest.mark.rule("REC-9")
@pytest.mark.parametrize(
    ("kind", "more", "title", "state"),
    [
        ("Immunization", {"status": "not-done"}, "Not given: Tdap", "Not given"),
        ("MedicationAdministration", {"status": "not-done"}, "Not given: Ceftriaxone", "Not given"),
        ("MedicationStatement", {"status": "not-taken"}, "Not taken: Fish oil", "Not taken"),
        ("MedicationDispense", {"status": "declined"}, "Not dispensed: Naproxen 500 mg", "Not dispensed"),
        ("MedicationRequest", {"status": "cancelled"}, "Cancelled: Naproxen 500 mg", "Cancelled"),
        ("MedicationRequest", {"status": "draft", "intent": "plan"}, "Draft: Planned: Naproxen 500 mg", "Draft"),
        ("MedicationRequest", {"intent": "reflex-order"}, "Naproxen 500 mg", ""),
        ("Procedure", {"status": "not-done"}, "Not done: Appendectomy", "Not done"),
        ("Appointment", {"status": "noshow"}, "Not attended: Sports physical", "Not attended"),
        (
            "ServiceRequest",
            {"status": "revoked", "doNotPerform": True},
            "Revoked: Do not perform: Lipid panel",
            "Revoked",
        ),
        ("CarePlan", {"intent": "proposal"}, "Proposed: Asthma plan", ""),
        ("CarePlan", {"intent": "plan"}, "Asthma plan", ""),
        ("Goal", {"lifecycleStatus": "rejected"}, "Rejected: Walk 8,000 steps", "Rejected"),
        (
            "Condition",
            {"verificationStatus": {"coding": [{"code": "unconfirmed"}]}},
            "Unconfirmed: COVID-19",
            "Unconfirmed",
        ),
        ("Condition", {"verificationStatus": {"coding": [{"code": "confirmed"}]}}, "COVID-19", "Resolved"),
        ("AllergyIntolerance", {"verificationStatus": text("Refuted")}, "Refuted: Peanut", "Refuted"),
        ("Immunization", {"isSubpotent": False}, "Tdap", ""),
        *(
            (kind, {"modifierExtension": EXTENSION}, f"Says more than can be shown: {title}", state)
            for kind, title, state in (("Device", "Insulin pump", ""), ("Procedure", "Appendectomy", ""))
        ),
        (
            "CareTeam",
            {"participant": [{"member": {"display": "A"}, "modifierExtension": EXTENSION}]},
            "Says more than can be shown: Care team",
            "",
        ),
    ],
)
def test_a_modifier_stands_first(kind: str, more: dict[str, Any], title: str, state: str) -> None:
    entry = only(kind, **more)
    assert (entry.title, entry.state) == (title, state)
    assert entry.title.startswith(": ".join(entry.modifiers))
    assert (entry.tone == "abnormal") is bool(entry.modifiers)


@pytest.mark.rule("REC-9")
@pytest.mark.parametrize(
    ("kind", "more", "group", "because"),
    [
        ("Immunization", {"status": "not-done", "occurrenceDateTime": "2026-01-03"}, "", "Not given because"),
        ("Procedure", {"status": "not-done", "performedDateTime": "2026-01-03"}, "", "Not done because"),
        (
            "MedicationAdministration",
            {"status": "not-done", "effectiveDateTime": "2026-01-03"},
            "Not given",
            "Not given because",
        ),
        (
            "MedicationStatement",
            {"status": "not-taken", "effectiveDateTime": "2026-01-03", "effectivePeriod": None},
            "Not taken",
            "Not taken because",
        ),
    ],
)
def test_nothing_says_that_it_was_done(kind: str, more: dict[str, Any], group: str, because: str) -> None:
    entry = only(kind, statusReason=text("Fever"), **more)
    assert {"When": DATE, because: "Fever"}.items() <= facts(entry).items()
    assert (entry.group, {"Given", "Done", "Taken"} & facts(entry).keys()) == (group, set())


@pytest.mark.parametrize(
    ("dosage", "said"),
    [
        ({"text": "Take 1 tablet daily", "route": text("oral")}, "Take 1 tablet daily, oral"),
        ({"text": "1 tablet as needed: pain", "asNeededCodeableConcept": text("pain")}, "1 tablet as needed: pain"),
        ({"asNeededBoolean": False, "patientInstruction": "With water"}, "With water"),
        ({"asNeededBoolean": True, "asNeededFor": [text("itch"), text("pain")]}, "as needed: itch, pain"),
        (
            {
                "doseAndRate": [
                    {"doseRange": {"low": {"value": 1, "unit": "tablet"}, "high": {"value": 2, "unit": "tablet"}}}
                ]
            },
            "1 to 2 tablets",
        ),
        (
            {"doseAndRate": [{"doseQuantity": {"value": 0.5, "unit": "mg", "code": "mg"}, "type": text("calculated")}]},
            "0.5 mg (calculated)",
        ),
        (
            {
                "doseAndRate": [
                    {"rateRatio": {"numerator": {"value": 100, "unit": "mL"}, "denominator": {"value": 1, "code": "h"}}}
                ]
            },
            "at 100 mL an hour",
        ),
        (
            {"maxDosePerPeriod": {"numerator": {"value": 8, "unit": "puff"}, "denominator": {"value": 2, "code": "d"}}},
            "at most 8 puffs every 2 days",
        ),
        (
            {"maxDosePerAdministration": {"value": 2, "unit": "g"}, "maxDosePerLifetime": {"value": 450, "unit": "mg"}},
            "at most 2 g at once, at most 450 mg in a lifetime",
        ),
        (
            {"method": text("Swallow"), "site": text("left arm"), "additionalInstruction": [text("Shake well")]},
            "Swallow, left arm, Shake well",
        ),
        (
            {
                "timing": {
                    "repeat": {
                        "frequency": 2,
                        "period": 1,
                        "periodUnit": "d",
                        "boundsDuration": {"value": 7, "code": "d"},
                    }
                }
            },
            "twice a day, for 7 days",
        ),
        ({"timing": [], "doseAndRate": {}, "maxDosePerPeriod": "x", "route": 3, "text": None}, "at most x, 3"),
    ],
)
def test_a_dosage_is_told_whole(dosage: dict[str, Any], said: str) -> None:
    assert sorted(dosage_words(dosage).split(", ")) == sorted(said.split(", "))


def test_dosages_stand_one_after_the_other_each_with_what_its_text_leaves_out() -> None:
    first = {"sequence": 1, "text": "2 tablets today", "asNeededBoolean": True}
    second = {"sequence": 2, "text": "1 tablet from tomorrow", "additionalInstruction": [text("Do not drive")]}
    entry = only("MedicationRequest", dosageInstruction=[second, first, {"sequence": 2, "route": text("oral")}])
    assert [(f.label, f.text) for f in entry.facts][:5] == [
        ("How to take it", "2 tablets today"),
        ("When needed", "as needed"),
        ("Then", "1 tablet from tomorrow"),
        ("Also", "Do not drive"),
        ("And", "oral"),
    ]
    assert "as needed" in entry.summary
    assert "Do not drive" in entry.summary


AGE, PERIOD = {"value": 5, "unit": "years"}, {"start": "2026-01-03", "end": "2026-02"}
CHOICES = {
    "DateTime": ("2026-01-03", DATE),
    "Period": (PERIOD, f"{DATE} to Feb 2026"),
    "Age": (AGE, "5 years"),
    "Range": ({"low": AGE, "high": {"value": 7, "unit": "years"}}, "5 years to 7 years"),
    "String": ("as a child", "as a child"),
    "Timing": ({"event": ["2026-01-03"], "repeat": {"frequency": 2, "period": 1, "periodUnit": "wk"}}, "twice a week"),
    "Boolean": (True, "Yes"),
}


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize(
    ("kind", "name", "label"),
    [
        ("Condition", "onset", "Since"),
        ("Condition", "abatement", "Until"),
        ("AllergyIntolerance", "onset", "Since"),
        ("Procedure", "performed", "Done"),
        ("Immunization", "occurrence", "Given"),
        ("ServiceRequest", "occurrence", "For when"),
        ("MedicationStatement", "effective", "Taken"),
        ("FamilyMemberHistory", "deceased", "Died"),
        ("FamilyMemberHistory", "born", "Born"),
    ],
)
def test_every_choice_of_a_choice_of_types_is_told(kind: str, name: str, label: str, choice: str) -> None:
    value, said = CHOICES[choice]
    others = {key: None for key in EVERY[kind][1] if key.startswith(name)}
    assert said in facts(only(kind, **{**others, f"{name}{choice}": value}))[label]


def test_an_age_that_is_a_guess_and_a_date_that_is_absent_say_so() -> None:
    assert facts(only("FamilyMemberHistory", ageAge=AGE, estimatedAge=True))["Age"] == "about 5 years"
    absent = {
        "extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "asked-unknown"}
        ]
    }
    assert facts(only("Condition", onsetDateTime=None, _onsetDateTime=absent))["Since"] == "Asked unknown"
