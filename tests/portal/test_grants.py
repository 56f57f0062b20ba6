"""FAM-12: a grant is made to a user name and waits; until it is accepted it opens nothing and tells nothing."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.clock import MICROSECOND
from genesis_tui.mock_backend.mock import Mock
from tests.portal.writing import post, refusal
from tests.small_world import CHILD, SPONSOR, STRANGER, SUPPORT, client_of, token_for

GRANTS = "family/grants"
ASK = "family/access-requests"
GIVER, RECEIVER = f"user{SPONSOR}", f"user{STRANGER}"
DAYS = timedelta(days=30)


@pytest.fixture
async def giver(small: Mock) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(small, token_for(small, SPONSOR)) as client:
        yield client


@pytest.fixture
async def receiver(small: Mock) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(small, token_for(small, STRANGER)) as client:
        yield client


def offer(name: str = RECEIVER, scope: str = "full", until: str | None = None) -> dict[str, Any]:
    return {"receiver": name, "scope": scope, "until": until}


async def offered(client: httpx.AsyncClient, name: str = RECEIVER) -> str:
    answer = await post(client, GRANTS, offer(name))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def answer(client: httpx.AsyncClient, id: str, word: str) -> httpx.Response:
    return await client.post(f"/portal/v1/{GRANTS}/{id}/{word}")


async def family(client: httpx.AsyncClient) -> dict[str, Any]:
    told: dict[str, Any] = (await client.get("/portal/v1/family")).json()
    return told


def of(told: dict[str, Any], id: str) -> dict[str, Any]:
    return next(one for one in told["grants"] if one["id"] == id)


@pytest.mark.rule("FAM-12")
async def test_a_name_that_nobody_has_is_answered_as_one_that_somebody_has(giver: httpx.AsyncClient) -> None:
    """Also a record's id, a child's name and a support agent's: only user names of adults can ever be accepted."""
    names = ("Nobody.At.All", RECEIVER.upper(), STRANGER, f"user{CHILD}", f"user{SUPPORT}")
    answers = [(await post(giver, GRANTS, offer(name)), name) for name in names]
    assert {one.status_code for one, _ in answers} == {201}
    told = [one.json() | {"id": "", "receiver": ""} for one, _ in answers]
    assert all(one == told[0] for one in told)
    assert [one.json()["receiver"] for one, _ in answers] == [name.casefold() for _, name in answers]
    rows = [one for one in (await family(giver))["grants"] if one["state"] == "waiting"]
    assert {one["receiver"] for one in rows} == {name.casefold() for name in names}
    for name in names:
        assert refusal(await post(giver, GRANTS, offer(name))) == (409, "FAM-12", "grant-waits")


@pytest.mark.rule("FAM-12")
async def test_a_records_id_reaches_nobody(giver: httpx.AsyncClient, receiver: httpx.AsyncClient) -> None:
    await offered(giver, STRANGER)
    assert (await family(receiver))["grants"] == []


@pytest.mark.rule("FAM-8", "FAM-12")
async def test_what_waits_opens_nothing_and_names_user_names_alone(
    giver: httpx.AsyncClient, receiver: httpx.AsyncClient
) -> None:
    paths = (
        f"/fhir/r4/Observation?patient={SPONSOR}",
        f"/fhir/r4/Patient/{SPONSOR}",
        f"/fhir/r4/Consent?actor=Patient/{STRANGER}",
        f"/portal/v1/patients/{SPONSOR}/profile",
        "/portal/v1/counts",
    )
    before = [(one.status_code, one.json()) for one in [await receiver.get(path) for path in paths]]
    mine = (await family(giver))["grants"]
    id = await offered(giver)
    for word in ("", "refuse"):
        if word:
            assert (await answer(receiver, id, word)).status_code == 204
        after = [(one.status_code, one.json()) for one in [await receiver.get(path) for path in paths]]
        assert [code for code, _ in after] == [code for code, _ in before]
        assert after[-1] == before[-1]
        told = await family(receiver)
        [row] = told["grants"]
        assert (row["giver"], row["receiver"], row["scope"], row["until"]) == (GIVER, RECEIVER, "full", None)
        assert SPONSOR not in str(told).replace(GIVER, ""), "neither the giver's id nor their name"
        [other] = [one for one in (await family(giver))["grants"] if one not in mine]
        assert STRANGER not in str(other).replace(RECEIVER, "")
        assert len(told["people"]) == 1
    log = (await giver.get(f"/portal/v1/patients/{SPONSOR}/access-log")).text
    assert "refuse-grant" not in log


@pytest.mark.rule("FAM-5", "FAM-12")
async def test_acceptance_opens_the_record_and_refusal_never_does(
    small: Mock, giver: httpx.AsyncClient, receiver: httpx.AsyncClient
) -> None:
    labs = f"/fhir/r4/Observation?patient={SPONSOR}"
    first = await offered(giver)
    assert (await answer(receiver, first, "refuse")).status_code == 204
    assert (await answer(receiver, first, "refuse")).status_code == 204, "twice is once"
    assert refusal(await answer(receiver, first, "accept")) == (409, "FAM-12", "grant-ended")
    assert (await receiver.get(labs)).status_code == 404
    second = await offered(giver)
    taken = await answer(receiver, second, "accept")
    assert (taken.status_code, taken.json()["state"], taken.json()["giver"]) == (
        *(200, "accepted"),
        f"Given{SPONSOR} Family{SPONSOR}",
    )
    assert (await receiver.get(labs)).status_code == 200
    assert (await answer(receiver, second, "accept")).json() == taken.json(), "twice is once"
    assert refusal(await answer(receiver, second, "refuse")) == (409, "FAM-12", "invalid")
    told = await family(giver)
    assert [of(told, id)["state"] for id in (first, second)] == ["refused", "accepted"]
    who = [(one.who_id, one.what) for _, one in small.audit.about(SPONSOR)]
    assert (STRANGER, "accept-grant") in who
    assert (await giver.delete(f"/portal/v1/{GRANTS}/{second}")).status_code == 204
    assert refusal(await receiver.get(f"/portal/v1/patients/{SPONSOR}/profile"))[2] == "grant-ended"


