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
from genesis_tui.models.base.errors import ApiError, BadAnswer
from genesis_tui.models.base.ledger import missing_text
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


def lacks(results: Results) -> list[tuple[str, str, bool]]:
    return [(one.type, one.why, one.partly) for one in results.missing]


@pytest.mark.rule("REC-8")
@pytest.mark.parametrize("status", [400, 403, 404, 500])
async def test_a_type_that_cannot_be_had_leaves_the_others(status: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        said = {"resourceType": "OperationOutcome", "issue": [{"details": {"text": "Insufficient scope"}}]}
        if request.url.path.endswith("Observation"):
            return page(lab(1))
        return httpx.Response(status, json=said)

    chart = PatientResults("1")
    told, _ = await load(chart, answer, metadata(Observation=["patient", "category"], DocumentReference=["patient"]))
    assert [r.title for r in told[-1].rows] == ["LDL"]
    assert lacks(told[-1]) == [("DocumentReference", "Insufficient scope.", False)]
    assert missing_text(told[-1].missing[0]) == "Clinical notes: not to be had. Insufficient scope."
    with pytest.raises(ApiError) as caught:
        await load(chart, lambda _: httpx.Response(status, json={"title": "Closed"}), metadata(Observation=["patient"]))
    assert caught.value.title == "Closed"


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


@pytest.mark.parametrize(
    "form", ["{}/Observation?page=2", "Observation?page=2", "?page=2", "{}/Observation?page=2&a=b c|d"]
)
async def test_a_link_is_followed_however_it_is_written(form: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        first = "page" not in request.url.params
        return page(lab(1 if first else 2), next=form.format(BASE) if first else "")

    told, sent = await load(PatientResults("1"), answer, LABS_ONLY)
    assert [r.readings[0].text for r in told[-1].rows] == ["2", "1"]
    assert sent[1].url.path.endswith("/Observation")


@pytest.mark.parametrize("link", [f"{BASE}/Observation?page=1", "Observation?page=1", "?page=1"])
async def test_pages_that_lead_in_a_circle_end_and_are_told(link: str) -> None:
    told, sent = await load(PatientResults("1"), lambda _: page(lab(1), next=link), LABS_ONLY)
    assert len(sent) == 2
    assert [(r.complete, len(r.rows)) for r in told][-1] == (True, 1)
    assert lacks(told[-1]) == [("Observation", paging.CIRCLE, True)]


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
    assert [why for _, why, _ in lacks(told[-1])] == ([] if whole else [paging.EMPTY])


async def test_a_load_ends_at_its_pages_and_at_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 7)
    told, sent = await load(PatientResults("1"), endless, LABS_ONLY)
    assert (len(sent), len(told[-1].rows)) == (7, 7)
    assert lacks(told[-1]) == [("Observation", paging.ENDLESS, True)]
    size = len(endless(sent[0]).content)
    monkeypatch.setattr(paging, "MOST_BYTES", 3 * size)
    told, sent = await load(PatientResults("1"), endless, LABS_ONLY)
    assert (len(sent), len(told[-1].rows)) == (3, 3)
    assert lacks(told[-1]) == [("Observation", paging.ENDLESS, True)]


async def test_the_bytes_of_a_load_are_those_of_all_its_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    both = metadata(Observation=["patient"], DiagnosticReport=["patient"])

    def answer(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("page", 1))
        return page(next=f"{request.url.path}?page={number + 1}", note="x" * 900)

    monkeypatch.setattr(paging, "MOST_BYTES", 4000)
    told, sent = await load(PatientResults("1"), answer, both)
    assert len(sent) == 5  # they go on side by side
    assert len(told[-1].missing) == 2


async def test_what_was_cut_short_is_asked_for_whole_the_next_time() -> None:
    chart = PatientResults("1")
    stamped = {"lastUpdated": "2026-11-20T07:40:00Z"}
    told, _ = await load(chart, lambda _: page(lab(1, meta=stamped), next="?page=1"), LABS_ONLY)
    assert len(told[-1].missing) == 1
    told, sent = await load(chart, lambda _: page(lab(1, meta=stamped), lab(2)), LABS_ONLY)
    assert "_lastUpdated" not in sent[0].url.params
    assert told[-1].missing == ()


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


@pytest.mark.rule("REC-8")
@pytest.mark.parametrize(
    ("link", "second", "why"),
    [
        ("Observation?page=2", httpx.Response(500), "problem of its own"),
        ("Observation?page=2", httpx.Response(403), "refused"),
        ("Observation?page=2", httpx.Response(200, content=b"{"), "could not be read"),
        ("https://127.0.0.1:8801/fhir/r4/Observation?page=2", None, "leads to another place"),
        ("http://elsewhere.test/Observation?page=2", None, "Plain http"),
    ],
)
async def test_a_load_that_ends_in_the_middle_keeps_what_came_and_says_why(
    link: str, second: httpx.Response | None, why: str
) -> None:
    chart = PatientResults("1")
    answers = iter([page(lab(1, meta={"lastUpdated": "2026-11-20T07:40:00Z"}), next=link), second])
    told, _ = await load(chart, lambda _: next(answers) or pytest.fail("it was followed"), LABS_ONLY)
    assert [r.readings[0].text for r in told[-1].rows] == ["1"]
    ((kind, said, partly),) = lacks(told[-1])
    assert (kind, partly, why in said) == ("Observation", True, True)
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
