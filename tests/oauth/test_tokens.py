"""What a code and a token are good for, and what they are not (SESS-1, RFC 6749, 7009, 7636)."""

import base64
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.state.signing_key import ACCESS_TYPE, SigningKey
from genesis_tui.testing.sign_in import PkcePair, exchange, tokens, typed

WHO = "daniel.reyes"


async def code_for(visitor: httpx.AsyncClient, passwords: dict[str, str], pkce: PkcePair) -> str:
    answer = await typed(visitor, WHO, passwords[WHO], pkce=pkce)
    return str(answer.json()["authorization_code"])


async def status_with(visitor: httpx.AsyncClient, token: str) -> int:
    """What the portal and FHIR both say of a token."""
    headers = {"Authorization": f"Bearer {token}"}
    portal = await visitor.get("/portal/v1/session", headers=headers)
    fhir = await visitor.get("/fhir/r4/Patient/1", headers=headers)
    assert (portal.status_code == 401) == (fhir.status_code == 401)
    return portal.status_code


async def refresh(visitor: httpx.AsyncClient, token: str, **more: str) -> httpx.Response:
    form = {"client_id": "genesis-tui", "grant_type": "refresh_token", "refresh_token": token}
    return await visitor.post("/oauth/token", data=form | more)


@pytest.fixture
async def issued(visitor: httpx.AsyncClient, passwords: dict[str, str]) -> dict[str, Any]:
    return await tokens(visitor, WHO, passwords[WHO])


@pytest.mark.parametrize("verifier", ["", "x" * 42, "x" * 43, "x" * 129, "ü" * 50])
async def test_a_wrong_verifier_gets_nothing_and_spends_the_code(
    visitor: httpx.AsyncClient, passwords: dict[str, str], verifier: str
) -> None:
    pkce = PkcePair()
    code = await code_for(visitor, passwords, pkce)
    wrong = await exchange(visitor, code, pkce=pkce, code_verifier=verifier)
    right = await exchange(visitor, code, pkce=pkce)
    assert [wrong.json()["error"], right.json()["error"]] == ["invalid_grant"] * 2


@pytest.mark.parametrize(
    ("after", "status"),
    [(timedelta(seconds=59), 200), (timedelta(seconds=60), 400), (timedelta(seconds=61), 400)],
)
async def test_a_code_lives_a_minute(
    mock: Mock, visitor: httpx.AsyncClient, passwords: dict[str, str], after: timedelta, status: int
) -> None:
    pkce = PkcePair()
    code = await code_for(visitor, passwords, pkce)
    mock.clock.advance(after)
    assert (await exchange(visitor, code, pkce=pkce)).status_code == status


async def test_a_replayed_code_ends_the_sign_in_it_opened(
    visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    pkce = PkcePair()
    code = await code_for(visitor, passwords, pkce)
    first = (await exchange(visitor, code, pkce=pkce)).json()
    assert await status_with(visitor, first["access_token"]) == 200
    assert (await exchange(visitor, code, pkce=pkce)).json()["error"] == "invalid_grant"
    assert await status_with(visitor, first["access_token"]) == 401
    assert (await refresh(visitor, first["refresh_token"])).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "change", [{"client_id": "growth-chart-app"}, {"redirect_uri": "http://127.0.0.1/callback"}, {"code": "x"}]
)
async def test_a_code_is_for_who_asked(
    visitor: httpx.AsyncClient, passwords: dict[str, str], change: dict[str, str]
) -> None:
    pkce = PkcePair()
    code = await code_for(visitor, passwords, pkce)
    answer = await exchange(visitor, change.pop("code", code), pkce=pkce, **change)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("change", "error"),
    [({"client_id": "x"}, "invalid_client"), ({"grant_type": "password"}, "unsupported_grant_type")],
)
async def test_the_token_endpoint_knows_its_clients_and_grants(
    visitor: httpx.AsyncClient, change: dict[str, str], error: str
) -> None:
    assert (await exchange(visitor, "x", pkce=PkcePair(), **change)).json()["error"] == error


