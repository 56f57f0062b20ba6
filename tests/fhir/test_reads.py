"""Reads by id: versions, conditional requests, attachments, origins, definitions, and what the server says it does."""

from datetime import timedelta

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.codesystem import CodeSystem
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.structuredefinition import StructureDefinition

from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.fhir.conformance import definitions
from genesis_tui.mock_backend.fhir.resource_types import TABLE
from genesis_tui.mock_backend.mock import Mock
from tests.fhir.asking import get, ids, issue, reason
from tests.fhir.conftest import As
from tests.small_world import CHILD, GRANTER, SPONSOR, SUPPORT, TEEN

NAMES = {"resourceType": "Patient", "id": SPONSOR, "gender": "female", "birthDate": "1984-05-02"}


def rename(small: Mock, family: str) -> None:
    """Puts a new version of the sponsor."""
    body = {**NAMES, "name": [{"family": family}]}
    with small.database.begin() as conn:
        put_resource(conn, body, ResourceFacts(SPONSOR), now=small.clock.micros(), policy=small.policy)


async def test_each_version_has_its_etag_and_time(small: Mock, signed: As) -> None:
    small.clock.advance(timedelta(hours=2))
    client = signed(SPONSOR)
    before = await get(client, f"Patient/{SPONSOR}")
    rename(small, "Newname")
    after = await get(client, f"Patient/{SPONSOR}")
    assert (before.headers["etag"], after.headers["etag"]) == ('W/"1"', 'W/"2"')
    assert after.json()["meta"] == {"versionId": "2", "lastUpdated": "2026-11-20T17:00:00.000Z"}
    assert after.headers["last-modified"] == "Fri, 20 Nov 2026 17:00:00 GMT"
    assert after.json()["name"] == [{"family": "Newname"}]


async def test_a_known_version_is_not_sent_again(small: Mock, signed: As) -> None:
    client = signed(SPONSOR)
    path = f"Patient/{SPONSOR}"
    for known in ('W/"1"', '"1"', 'W/"9", W/"1"', "*"):
        answer = await get(client, path, If_None_Match=known)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", 'W/"1"')
    rename(small, "Newname")
    assert (await get(client, path, If_None_Match='W/"1"')).status_code == 200


async def test_a_known_page_is_not_sent_again_until_something_on_it_changes(small: Mock, signed: As) -> None:
    client = signed(SPONSOR)
    path = f"Patient?_id={SPONSOR}"
    tag = (await get(client, path)).headers["etag"]
    assert (await get(client, path, If_None_Match=tag)).status_code == 304
    rename(small, "Newname")
    assert (await get(client, path, If_None_Match=tag)).status_code == 200


async def test_an_old_version_is_no_longer_found_by_its_values(small: Mock, signed: As) -> None:
    rename(small, "Newname")
    client = signed(SPONSOR)
    answer = await client.post("/fhir/r4/Patient/_search", data={"name": "Newname"})
    assert ids(answer) == [f"Patient/{SPONSOR}"]
    answer = await client.post("/fhir/r4/Patient/_search", data={"name": f"Family{SPONSOR}"})
    assert ids(answer) == []


async def test_an_attachment_is_a_resource_or_its_content(signed: As) -> None:
    client = signed(SPONSOR)
    path = f"Binary/Binary-{SPONSOR}"
    assert (await get(client, path)).json()["resourceType"] == "Binary"
    assert (await get(client, path, Accept="application/fhir+json")).json()["resourceType"] == "Binary"
    plain = await get(client, path, Accept="text/plain")
    assert plain.text == f"A note about {SPONSOR}."
    assert plain.headers["content-type"] == "text/plain"
    assert plain.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("kind", ["Practitioner", "PractitionerRole", "Organization", "Location"])
@pytest.mark.parametrize("level", [1, 2])
async def test_the_directory_is_open_to_any_patient_who_is_signed_in(signed: As, kind: str, level: int) -> None:
    path = f"{kind}/{kind}-1"
    assert (await get(signed(CHILD, level=level), path)).status_code == 200
    assert reason(await get(signed(SUPPORT), path)) == (403, "support-no-clinical")
    assert (await get(signed(None), path)).status_code == 401


