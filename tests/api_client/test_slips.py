"""What is odd in a resource costs itself: the entry shows, and what is odd shows as it is."""

import json
import re

import pytest

from tests.api_client.record_of import EVERY, PATIENT, US, Body, one, shelf
from tests.coverage.shown import places_of

QUANTITY = {"value": 5.4, "unit": "mmol/L"}
LAB = {
    "resourceType": "Observation",
    "id": "odd",
    "status": "final",
    "subject": US,
    "category": [{"coding": [{"code": "laboratory"}]}],
    "code": {"coding": [{"system": "http://loinc.org", "code": "2345-7", "display": "Glucose"}]},
    "effectiveDateTime": "2026-03-04",
    "valueQuantity": QUANTITY,
    "interpretation": [{"coding": [{"code": "H"}]}],
    "referenceRange": [{"low": {"value": 3.9}, "high": {"value": 5.6}}],
}
REPORT = {
    "resourceType": "DiagnosticReport",
    "id": "odd",
    "status": "final",
    "subject": US,
    "code": {"text": "Lipid panel"},
    "conclusion": "Nothing to worry about.",
}
NOTE = {
    "resourceType": "DocumentReference",
    "id": "odd",
    "status": "current",
    "subject": US,
    "type": {"text": "Progress note"},
    "content": [{"attachment": {"contentType": "text/plain", "data": "SGVsbG8="}}],
}
CONCEPT = {"text": "pebble"}


def shown(body: Body) -> dict[str, str]:
    """Place -> what it says."""
    return {place.name: place.text for place in places_of(PATIENT, [body])}


@pytest.mark.parametrize(
    ("base", "odd", "said"),
    [
        (LAB, {"category": [None, *LAB["category"], {"coding": None}]}, ["Glucose", "5.4 mmol/L", "High"]),  # type: ignore[misc]
        (LAB, {"code": {"coding": [None, {"code": 7}], "text": "Glucose"}}, ["Glucose", "5.4 mmol/L"]),
        (LAB, {"interpretation": {"text": "High"}}, ["5.4 mmol/L", "High"]),
        (LAB, {"referenceRange": [None, {"low": {"value": "low"}, "high": {"value": "5.6"}}]}, ["5.6", "low"]),
        (LAB, {"valueQuantity": {"value": "5.40", "unit": "mmol/L"}}, ["5.40"]),
        (LAB, {"valueQuantity": {"value": "too little", "unit": "mL"}}, ["too little mL"]),
        (LAB, {"valueQuantity": {"value": None, "unit": "mL"}}, ["None recorded"]),
        (LAB, {"valueQuantity": [QUANTITY, {"value": 71, "unit": "pebbles"}]}, ["5.4 mmol/L", "71 pebbles"]),
        (LAB, {"performer": [{"reference": 7, "display": "Dr. Shore"}, "pebble"]}, ["Dr. Shore", "pebble"]),
        (LAB, {"note": {"text": "fasting pebble"}, "issued": "shore"}, ["fasting pebble", "shore"]),
        (LAB, {"meta": [7, "pebble"], "code": "Glucose"}, ["Glucose", "5.4 mmol/L", "pebble"]),
        (LAB, {"valueQuantity": None, "valueInteger": "three"}, ["three"]),
        (REPORT, {"category": CONCEPT, "code": [None, CONCEPT], "conclusionCode": CONCEPT}, ["pebble", "Nothing to"]),
        (REPORT, {"issued": "12/05/2020", "performer": {"display": "Dr. Shore"}}, ["12/05/2020", "Dr. Shore"]),
        (REPORT, {"presentedForm": [None], "result": [None, "pebble"], "text": "pebble"}, ["Nothing to worry"]),
        (NOTE, {"author": {"display": "Dr. Shore"}, "context": "pebble", "date": 7}, ["Dr. Shore", "pebble"]),
        (NOTE, {"type": {"coding": [{"display": "Progress note", "version": 7}, None]}}, ["Progress note", "7"]),
    ],
)
def test_what_is_odd_costs_itself(base: Body, odd: Body, said: list[str]) -> None:
    places = shown({**base, **odd})
    assert places
    for name, text in places.items():
        assert [one for one in said if one not in " ".join(text.split())] == [], name


DATED = ("2024-13-45", "12/05/2020", "9999-12-31", "2024-01-02T25:00:00Z")


@pytest.mark.rule("REC-6")
@pytest.mark.parametrize("kind", [*EVERY, "Observation", "DiagnosticReport"])
def test_a_date_that_is_none_shows_as_it_is(kind: str) -> None:
    """Wherever a date stands, the entry shows with what stands there instead, and says so."""
    plain = {"Observation": LAB, "DiagnosticReport": {**REPORT, "issued": "2026-01-02"}}
    body = json.dumps(plain.get(kind) or one(kind))
    dates = re.findall(r'"(\d{4}(?:-[^" ]+)?)"', body)
    for n, date in enumerate(dates):
        words = DATED[n % len(DATED)]
        places = shown(json.loads(body.replace(f'"{date}"', f'"{words}"')))
        assert places, (date, words)
        assert [name for name, text in places.items() if words not in text] == []
        assert dates[1:] or any("can't be read as a date" in text for text in places.values())


def test_resources_that_refer_to_each_other_in_a_circle_show() -> None:
    ours = {"resourceType": "Organization", "id": "a", "name": "Clinic A", "partOf": {"reference": "Organization/b"}}
    theirs = {"resourceType": "Organization", "id": "b", "partOf": {"reference": "Organization/a"}}
    visit = one("Encounter", serviceProvider={"reference": "Organization/b"}, partOf={"reference": ""})
    made = shelf("visits", theirs, ours, visit)
    (entry,) = made.entries().rows
    assert any("Organization/b" in row.text for row in made.also(entry))