@pytest.mark.rule("SESS-1")
@pytest.mark.parametrize(
    ("after", "status"),
    [(timedelta(seconds=569), 200), (timedelta(seconds=570), 401), (timedelta(seconds=571), 401)],
)
async def test_an_access_token_lives_570_seconds(
    mock: Mock, visitor: httpx.AsyncClient, issued: dict[str, Any], after: timedelta, status: int
) -> None:
    assert await status_with(visitor, issued["access_token"]) == 200
    mock.clock.advance(after)
    assert await status_with(visitor, issued["access_token"]) == status


@pytest.mark.rule("SESS-1")
async def test_a_refresh_rotates_and_the_old_one_is_void(
    mock: Mock, visitor: httpx.AsyncClient, issued: dict[str, Any]
) -> None:
    mock.clock.advance(timedelta(seconds=570))
    renewed = (await refresh(visitor, issued["refresh_token"])).json()
    assert renewed["refresh_token"] != issued["refresh_token"]
    assert await status_with(visitor, renewed["access_token"]) == 200
    mock.clock.advance(timedelta(seconds=60))
    assert (await refresh(visitor, issued["refresh_token"])).json()["error"] == "invalid_grant"


@pytest.mark.rule("SESS-1")
@pytest.mark.parametrize("after", [0, 1, 59])
async def test_a_lost_answer_to_a_refresh_can_be_asked_for_again(
    mock: Mock, visitor: httpx.AsyncClient, issued: dict[str, Any], after: int
) -> None:
    """Whoever asks again gets the token that was lost, so that two processes never end each other's sign-in."""
    lost = (await refresh(visitor, issued["refresh_token"])).json()
    mock.clock.advance(timedelta(seconds=after))
    again = (await refresh(visitor, issued["refresh_token"])).json()
    assert again["refresh_token"] == lost["refresh_token"]
    assert await status_with(visitor, again["access_token"]) == 200
    mock.clock.advance(timedelta(seconds=61))
    assert (await refresh(visitor, again["refresh_token"])).status_code == 200


@pytest.mark.rule("SESS-1")
@pytest.mark.parametrize(("after", "status"), [(59, 200), (60, 401), (61, 401)])
async def test_a_rotated_token_that_comes_later_ends_the_sign_in(
    mock: Mock, visitor: httpx.AsyncClient, issued: dict[str, Any], after: int, status: int
) -> None:
    renewed = (await refresh(visitor, issued["refresh_token"])).json()
    mock.clock.advance(timedelta(seconds=after))
    stranger = await refresh(visitor, issued["refresh_token"], client_id="growth-chart-app")
    assert (stranger.status_code, await status_with(visitor, renewed["access_token"])) == (400, 200)
    stolen = await refresh(visitor, issued["refresh_token"])
    assert await status_with(visitor, renewed["access_token"]) == status
    if status == 401:
        assert (stolen.json()["error"], stolen.json()["rule"]) == ("invalid_grant", "SESS-1")
        assert stolen.json()["reason"] == "session-ended"
        assert (await refresh(visitor, renewed["refresh_token"])).json()["error"] == "invalid_grant"


@pytest.mark.rule("SESS-1")
async def test_a_token_of_two_refreshes_ago_ends_the_sign_in_too(
    mock: Mock, visitor: httpx.AsyncClient, issued: dict[str, Any]
) -> None:
    renewed = issued
    for _ in range(2):
        mock.clock.advance(timedelta(seconds=60))
        renewed = (await refresh(visitor, renewed["refresh_token"])).json()
    await refresh(visitor, issued["refresh_token"])
    assert await status_with(visitor, renewed["access_token"]) == 401


@pytest.mark.rule("SESS-1")
async def test_revoking_a_rotated_token_ends_the_sign_in(visitor: httpx.AsyncClient, issued: dict[str, Any]) -> None:
    renewed = (await refresh(visitor, issued["refresh_token"])).json()
    form = {"client_id": "genesis-tui", "token": issued["refresh_token"]}
    assert (await visitor.post("/oauth/revoke", data=form)).status_code == 200
    assert await status_with(visitor, renewed["access_token"]) == 401