@pytest.mark.rule("FAM-5", "FAM-12")
async def test_the_consent_begins_with_the_acceptance(
    small: Mock, giver: httpx.AsyncClient, receiver: httpx.AsyncClient
) -> None:
    id = await offered(giver)
    small.clock.advance(timedelta(hours=1))
    path = f"/fhir/r4/Consent/consent-{id}"
    async with client_of(small, token_for(small, SPONSOR)) as mine, client_of(small, token_for(small, STRANGER)) as his:
        assert (await mine.get(path)).status_code == 404
        await answer(his, id, "accept")
        assert (await mine.get(path)).json()["dateTime"] == "2026-11-20T16:00:00.000Z"
        await mine.delete(f"/portal/v1/{GRANTS}/{id}")
        assert (await mine.get(path)).json()["status"] == "inactive"


@pytest.mark.rule("FAM-5", "FAM-8", "FAM-12")
async def test_only_the_receiver_answers_an_offer(
    giver: httpx.AsyncClient, receiver: httpx.AsyncClient, other_parent: httpx.AsyncClient
) -> None:
    id = await offered(giver)
    for word in ("accept", "refuse"):
        unknown = (await answer(other_parent, "none-such", word)).json() | {"request_id": ""}
        for other in (giver, other_parent):
            told = await answer(other, id, word)
            assert (told.status_code, told.json() | {"request_id": ""}) == (404, unknown)
    assert (await giver.delete(f"/portal/v1/{GRANTS}/{id}")).status_code == 204
    assert refusal(await answer(receiver, id, "accept")) == (409, "FAM-12", "grant-ended")
    assert of(await family(receiver), id)["giver"] == GIVER, "an offer that was taken back named nobody"


@pytest.mark.rule("FAM-12")
async def test_an_adults_record_is_asked_for_by_what_that_adult_alone_sees(
    small: Mock, giver: httpx.AsyncClient, receiver: httpx.AsyncClient, other_parent: httpx.AsyncClient
) -> None:
    before = await family(receiver)
    names = (GIVER, "nobody.at.all", f"user{CHILD}", f"user{SUPPORT}")
    answers = [await post(receiver, ASK, {"user_name": name, "scope": "limited"}) for name in names]
    assert {one.status_code for one in answers} == {201}
    assert [one.json() | {"user_name": ""} for one in answers] == [answers[0].json() | {"user_name": ""}] * len(names)
    assert await family(receiver) == before
    assert (await family(other_parent))["requests"] == []
    [row] = (await family(giver))["requests"]
    assert (row["user_name"], row["scope"]) == (RECEIVER, "limited")
    assert STRANGER not in (await giver.get(f"/portal/v1/patients/{SPONSOR}/access-log")).text.replace(RECEIVER, "")
    await post(receiver, ASK, {"user_name": GIVER.upper(), "scope": "full"})
    assert [one["scope"] for one in (await family(giver))["requests"]] == ["full"], "the last one counts"
    await offered(giver)
    assert (await family(giver))["requests"] == [], "it has its answer"


@pytest.mark.rule("FAM-12")
@pytest.mark.parametrize(("off", "shown"), [(-MICROSECOND, 1), (timedelta(), 1), (MICROSECOND, 0)])
async def test_a_request_shows_for_thirty_days(
    small: Mock, receiver: httpx.AsyncClient, off: timedelta, shown: int
) -> None:
    await post(receiver, ASK, {"user_name": GIVER, "scope": "full"})
    small.clock.advance(DAYS + off)
    async with client_of(small, token_for(small, SPONSOR)) as giver:
        assert len((await family(giver))["requests"]) == shown


@pytest.mark.rule("FAM-12", "ID-5")
async def test_nobody_asks_themselves_and_a_basic_sign_in_nobody(small: Mock, giver: httpx.AsyncClient) -> None:
    assert refusal(await post(giver, ASK, {"user_name": GIVER, "scope": "full"})) == (422, "FAM-5", "invalid")
    async with client_of(small, token_for(small, STRANGER, level=1)) as basic:
        assert refusal(await post(basic, ASK, {"user_name": GIVER, "scope": "full"}))[2] == "premium-required"
        for word in ("accept", "refuse"):
            assert refusal(await answer(basic, str(uuid.uuid4()), word))[2] == "premium-required"


@pytest.mark.rule("FAM-12")
async def test_a_request_that_is_refused_is_gone_and_can_be_made_again(
    giver: httpx.AsyncClient, receiver: httpx.AsyncClient
) -> None:
    """Nobody but the person asked refuses it, and whether there was one is told to nobody."""
    asked = {"user_name": GIVER, "scope": "full"}
    await post(receiver, ASK, asked)
    before = await family(receiver)
    for client, name in ((receiver, GIVER), (receiver, RECEIVER), (giver, "nobody.at.all")):
        assert (await post(client, f"{ASK}/refuse", {"user_name": name})).status_code == 204
        assert len((await family(giver))["requests"]) == 1
    assert (await post(giver, f"{ASK}/refuse", {"user_name": RECEIVER.upper()})).status_code == 204
    assert ((await family(giver))["requests"], await family(receiver)) == ([], before)
    await post(receiver, ASK, asked)
    assert len((await family(giver))["requests"]) == 1
