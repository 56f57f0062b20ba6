"""FAM-7: what is labelled sensitive reaches the patient alone, and so does what quotes it or points to it."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.database.record.resources import ResourceFacts, body_of, put_resource
from genesis_tui.mock_backend.mock import Mock
from tests.portal.scheduling import agenda, free, schedule
from tests.portal.writing import BOX, folders, listed, message, post, refusal, uploaded
from tests.small_world import CLINIC, FULL_PROXY, GRANTER, LIMITED_PROXY, SPONSOR, TEEN, client_of, token_for

NOTE = f"DocumentReference-{GRANTER}"
ENTRY = f"DocumentReference/{NOTE}"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


@pytest.fixture
async def patient(small: Mock) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(small, token_for(small, GRANTER)) as client:
        yield client


@pytest.fixture
async def proxy(small: Mock) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(small, token_for(small, FULL_PROXY)) as client:
        yield client


def label(mock: Mock, *codes: str, system: str = ACT_CODE, kind: str = "DocumentReference", id: str = NOTE) -> None:
    """An entry of the granter's gets these labels now."""
    with mock.database.begin() as conn:
        body = body_of(conn, kind, id)
        assert body is not None
        meta = {"security": [{"system": system, "code": code} for code in codes]}
        facts = ResourceFacts(GRANTER, final_at=mock.clock.micros() - 1)
        put_resource(conn, body | {"meta": meta}, facts, now=mock.clock.micros(), policy=mock.policy)


def wrong(**change: Any) -> dict[str, Any]:
    words = {"category": "record-correction", "subject": "Not what I said", "entry": ENTRY}
    return message(GRANTER, recipient=BOX, body="> A quoted secretword of the note") | words | change


async def status(client: httpx.AsyncClient, path: str) -> int:
    return (await client.get(path)).status_code


@pytest.mark.rule("FAM-7")
@pytest.mark.parametrize("code", ["PSY", "HIV", "ETH", "SUD", "SEX", "STD", "MH", "SDV", "SICKLE"])
async def test_a_sensitivity_label_closes_an_entry(
    small: Mock, patient: httpx.AsyncClient, proxy: httpx.AsyncClient, code: str
) -> None:
    path = f"/fhir/r4/{ENTRY}"
    assert await status(proxy, path) == 200
    label(small, code)
    assert (await status(proxy, path), await status(patient, path)) == (404, 200)


@pytest.mark.rule("FAM-7")
async def test_only_labels_of_sensitivity_close_an_entry(small: Mock, proxy: httpx.AsyncClient) -> None:
    path = f"/fhir/r4/{ENTRY}"
    for system, code in ((ACT_CODE, "IDSCL"), (CONFIDENTIALITY, "N"), ("http://example.org/own", "PSY")):
        label(small, code, system=system)
        assert await status(proxy, path) == 200
    for code in ("R", "V"):
        label(small, code, system=CONFIDENTIALITY)
        assert await status(proxy, path) == 404
    label(small)
    assert await status(proxy, path) == 200, "the label was taken off again"


@pytest.mark.rule("FAM-7")
async def test_a_document_may_carry_the_label_in_its_own_element(small: Mock, proxy: httpx.AsyncClient) -> None:
    with small.database.begin() as conn:
        body = body_of(conn, "DocumentReference", NOTE)
        assert body is not None
        body["securityLabel"] = [{"coding": [{"system": CONFIDENTIALITY, "code": "R"}]}]
        put_resource(conn, body, ResourceFacts(GRANTER), now=small.clock.micros(), policy=small.policy)
    assert await status(proxy, f"/fhir/r4/{ENTRY}") == 404


