"""`Idempotency-Key`: asking twice does once (WIRE)."""

import uuid
from datetime import timedelta

import httpx
import pytest
from sqlalchemy.exc import SQLAlchemyError

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import SignIn

KEY = "3f1c9d2e-5a77-4d0e-9a51-0c8f7a6f2b10"
GRANT = {"receiver": "elena.reyes", "scope": "full"}


async def give(client: httpx.AsyncClient, key: str = KEY, **change: str) -> httpx.Response:
    return await client.post("/portal/v1/family/grants", json=GRANT | change, headers={"Idempotency-Key": key})


async def given(client: httpx.AsyncClient) -> int:
    grants = (await client.get("/portal/v1/family")).json()["grants"]
    return sum(grant["mine"] for grant in grants)


async def test_the_same_key_and_body_get_the_same_answer(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    before = await given(daniel)
    first, second, shouted = await give(daniel), await give(daniel), await give(daniel, KEY.upper())
    assert first.content == second.content == shouted.content
    assert [first.status_code, second.status_code] == [201, 201]
    assert await given(daniel) == before + 1


async def test_another_body_under_the_key_is_refused(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    await give(daniel)
    answer = await give(daniel, scope="limited")
    assert (answer.status_code, answer.json()["reason"]) == (422, "idempotency-mismatch")


async def test_a_refusal_is_an_answer_too(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    first, second = await give(daniel, receiver="daniel.reyes"), await give(daniel, receiver="daniel.reyes")
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert second.headers["content-type"] == "application/problem+json"


async def test_what_failed_leaves_its_key_free(mock: Mock, sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    before = await given(daniel)
    with mock.database.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE grants RENAME TO elsewhere")
    with pytest.raises(SQLAlchemyError):
        await give(daniel)
    with mock.database.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE elsewhere RENAME TO grants")
    assert (await daniel.get(f"/portal/v1/requests/{KEY}")).status_code == 404
    assert (await give(daniel)).status_code == 201
    assert await given(daniel) == before + 1


async def test_a_refusal_and_its_key_are_one_step_and_leave_nothing_else(mock: Mock, sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    await give(daniel, str(uuid.uuid4()))
    refused = await give(daniel)
    assert refused.is_client_error
    told = (await daniel.get(f"/portal/v1/requests/{KEY}")).json()
    assert (told["status"], told["answer"]) == (refused.status_code, refused.json())
    events = (await daniel.get(f"/portal/v1/patients/{await me(daniel)}/access-log")).json()["events"]
    assert [one["outcome"] for one in events if one["what"] == "grant"] == [refused.json()["reason"], "allowed"]


async def test_what_became_of_a_key_can_be_asked(sign_in: SignIn) -> None:
    daniel, elena = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    made = (await give(daniel)).json()
    told = (await daniel.get(f"/portal/v1/requests/{KEY}")).json()
    assert told == {"key": KEY, "state": "done", "status": 201, "answer": made}
    assert (await daniel.get(f"/portal/v1/requests/{uuid.uuid4()}")).status_code == 404
    assert (await elena.get(f"/portal/v1/requests/{KEY}")).status_code == 404


async def test_keys_are_per_person(sign_in: SignIn) -> None:
    daniel, jordan = await sign_in("daniel.reyes"), await sign_in("jordan.whitfield")
    first, second = await give(daniel), await give(jordan)
    assert [first.status_code, second.status_code] == [201, 201]
    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize(("days", "again"), [(7, False), (7.001, True)])
async def test_a_key_is_kept_for_seven_days(mock: Mock, sign_in: SignIn, days: float, again: bool) -> None:
    daniel = await sign_in("daniel.reyes")
    first = (await give(daniel)).json()
    await daniel.delete(f"/portal/v1/family/grants/{first['id']}")
    mock.clock.advance(timedelta(days=days))
    second = (await give(await sign_in("daniel.reyes"))).json()
    assert (second["id"] != first["id"]) is again


@pytest.mark.parametrize("key", ["", "not-a-uuid", "x" * 300])
async def test_a_request_that_creates_needs_a_key(sign_in: SignIn, key: str) -> None:
    answer = await give(await sign_in("daniel.reyes"), key)
    assert (answer.status_code, answer.json()["reason"]) == (400, "invalid")


async def test_any_act_can_have_a_key(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    made = (await give(daniel)).json()["id"]
    ending = {"Idempotency-Key": str(uuid.uuid4())}
    answers = [await daniel.delete(f"/portal/v1/family/grants/{made}", headers=ending) for _ in range(2)]
    assert [(one.status_code, one.content) for one in answers] == [(204, b"")] * 2
    told = (await daniel.get(f"/portal/v1/requests/{ending['Idempotency-Key']}")).json()
    assert (told["status"], told["answer"]) == (204, None)
    events = (await daniel.get(f"/portal/v1/patients/{await me(daniel)}/access-log")).json()["events"]
    assert [one["what"] for one in events].count("revoke") == 1


async def test_a_key_stands_for_its_path_too(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    first = (await give(daniel)).json()["id"]
    second = (await give(daniel, str(uuid.uuid4()), receiver="kelly.walsh")).json()["id"]
    ending = {"Idempotency-Key": str(uuid.uuid4())}
    await daniel.delete(f"/portal/v1/family/grants/{first}", headers=ending)
    answer = await daniel.delete(f"/portal/v1/family/grants/{second}", headers=ending)
    assert (answer.status_code, answer.json()["reason"]) == (422, "idempotency-mismatch")


async def test_a_version_is_kept_as_the_answer_is(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    draft, key = f"/portal/v1/drafts/{uuid.uuid4()}", {"Idempotency-Key": str(uuid.uuid4())}
    body = {"patient": await me(daniel), "body": "Hello"}
    answers = [await daniel.put(draft, json=body, headers=key) for _ in range(2)]
    assert [(one.status_code, one.headers["etag"]) for one in answers] == [(200, '"1"')] * 2


async def me(client: httpx.AsyncClient) -> str:
    return str((await client.get("/portal/v1/session")).json()["person"]["id"])
