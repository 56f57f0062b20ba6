"""Prescriptions from elsewhere: the portal decides on each, or says why it can't be told."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.mock import Mock
from tests.imports.conftest import Import
from tests.portal.prescribing import outcomes, refill, renew, rows
from tests.small_world import client_of, token_for

SETS = {
    "clinosim-0.6.5-seed7": (),
    "us-core-6.1.0-examples": (),
    "hl7-fhir-r4-examples-4.0.1": ("Patient", "Practitioner", "Medication", "Organization"),
}
"""Folder -> what is taken of it besides prescriptions and fills; all kinds that it has where none is named."""


def _paths(folder: Path, kinds: tuple[str, ...]) -> list[Path]:
    wanted = kinds or ("Patient", "Practitioner", "Medication", "Organization", "Location")
    return [one for one in sorted(folder.iterdir()) if one.name.startswith(wanted)]


def _people(mock: Mock) -> list[str]:
    """Whoever has an imported prescription."""
    mine = resource.c.type == "MedicationRequest", resource.c.id.like("clinic-%"), resource.c.patient_id != ""
    with mock.database.begin() as conn:
        return list(conn.execute(select(resource.c.patient_id).where(*mine).distinct()).scalars())


@pytest.mark.rule("RX-4", "RX-9")
@pytest.mark.parametrize("folder", SETS)
async def test_each_is_decided_on_and_none_is_left_unreadable(
    shared: Path, small: Mock, take: Import, folder: str
) -> None:
    take(*_paths(shared / folder, SETS[folder]))
    people, said = _people(small), Counter[str]()
    for person in people:
        async with client_of(small, token_for(small, person)) as client:
            told = await rows(client, person)
            for row in told.values():
                for one in row["can"]:
                    assert one["allowed"] or (one["rule"] and one["reason"] and one["title"] and one["next"]), row
                said[row["can"][0]["reason"]] += 1
                assert row["supply"] is None or not row["supply"]["due"] or row["can"][0]["allowed"]
            ids = [*told][:50]
            if ids:
                asked = [await refill(client, person, ids), await renew(client, person, ids)]
                assert {one for answer in asked for one in outcomes(answer)} == {"not-from-here"}
    assert sum(said.values()) > 0
    assert set(said) == {"not-from-here"}