@pytest.mark.rule("FAM-7", "REC-7")
async def test_a_correction_and_its_conversation_are_the_patients_alone(
    small: Mock, patient: httpx.AsyncClient, proxy: httpx.AsyncClient
) -> None:
    label(small, "PSY")
    before = (await listed(proxy, patient=GRANTER), await folders(proxy, GRANTER))
    file = await uploaded(patient, "a.txt", b"words", patient=GRANTER)
    thread = (await post(patient, "corrections", wrong(attachments=[file]))).json()["thread"]
    assert thread in await listed(patient, patient=GRANTER)
    assert (await listed(proxy, patient=GRANTER), await folders(proxy, GRANTER)) == before
    await _is_closed(proxy, thread, file)
    assert await status(patient, f"/portal/v1/threads/{thread}") == 200


async def _is_closed(proxy: httpx.AsyncClient, thread: str, file: str) -> None:
    """Nothing of a conversation shows, by id, by words, in lists or acts; it answers as an unknown one does."""
    answer, unknown = [await proxy.get(f"/portal/v1/threads/{one}") for one in (thread, "none")]
    assert answer.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
    assert await status(proxy, f"/portal/v1/attachments/{file}") == 404
    for words in ("secretword", "said"):
        asked = {"patient": GRANTER, "words": words}
        assert (await proxy.post("/portal/v1/threads/search", json=asked)).json()["threads"] == []
    told = await proxy.get(f"/portal/v1/patients/{GRANTER}/corrections")
    assert told.json() == {"corrections": []}
    chosen = {"patient": GRANTER, "threads": [thread]}
    assert (await proxy.post("/portal/v1/messages/move", json=chosen | {"folder": "trash"})).status_code == 404
    assert (await proxy.post("/portal/v1/messages/unread", json=chosen)).status_code == 404
    assert refusal(await post(proxy, "messages", {"patient": GRANTER, "thread": thread, "body": "What?"}))[0] == 404
    assert thread not in (await proxy.get(f"/portal/v1/patients/{GRANTER}/news")).text


@pytest.mark.rule("FAM-7", "REC-7")
async def test_what_became_sensitive_later_closes_what_was_said_of_it(
    small: Mock, patient: httpx.AsyncClient, proxy: httpx.AsyncClient
) -> None:
    """The proxy asked for the correction themselves, and has an answer to it unread."""
    counted = (await proxy.get("/portal/v1/counts")).json()["people"]
    file = await uploaded(proxy, "a.txt", b"words", patient=GRANTER)
    key = "11111111-1111-4111-8111-111111111111"
    thread = (await post(proxy, "corrections", wrong(attachments=[file]), key)).json()["thread"]
    async with client_of(small, small.tester_token) as tester:
        answer = {"thread": thread, "body": "We looked again.", "outcome": "amended"}
        assert (await tester.post("/mock/v1/staff/messages", json=answer)).status_code == 201
    draft = {"patient": GRANTER, "entry": ENTRY, "body": "> A quoted secretword", "category": "record-correction"}
    assert (await proxy.put(f"/portal/v1/drafts/{key}", json=draft)).status_code == 200
    assert (await folders(proxy, GRANTER))["inbox"][1] == 2
    label(small, "HIV")
    await _is_closed(proxy, thread, file)
    assert (await proxy.get("/portal/v1/counts")).json()["people"] == [
        one | ({"results": one["results"] - 1} if one["id"] == GRANTER else {}) for one in counted
    ]
    news = (await proxy.get(f"/portal/v1/patients/{GRANTER}/news")).text
    assert "We looked" not in news
    assert ENTRY not in news
    assert (await proxy.get(f"/portal/v1/patients/{GRANTER}/drafts")).json() == {"drafts": []}
    assert (await folders(proxy, GRANTER)).get("drafts", (0, 0)) == (0, 0)
    again = await proxy.get(f"/portal/v1/requests/{key}")
    assert again.status_code == 404, "nor does the key of the request tell of it"
    assert await status(patient, f"/portal/v1/threads/{thread}") == 200
    label(small)
    assert await status(proxy, f"/portal/v1/threads/{thread}") == 200


