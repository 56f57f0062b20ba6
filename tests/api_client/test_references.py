"""References to names: batches, single reads, what stands on the page, inside, elsewhere, or is somebody else's."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from genesis_tui.api_client.fhir.bundles import page_of
from genesis_tui.api_client.fhir.elements.names import person_name
from genesis_tui.api_client.fhir.linked.references import ReferenceNames, references_in
from genesis_tui.api_client.http.client import Response
from genesis_tui.api_client.server import Server
from tests.api_client.record_of import page
from tests.cases import BASE, Body, CaseServer

DOCTOR: Body = {
    "resourceType": "Practitioner",
    "id": "12",
    "name": [{"prefix": ["Dr."], "given": ["Jonah"], "family": "Schroeder", "suffix": ["MD"]}],
}
HOSPITAL: Body = {"resourceType": "Organization", "id": "3", "name": "Morton Hospital"}
ROLE: Body = {
    "resourceType": "PractitionerRole",
    "id": "r",
    "practitioner": {"reference": "Practitioner/12"},
    "organization": {"reference": "Organization/3"},
    "specialty": [{"text": "Cardiology"}],
}
ASTHMA: Body = {
    "resourceType": "Condition",
    "id": "c",
    "subject": {"reference": "Patient/p"},
    "code": {"text": "Asthma"},
}
THEIRS: Body = {**ASTHMA, "id": "x", "subject": {"reference": "Patient/q"}, "code": {"text": "Not yours"}}
VISIT: Body = {
    "resourceType": "Encounter",
    "id": "e",
    "subject": {"reference": "Patient/p/_history/2"},
    "class": {"code": "EMER", "display": "emergency"},
    "period": {"start": "2024-03-01"},
}


async def found(server: CaseServer, references: Iterable[str], *, names: ReferenceNames | None = None) -> list[str]:
    """What the references print as once they were asked for."""
    reached = await Server.connect(BASE, trust_host=True, transport=server)
    names = names or ReferenceNames("p")
    asked = list(references)
    try:
        await names.find(reached._fhir, await reached._fhir.offers(), asked)
    finally:
        await reached.close()
    return [names.name(one) for one in asked]


ALL = [DOCTOR, HOSPITAL, ROLE, ASTHMA, THEIRS, VISIT]


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("Practitioner/12", "Dr. Jonah Schroeder MD"),
        ("Practitioner/12/_history/4", "Dr. Jonah Schroeder MD"),
        (f"{BASE}/Practitioner/12", "Dr. Jonah Schroeder MD"),
        ("Organization/3", "Morton Hospital"),
        ("PractitionerRole/r", "Dr. Jonah Schroeder MD, Cardiology"),
        ("Condition/c", "Asthma"),
        ("Encounter/e", "emergency, 1 Mar 2024"),
        ("Patient/p", "The patient"),
        ("Practitioner/99", "Practitioner (no name given)"),
        ("https://other.example/fhir/Practitioner/12", "Practitioner (no name given)"),
        ("urn:uuid:3f8a1c1e-0000-4000-8000-000000000000", "Something (no name given)"),
    ],
)
async def test_a_reference_is_a_name(reference: str, name: str) -> None:
    server = CaseServer(ALL)
    assert await found(server, [reference]) == [name]
    assert not any("other.example" in one for one in server.asked)


@pytest.mark.rule("FAM-9")
@pytest.mark.parametrize("reference", ["Condition/x", "Patient/q"])
async def test_what_is_of_somebody_else_gives_no_name(reference: str) -> None:
    assert "(no name given)" in (await found(CaseServer(ALL, parameters=["_id"]), [reference]))[0]


async def test_many_are_asked_for_in_few_requests_and_once() -> None:
    people = [{**DOCTOR, "id": f"d{n}"} for n in range(100)]
    server, names = CaseServer(people), ReferenceNames("p")
    asked = [f"Practitioner/d{n}" for n in range(100)] * 2
    assert set(await found(server, asked, names=names)) == {"Dr. Jonah Schroeder MD"}
    assert sum(one.startswith("Practitioner") for one in server.asked) == 3
    assert await found(server, asked, names=names)
    assert sum(one.startswith("Practitioner") for one in server.asked) == 3


async def test_without_a_search_by_id_they_are_read_one_by_one_up_to_a_limit() -> None:
    people = [{**DOCTOR, "id": f"d{n:03}"} for n in range(250)]
    server = CaseServer(people, parameters=["patient"])
    names = await found(server, [f"Practitioner/d{n:03}" for n in range(250)])
    assert names.count("Dr. Jonah Schroeder MD") == 200
    assert names.count("Practitioner (no name given)") == 50


async def test_a_refused_type_costs_its_own_names() -> None:
    names = ReferenceNames("p")
    asked = ["Practitioner/12", "Organization/3"]
    assert await found(CaseServer(ALL, refuse=["Practitioner"]), asked, names=names) == [
        "Practitioner (no name given)",
        "Morton Hospital",
    ]
    assert names.refused == ["Practitioner"]


def test_what_a_page_brings_along_and_what_is_inside_needs_no_request() -> None:
    names = ReferenceNames("p")
    names.take(page(VISIT, DOCTOR), "Encounter")
    inside = {"resourceType": "Practitioner", "id": "in", "name": [{"text": "Dr. Inside"}]}
    tree: dict[str, Any] = {
        "contained": [inside],
        "performer": [{"actor": {"reference": "#in"}}, {"actor": {"reference": "Practitioner/12"}}],
        "recorder": {"reference": "#missing"},
        "asserter": {"reference": "Practitioner/7"},
        "author": {"reference": "Practitioner/8", "display": "Dr. Eight"},
    }
    filled = names.filled(tree)
    assert [one["actor"]["display"] for one in filled["performer"]] == ["Dr. Inside", "Dr. Jonah Schroeder MD"]
    assert list(references_in(filled)) == ["Practitioner/7"]


def test_a_urn_leads_to_what_the_same_bundle_has_under_it() -> None:
    names, urn = ReferenceNames("p"), "urn:uuid:3f8a1c1e-0000-4000-8000-000000000000"
    entries = [
        {"fullUrl": urn, "resource": DOCTOR},
        {"fullUrl": "https://other.example/Organization/3", "resource": HOSPITAL},
    ]
    body = json.dumps({"resourceType": "Bundle", "entry": entries}).encode()
    names.take(page_of(Response(200, body, {}, "")), "Practitioner")
    assert names.name(urn) == "Dr. Jonah Schroeder MD"
    assert names.name("https://other.example/Organization/3/_history/1") == "Morton Hospital"


@pytest.mark.parametrize(
    ("names", "titled"),
    [
        ([{"given": [None], "family": "Brindle"}], "Brindle"),
        ([{"given": None, "text": "Brindle, V."}], "Brindle, V."),
        ([{"use": "official", "family": "Old", "period": {"end": "2010"}}, {"use": "old", "family": "New"}], "New"),
        ([{"family": "Not yet", "period": {"start": "2999-01"}}, {"use": "temp", "family": "Now"}], "Now"),
        ([{"family": "First", "period": {"start": "2001"}}, {"family": "Then", "period": {"start": "2010"}}], "Then"),
        ([{"prefix": ["Dr."], "given": ["Jon", "B."], "family": "Mallow", "suffix": ["Jr."]}], "Dr. Jon B. Mallow Jr."),
        ([{"prefix": ["Dr."]}, None, "x", {"family": 3}], ""),
    ],
)
def test_a_persons_name_is_the_one_that_holds(names: list[Any], titled: str) -> None:
    assert person_name(names).titled == titled
