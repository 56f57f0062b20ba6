"""The US Core examples on server frameworks that nobody here wrote: as the client reads them, against the files."""

import json
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from genesis_tui.models.record import Entries
from tests.elsewhere.installed import asymmetrik, fhir_works, us_core
from tests.elsewhere.test_servers import entered, entries, results_of

Body = dict[str, Any]
OWNER = {"AllergyIntolerance": "patient", "Immunization": "patient", "Device": "patient", "Coverage": "beneficiary"}
SECTIONS = {
    "immunizations": ("Immunization",),
    "medications": ("MedicationRequest", "MedicationDispense"),
    "allergies": ("AllergyIntolerance",),
    "conditions": ("Condition",),
    "procedures": ("Procedure",),
    "visits": ("Encounter",),
    "careteam": ("CareTeam",),
    "careplans": ("CarePlan",),
    "goals": ("Goal",),
    "orders": ("ServiceRequest",),
    "devices": ("Device",),
    "coverage": ("Coverage",),
    "forms": ("QuestionnaireResponse",),
}


def examples() -> list[Body]:
    """Every example, by file."""
    return [json.loads(path.read_bytes()) for path in sorted(us_core().glob("*.json"))]


def of(bodies: list[Body], patient: str, *kinds: str) -> set[str]:
    """`Type/id` of a patient's resources of these types that were not entered in error."""
    return {
        f"{one['resourceType']}/{one['id']}"
        for one in bodies
        if one["resourceType"] in kinds
        and one.get(OWNER.get(one["resourceType"], "subject"), {}).get("reference") == f"Patient/{patient}"
        and "entered-in-error" not in json.dumps([one.get("status"), one.get("verificationStatus")])
    }


@pytest.mark.parametrize("server", [fhir_works, asymmetrik])
async def test_the_client_shows_what_the_examples_hold(server: Callable[[], AbstractContextManager[str]]) -> None:
    bodies = examples()
    with server() as base:
        async with entered(base) as portal:
            people = [p async for page in portal.family.patients() for p in page]
            assert Counter(p.id for p in people) == Counter(
                one["id"] for one in bodies if one["resourceType"] == "Patient"
            )
            member = portal.family.pick(next(p for p in people if p.id == "example"))
            shown = await results_of(portal, member)
            record = await portal.open(member)
            offered = {section.id: section for section in await record.entries.sections()}
            found = {id: await entries(portal, offered[id]) for id in SECTIONS}
    assert {id: {row.key for row in part.rows} for id, part in found.items()} == {
        id: of(bodies, member.id, *kinds) for id, kinds in SECTIONS.items()
    }
    assert all(isinstance(part, Entries) and part.complete and not part.unreadable.count for part in found.values())
    labs = [one for one in bodies if "laboratory" in json.dumps(one.get("category", []))]
    read = {f"Observation/{reading.id}" for row in shown.rows for reading in row.readings}
    assert (shown.complete, shown.unreadable.count, of(labs, member.id, "Observation") - read) == (True, 0, set())