async def test_origins_come_with_what_they_speak_of(signed: As) -> None:
    client = signed(SPONSOR)
    answer = await get(client, f"Observation?patient={CHILD}&_revinclude=Provenance:target")
    assert ids(answer) == [f"Observation/Observation-{CHILD}", f"Provenance/Provenance-{CHILD}"]
    assert [one["search"]["mode"] for one in answer.json()["entry"]] == ["match", "include"]
    target = f"Provenance?target=Observation/Observation-{CHILD}"
    assert ids(await get(client, target)) == [f"Provenance/Provenance-{CHILD}"]
    assert ids(await get(client, f"Provenance?_id=Provenance-{CHILD}")) == [f"Provenance/Provenance-{CHILD}"]


@pytest.mark.rule("FAM-3", "FAM-8")
@pytest.mark.parametrize("person", [TEEN, GRANTER])
async def test_origins_are_as_closed_as_what_they_speak_of(signed: As, person: str) -> None:
    client = signed(SPONSOR)
    hidden = await get(client, f"Provenance/Provenance-{person}")
    unknown = await get(client, "Provenance/none")
    assert (hidden.status_code, hidden.content) == (404, unknown.content)
    assert ids(await get(client, f"Provenance?target=Observation/Observation-{person}")) == []
    both = f"Provenance?target=Observation/Observation-{SPONSOR},Observation/Observation-{person}"
    assert ids(await get(client, both)) == []


async def test_what_the_server_says_it_does_is_what_it_routes(signed: As) -> None:
    answer = await get(signed(None), "metadata")
    stated = CapabilityStatement.model_validate(answer.json())
    resources = {one.type: one for one in stated.rest[0].resource}
    for kind in TABLE:
        names = [one.name for one in resources[kind.type].searchParam or ()]
        assert names == [*kind.params, *(["_sort"] if kind.sorted else [])]
    assert stated.instantiates is None
    assert set(resources) == {kind.type for kind in TABLE} | {"StructureDefinition", "CodeSystem"}


@pytest.mark.parametrize("key", sorted(definitions()))
async def test_our_own_definitions_are_valid_and_open_to_anybody(signed: As, key: str) -> None:
    answer = await get(signed(None), key)
    judge = StructureDefinition if key.startswith("Structure") else CodeSystem
    defined = judge.model_validate(answer.json())
    assert defined.url == f"https://genesis-tui.example/fhir/{key}"
    assert (await get(signed(None), f"{key}-none")).status_code == 404


async def test_bundles_and_outcomes_are_valid_fhir(signed: As) -> None:
    client = signed(SPONSOR)
    answer = await get(client, "Organization?_id=Organization-1&_count=1")
    assert Bundle.model_validate(answer.json()).type == "searchset"
    refused = await get(client, f"Observation?patient={TEEN}")
    assert OperationOutcome.model_validate(refused.json()).issue[0].code == "forbidden"


@pytest.mark.rule("FAM-3")
async def test_a_refusal_names_its_rule_its_reason_and_the_next_step(signed: As) -> None:
    said = issue(await get(signed(SPONSOR), f"Observation?patient={TEEN}"))
    assert [(one["system"].rpartition("/")[2], one["code"]) for one in said["details"]["coding"]] == [
        ("rule", "FAM-3"),
        ("reason", "restricted-teen"),
    ]
    assert said["details"]["text"]
    assert said["diagnostics"]


async def test_a_token_without_the_scope_is_told_so(signed: As) -> None:
    narrow = signed(SPONSOR, scope="user/Patient.r")
    assert (await get(narrow, f"Patient/{SPONSOR}")).status_code == 200
    for path in (f"Patient?_id={SPONSOR}", f"Observation?patient={SPONSOR}", f"Observation/Observation-{SPONSOR}"):
        answer = await get(narrow, path)
        assert answer.status_code == 403
        assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


async def test_without_a_token_the_answer_says_how_to_authenticate(signed: As) -> None:
    answer = await get(signed(None), f"Patient/{SPONSOR}")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    wrong = await get(signed(None), f"Patient/{SPONSOR}", Authorization="Bearer none")
    assert wrong.headers["www-authenticate"] == 'Bearer error="invalid_token"'
