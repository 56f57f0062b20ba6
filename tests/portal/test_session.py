"""`/portal/v1/session` (SUP-1, SESS-2, ID-4)."""

from datetime import timedelta

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import SignIn


@pytest.mark.rule("ID-4", "SESS-2")
async def test_a_session_says_who_how_and_until_when(mock: Mock, sign_in: SignIn) -> None:
    told = (await (await sign_in("daniel.reyes")).get("/portal/v1/session")).json()
    assert told["person"]["name"] == "Daniel Reyes"
    assert (told["method"], told["method_title"]) == ("ds-logon", "DS Logon")
    assert (told["level"], told["level_title"], told["role"]) == (2, "Premium", "patient")
    assert (told["now"], told["ends"]) == ("2026-11-23T14:42:00Z", "2026-11-24T02:42:00Z")
    assert told["limits"].pop("messages")["subject_characters"] == 50
    assert told["limits"].pop("appointments") == {
        "search_days": 60,
        "request_from": 5,
        "request_to": 120,
        "half_days": 3,
        "offers": 3,
        "reason_characters": 250,
        "answer_characters": 10_000,
    }
    assert told["limits"].pop("refills") == {"batch": 50, "note_characters": 250}
    assert told["limits"] == {"idle_minutes": 15, "idle_warning_minutes": 2}


@pytest.mark.rule("SUP-1")
async def test_a_session_names_the_desk_to_call(sign_in: SignIn) -> None:
    told = (await (await sign_in("daniel.reyes")).get("/portal/v1/session")).json()
    support = told["support"]
    assert (support["name"], support["phone"], support["hours"]) == ("Global Service Center", "1-800-600-9332", "24/7")


@pytest.mark.rule("ID-5")
@pytest.mark.parametrize(("username", "allowed"), [("nadia.haddad", False), ("daniel.reyes", True)])
async def test_a_session_says_what_its_level_allows(sign_in: SignIn, username: str, allowed: bool) -> None:
    told = (await (await sign_in(username)).get("/portal/v1/session")).json()
    grant = told["can"][0]
    assert (grant["action"], grant["allowed"]) == ("family.grant", allowed)
    assert grant["reason"] == ("" if allowed else "premium-required")


async def test_the_last_visit_is_the_one_before_this(mock: Mock, sign_in: SignIn) -> None:
    first = (await (await sign_in("daniel.reyes")).get("/portal/v1/session")).json()
    mock.clock.advance(timedelta(hours=1))
    second = (await (await sign_in("daniel.reyes")).get("/portal/v1/session")).json()
    assert second["last_visit"] == first["started"] != first["last_visit"]


async def test_signing_out_ends_every_token_of_the_sign_in(sign_in: SignIn) -> None:
    one, other = await sign_in("daniel.reyes"), await sign_in("daniel.reyes")
    assert (await one.get("/portal/v1/session")).status_code == 200
    assert (await one.delete("/portal/v1/session")).status_code == 204
    assert (await one.get("/portal/v1/session")).json()["reason"] == "session-ended"
    assert (await other.get("/portal/v1/session")).status_code == 200


async def test_refusals_are_problems_with_a_request_id(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/portal/v1/session")
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert set(told) == {"type", "title", "status", "detail", "rule", "reason", "next", "from", "request_id"}
    assert (told["status"], told["request_id"]) == (401, answer.headers["x-request-id"])
