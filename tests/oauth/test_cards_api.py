"""Cards over the wire: the nonce, what was signed, and every refusal, each with its own answer (ID-2, ID-3)."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from genesis_tui.api_client.sign_in.cards.jws import signed_nonce
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.sign_in import CLIENT_ID, SCOPE, PkcePair, exchange
from tests.cards.made import Private, card_file, key_of


async def ask(
    visitor: httpx.AsyncClient, pkce: PkcePair | None = None, *, method: str = "cac", **more: str
) -> httpx.Response:
    pkce = pkce or PkcePair()
    form = {"client_id": CLIENT_ID, "response_type": "code", "scope": SCOPE, "method": method}
    form |= {"code_challenge": pkce.challenge, "code_challenge_method": "S256"}
    return await visitor.post("/oauth/challenge", data=form | more)


async def signed(
    visitor: httpx.AsyncClient, path: Path, *, method: str = "cac", pkce: PkcePair | None = None
) -> httpx.Response:
    step = (await ask(visitor, method=method)).json()
    assertion = signed_nonce(key_of(path), step["nonce"], step["audience"])
    return await ask(visitor, pkce, method=method, auth_session=step["auth_session"], assertion=assertion)


def reason(answer: httpx.Response) -> str:
    body = answer.json()
    return str(body.get("reason") or body.get("error") or "code")


@pytest.mark.rule("ID-1", "ID-2")
async def test_the_first_step_gives_a_nonce_for_a_minute(visitor: httpx.AsyncClient, mock: Mock) -> None:
    answer = await ask(visitor)
    told = answer.json()
    assert (answer.status_code, told["error"], told["expires_in"]) == (400, "insufficient_authorization", 60)
    assert told["audience"] == mock.issuer
    assert told["nonce"] != (await ask(visitor)).json()["nonce"]


@pytest.mark.rule("ID-2", "ID-3")
@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(65537, 2048),
    ],
    ids=["P-256", "P-384", "RSA"],
)
async def test_a_good_cac_signs_its_holder_in_as_premium(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, tmp_path: Path, key: Private
) -> None:
    pkce = PkcePair()
    answer = await signed(visitor, await card_file(tester, tmp_path, "daniel.reyes", key=key), pkce=pkce)
    tokens = (await exchange(visitor, answer.json()["authorization_code"], pkce=pkce)).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    session = (await visitor.get("/portal/v1/session", headers=headers)).json()
    assert (session["person"]["name"], session["method"], session["level"]) == ("Daniel Reyes", "cac", 2)


@pytest.mark.rule("ID-3")
async def test_a_cac_is_premium_whatever_the_ds_logon_is(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, tmp_path: Path
) -> None:
    pkce = PkcePair()
    answer = await signed(visitor, await card_file(tester, tmp_path, "nadia.haddad"), pkce=pkce)
    tokens = (await exchange(visitor, answer.json()["authorization_code"], pkce=pkce)).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await visitor.get("/portal/v1/session", headers=headers)).json()["level_title"] == "Premium"


@pytest.mark.rule("ID-2")
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("expired", "card-expired"),
        ("not-yet-valid", "card-not-yet-valid"),
        ("revoked", "card-revoked"),
        ("untrusted", "card-untrusted"),
        ("key-usage", "card-key-usage"),
        ("no-dod-id", "card-no-dod-id"),
        ("id-disagrees", "card-id-disagrees"),
    ],
)
async def test_a_bad_card_gets_its_own_answer(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, tmp_path: Path, state: str, expected: str
) -> None:
    answer = await signed(visitor, await card_file(tester, tmp_path, "daniel.reyes", state=state))
    told = answer.json()
    assert (answer.status_code, told["rule"], told["reason"]) == (403, "ID-2", expected)
    assert told["title"]
    assert told["next"]


@pytest.mark.rule("ID-2")
@pytest.mark.parametrize(
    ("seconds", "expected"), [(59, "code"), (60, "nonce-stale"), (61, "nonce-stale"), (599, "nonce-stale")]
)
async def test_a_nonce_that_waited_too_long_is_stale(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, mock: Mock, tmp_path: Path, seconds: int, expected: str
) -> None:
    path = await card_file(tester, tmp_path, "daniel.reyes")
    step = (await ask(visitor)).json()
    assertion = signed_nonce(key_of(path), step["nonce"], step["audience"])
    mock.clock.advance(timedelta(seconds=seconds))
    assert reason(await ask(visitor, auth_session=step["auth_session"], assertion=assertion)) == expected


@pytest.mark.rule("ID-2")
async def test_a_nonce_signs_in_once(visitor: httpx.AsyncClient, tester: httpx.AsyncClient, tmp_path: Path) -> None:
    path = await card_file(tester, tmp_path, "daniel.reyes")
    step = (await ask(visitor)).json()
    sent = {
        "auth_session": step["auth_session"],
        "assertion": signed_nonce(key_of(path), step["nonce"], step["audience"]),
    }
    answers = [reason(await ask(visitor, **sent)) for _ in range(3)]
    assert answers == ["code", "nonce-replayed", "nonce-replayed"]


@pytest.mark.rule("ID-2")
async def test_a_nonce_is_for_one_sign_in_and_one_server(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, mock: Mock, tmp_path: Path
) -> None:
    key = key_of(await card_file(tester, tmp_path, "daniel.reyes"))
    one, other = (await ask(visitor)).json(), (await ask(visitor)).json()
    elsewhere = signed_nonce(key, one["nonce"], "https://portal.evil.test")
    swapped = signed_nonce(key, one["nonce"], mock.issuer)
    assert reason(await ask(visitor, auth_session=one["auth_session"], assertion=elsewhere)) == "nonce-audience"
    assert reason(await ask(visitor, auth_session=other["auth_session"], assertion=swapped)) == "nonce-stale"
    assert reason(await ask(visitor, auth_session="made-up", assertion=swapped)) == "nonce-stale"


def _unsigned(assertion: str, algorithm: str) -> str:
    head, body, _ = assertion.split(".")
    tree = json.loads(base64.urlsafe_b64decode(head + "==")) | {"alg": algorithm}
    return f"{base64.urlsafe_b64encode(json.dumps(tree).encode()).rstrip(b'=').decode()}.{body}."


def _without(assertion: str, *, x5c: object) -> str:
    head, body, signature = assertion.split(".")
    tree = json.loads(base64.urlsafe_b64decode(head + "==")) | {"x5c": x5c}
    return f"{base64.urlsafe_b64encode(json.dumps(tree).encode()).rstrip(b'=').decode()}.{body}.{signature}"


@pytest.mark.rule("ID-2")
@pytest.mark.parametrize(
    "spoil",
    [
        lambda good: "",
        lambda good: "not a jws",
        lambda good: "a.b.c",
        lambda good: "é.é.é",
        lambda good: good[:-6] + ("AAAAAA" if good[-6:] != "AAAAAA" else "BBBBBB"),
        lambda good: _unsigned(good, "none"),
        lambda good: _unsigned(good, "HS256"),
        lambda good: _without(good, x5c=[]),
        lambda good: _without(good, x5c="text"),
        lambda good: _without(good, x5c=["AAAA"]),
        lambda good: _without(good, x5c=[1]),
        lambda good: _without(good, x5c=["A" * 15_000]),
        lambda good: _without(good, x5c=[{"a": 1}] * 40),
    ],
)
async def test_what_is_not_signed_by_the_cards_key_is_refused(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, tmp_path: Path, spoil: Callable[[str], str]
) -> None:
    path = await card_file(tester, tmp_path, "daniel.reyes")
    step = (await ask(visitor)).json()
    good = signed_nonce(key_of(path), step["nonce"], step["audience"])
    answer = await ask(visitor, auth_session=step["auth_session"], assertion=spoil(good))
    assert reason(answer) in ("signature-wrong", "invalid_request")
    assert answer.status_code in (400, 403)


@pytest.mark.rule("ID-3", "LOCK-1")
async def test_a_piv_is_registered_once_then_signs_in(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, mock: Mock, tmp_path: Path, passwords: dict[str, str]
) -> None:
    path = await card_file(tester, tmp_path, "nadia.haddad", kind="piv")
    refused = (await signed(visitor, path, method="piv")).json()
    assert (refused["rule"], refused["reason"]) == ("ID-3", "piv-not-registered")
    typed = {"auth_session": refused["auth_session"], "username": "nadia.haddad"}
    wrong = (await ask(visitor, method="piv", **typed, password="wrong")).json()
    assert (wrong["reason"], wrong["tries_left"]) == ("wrong-credentials", 4)
    pkce = PkcePair()
    right = await ask(visitor, pkce, method="piv", **typed, password=passwords["nadia.haddad"])
    tokens = (await exchange(visitor, right.json()["authorization_code"], pkce=pkce)).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    session = (await visitor.get("/portal/v1/session", headers=headers)).json()
    assert (session["method_title"], session["level_title"]) == ("PIV", "Basic")
    assert reason(await signed(visitor, path, method="piv")) == "code"


@pytest.mark.rule("ID-3", "DEERS-3")
async def test_a_piv_is_not_registered_to_somebody_elses_ds_logon(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, tmp_path: Path, passwords: dict[str, str]
) -> None:
    refused = (
        await signed(visitor, await card_file(tester, tmp_path, "nadia.haddad", kind="piv"), method="piv")
    ).json()
    typed = {"username": "elena.reyes", "password": passwords["elena.reyes"]}
    answer = (await ask(visitor, method="piv", auth_session=refused["auth_session"], **typed)).json()
    assert (answer["reason"], answer["fields"]) == ("deers-mismatch", ["dod_id"])


@pytest.mark.rule("ID-3")
@pytest.mark.parametrize(("seconds", "expected"), [(599, "code"), (600, "nonce-stale"), (601, "nonce-stale")])
async def test_registering_a_piv_may_take_ten_minutes(
    visitor: httpx.AsyncClient,
    tester: httpx.AsyncClient,
    mock: Mock,
    tmp_path: Path,
    passwords: dict[str, str],
    seconds: int,
    expected: str,
) -> None:
    refused = (
        await signed(visitor, await card_file(tester, tmp_path, "nadia.haddad", kind="piv"), method="piv")
    ).json()
    mock.clock.advance(timedelta(seconds=seconds))
    typed = {"username": "nadia.haddad", "password": passwords["nadia.haddad"]}
    answer = await ask(visitor, method="piv", auth_session=refused["auth_session"], **typed)
    assert reason(answer) == expected


@pytest.mark.rule("ID-3")
async def test_only_a_card_that_was_good_can_be_registered(
    visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    typed = {"username": "nadia.haddad", "password": passwords["nadia.haddad"]}
    assert reason(await ask(visitor, method="piv", auth_session="made-up", **typed)) == "nonce-stale"


@pytest.mark.rule("VET-1")
async def test_a_veterans_cac_has_ended(visitor: httpx.AsyncClient, tester: httpx.AsyncClient, tmp_path: Path) -> None:
    told = (await signed(visitor, await card_file(tester, tmp_path, "ruth.adeyemi"))).json()
    assert (told["rule"], told["reason"]) == ("VET-1", "card-revoked")
    assert "DS Logon" in told["next"]


@pytest.mark.rule("DEERS-3")
async def test_a_card_of_somebody_whom_deers_has_otherwise_is_a_mismatch(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, tmp_path: Path
) -> None:
    told = (await signed(visitor, await card_file(tester, tmp_path, "ana.costa"))).json()
    assert told["reason"] == "deers-mismatch"
    assert "name" in told["fields"]


@pytest.mark.rule("ID-2", "AUD-1")
async def test_every_try_is_audited(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, mock: Mock, tmp_path: Path
) -> None:
    await signed(visitor, await card_file(tester, tmp_path, "daniel.reyes"))
    await signed(visitor, await card_file(tester, tmp_path, "daniel.reyes", state="revoked"))
    outcomes = [event.outcome for _, event in mock.audit.about("12742301") if event.what == "sign-in"]
    assert outcomes[:1] == ["allowed"]
    assert any(event.outcome == "card-revoked" for _, event in mock.audit.about(""))


async def test_the_test_ca_outlives_a_world_that_begins_again(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, mock: Mock, tmp_path: Path
) -> None:
    path = await card_file(tester, tmp_path, "daniel.reyes")
    mock.rebuild()
    assert reason(await signed(visitor, path)) == "code"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"public_key": "no key"}, 422),
        ({"state": "odd"}, 422),
        ({"username": "nobody"}, 404),
        ({"kind": "myauth"}, 422),
    ],
)
async def test_a_card_that_cannot_be_made_is_told(
    tester: httpx.AsyncClient, change: dict[str, str], status: int
) -> None:
    wanted = {"username": "daniel.reyes", "public_key": "-----BEGIN PUBLIC KEY-----"}
    assert (await tester.post("/mock/v1/cards", json=wanted | change)).status_code == status


@pytest.mark.rule("ID-3")
@pytest.mark.parametrize(("kind", "method", "title"), [("piv", "cac", "PIV"), ("cac", "piv", "CAC")])
async def test_a_card_is_what_its_certificate_says_whatever_method_is_named(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, tmp_path: Path, kind: str, method: str, title: str
) -> None:
    path = await card_file(tester, tmp_path, "daniel.reyes", kind=kind)
    told = (await signed(visitor, path, method=method)).json()
    assert (told["rule"], told.get("reason")) == ("ID-3", "card-kind")
    assert title in told["next"]
    assert "auth_session" not in told


@pytest.mark.rule("ID-3")
async def test_a_new_piv_is_registered_anew_and_one_twice_is_one(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, tmp_path: Path, passwords: dict[str, str]
) -> None:
    """Nadia's first card is registered by two sign-ins at once; her next one has another key."""
    typed = {"username": "nadia.haddad", "password": passwords["nadia.haddad"]}
    first = await card_file(tester, tmp_path, "nadia.haddad", kind="piv")
    sessions = [(await signed(visitor, first, method="piv")).json()["auth_session"] for _ in range(2)]
    assert [reason(await ask(visitor, method="piv", auth_session=one, **typed)) for one in sessions] == ["code", "code"]
    assert reason(await signed(visitor, first, method="piv")) == "code"
    following = await card_file(tester, tmp_path, "nadia.haddad", kind="piv")
    waiting = (await signed(visitor, following, method="piv")).json()
    assert waiting["reason"] == "piv-not-registered"
    assert reason(await ask(visitor, method="piv", auth_session=waiting["auth_session"], **typed)) == "code"
    assert reason(await signed(visitor, following, method="piv")) == "code"
