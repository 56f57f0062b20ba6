"""The leak oracle: what a person may not see could as well not exist; no byte of any answer depends on it.

Everything that a viewer can reach is asked twice, by searches, ids, pages, includes, attachments and the portal: once
in the whole world, and once after all that is hidden from that viewer has been taken out of the database.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.fhir.resource_types import TABLE, ResourceType
from genesis_tui.mock_backend.mock import Mock
from tests.small_world import (
    ALMOST_ADULT,
    BASIC,
    CHILD,
    EXPIRED_PROXY,
    FULL_PROXY,
    GRANTER,
    LIMITED_PROXY,
    SPONSOR,
    SPOUSE,
    STRANGER,
    SUPPORT,
    TEEN,
    client_of,
    token_for,
)

OPEN = {"Patient", "RelatedPerson", "Consent", "Immunization", "AllergyIntolerance", "Appointment"}
MEDICATIONS = {"MedicationRequest", "MedicationDispense", "MedicationAdministration", "MedicationStatement"}
BASIC_OPEN = OPEN - {"AllergyIntolerance"} | MEDICATIONS
ALL = {kind.type for kind in TABLE if not kind.directory}
SECRET = {"Appointment": "secret-appointment", "DocumentReference": "secret-note"}
SPECIAL = {**SECRET, "Observation": "preliminary"}

SEES: dict[str, dict[str, set[str]]] = {
    SPONSOR: {SPONSOR: ALL, CHILD: ALL, TEEN: OPEN, ALMOST_ADULT: OPEN},
    FULL_PROXY: {FULL_PROXY: ALL, GRANTER: ALL},
    LIMITED_PROXY: {LIMITED_PROXY: ALL, GRANTER: OPEN},
    EXPIRED_PROXY: {EXPIRED_PROXY: ALL},
    STRANGER: {STRANGER: ALL},
    BASIC: {BASIC: BASIC_OPEN},
    SUPPORT: {},
}
"""Whose entries of which types each viewer may see: the oracle's own word, not the code's."""

PARTS = ("profile", "news", "seen", "appointments", "prescriptions")
_ENTRY = re.compile(r'"id":"((?:[A-Za-z]+|secret-[a-z]+|preliminary)-)?(1\d{7})"')


@pytest.mark.rule("FAM-3", "FAM-6", "FAM-7", "FAM-8", "REL-3")
@pytest.mark.parametrize("viewer", SEES, ids=lambda viewer: f"viewer-{viewer}")
async def test_exactly_what_may_be_seen_is_seen_and_no_byte_depends_on_the_rest(small: Mock, viewer: str) -> None:
    async with _crawler(small, viewer) as client:
        whole = {url: text async for url, text in _answers(client, viewer)}
        _take_out(small, viewer)
        without = {url: text async for url, text in _answers(client, viewer)}
    assert _seen(whole) == set(_expected(viewer))
    assert {url for url in whole if whole[url] != without.get(url)} == set()
    assert whole.keys() == without.keys()


@pytest.mark.rule("AUD-1", "FAM-8")
async def test_the_access_log_of_a_record_is_as_closed_as_the_record(small: Mock) -> None:
    async with _crawler(small, SPOUSE) as client:
        await client.get(f"/fhir/r4/Observation?patient={SPONSOR}")
        assert (await client.get(f"/portal/v1/patients/{SPONSOR}/access-log")).status_code == 403
    async with _crawler(small, SPONSOR) as client:
        told = (await client.get(f"/portal/v1/patients/{SPONSOR}/access-log")).json()["events"]
        assert len(told) == 2
        assert (await client.get(f"/portal/v1/patients/{STRANGER}/access-log")).status_code == 404


@pytest.mark.rule("AUD-1", "FAM-7", "FAM-8", "REL-3")
@pytest.mark.parametrize(
    ("viewer", "patient"), [(SPONSOR, SPONSOR), (SPONSOR, CHILD), (FULL_PROXY, GRANTER)], ids=["self", "child", "grant"]
)
async def test_a_log_does_not_tell_an_id_of_something_hidden_from_one_of_nothing(
    small: Mock, viewer: str, patient: str
) -> None:
    async with _crawler(small, patient) as client:
        await client.get(f"/portal/v1/patients/{patient}/threads?folder=none")
    hidden = [f"Observation/preliminary-{patient}"]
    if viewer != patient:
        hidden += [f"{kind}/{name}-{patient}" for kind, name in SECRET.items()]
    async with _crawler(small, viewer) as client:
        log = f"/portal/v1/patients/{patient}/access-log?kind="
        before = [(await client.get(log + kind)).json()["total"] for kind in ("any", "refused")]
        for path in hidden:
            assert (await client.get(f"/fhir/r4/{path}")).status_code == 404
        after = [(await client.get(log + kind)).json()["total"] for kind in ("any", "refused")]
    assert after == before
    small.audit.flush()
    written = [event.what for _, event in small.audit.about(patient) if event.outcome == "not-found"]
    assert {f"read {path.partition('/')[0]}" for path in hidden} <= {*written}, "the audit itself has all of it"


def _expected(viewer: str) -> Iterator[tuple[str, str]]:
    for person, kinds in SEES[viewer].items():
        for kind in kinds:
            yield f"{kind}-", person
            if person == viewer and kind in SECRET:
                yield f"{SECRET[kind]}-", person


def _crawler(mock: Mock, viewer: str) -> httpx.AsyncClient:
    return client_of(mock, token_for(mock, viewer, level=1 if viewer == BASIC else 2))


def _seen(answers: dict[str, str]) -> set[tuple[str, str]]:
    fhir = [text for url, text in answers.items() if "/fhir/" in url]
    return {(found[1] or "Patient-", found[2]) for text in fhir for found in _ENTRY.finditer(text)}


async def _answers(client: httpx.AsyncClient, viewer: str) -> AsyncIterator[tuple[str, str]]:
    for url in _urls(viewer):
        following: str | None = url
        while following is not None:
            answer = await client.get(following)
            yield following, f"{answer.status_code} {_without_request_id(answer)}"
            following = _next(answer)


def _urls(viewer: str) -> list[str]:
    people = dict.fromkeys((viewer, *SEES.get(viewer, ()), CHILD, TEEN, GRANTER, STRANGER, "0"))
    urls = [f"/portal/v1/patients/{person}/{part}" for person in people for part in PARTS]
    urls += ["/portal/v1/family", "/portal/v1/session"]
    for kind in TABLE:
        if not kind.directory:
            urls += [f"/fhir/r4/{one}" for person in people for one in _asked(kind, person)]
    return urls


def _asked(kind: ResourceType, person: str) -> list[str]:
    identities = [person if kind.type == "Patient" else f"{kind.type}-{person}"]
    identities += [f"{SPECIAL[kind.type]}-{person}"] if kind.type in SPECIAL else []
    reads = [f"{kind.type}/{one}" for one in identities]
    if not kind.searchable:
        return reads
    searches = [f"_id={','.join(identities)}"]
    if "patient" in kind.params:
        date = "&date=ge2000" if kind.type == "Appointment" else ""
        included = "&_revinclude=Provenance:target" if kind.provenance else ""
        searches += [f"patient={person}{date}&_count=1", f"patient={person}{date}{included}"]
    if kind.type == "Consent":
        searches.append(f"actor=Patient/{person}&_include=Consent:patient")
    if kind.type == "Provenance":
        searches.append(f"target=Observation/Observation-{person}")
    return reads + [f"{kind.type}?{query}" for query in searches]


def _next(answer: httpx.Response) -> str | None:
    if answer.status_code != 200 or "/fhir/" not in str(answer.url):
        return None
    links = answer.json().get("link", [])
    return next((str(one["url"]) for one in links if one["relation"] == "next"), None)


def _without_request_id(answer: httpx.Response) -> str:
    body: Any = answer.json()
    if isinstance(body, dict):
        body.pop("request_id", None)
    return json.dumps(body, separators=(",", ":"))


def _take_out(mock: Mock, viewer: str) -> None:
    """Removes from the database every entry that the viewer may not see."""
    shown = {f"{kind}{person}" for kind, person in _expected(viewer)} | {
        person for person, kinds in SEES[viewer].items() if "Patient" in kinds
    }
    with mock.database.begin() as conn:
        rows = conn.exec_driver_sql("SELECT row, id FROM resource WHERE patient_id <> ''").all()
        hidden = [(row,) for row, identity in rows if identity not in shown]
        conn.exec_driver_sql("DELETE FROM token WHERE row = ?", hidden)
        conn.exec_driver_sql("DELETE FROM resource WHERE row = ?", hidden)
    assert hidden
