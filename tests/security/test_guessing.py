"""One-time codes can't be guessed by asking for many: an account has a few codes and tries a day (LOCK-4, LOCK-6)."""

import asyncio
from datetime import timedelta
from itertools import islice

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.oauth.test_accounts_api import code_for, finish, reset
from tests.security.served import served

pytestmark = pytest.mark.rule("LOCK-4", "LOCK-6")
WHO, NOBODY = "elena.reyes", "nobody.at.all"


def wrong_codes(right: str, most: int) -> list[str]:
    return list(islice((f"{n:06d}" for n in range(1_000_000) if f"{n:06d}" != right), most))


async def told(answer: httpx.Response) -> dict[str, object]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


async def test_a_day_of_guessing_has_fifteen_tries_over_many_connections(mock: Mock) -> None:
    with served(mock) as address:
        testers = httpx.AsyncClient(base_url=address, headers={"X-Tester-Token": mock.tester_token})
        async with testers as tester:

            async def one_attacker() -> list[str]:
                async with httpx.AsyncClient(base_url=address) as client:
                    reasons = []
                    for _ in range(4):
                        asked = await reset(client, WHO)
                        reasons += [] if asked.status_code == 202 else [asked.json()["reason"]]
                        reasons += [(await finish(client, WHO, one)).json()["reason"] for one in wrong_codes("", 5)]
                    return reasons

            reasons = [one for many in await asyncio.gather(*(one_attacker() for _ in range(4))) for one in many]
            assert reasons.count("code-wrong") <= 15
            assert reasons.count("tries-paused") > 0
            mails = (await tester.get("/mock/v1/mailbox")).json()["mails"]
            assert len(mails) == 5
            async with httpx.AsyncClient(base_url=address) as elena:
                late = await finish(elena, WHO, await code_for(tester))
                assert (late.status_code, late.json()["reason"]) in ((403, "tries-paused"), (400, "code-expired"))
                assert (await reset(elena, WHO)).json()["reason"] == "tries-paused"
                mock.clock.advance(timedelta(hours=24))
                assert (await reset(elena, WHO)).status_code == 202
                assert (await finish(elena, WHO, await code_for(tester))).status_code == 204


@pytest.mark.parametrize(("hours", "status"), [(timedelta(hours=24, seconds=-1), 403), (timedelta(hours=24), 202)])
async def test_the_sixth_code_waits_for_the_first_to_be_a_day_old(
    visitor: httpx.AsyncClient, mock: Mock, hours: timedelta, status: int
) -> None:
    asked_at = mock.clock.now()
    assert [(await reset(visitor, WHO)).status_code for _ in range(6)] == [202] * 5 + [403]
    refused = (await reset(visitor, WHO)).json()
    assert (refused["rule"], refused["reason"]) == ("LOCK-6", "tries-paused")
    assert refused["from"] == (asked_at + timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    assert "1-800-600-9332" in refused["next"]
    mock.clock.advance(hours)
    assert (await reset(visitor, WHO)).status_code == status


async def test_the_fifteenth_try_counts_and_the_sixteenth_is_not_looked_at(
    visitor: httpx.AsyncClient, tester: httpx.AsyncClient, mock: Mock
) -> None:
    mock.policy = mock.policy.model_copy(
        update={"account": mock.policy.account.model_copy(update={"code_tries": 20, "codes_a_day": 9})}
    )
    await reset(visitor, WHO)
    right = await code_for(tester)
    tried = [(await finish(visitor, WHO, one)).json()["reason"] for one in wrong_codes(right, 14)]
    assert tried == ["code-wrong"] * 14
    short = await finish(visitor, WHO, right, "too short")
    assert short.json()["reason"] == "password-policy"
    assert (await finish(visitor, WHO, right)).json()["reason"] == "tries-paused"
    await reset(visitor, WHO)
    assert (await finish(visitor, WHO, await code_for(tester))).json()["reason"] == "tries-paused"


async def test_an_unknown_name_is_answered_alike_all_the_way(visitor: httpx.AsyncClient) -> None:
    rows = []
    for username in (WHO, NOBODY):
        answers = []
        for _ in range(6):
            answers.append(await reset(visitor, username))
            answers += [await finish(visitor, username, one) for one in ("000000", "000001", "000002", "000003")]
        rows.append([(one.status_code, await told(one)) for one in answers])
    assert rows[0] == rows[1]
