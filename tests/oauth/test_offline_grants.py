"""Sign-ins for scripts: 90 days, reading only, unread counts only unless more was agreed to, revocable (SESS-4)."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.testing.plugin import START, SignIn
from genesis_tui.testing.sign_in import PkcePair, exchange, typed

pytestmark = pytest.mark.rule("SESS-4")
COUNTS = "openid fhirUser portal.counts offline_access"
READING = "openid fhirUser user/*.rs portal offline_access"
DANIEL = "12742301"


async def script(client: httpx.AsyncClient, password: str, scope: str) -> dict[str, str]:
    pkce = PkcePair()
    asked = await typed(client, "daniel.reyes", password, pkce=pkce, scope=scope, consent="allow")
    assert asked.status_code == 200, asked.text
    tokens: dict[str, str] = (await exchange(client, asked.json()["authorization_code"], pkce=pkce)).json()
    return tokens


def bearer(tokens: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def refreshed(client: httpx.AsyncClient, tokens: dict[str, str]) -> httpx.Response:
    form = {"grant_type": "refresh_token", "client_id": "genesis-tui", "refresh_token": tokens["refresh_token"]}
    return await client.post("/oauth/token", data=form)


@pytest.mark.parametrize("scope", [COUNTS, READING])
async def test_it_has_to_be_agreed_to(visitor: httpx.AsyncClient, passwords: dict[str, str], scope: str) -> None:
    answer = await typed(visitor, "daniel.reyes", passwords["daniel.reyes"], pkce=PkcePair(), scope=scope)
    assert (answer.status_code, answer.json()["error"], answer.json()["rule"]) == (400, "consent_required", "SESS-4")


async def test_unread_counts_and_nothing_else(visitor: httpx.AsyncClient, passwords: dict[str, str]) -> None:
    tokens = await script(visitor, passwords["daniel.reyes"], COUNTS)
    counts = await visitor.get("/portal/v1/counts", headers=bearer(tokens))
    assert counts.status_code == 200
    assert counts.json()["results"] == sum(one["results"] for one in counts.json()["people"]) > 0
    assert not any(name in counts.text for name in ("Reyes", "Maya", "Lipid"))
    closed = (
        "/portal/v1/family",
        "/portal/v1/session/vault",
        f"/portal/v1/patients/{DANIEL}/profile",
        f"/portal/v1/patients/{DANIEL}/threads",
        f"/portal/v1/patients/{DANIEL}/news",
        f"/fhir/r4/Patient/{DANIEL}",
        f"/fhir/r4/Observation?patient={DANIEL}&category=laboratory",
    )
    for path in closed:
        answer = await visitor.get(path, headers=bearer(tokens))
        assert answer.status_code == 403, path


async def test_reading_reads_and_does_nothing(visitor: httpx.AsyncClient, passwords: dict[str, str]) -> None:
    tokens = await script(visitor, passwords["daniel.reyes"], READING)
    assert (await visitor.get("/portal/v1/family", headers=bearer(tokens))).status_code == 200
    labs = {"patient": DANIEL, "category": "laboratory"}
    assert (await visitor.get("/fhir/r4/Observation", params=labs, headers=bearer(tokens))).status_code == 200
    grant = {"receiver": "kelly.walsh", "scope": "full", "until": None}
    for path, body in (
        ("family/grants", grant),
        ("seen", {"patient": DANIEL, "keys": []}),
        ("proofing", {"answers": {}}),
    ):
        answer = await visitor.post(f"/portal/v1/{path}", json=body, headers=bearer(tokens))
        assert (answer.status_code, answer.json()["rule"]) == (403, "SESS-4"), path


@pytest.mark.rule("SESS-1")
@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 400), (1, 400)])
async def test_it_lives_for_ninety_days(
    visitor: httpx.AsyncClient, mock: Mock, passwords: dict[str, str], seconds: int, status: int
) -> None:
    tokens = await script(visitor, passwords["daniel.reyes"], COUNTS)
    mock.clock.advance(timedelta(days=90, seconds=seconds))
    assert (await refreshed(visitor, tokens)).status_code == status


@pytest.mark.rule("SESS-2")
@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 400), (1, 400)])
async def test_one_of_a_person_ends_after_twelve_hours(
    visitor: httpx.AsyncClient, mock: Mock, passwords: dict[str, str], seconds: int, status: int
) -> None:
    pkce = PkcePair()
    asked = await typed(visitor, "daniel.reyes", passwords["daniel.reyes"], pkce=pkce)
    tokens = (await exchange(visitor, asked.json()["authorization_code"], pkce=pkce)).json()
    mock.clock.advance(timedelta(hours=12, seconds=seconds))
    assert (await refreshed(visitor, tokens)).status_code == status


async def test_it_is_listed_and_ended_by_its_person_alone(
    visitor: httpx.AsyncClient, sign_in: SignIn, passwords: dict[str, str]
) -> None:
    tokens = await script(visitor, passwords["daniel.reyes"], COUNTS)
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    (grant,) = (await daniel.get("/portal/v1/session/grants")).json()["grants"]
    assert grant["scope"] == COUNTS
    assert (await elena.get("/portal/v1/session/grants")).json()["grants"] == []
    assert (await elena.delete(f"/portal/v1/session/grants/{grant['id']}")).status_code == 404
    assert (await daniel.delete(f"/portal/v1/session/grants/{grant['id']}")).status_code == 204
    assert (await visitor.get("/portal/v1/counts", headers=bearer(tokens))).status_code == 401
    assert (await refreshed(visitor, tokens)).status_code == 400
    assert (await daniel.delete("/portal/v1/session/grants/made-up")).status_code == 404


async def test_it_outlives_a_restart(tmp_path: Path, passwords: dict[str, str]) -> None:
    url = f"sqlite:///{tmp_path / 'mock.db'}"
    mock = Mock.create(url, start=START, frozen=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(mock)), base_url=mock.issuer) as client:
        tokens = await script(client, passwords["daniel.reyes"], COUNTS)
    mock.close()
    mock = Mock.create(url)
    mock.move_clock(mock.clock.now() + timedelta(days=89))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(mock)), base_url=mock.issuer) as client:
        fresh = (await refreshed(client, tokens)).json()
        assert (await client.get("/portal/v1/counts", headers=bearer(fresh))).status_code == 200
    mock.close()