@pytest.mark.rule("FAM-7", "REC-7")
async def test_a_correction_of_a_sensitive_entry_is_asked_by_the_patient_alone(
    small: Mock, patient: httpx.AsyncClient, proxy: httpx.AsyncClient
) -> None:
    label(small, "SUD")
    unknown = wrong(entry="DocumentReference/none")
    for path in ("corrections", "corrections/preview"):
        assert refusal(await post(proxy, path, wrong())) == refusal(await post(proxy, path, unknown))
        assert (await post(patient, path, wrong())).status_code in (200, 201)


POINTING: list[tuple[str, dict[str, Any]]] = [
    ("Observation", {"encounter": {"reference": "{}"}}),
    ("Condition", {"encounter": {"reference": "{}", "display": "Behavioral health visit"}}),
    ("DiagnosticReport", {"result": [{"reference": "Observation/none"}, {"reference": "{}"}]}),
    ("DocumentReference", {"relatesTo": [{"code": "appends", "target": {"reference": "{}"}}]}),
    ("DocumentReference", {"context": {"encounter": [{"reference": "{}"}]}}),
    ("Encounter", {"appointment": [{"reference": "{}"}]}),
    ("MedicationRequest", {"reasonReference": [{"reference": "http://mock/fhir/r4/{}/_history/1"}]}),
    ("CarePlan", {"activity": [{"outcomeReference": [{"reference": "{}"}]}]}),
]


@pytest.mark.rule("FAM-7")
@pytest.mark.parametrize(("kind", "element"), POINTING, ids=[f"{kind}.{next(iter(one))}" for kind, one in POINTING])
@pytest.mark.parametrize("target", ["Encounter", "Observation"])
async def test_what_points_to_a_sensitive_entry_closes_with_it(
    small: Mock, patient: httpx.AsyncClient, proxy: httpx.AsyncClient, kind: str, element: dict[str, Any], target: str
) -> None:
    id, facts = f"{target}-{GRANTER}", ResourceFacts(GRANTER)

    def put(name: str, more: dict[str, Any]) -> None:
        body = {"resourceType": kind, "id": name, "status": "final"} | more
        with small.database.begin() as conn:
            put_resource(conn, body, facts, now=small.clock.micros(), policy=small.policy)

    async def seen(client: httpx.AsyncClient) -> list[bool]:
        found = (await client.get(f"/fhir/r4/{kind}?patient={GRANTER}")).text
        return [(await status(client, f"/fhir/r4/{kind}/{one}")) == 200 and one in found for one in ("own", "next")]

    put("own", json.loads(json.dumps(element).replace("{}", f"{target}/{id}")))
    put("next", {"basedOn": [{"reference": f"{kind}/own"}]})
    assert await seen(proxy) == [True, True]
    label(small, "PSY", kind=target, id=id)
    assert (await seen(proxy), await seen(patient)) == ([False, True], [True, True])
    put("own", json.loads(json.dumps(element).replace("{}", f"{target}/{id}")))
    assert await seen(proxy) == [False, True], "it was stored again"
    label(small, kind=target, id=id)
    assert await seen(proxy) == [True, True], "the label was taken off again"


def binary(mock: Mock, id: str, governed: str) -> None:
    body = {"resourceType": "Binary", "id": id, "contentType": "text/plain", "data": b64encode(b"words").decode()}
    body["securityContext"] = {"reference": governed}
    with mock.database.begin() as conn:
        put_resource(conn, body, ResourceFacts(GRANTER), now=mock.clock.micros(), policy=mock.policy)