@pytest.mark.rule("SESS-1")
async def test_a_policy_may_keep_the_refresh_token(
    mock: Mock, visitor: httpx.AsyncClient, issued: dict[str, Any]
) -> None:
    session = mock.policy.session.model_copy(update={"refresh_rotates": False})
    mock.policy = mock.policy.model_copy(update={"session": session})
    first = (await refresh(visitor, issued["refresh_token"])).json()
    mock.clock.advance(timedelta(seconds=60))
    again = await refresh(visitor, issued["refresh_token"])
    assert (first["refresh_token"], again.status_code) == (issued["refresh_token"], 200)


@pytest.mark.rule("SESS-1")
@pytest.mark.parametrize(
    ("after", "status"),
    [(timedelta(seconds=59), 429), (timedelta(seconds=60), 200), (timedelta(seconds=61), 200)],
)
async def test_refreshing_twice_in_a_minute_is_throttled(
    mock: Mock, visitor: httpx.AsyncClient, issued: dict[str, Any], after: timedelta, status: int
) -> None:
    first = (await refresh(visitor, issued["refresh_token"])).json()
    mock.clock.advance(after)
    answer = await refresh(visitor, first["refresh_token"])
    assert answer.status_code == status
    if status == 429:
        assert (answer.json()["reason"], answer.headers["retry-after"]) == ("refresh-throttled", "1")


@pytest.mark.rule("SESS-2")
@pytest.mark.parametrize(("before_end", "status"), [(1, 200), (0, 400), (-1, 400)])
async def test_no_refresh_outlives_twelve_hours(
    mock: Mock, visitor: httpx.AsyncClient, issued: dict[str, Any], before_end: int, status: int
) -> None:
    mock.clock.advance(timedelta(hours=12, seconds=-before_end))
    answer = await refresh(visitor, issued["refresh_token"])
    assert answer.status_code == status
    assert status == 400 or answer.json()["expires_in"] == before_end


async def test_a_refresh_may_narrow_its_scope(mock: Mock, visitor: httpx.AsyncClient, issued: dict[str, Any]) -> None:
    """The access token is narrower, the sign-in is not: the next refresh has all of it again (RFC 6749, 6)."""
    narrow = (await refresh(visitor, issued["refresh_token"], scope="user/Patient.r openid")).json()
    headers = {"Authorization": f"Bearer {narrow['access_token']}"}
    own = next(iter(mock.key.verify(narrow["access_token"], kind=ACCESS_TYPE)["sub"].split()))  # type: ignore[index]
    paths = (f"/fhir/r4/Patient/{own}", f"/fhir/r4/Patient?_id={own}", "/portal/v1/session")
    assert [(await visitor.get(path, headers=headers)).status_code for path in paths] == [200, 403, 403]
    assert narrow["scope"] == "user/Patient.r openid"
    mock.clock.advance(timedelta(seconds=60))
    whole = (await refresh(visitor, narrow["refresh_token"])).json()
    assert whole["scope"] == issued["scope"]
    assert await status_with(visitor, whole["access_token"]) == 200


