"""Codes carry the names that their code systems give them, whatever words the record uses beside them."""

from collections.abc import Iterator
from typing import Any

from genesis_tui.mock_backend.world.authored import read
from genesis_tui.mock_backend.world.build import World

SNOMED, ICD10 = "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
NAMES = {
    SNOMED: {
        "103693007": "Diagnostic procedure",
        "108252007": "Laboratory procedure",
        "11429006": "Consultation",
        "185349003": "Encounter for check up",
        "22298006": "Myocardial infarction",
        "254837009": "Malignant neoplasm of breast",
        "26643006": "Oral route",
        "363406005": "Malignant neoplasm of colon",
        "363679005": "Imaging",
        "38341003": "Hypertensive disorder",
        "387713003": "Surgical procedure",
        "390906007": "Follow-up encounter",
        "394537008": "Pediatric specialty",
        "394579002": "Cardiology",
        "394582007": "Dermatology",
        "394587001": "Psychiatry",
        "394801008": "Trauma and orthopedics",
        "394914008": "Radiology",
        "394915009": "General pathology",
        "409073007": "Education",
        "410620009": "Well child visit",
        "419192003": "Internal medicine",
        "419772000": "Family practice",
        "448337001": "Telemedicine consultation with patient",
        "4525004": "Emergency department patient visit",
        "453231000124104": "Primary care provider",
        "72696002": "Knee region structure",
        "773568002": "Emergency medicine",
        "7771000": "Left",
        "78421000": "Intramuscular route",
    }
}
"""Codes of the world beside those of `codes.json`, checked by hand against SNOMED CT's US edition."""
MISTAKEN = {
    "263102004": "Fracture subluxation of wrist",
    "271771009": "Joint swelling",
    "418363000": "Itching of skin",
    "609588000": "Total knee replacement",
    "239720000": "Tear of meniscus of knee",
    "782576004": "Tree pollen",
    "50849002": "Emergency room admission",
}


def _codings(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for one in value:
            yield from _codings(one)
    elif isinstance(value, dict):
        if value.get("system") in (SNOMED, ICD10) or (value.get("system") == RXNORM and str(value["code"]) in _drugs()):
            yield value
        for one in value.values():
            yield from _codings(one)


def _drugs() -> dict[str, str]:
    """Ingredients; what is prescribed has names of its own in `kinds.json`."""
    return read.codes()[RXNORM]


def test_every_code_is_named_as_its_system_names_it(world: World) -> None:
    names = {system: {**named, **NAMES.get(system, {})} for system, named in read.codes().items()}
    names[SNOMED] = {**MISTAKEN, **names[SNOMED]}
    bodies = [r.body for r in world.resources] + [
        due.payload["body"] for due in world.due if due.kind == "put-resource"
    ]
    found = {(one["system"], one["code"], one["display"]) for body in bodies for one in _codings(body)}
    assert len(found) > 90
    assert {one for one in found if names[one[0]].get(one[1]) != one[2]} == set()


def test_no_code_of_the_table_goes_by_a_name_it_once_had_here() -> None:
    table = read.codes()[SNOMED]
    assert {code: name for code, name in MISTAKEN.items() if code in table and table[code] != name} == {}
    assert read.codes()[ICD10]["E11.22"] == "Type 2 diabetes mellitus with diabetic chronic kidney disease"
