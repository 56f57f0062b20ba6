"""DS Logon typed in the terminal: locks, mismatches, and answers that never tell whether a name exists."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.testing.plugin import START
from genesis_tui.testing.sign_in import PkcePair, exchange, typed

WRONG = "not the password of anybody"


async def fail(visitor: httpx.AsyncClient, username: str, times: int) -> list[httpx.Response]:
    return [await typed(visitor, username, WRONG, pkce=PkcePair()) for _ in range(times)]


@pytest.mark.rule("ID-4")
async def test_the_right_password_gives_a_code_and_the_code_tokens(
    visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    pkce = PkcePair()
    challenged = await typed(visitor, "daniel.reyes", passwords["daniel.reyes"], pkce=pkce)
    answer = await exchange(visitor, challenged.json()["authorization_code"], pkce=pkce)
    assert (challenged.status_code, answer.status_code) == (200, 200)
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 570)
    assert answer.json()["scope"] == "openid fhirUser user/*.rs portal"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.rule("ID-4")
async def test_user_names_are_the_same_in_any_case(visitor: httpx.AsyncClient, passwords: dict[str, str]) -> None:
    answer = await typed(visitor, " Daniel.REYES ", passwords["daniel.reyes"], pkce=PkcePair())
    assert answer.status_code == 200


@pytest.mark.rule("LOCK-1", "LOCK-3")
@pytest.mark.parametrize("username", ["daniel.reyes", "nobody.at.all"])
async def test_failures_count_down_to_a_lock(visitor: httpx.AsyncClient, username: str) -> None:
    answers = [answer.json() for answer in await fail(visitor, username, 6)]
    assert [answer["tries_left"] for answer in answers] == [4, 3, 2, 1, 0, 0]
    assert [answer["offer_reset"] for answer in answers] == [False, False, True, True, True, True]
    assert [answer["reason"] for answer in answers] == ["wrong-credentials"] * 4 + ["locked"] * 2
    assert answers[3]["locked_until"] is None
    assert answers[4]["locked_until"] == answers[5]["locked_until"] == "2026-11-23T15:12:00Z"


@pytest.mark.rule("LOCK-1")
async def test_known_and_unknown_names_get_the_same_bytes(visitor: httpx.AsyncClient) -> None:
    known = await fail(visitor, "daniel.reyes", 6)
    unknown = await fail(visitor, "nobody.at.all", 6)
    assert [(one.status_code, one.content) for one in known] == [(one.status_code, one.content) for one in unknown]


@pytest.mark.rule("LOCK-1")
async def test_every_try_costs_one_password_hash(
    visitor: httpx.AsyncClient, passwords: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[tuple[object, ...]] = []
    scrypt = hashlib.scrypt

    def counted(password: bytes, **cost: Any) -> bytes:
        costs.append((cost["n"], cost["r"], cost["p"]))
        return scrypt(password, **cost)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    await fail(visitor, "daniel.reyes", 6)
    await fail(visitor, "nobody.at.all", 6)
    await typed(visitor, "elena.reyes", passwords["elena.reyes"], pkce=PkcePair())
    assert (len(costs), len(set(costs))) == (13, 1)


@pytest.mark.rule("LOCK-1")
async def test_a_password_is_hashed_at_its_first_use_and_only_when_it_is_right(
    mock: Mock, visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    def kept() -> dict[str, str]:
        with mock.database.begin() as conn:
            found = conn.exec_driver_sql("SELECT username, password_hash FROM sign_in").all()
            return {str(username): str(stored) for username, stored in found}

    before = kept()
    assert not any(one.startswith("scrypt$") for one in before.values())
    await fail(visitor, "daniel.reyes", 2)
    assert kept() == before
    for _ in range(2):
        answer = await typed(visitor, "elena.reyes", passwords["elena.reyes"], pkce=PkcePair())
        assert answer.status_code == 200
        after = kept()
        hashed = after["elena.reyes"]
        assert hashed.startswith("scrypt$")
        assert after == before | {"elena.reyes": hashed}
        before = after


@pytest.mark.rule("LOCK-5", "LOCK-2")
@pytest.mark.parametrize(
    ("after", "status"),
    [
        (timedelta(minutes=30, microseconds=-1), 403),
        (timedelta(minutes=30), 200),
        (timedelta(minutes=30, microseconds=1), 200),
    ],
)
async def test_the_right_password_waits_for_the_end_of_the_lock(
    mock: Mock, visitor: httpx.AsyncClient, passwords: dict[str, str], after: timedelta, status: int
) -> None:
    await fail(visitor, "daniel.reyes", 5)
    mock.clock.advance(after)
    answer = await typed(visitor, "daniel.reyes", passwords["daniel.reyes"], pkce=PkcePair())
    assert answer.status_code == status
    assert status == 200 or (answer.json()["rule"], answer.json()["locked_until"]) == ("LOCK-5", "2026-11-23T15:12:00Z")


@pytest.mark.rule("LOCK-5")
async def test_failures_while_locked_do_not_extend_the_lock(
    mock: Mock, visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    await fail(visitor, "daniel.reyes", 5)
    mock.clock.advance(timedelta(minutes=29))
    await fail(visitor, "daniel.reyes", 9)
    mock.clock.advance(timedelta(minutes=1))
    assert (await typed(visitor, "daniel.reyes", passwords["daniel.reyes"], pkce=PkcePair())).status_code == 200


@pytest.mark.rule("LOCK-2")
async def test_locks_grow_until_a_success_clears_them(
    mock: Mock, visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    lengths = []
    for _ in range(4):
        last = (await fail(visitor, "daniel.reyes", 5))[-1].json()
        until = mock.clock.now().fromisoformat(last["locked_until"])
        lengths.append(until - mock.clock.now())
        mock.clock.set(until)
    assert lengths == [timedelta(minutes=30), timedelta(hours=24), timedelta(days=30), timedelta(days=30)]
    assert (await typed(visitor, "daniel.reyes", passwords["daniel.reyes"], pkce=PkcePair())).status_code == 200
    again = (await fail(visitor, "daniel.reyes", 5))[-1].json()
    assert mock.clock.now().fromisoformat(again["locked_until"]) - mock.clock.now() == timedelta(minutes=30)


@pytest.mark.rule("LOCK-1")
async def test_a_success_clears_the_count(visitor: httpx.AsyncClient, passwords: dict[str, str]) -> None:
    await fail(visitor, "daniel.reyes", 4)
    await typed(visitor, "daniel.reyes", passwords["daniel.reyes"], pkce=PkcePair())
    assert (await fail(visitor, "daniel.reyes", 1))[0].json()["tries_left"] == 4


@pytest.mark.rule("LOCK-1")
async def test_a_lock_survives_a_restart_of_the_mock(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mock.db'}"
    first = Mock.create(url, start=START, frozen=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(first)), base_url=first.issuer) as client:
        await fail(client, "daniel.reyes", 5)
    first.close()
    second = Mock.create(url)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(second)), base_url=second.issuer) as client:
        answer = (await fail(client, "daniel.reyes", 1))[0].json()
    second.close()
    assert (answer["reason"], answer["locked_until"]) == ("locked", "2026-11-23T15:12:00Z")


@pytest.mark.rule("DEERS-3")
async def test_a_mismatch_names_fields_and_no_values(
    mock: Mock, visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    answer = await typed(visitor, "ana.costa", passwords["ana.costa"], pkce=PkcePair())
    told = answer.json()
    assert (answer.status_code, told["rule"], told["reason"]) == (403, "DEERS-3", "deers-mismatch")
    assert told["fields"] == ["name", "birth_date"]
    assert told["tries_left"] is None
    with mock.database.begin() as conn:
        on_file = conn.exec_driver_sql(
            "SELECT given, family, birth_date, dod_id FROM deers JOIN sign_in USING (person_id) "
            "WHERE username = 'ana.costa'"
        ).one()
    assert not any(value in answer.text for value in on_file)


@pytest.mark.rule("DEERS-3")
async def test_a_mismatch_is_told_only_to_who_knows_the_password(visitor: httpx.AsyncClient) -> None:
    answer = (await fail(visitor, "ana.costa", 1))[0].json()
    assert (answer["reason"], answer["fields"]) == ("wrong-credentials", [])


@pytest.mark.rule("LOCK-5")
async def test_the_locked_persona_is_locked(visitor: httpx.AsyncClient, passwords: dict[str, str]) -> None:
    answer = await typed(visitor, "tom.larsen", passwords["tom.larsen"], pkce=PkcePair())
    assert (answer.status_code, answer.json()["reason"]) == (403, "locked")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_id": "unknown"}, "invalid_client"),
        ({"client_id": "growth-chart-app"}, "unauthorized_client"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"scope": "patient/*.rs launch/patient"}, "invalid_scope"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"aud": "https://elsewhere.example/fhir/r4"}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1/callback"}, "invalid_request"),
        ({"username": ""}, "invalid_request"),
        ({"password": ""}, "invalid_request"),
        ({"username": "x" * 257}, "invalid_request"),
        ({"password": "x" * 257}, "invalid_request"),
    ],
)
async def test_a_request_that_is_not_right_gets_no_code(
    visitor: httpx.AsyncClient, passwords: dict[str, str], change: dict[str, str], error: str
) -> None:
    form = {"username": "daniel.reyes", "password": passwords["daniel.reyes"]} | change
    answer = await typed(visitor, form.pop("username"), form.pop("password"), pkce=PkcePair(), **form)
    assert answer.json()["error"] == error
    assert "authorization_code" not in answer.json()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"client_id=genesis-tui&client_id=genesis-tui", "application/x-www-form-urlencoded"),
        (b'{"client_id": "genesis-tui"}', "application/json"),
        (b"client_id=%ff", "application/x-www-form-urlencoded"),
        (b"client_id=\xff", "application/x-www-form-urlencoded"),
        (b"client_id=" + b"x" * 20_000, "application/x-www-form-urlencoded"),
    ],
)
async def test_a_body_that_is_no_form_is_refused(visitor: httpx.AsyncClient, body: bytes, kind: str) -> None:
    answer = await visitor.post("/oauth/challenge", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