@pytest.mark.rule("FAM-7")
async def test_an_attachment_closes_with_any_entry_that_holds_it(
    small: Mock, patient: httpx.AsyncClient, proxy: httpx.AsyncClient
) -> None:
    """The text is governed by one note; another one holds it too, and becomes sensitive."""
    path = f"/fhir/r4/Binary/Binary-{GRANTER}"
    for kind, element in (("DocumentReference", "content"), ("DiagnosticReport", "presentedForm")):
        for url in (f"Binary/Binary-{GRANTER}", f"{small.fhir_base}/Binary/Binary-{GRANTER}/_history/1"):
            held = {"url": url, "contentType": "text/plain"}
            other = {"resourceType": kind, "id": "other", "status": "current" if element == "content" else "final"}
            other[element] = [{"attachment": held}] if element == "content" else [held]
            with small.database.begin() as conn:
                put_resource(conn, other, ResourceFacts(GRANTER), now=small.clock.micros(), policy=small.policy)
            assert await status(proxy, path) == 200, (kind, url)
            label(small, "PSY", kind=kind, id="other")
            assert (await status(proxy, path), await status(patient, path)) == (404, 200)
            label(small, kind=kind, id="other")
            assert await status(proxy, path) == 200, (kind, url)


@pytest.mark.rule("FAM-7")
async def test_an_attachment_closes_when_its_own_note_becomes_sensitive(
    small: Mock, patient: httpx.AsyncClient, proxy: httpx.AsyncClient
) -> None:
    binary(small, "named-by-none", f"Patient/{GRANTER}")
    label(small, "ETH")
    path = f"/fhir/r4/Binary/Binary-{GRANTER}"
    assert (await status(proxy, path), await status(patient, path)) == (404, 200)
    assert await status(proxy, "/fhir/r4/Binary/named-by-none") == 200


@pytest.mark.rule("FAM-7")
async def test_the_first_free_slot_does_not_tell_of_a_sensitive_visit_then(
    small: Mock, patient: httpx.AsyncClient, proxy: httpx.AsyncClient
) -> None:
    period = {"from": "2026-11-20", "to": "2026-12-07"}
    first = (await free(patient, GRANTER, "acute", period=period))[0]
    visit = {"resourceType": "Appointment", "id": "kept", "status": "booked"}
    visit |= {"start": first["start"], "end": first["end"], "participant": []}
    with small.database.begin() as conn:
        now, facts = small.clock.micros(), ResourceFacts(GRANTER, sensitive=True)
        put_resource(conn, visit, facts, now=now, policy=small.policy)
    asked = {"patient": GRANTER, "visit_type": "acute"}
    told = {}
    for one in (patient, proxy):
        [clinic] = (await one.get("/portal/v1/clinics", params=asked)).json()["clinics"]
        [start, *_] = [slot["start"] for slot in await free(one, GRANTER, "acute", CLINIC, period)]
        assert clinic["first_free"] == start
        told[one] = start
    assert told[patient] == first["start"] < told[proxy]


@pytest.mark.rule("FAM-3", "FAM-5")
@pytest.mark.parametrize(
    ("viewer", "whose", "seen"),
    [
        (SPONSOR, TEEN, {"appointment", "request"}),
        (LIMITED_PROXY, GRANTER, {"appointment", "request"}),
        (FULL_PROXY, GRANTER, {"appointment", "request", "clipboard"}),
        (TEEN, TEEN, {"appointment", "request", "clipboard"}),
    ],
)
async def test_limited_access_is_told_of_visits_but_not_of_their_clipboards_and_conversations(
    small: Mock, viewer: str, whose: str, seen: set[str]
) -> None:
    scheduled = await schedule(small, whose)
    async with client_of(small, token_for(small, viewer)) as client:
        told = (await client.get("/portal/v1/changes", params={"since": "0"})).json()["changes"]
        assert {one["kind"] for one in told} == seen
        threads = {one["id"]: one["thread"] for one in await agenda(client, whose)}
        asked = [threads[one["id"]] for one in scheduled.requests]
        assert [bool(one) for one in asked] == ["clipboard" in seen] * 2
        for thread in filter(None, asked):
            assert (await client.get(f"/portal/v1/threads/{thread}")).status_code == 200