@pytest.mark.rule("SESS-4")
async def test_a_narrower_token_of_a_script_is_still_one_of_a_script(
    visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    pkce, scope = PkcePair(), "openid fhirUser user/*.rs portal offline_access"
    asked = await typed(visitor, WHO, passwords[WHO], pkce=pkce, scope=scope, consent="allow")
    script = (await exchange(visitor, asked.json()["authorization_code"], pkce=pkce)).json()
    narrow = (await refresh(visitor, script["refresh_token"], scope="user/*.rs portal")).json()
    headers = {"Authorization": f"Bearer {narrow['access_token']}"}
    answer = await visitor.post("/portal/v1/seen", json={"patient": "12742301", "keys": []}, headers=headers)
    assert (answer.status_code, answer.json()["rule"]) == (403, "SESS-4")


async def test_a_refresh_cannot_widen_or_change_hands(visitor: httpx.AsyncClient, issued: dict[str, Any]) -> None:
    wider = await refresh(visitor, issued["refresh_token"], scope="user/*.rs patient/*.rs")
    other = await refresh(visitor, issued["refresh_token"], client_id="growth-chart-app")
    assert [wider.json()["error"], other.json()["error"]] == ["invalid_scope", "invalid_grant"]


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_revocation_ends_the_whole_sign_in_at_once(
    visitor: httpx.AsyncClient, issued: dict[str, Any], kind: str
) -> None:
    form = {"client_id": "genesis-tui", "token": issued[kind]}
    assert await status_with(visitor, issued["access_token"]) == 200
    assert (await visitor.post("/oauth/revoke", data=form)).status_code == 200
    assert await status_with(visitor, issued["access_token"]) == 401
    assert (await refresh(visitor, issued["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await visitor.post("/oauth/revoke", data=form)).status_code == 200


@pytest.mark.parametrize("form", [{"client_id": "growth-chart-app"}, {"token": "unknown"}, {"token": ""}])
async def test_revoking_what_is_not_yours_changes_nothing(
    visitor: httpx.AsyncClient, issued: dict[str, Any], form: dict[str, str]
) -> None:
    sent = {"client_id": "genesis-tui", "token": issued["refresh_token"]} | form
    assert (await visitor.post("/oauth/revoke", data=sent)).status_code == 200
    assert await status_with(visitor, issued["access_token"]) == 200


def forged(mock: Mock, token: str, key: SigningKey | None = None, kind: str = ACCESS_TYPE, **change: object) -> str:
    claims = mock.key.verify(token, kind=ACCESS_TYPE)
    assert claims is not None
    return (key or mock.key).sign(claims | change, kind=kind)


def unsigned(token: str, alg: str) -> str:
    header, claims, _ = token.split(".")
    head = json.loads(base64.urlsafe_b64decode(header + "==")) | {"alg": alg}
    return base64.urlsafe_b64encode(json.dumps(head).encode()).rstrip(b"=").decode() + f".{claims}."


async def test_a_token_that_was_tampered_with_opens_nothing(
    mock: Mock, visitor: httpx.AsyncClient, issued: dict[str, Any]
) -> None:
    token = issued["access_token"]
    assert await status_with(visitor, forged(mock, token)) == 200
    for bad in (
        forged(mock, token, SigningKey.generate()),
        forged(mock, token, aud="https://elsewhere.example/fhir/r4"),
        forged(mock, token, aud=["https://elsewhere.example/fhir/r4"]),
        forged(mock, token, iss="https://elsewhere.example"),
        forged(mock, token, kind="JWT"),
        forged(mock, token, sid="unknown"),
        unsigned(token, "none"),
        unsigned(token, "ES256"),
        issued["id_token"],
        issued["refresh_token"],
        token[:-4],
        "a.b.c",
        "",
    ):
        assert await status_with(visitor, bad) == 401


@pytest.mark.parametrize("header", ["", "Bearer", "Basic abc", "bearer  ", "Bearer\t"])
async def test_no_token_is_no_sign_in(visitor: httpx.AsyncClient, header: str) -> None:
    answer = await visitor.get("/portal/v1/session", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["reason"]) == (401, "session-ended")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_the_id_token_says_who_and_the_published_key_proves_it(
    mock: Mock, visitor: httpx.AsyncClient, issued: dict[str, Any]
) -> None:
    keys = (await visitor.get("/oauth/jwks")).json()
    assert all("d" not in key for key in keys["keys"])
    claims = jwt.decode(issued["id_token"], KeySet.import_key_set(keys), algorithms=["ES256"]).claims
    me = (await visitor.get("/portal/v1/session", headers={"Authorization": f"Bearer {issued['access_token']}"})).json()
    assert claims["fhirUser"] == f"{mock.fhir_base}/Patient/{me['person']['id']}"
    assert (claims["aud"], claims["iss"]) == ("genesis-tui", mock.issuer)


async def test_discovery_names_what_there_is(mock: Mock, visitor: httpx.AsyncClient) -> None:
    told = (await visitor.get("/fhir/r4/.well-known/smart-configuration")).json()
    assert told["issuer"] == mock.issuer
    assert told["code_challenge_methods_supported"] == ["S256"]
    for name in ("authorization_challenge_endpoint", "token_endpoint", "revocation_endpoint"):
        assert (await visitor.post(told[name])).status_code in (400, 401)
    assert (await visitor.get(told["jwks_uri"])).status_code == 200
