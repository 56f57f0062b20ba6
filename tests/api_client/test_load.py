"""Loading a chart from servers that do less, or worse, than the mock: sorting, paging, refreshing, cut answers."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import respx

from genesis_tui.api_client.fhir.client import FhirClient
from genesis_tui.api_client.fhir.results.load import fill
from genesis_tui.api_client.fhir.results.patient_results import PatientResults
from genesis_tui.api_client.fhir.structs import FhirAttachment
from genesis_tui.api_client.http import paging
from genesis_tui.api_client.http.client import HttpClient
from genesis_tui.api_client.sign_in.bearer import Bearer
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.tokens import Tokens
from genesis_tui.models.base.errors import BadAnswer, ServerFault
from genesis_tui.models.results.result import Results

BASE = "http://127.0.0.1:8801/fhir/r4"
Body = dict[str, Any]
Answers = Callable[[httpx.Request], httpx.Response]


def bundle(*bodies: Any, next: str = "") -> Body:
    links = [{"relation": "next", "url": next}] if next else []
    return {"resourceType": "Bundle", "link": links, "entry": [{"resource": b} for b in bodies]}


def lab(number: int, **more: Any) -> Body:
    return {
        "resourceType": "Observation",
        "id": str(number),
        "status": "final",
        "subject": {"reference": "Patient/1"},
        "code": {"text": "LDL"},
        "effectiveDateTime": f"20{number:02}-01-01",
        "valueQuantity": {"value": number},
        **more,
    }


def page(*bodies: Any, next: str = "", **more: Any) -> httpx.Response:
    return httpx.Response(200, json=bundle(*bodies, next=next) | more)


def metadata(**types: list[str]) -> Body:
    listed = [{"type": t, "searchParam": [{"name": n} for n in names]} for t, names in types.items()]
    return {"resourceType": "CapabilityStatement", "rest": [{"resource": listed}]}


async def load(chart: PatientResults, answers: Answers, statement: Body) -> tuple[list[Results], list[httpx.Request]]:
    """Every state that was told, and the searches that were sent."""
    wire = await HttpClient.open()
    bearer = Bearer(wire, Endpoints())
    bearer.take(Tokens("t", expires=1e12))
    with respx.mock(assert_all_called=False) as net:
        net.get(f"{BASE}/metadata").mock(return_value=httpx.Response(200, json=statement))
        searches = net.route(url__startswith=BASE).mock(side_effect=answers)
        try:
            told = [page async for page in fill(FhirClient(wire, bearer, BASE), chart)]
        finally:
            await wire.close()
        return told, [call.request for call in searches.calls]


LABS_ONLY = metadata(Observation=["patient", "category", "_lastUpdated"])


async def test_what_a_server_does_not_offer_is_not_asked_for() -> None:
    told, sent = await load(PatientResults("1"), lambda _: httpx.Response(200, json=bundle(lab(1))), LABS_ONLY)
    assert [r.url.path.rpartition("/")[2] for r in sent] == ["Observation"]
    assert "_sort" not in sent[0].url.params
    assert told[-1].complete


async def test_a_sort_is_asked_for_where_it_is_listed() -> None:
    _, sent = await load(
        PatientResults("1"), lambda _: httpx.Response(200, json=bundle()), metadata(Observation=["patient", "_sort"])
    )
    assert sent[0].url.params["_sort"] == "-date"


async def test_pages_grow_and_only_the_last_is_complete() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("page", 1))
        following = f"{BASE}/Observation?page={number + 1}" if number < 9 else ""
        return httpx.Response(200, json=bundle(lab(number), next=following))

    told, sent = await load(PatientResults("1"), answer, LABS_ONLY)
    assert len(sent) == 9
    assert [p.complete for p in told] == [False, False, False, False, True]
    assert [r.title for r in told[-1].rows] == ["LDL"] * 9
    assert [r.readings[0].text for r in told[-1].rows] == [str(n) for n in range(9, 0, -1)]


@pytest.mark.parametrize("link", [f"{BASE}/Observation?page=1", "Observation?page=1", "?page=1"])
async def test_pages_that_lead_in_a_circle_end_with_a_fault_that_counts(link: str) -> None:
    told, sent = await load(PatientResults("1"), lambda _: page(lab(1), next=link), LABS_ONLY)
    assert len(sent) == 2
    assert [(r.complete, len(r.rows)) for r in told][-1] == (True, 1)
    assert (told[-1].unreadable.count, told[-1].unreadable.reasons) == (1, (paging.CIRCLE,))


def endless(request: httpx.Request) -> httpx.Response:
    """A page that leads on, each with one test more."""
    number = int(request.url.params.get("page", 1))
    return page(lab(number), next=f"Observation?page={number + 1}")


@pytest.mark.parametrize(("empty", "asked", "whole"), [(9, 10, True), (10, 10, False), (30, 10, False)])
async def test_the_tenth_empty_page_is_the_last(empty: int, asked: int, *, whole: bool) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("page", 1))
        return page(next=f"?page={number + 1}") if number <= empty else page(lab(1))

    told, sent = await load(PatientResults("1"), answer, LABS_ONLY)
    assert (len(sent), len(told[-1].rows)) == (asked, int(whole))
    assert told[-1].unreadable.reasons == (() if whole else (paging.EMPTY,))


async def test_a_load_ends_at_its_pages_and_at_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 7)
    told, sent = await load(PatientResults("1"), endless, LABS_ONLY)
    assert (len(sent), len(told[-1].rows)) == (7, 7)
    assert told[-1].unreadable.reasons == (paging.ENDLESS,)
    size = len(endless(sent[0]).content)
    monkeypatch.setattr(paging, "MOST_BYTES", 3 * size)
    told, sent = await load(PatientResults("1"), endless, LABS_ONLY)
    assert (len(sent), len(told[-1].rows)) == (3, 3)
    assert told[-1].unreadable.reasons == (paging.ENDLESS,)


async def test_the_bytes_of_a_load_are_those_of_all_its_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    both = metadata(Observation=["patient"], DiagnosticReport=["patient"])

    def answer(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("page", 1))
        return page(next=f"{request.url.path}?page={number + 1}", note="x" * 900)

    monkeypatch.setattr(paging, "MOST_BYTES", 4000)
    told, sent = await load(PatientResults("1"), answer, both)
    assert len(sent) == 5  # they go on side by side
    assert told[-1].unreadable.count == 2


async def test_what_was_cut_short_is_asked_for_whole_the_next_time() -> None:
    chart = PatientResults("1")
    stamped = {"lastUpdated": "2026-11-20T07:40:00Z"}
    told, _ = await load(chart, lambda _: page(lab(1, meta=stamped), next="?page=1"), LABS_ONLY)
    assert told[-1].unreadable.count == 1
    told, sent = await load(chart, lambda _: page(lab(1, meta=stamped), lab(2)), LABS_ONLY)
    assert "_lastUpdated" not in sent[0].url.params
    assert told[-1].unreadable.count == 0


async def test_a_refresh_asks_from_the_latest_change_on() -> None:
    chart = PatientResults("1")
    changed = lab(1, meta={"lastUpdated": "2026-11-20T07:40:00.125-05:00"})
    await load(chart, lambda _: httpx.Response(200, json=bundle(changed, lab(2))), LABS_ONLY)
    told, sent = await load(chart, lambda _: httpx.Response(200, json=bundle(lab(3))), LABS_ONLY)
    assert sent[0].url.params["_lastUpdated"] == "ge2026-11-20T12:40:00.125Z"
    assert [r.readings[0].text for r in told[-1].rows] == ["3", "2", "1"]


async def test_without_change_times_everything_is_asked_again() -> None:
    chart = PatientResults("1")
    for _ in range(2):
        _, sent = await load(chart, lambda _: httpx.Response(200, json=bundle(lab(1))), LABS_ONLY)
        assert "_lastUpdated" not in sent[0].url.params


async def test_a_load_that_fails_in_the_middle_is_not_taken_for_whole() -> None:
    chart = PatientResults("1")
    answers = iter([httpx.Response(200, json=bundle(lab(1), next=f"{BASE}/Observation?page=2")), httpx.Response(500)])
    with pytest.raises(ServerFault):
        await load(chart, lambda _: next(answers), LABS_ONLY)
    assert chart.fetched is None
    _, sent = await load(chart, lambda _: httpx.Response(200, json=bundle(lab(1))), LABS_ONLY)
    assert "_lastUpdated" not in sent[0].url.params


@pytest.mark.parametrize("body", [b"", b"{", b'{"resourceType":"OperationOutcome"}', b"<html>"])
async def test_a_page_of_broken_json_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        await load(PatientResults("1"), lambda _: httpx.Response(200, content=body), LABS_ONLY)


async def test_where_community_records_came_from_is_asked_once() -> None:
    tag = {"meta": {"tag": [{"system": "https://genesis-tui.example/fhir/CodeSystem/origin", "code": "community"}]}}
    provenance = {
        "resourceType": "Provenance",
        "target": [{"reference": "Observation/1"}],
        "agent": [{"who": {"display": "Lakeview"}, "onBehalfOf": {"display": "Lakeview Medical Group"}}],
    }

    def answer(request: httpx.Request) -> httpx.Response:
        asked = request.url.path.rpartition("/")[2]
        return httpx.Response(
            200, json=bundle(*([provenance] if asked == "Provenance" else [lab(1, **tag), lab(2, **tag)]))
        )

    chart = PatientResults("1")
    offers = metadata(Observation=["patient", "category"], Provenance=["target"])
    told, sent = await load(chart, answer, offers)
    assert sent[-1].url.params["target"] == "Observation/1,Observation/2"
    assert [r.community for r in told[-1].rows] == ["a community partner", "Lakeview Medical Group"]
    _, sent = await load(chart, answer, offers)
    assert [r.url.path.rpartition("/")[2] for r in sent] == ["Observation"]


WRAPPED = b'{"resourceType": "Binary", "contentType": "text/plain", "data": "T25l"}'


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        (b"One\r\nTwo", "text/plain", "One\nTwo"),
        (b"<p>One</p>", "text/html; charset=utf-8", "One"),
        (WRAPPED, "application/fhir+json; charset=utf-8", "One"),
        (WRAPPED, "application/json", "One"),
    ],
)
async def test_a_binary_is_read_raw_or_wrapped(content: bytes, kind: str, text: str) -> None:
    wire = await HttpClient.open()
    bearer = Bearer(wire, Endpoints())
    bearer.take(Tokens("t", expires=1e12))
    with respx.mock:
        respx.get(f"{BASE}/Binary/9").respond(200, content=content, content_type=kind)
        found = await FhirClient(wire, bearer, BASE).text(FhirAttachment(url="Binary/9"))
        await wire.close()
    assert found == text
