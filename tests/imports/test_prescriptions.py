"""Prescriptions from elsewhere: the portal decides on each, or says why it can't be told."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.portal.refills.facts import ORIGIN
from tests.imports.conftest import Import, Write
from tests.portal.prescribing import outcomes, refill, renew, requested, rows, staff
from tests.small_world import client_of, token_for

SETS = {
    "clinosim-0.6.5-seed7": (),
    "us-core-6.1.0-examples": (),
    "hl7-fhir-r4-examples-4.0.1": ("Patient", "Practitioner", "Medication", "Organization"),
}
"""Folder -> what is taken of it besides prescriptions and fills; all kinds that it has where none is named."""
SAID = {
    "clinosim-0.6.5-seed7": {"fill-missing": 413, "not-active": 17, "not-from-here": 19},
    "us-core-6.1.0-examples": {"fill-missing": 2, "end-missing": 1, "not-from-here": 1},
    "hl7-fhir-r4-examples-4.0.1": {
        "expired": 17,
        "not-active": 15,
        "not-from-here": 2,
        "fill-missing": 3,
        "repeats-missing": 3,
    },
}
"""Folder -> what is said of refilling, how often."""


def _paths(folder: Path, kinds: tuple[str, ...]) -> list[Path]:
    wanted = kinds or ("Patient", "Practitioner", "Medication", "Organization", "Location")
    return [one for one in sorted(folder.iterdir()) if one.name.startswith(wanted)]


def _people(mock: Mock) -> list[str]:
    """Whoever has an imported prescription."""
    mine = resource.c.type == "MedicationRequest", resource.c.id.like("clinic-%"), resource.c.patient_id != ""
    with mock.database.begin() as conn:
        return list(conn.execute(select(resource.c.patient_id).where(*mine).distinct()).scalars())


@pytest.mark.rule("RX-2", "RX-3", "RX-4", "RX-9")
@pytest.mark.parametrize("folder", SETS)
async def test_each_is_decided_on_or_says_what_is_missing(shared: Path, small: Mock, take: Import, folder: str) -> None:
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
            for first in range(0, len(told), 50):
                ids = [*told][first : first + 50]
                for number, asked in enumerate((await refill(client, person, ids), await renew(client, person, ids))):
                    assert outcomes(asked) == [told[id]["can"][number]["reason"] for id in ids]
    assert said == SAID[folder]


PATIENT = {"resourceType": "Patient", "id": "p", "name": [{"family": "Elsewhere"}], "birthDate": "1980-05-05"}
OF = {"subject": {"reference": "Patient/p"}, "medicationCodeableConcept": {"text": "Lisinopril 10 mg tablet"}}
TERMS = {
    "numberOfRepeatsAllowed": 1,
    "validityPeriod": {"start": "2026-01-05", "end": "2027-01-05"},
    "expectedSupplyDuration": {"value": 30, "unit": "days"},
}
ORDER = {"resourceType": "MedicationRequest", "id": "rx", "status": "active", "intent": "order", **OF}
FILL = {
    "resourceType": "MedicationDispense",
    "id": "fill",
    "status": "completed",
    "authorizingPrescription": [{"reference": "MedicationRequest/rx"}],
    "whenHandedOver": "2026-10-01T10:00:00Z",
    "daysSupply": {"value": 30, "unit": "days"},
    **OF,
}


@pytest.mark.rule("RX-1", "RX-2", "RX-3", "RX-6", "RX-12")
async def test_a_whole_one_is_refilled_and_renewed_like_ours(small: Mock, take: Import, write: Write) -> None:
    take(write("elsewhere.ndjson", PATIENT, {**ORDER, "dispenseRequest": TERMS}, FILL))
    (person,) = _people(small)
    async with client_of(small, token_for(small, person)) as client:
        (row,) = (await rows(client, person)).values()
        assert (row["origin"], row["left"], row["rx"]) == ("ours", 1, "")
        assert (row["can"][0]["allowed"], row["supply"]["due"]) == (True, True)
        request = await requested(await refill(client, person, [row["id"]]))
        for stage in ("in-process", "ready", "picked-up"):
            assert (await staff(small, client, "refills", request=request, stage=stage)).status_code < 300
        (row,) = (await rows(client, person)).values()
        assert (row["left"], [one["reason"] for one in row["can"]]) == (0, ["renew-instead", ""])
        request = await requested(await renew(client, person, [row["id"]]))
        decided = {"request": request, "decision": "approve", "reason": "", "repeats": 2}
        assert (await staff(small, client, "renewals", **decided)).status_code < 300
        known = (await rows(client, person)).values()
    assert sorted((one["status"], one["repeats"], bool(one["rx"])) for one in known) == [
        ("active", 2, True),
        ("completed", 1, False),
    ]


@pytest.mark.rule("RX-9")
@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"reportedBoolean": True}, "not-from-here"),
        ({"reportedReference": {"display": "Her mother"}}, "not-from-here"),
        ({"intent": "plan"}, "not-from-here"),
        ({"meta": {"tag": [{"system": ORIGIN, "code": "x", "display": "City Clinic"}]}}, "not-from-here"),
        ({"category": [{"coding": [{"code": "inpatient"}]}]}, "not-from-here"),
        ({"dispenseRequest": {"numberOfRepeatsAllowed": 1}}, "end-missing"),
        ({"dispenseRequest": {"validityPeriod": TERMS["validityPeriod"]}}, "repeats-missing"),
        ({"dispenseRequest": {}}, "repeats-missing"),
    ],
    ids=str,
)
async def test_what_is_from_elsewhere_stays_so(
    small: Mock, take: Import, write: Write, more: dict[str, Any], reason: str
) -> None:
    take(write("elsewhere.ndjson", PATIENT, {**ORDER, "dispenseRequest": TERMS, **more}, FILL))
    (person,) = _people(small)
    async with client_of(small, token_for(small, person)) as client:
        (row,) = (await rows(client, person)).values()
    assert [one["reason"] for one in row["can"]] == [reason, reason]
