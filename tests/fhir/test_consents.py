"""A grant given or taken back in the portal is there on the FHIR side at the next request."""

import uuid

import pytest
from fhir.resources.R4B.consent import Consent

from genesis_tui.mock_backend.mock import Mock
from tests.fhir.asking import get, ids, reason
from tests.fhir.conftest import As
from tests.small_world import GRANTER, STRANGER


@pytest.mark.rule("FAM-5")
async def test_a_grant_opens_a_consent_and_its_revocation_closes_it(small: Mock, signed: As) -> None:
    giver, receiver = signed(GRANTER), signed(STRANGER)
    path = f"Consent?actor=Patient/{STRANGER}&_include=Consent:patient"
    assert ids(await get(receiver, path)) == []
    new = {"receiver": f"user{STRANGER}", "scope": "full", "until": "2027-06-30"}
    given = await giver.post("/portal/v1/family/grants", json=new, headers={"Idempotency-Key": str(uuid.uuid4())})
    assert ids(await get(receiver, path)) == [], "it waits"
    accepted = await receiver.post(f"/portal/v1/family/grants/{given.json()['id']}/accept")
    assert accepted.status_code == 200
    consent, patient = (one["resource"] for one in (await get(receiver, path)).json()["entry"])
    assert Consent.model_validate(consent).status == "active"
    assert patient["id"] == GRANTER
    assert (await get(receiver, f"Observation?patient={GRANTER}")).status_code == 200
    assert (await giver.delete(f"/portal/v1/family/grants/{given.json()['id']}")).status_code == 204
    assert reason(await get(receiver, f"Observation?patient={GRANTER}")) == (403, "grant-ended")
    assert ids(await get(receiver, path)) == []
    closed = (await get(giver, f"Consent/{consent['id']}")).json()
    assert (closed["status"], closed["meta"]["versionId"]) == ("inactive", "2")
    assert Consent.model_validate(closed).provision.period.end is not None
