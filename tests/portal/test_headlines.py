"""One line for each new result."""

from typing import Any

import pytest

from genesis_tui.mock_backend.portal.home.headlines import headline, members, state_of, value_text


def reading(name: str, value: float, code: str = "", loinc: str = "") -> dict[str, Any]:
    body: dict[str, Any] = {
        "resourceType": "Observation",
        "code": {"text": name, "coding": [{"system": "http://loinc.org", "code": loinc}]},
        "valueQuantity": {"value": value},
    }
    return body | ({"interpretation": [{"coding": [{"code": code}]}]} if code else {})


PANEL = {"resourceType": "DiagnosticReport", "code": {"text": "Lipid panel"}}
LDL = reading("LDL cholesterol", 148, "H", "13457-7")
TOTAL = reading("Cholesterol, total", 224, "H", "2093-3")


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([], ("Lipid panel", "new")),
        ([reading("HDL", 50, "N")], ("Lipid panel", "new")),
        ([TOTAL, LDL], ("Lipid panel: LDL 148", "high")),
        ([TOTAL, reading("HDL cholesterol", 30, "L")], ("Lipid panel: Cholesterol, total 224", "high")),
        ([LDL, reading("Triglycerides", 1500, "HH")], ("Lipid panel: Triglycerides 1500", "critical")),
        ([reading("Appearance", 1, "A")], ("Lipid panel: Appearance 1", "abnormal")),
    ],
)
def test_a_panel_is_told_by_its_gravest_value(parts: list[dict[str, Any]], told: tuple[str, str]) -> None:
    assert headline(PANEL, parts) == told


@pytest.mark.rule("REC-9")
@pytest.mark.parametrize(
    ("more", "parts", "told"),
    [
        ({"status": "cancelled"}, [], ("Cancelled: Lipid panel", "new")),
        (
            {"status": "superseded", "modifierExtension": [{"url": "x"}]},
            [],
            ("Replaced: Says more: Lipid panel", "new"),
        ),
        (
            {"status": "final"},
            [LDL | {"modifierExtension": [{"url": "x"}]}],
            ("Says more: Lipid panel: LDL 148", "high"),
        ),
        ({"status": "final", "modifierExtension": []}, [LDL], ("Lipid panel: LDL 148", "high")),
    ],
)
def test_what_changes_the_meaning_stands_first(more: dict[str, Any], parts: list[dict[str, Any]], told: object) -> None:
    assert headline(PANEL | more, parts) == told


def test_a_single_lab_is_told_by_its_own_value() -> None:
    assert headline(reading("Ferritin", 9, "L"), []) == ("Ferritin 9", "low")


def test_a_note_is_told_by_its_title() -> None:
    assert headline({"resourceType": "DocumentReference", "type": {"coding": [{"display": "Visit note"}]}}, []) == (
        "Visit note",
        "new",
    )


@pytest.mark.rule("REC-3")
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"valueQuantity": {"comparator": "<", "value": 5}}, "<5"),
        ({"valueCodeableConcept": {"text": "Positive"}}, "Positive"),
        ({"valueString": "trace"}, "trace"),
        ({}, ""),
    ],
)
def test_values_keep_their_comparator(body: dict[str, Any], text: str) -> None:
    assert value_text(body) == text


def test_an_unknown_interpretation_is_no_state() -> None:
    assert state_of(reading("X", 1, "ZZ")) == "new"


def test_the_members_of_reports() -> None:
    assert members([{"result": [{"reference": "Observation/1"}, {}]}, {}]) == {"Observation/1"}
