"""Personas, scenarios, the request log, and the token that all of them need."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from genesis_tui.mock_backend.admin.routes import router
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import START, SignIn
from genesis_tui.testing.sign_in import PkcePair, typed

api = FastAPI()
api.include_router(router)
ROUTES = [(method.upper(), path) for path, methods in api.openapi()["paths"].items() for method in methods]


def test_the_table_of_routes_is_read() -> None:
    assert ("GET", "/mock/v1/personas") in ROUTES
    assert len(ROUTES) >= 8


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "headers", [{}, {"X-Tester-Token": "wrong"}, {"Authorization": "Bearer wrong"}, {"X-Tester-Token": "ü"}]
)
async def test_nothing_answers_without_the_token(
    visitor: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]
) -> None:
    sent = {name: value.encode() for name, value in headers.items()}
    answer = await visitor.request(method, path, json={}, headers=sent)
    assert answer.status_code == 401


async def test_a_persons_token_is_no_testers(sign_in: SignIn) -> None:
    assert (await (await sign_in("daniel.reyes")).get("/mock/v1/personas")).status_code == 401


async def test_the_token_may_come_as_a_bearer(mock: Mock, visitor: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {mock.tester_token}"}
    assert (await visitor.get("/mock/v1/personas", headers=headers)).status_code == 200


async def test_every_persona_can_do_what_their_state_says(tester: httpx.AsyncClient) -> None:
    personas = (await tester.get("/mock/v1/personas")).json()["personas"]
    states = {"": 200, "support": 200, "locked": 403, "mismatch": 403}
    assert {one["state"] for one in personas} == set(states)
    for one in personas:
        answer = await typed(tester, one["username"], one["password"], pkce=PkcePair())
        assert (one["name"], answer.status_code) == (one["name"], states[one["state"]])


async def test_a_reset_begins_again(mock: Mock, tester: httpx.AsyncClient, sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    await tester.post("/mock/v1/clock/advance", json={"days": 3})
    for _ in range(5):
        await typed(tester, "elena.reyes", "wrong", pkce=PkcePair())
    assert (await tester.post("/mock/v1/scenario/reset")).json()["seed"] == mock.seed
    assert mock.clock.now() == START
    assert (await daniel.get("/portal/v1/session")).status_code == 401
    assert (await (await sign_in("elena.reyes")).get("/portal/v1/session")).status_code == 200


async def test_a_snapshot_brings_back_world_sign_ins_and_time(
    mock: Mock, tester: httpx.AsyncClient, sign_in: SignIn
) -> None:
    daniel = await sign_in("daniel.reyes")
    me = (await daniel.get("/portal/v1/session")).json()["person"]["id"]
    before = (await daniel.get(f"/portal/v1/patients/{me}/seen")).json()["new"]
    snapshot = (await tester.post("/mock/v1/scenario/snapshot")).json()["snapshot"]
    await daniel.post("/portal/v1/seen", json={"patient": me, "keys": before})
    await tester.post("/mock/v1/clock/advance", json={"days": 1})
    await daniel.delete("/portal/v1/session")
    assert (await tester.post("/mock/v1/scenario/restore", json={"snapshot": snapshot})).json()[
        "now"
    ] == "2026-11-23T14:42:00Z"
    assert (await daniel.get(f"/portal/v1/patients/{me}/seen")).json()["new"] == before


async def test_an_unknown_snapshot_is_not_found(tester: httpx.AsyncClient) -> None:
    assert (await tester.post("/mock/v1/scenario/restore", json={"snapshot": "x"})).status_code == 404


async def test_a_database_in_a_file_goes_on_where_it_stopped(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mock.db'}"
    first = Mock.create(url, seed=3, start=START, frozen=True)
    first.move_clock(START.replace(hour=20))
    jwk = first.key.jwk
    first.close()
    second = Mock.create(url, seed=9)
    told = (second.seed, second.start, second.clock.now(), second.clock.freeze, second.key.jwk)
    second.close()
    assert told == (3, START, START.replace(hour=20), True, jwk)


async def test_the_log_tells_who_asked_for_whom_and_which_rule_decided(
    tester: httpx.AsyncClient, sign_in: SignIn
) -> None:
    elena = await sign_in("elena.reyes")
    people = (await elena.get("/portal/v1/family")).json()["people"]
    daniel = next(one["id"] for one in people if one["given"] == "Daniel")
    me = people[0]["id"]
    refused = await elena.get(f"/fhir/r4/Observation?patient={daniel}&category=laboratory&code=4548-4")
    logged = (await tester.get("/mock/v1/requests?last=1")).json()["requests"][0]
    assert logged == {
        "at": "2026-11-23T14:42:00Z",
        "method": "GET",
        "path": "/fhir/r4/Observation",
        "id": refused.headers["x-request-id"],
        "status": 403,
        "person": me,
        "patient": daniel,
        "decisions": ["FAM-6: no-grant"],
    }


async def test_the_log_holds_no_secrets(mock: Mock, tester: httpx.AsyncClient, passwords: dict[str, str]) -> None:
    await typed(tester, "daniel.reyes", passwords["daniel.reyes"], pkce=PkcePair())
    text = (await tester.get("/mock/v1/requests?last=500")).text
    assert passwords["daniel.reyes"] not in text
    assert mock.tester_token not in text


@pytest.mark.parametrize("last", ["0", "501", "x"])
async def test_the_log_gives_between_one_and_five_hundred(tester: httpx.AsyncClient, last: str) -> None:
    assert (await tester.get(f"/mock/v1/requests?last={last}")).status_code == 422
