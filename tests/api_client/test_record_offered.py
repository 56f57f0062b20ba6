"""Which sections a server offers, by what it says of itself."""

from typing import Any

import msgspec
import pytest

from genesis_tui.api_client.fhir.capability import Capability, ServerCapabilities
from genesis_tui.api_client.fhir.record.sections import offered_by
from genesis_tui.models.record import SECTIONS


def offers(*resources: dict[str, Any]) -> ServerCapabilities:
    statement = {"resourceType": "CapabilityStatement", "rest": [{"mode": "server", "resource": list(resources)}]}
    return ServerCapabilities(msgspec.convert(statement, Capability))


def kind(name: str, *parameters: str, interaction: str = "search-type") -> dict[str, Any]:
    found = [{"name": parameter} for parameter in parameters]
    return {"type": name, "interaction": [{"code": interaction}], "searchParam": found}


def ids(found: ServerCapabilities) -> list[str]:
    return [section.id for section in offered_by(found) if not section.across]


def test_a_server_that_lists_nothing_counts_as_offering_everything() -> None:
    assert offered_by(offers()) == SECTIONS


@pytest.mark.rule("REC-1")
def test_a_section_is_offered_where_one_of_its_types_can_be_searched() -> None:
    assert ids(offers(kind("Immunization", "patient"), kind("MedicationStatement", "subject"))) == [
        "immunizations",
        "medications",
    ]
    assert ids(offers(kind("DiagnosticReport", "patient"))) == ["labs", "radiology", "pathology", "reports"]


def test_a_type_that_is_only_read_by_id_is_no_section() -> None:
    assert ids(offers(kind("Immunization", interaction="read"))) == []


@pytest.mark.rule("FAM-9")
def test_a_type_that_can_not_be_searched_by_patient_is_never_asked_for() -> None:
    assert ids(offers(kind("Immunization", "status"), kind("Procedure", "date"))) == []


@pytest.mark.parametrize(
    ("name", "parameter", "section"),
    [
        ("Appointment", "actor", "appointments"),
        ("Coverage", "beneficiary", "coverage"),
        ("Condition", "subject", "conditions"),
    ],
)
def test_a_patient_may_go_by_other_names(name: str, parameter: str, section: str) -> None:
    assert ids(offers(kind(name, parameter))) == [section]
