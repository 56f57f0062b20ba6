"""`/portal/v1/family`: rows, grants and their boundaries (FAM-1 to FAM-6, ID-5)."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import SignIn

EASTERN_MIDNIGHT = datetime(2026, 11, 24, 5, tzinfo=UTC)
"""When 23 November ends at Fort Belvoir."""


async def family(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    people = (await client.get("/portal/v1/family")).json()["people"]
    return {person["given"]: person for person in people}


async def give(
    client: httpx.AsyncClient, receiver: str, *, key: str = "", scope: str = "full", until: str | None = None
) -> httpx.Response:
    body = {"receiver": receiver, "scope": scope, "until": until}
    return await client.post(
        "/portal/v1/family/grants", json=body, headers={"Idempotency-Key": key or str(uuid.uuid4())}
    )


async def accept(client: httpx.AsyncClient, given: httpx.Response) -> httpx.Response:
    """What somebody was offered, taken."""
    return await client.post(f"/portal/v1/family/grants/{given.json()['id']}/accept")


def can(person: dict[str, Any], action: str) -> dict[str, Any]:
    return next(row for row in person["can"] if row["action"] == action)


@pytest.mark.rule("FAM-1", "FAM-2", "FAM-3", "FAM-5")
async def test_the_sponsors_family_in_order(sign_in: SignIn) -> None:
    people = (await (await sign_in("daniel.reyes")).get("/portal/v1/family")).json()["people"]
    rows = [(person["number"], person["given"], person["relation"], person["access"]) for person in people]
    assert rows == [
        (1, "Daniel", "you", "full"),
        (2, "Elena", "spouse", "full"),
        (3, "Sofia", "daughter", "full"),
        (4, "Mateo", "son", "limited"),
        (5, "Leo", "son", "limited"),
        (6, "Maya", "daughter", "full"),
    ]
    assert [person["why"] for person in people][::5] == ["your own record", "under 12"]


@pytest.mark.rule("FAM-3")
async def test_what_is_withheld_of_a_teenager_is_told_per_category(sign_in: SignIn) -> None:
    leo = (await family(await sign_in("daniel.reyes")))["Leo"]
    opened = {row["action"] for row in leo["can"] if row["allowed"]}
    assert opened == {
        "demographics.read",
        "appointments.read",
        "messages.read",
        "immunizations.read",
        "allergies.read",
        "message.send",
    }
    assert can(leo, "results.read")["reason"] == "restricted-teen"
    assert leo["new"]["results"] == 0


@pytest.mark.rule("FAM-6")
async def test_a_spouse_without_a_grant_is_named_and_closed(sign_in: SignIn) -> None:
    daniel = (await family(await sign_in("elena.reyes")))["Daniel"]
    assert (daniel["access"], daniel["reason"], daniel["new"]) == ("none", "no-grant", {"results": 0, "messages": 0})
    assert not any(row["allowed"] for row in daniel["can"])


@pytest.mark.rule("FAM-4")
@pytest.mark.parametrize(
    ("off", "access"),
    [(timedelta(microseconds=-1), "limited"), (timedelta(), "none"), (timedelta(microseconds=1), "none")],
)
async def test_access_ends_at_midnight_before_the_eighteenth_birthday(
    mock: Mock, sign_in: SignIn, off: timedelta, access: str
) -> None:
    mateo = (await family(await sign_in("daniel.reyes")))["Mateo"]
    day = datetime.fromisoformat(mateo["until"]).replace(tzinfo=UTC)
    mock.clock.set(day + timedelta(hours=5) + off)
    mateo = (await family(await sign_in("daniel.reyes")))["Mateo"]
    assert mateo["access"] == access
    assert mateo["reason"] == ("adult-dependent" if access == "none" else "restricted-teen")


@pytest.mark.rule("FAM-5")
async def test_a_grant_opens_and_its_end_closes_on_the_next_request(sign_in: SignIn) -> None:
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    me = (await daniel.get("/portal/v1/session")).json()["person"]["id"]
    labs = f"/fhir/r4/Observation?patient={me}&category=laboratory"
    assert (await elena.get(labs)).status_code == 403
    given = await give(daniel, "elena.reyes")
    assert (given.status_code, given.json()["mine"], given.json()["state"]) == (201, True, "waiting")
    assert (await elena.get(labs)).status_code == 403
    taken = (await accept(elena, given)).json()
    assert (taken["mine"], taken["state"], taken["giver"], taken["receiver"]) == (
        *(False, "accepted"),
        *("Daniel Reyes", "Elena Reyes"),
    )
    assert (await elena.get(labs)).status_code == 200
    assert (await family(elena))["Daniel"]["access"] == "full"
    assert (await daniel.delete(f"/portal/v1/family/grants/{given.json()['id']}")).status_code == 204
    assert (await elena.get(labs)).status_code == 403
    assert (await family(elena))["Daniel"]["reason"] == "grant-ended"


@pytest.mark.rule("FAM-5")
@pytest.mark.parametrize(
    ("off", "access"),
    [(timedelta(microseconds=-1), "full"), (timedelta(), "none"), (timedelta(microseconds=1), "none")],
)
async def test_a_grant_holds_through_its_last_day_at_the_mtf(
    mock: Mock, sign_in: SignIn, off: timedelta, access: str
) -> None:
    given = await give(await sign_in("daniel.reyes"), "elena.reyes", until="2026-11-23")
    assert given.json()["until"] == "2026-11-23"
    elena = await sign_in("elena.reyes")
    await accept(elena, given)
    assert (await family(elena))["Daniel"]["why"] == "by grant until 23 Nov 2026"
    mock.clock.set(EASTERN_MIDNIGHT + off)
    assert (await family(await sign_in("elena.reyes")))["Daniel"]["access"] == access


@pytest.mark.rule("FAM-5")
async def test_a_limited_grant_opens_the_limited_set(sign_in: SignIn) -> None:
    elena = await sign_in("elena.reyes")
    await accept(elena, await give(await sign_in("daniel.reyes"), "elena.reyes", scope="limited"))
    daniel = (await family(elena))["Daniel"]
    assert (daniel["access"], can(daniel, "results.read")["allowed"]) == ("limited", False)
    assert can(daniel, "immunizations.read")["allowed"]


@pytest.mark.rule("FAM-5", "FAM-8")
async def test_only_the_giver_can_take_back(sign_in: SignIn) -> None:
    daniel, elena, stranger = [await sign_in(who) for who in ("daniel.reyes", "elena.reyes", "jordan.whitfield")]
    given = await give(daniel, "elena.reyes")
    await accept(elena, given)
    grant = given.json()["id"]
    unknown = await stranger.delete("/portal/v1/family/grants/none-such")
    for other in (elena, stranger):
        answer = await other.delete(f"/portal/v1/family/grants/{grant}")
        assert answer.status_code == 404
        assert answer.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
    assert (await family(elena))["Daniel"]["access"] == "full"


@pytest.mark.rule("ID-5")
async def test_a_basic_sign_in_cannot_grant_or_revoke(sign_in: SignIn) -> None:
    nadia = await sign_in("nadia.haddad")
    given = await give(nadia, "elena.reyes")
    revoked = await nadia.delete("/portal/v1/family/grants/x")
    assert [(one.status_code, one.json()["reason"]) for one in (given, revoked)] == [(403, "premium-required")] * 2


@pytest.mark.rule("FAM-5")
@pytest.mark.parametrize(
    ("receiver", "until"),
    [("daniel.reyes", None), ("Daniel.REYES ", None), ("elena.reyes", "2026-11-22"), ("nobody", "2026-11-22")],
)
async def test_some_grants_cannot_be_given(sign_in: SignIn, receiver: str, until: str | None) -> None:
    answer = await give(await sign_in("daniel.reyes"), receiver, until=until)
    assert (answer.status_code, answer.json()["rule"]) == (422, "FAM-5")


@pytest.mark.parametrize(
    "body",
    [
        {"receiver": "elena.reyes"},
        {"receiver": "elena.reyes", "scope": "everything"},
        {"receiver": "elena.reyes", "scope": "full", "kind": "legal"},
        {"receiver": 7, "scope": "full"},
        {"receiver": "", "scope": "full"},
        {"receiver": "x" * 257, "scope": "full"},
        {"receiver": "elena.reyes", "scope": "full", "until": "tomorrow"},
        {"receiver": "elena.reyes", "scope": "full", "until": 20261201},
        {"receiver": "elena.reyes", "scope": "full", "until": "2026-11-31"},
        ["elena.reyes"],
        "elena.reyes",
    ],
)
async def test_a_request_holds_nothing_unexpected(sign_in: SignIn, body: object) -> None:
    client = await sign_in("daniel.reyes")
    answer = await client.post("/portal/v1/family/grants", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
    assert (answer.status_code, answer.json()["reason"]) == (422, "invalid")
    assert "x" * 257 not in answer.text


async def test_a_body_is_bounded(sign_in: SignIn) -> None:
    client = await sign_in("daniel.reyes")
    headers = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": "application/json"}
    for content in (b" " * (256 * 1024 + 1), _chunks(257)):
        answer = await client.post("/portal/v1/family/grants", content=content, headers=headers)
        assert (answer.status_code, answer.json()["reason"]) == (413, "too-large")


async def _chunks(count: int) -> Any:
    for _ in range(count):
        yield b" " * 1024
