"""The sign-in screen outlives what is laid over it, waits end at once, and keys typed meanwhile reach no record."""

import asyncio

import httpx
import pytest
from textual.widgets import Input

from genesis_tui.app import type_ahead
from genesis_tui.mock_backend.mock import Mock
from tests.screens.conftest import Start
from tests.screens.signed_in import Session
from tests.screens.test_sign_in import form

OVER = ["f1", "ctrl+p"]


class Hangs(httpx.AsyncBaseTransport):
    """The mock's transport; what goes to `held` waits until it may go on."""

    def __init__(self, inner: httpx.AsyncBaseTransport, held: str = "") -> None:
        self._inner = inner
        self.held = held
        self.go_on = asyncio.Event()
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if self.held and request.url.path.endswith(self.held):
            await self.go_on.wait()
        return await self._inner.handle_async_request(request)


def value(stage: Session, field: str) -> str:
    return stage.app.screen.query_one(f"#{field}", Input).value


@pytest.mark.parametrize("key", OVER)
async def test_what_was_typed_and_refused_stays_under_a_dialog(start: Start, key: str) -> None:
    async with start() as stage:
        await stage.expect("DS Logon")
        await form(stage, "elena.reyes", "wrong")
        await stage.expect("4 tries left", "request")
        before = stage.lines[5:-1]
        await stage.press(key)
        await stage.until(lambda: len(stage.app.screen_stack) > 1)
        await stage.press("escape")
        await stage.until(lambda: len(stage.app.screen_stack) == 1)
        assert stage.lines[5:-1] == before
        await stage.press(*"2bx")
        assert value(stage, "username") == "elena.reyes"
        assert value(stage, "password") == "2bx"


@pytest.mark.parametrize("key", OVER)
async def test_the_code_for_another_device_stays_under_a_dialog(start: Start, key: str) -> None:
    async with start((120, 40)) as stage:
        await stage.expect("SIGN IN WITH")
        await stage.press("d")
        await stage.expect("and type")
        code = stage.text
        await stage.press(key)
        await stage.until(lambda: len(stage.app.screen_stack) > 1)
        await stage.press("escape")
        await stage.until(lambda: len(stage.app.screen_stack) == 1)
        assert stage.text == code
        await stage.press("escape")
        await stage.expect("SIGN IN WITH")


async def test_question_mark_shows_the_keys_here_too(start: Start) -> None:
    async with start() as stage:
        await stage.expect("SIGN IN WITH")
        await stage.press("question_mark")
        await stage.until(lambda: len(stage.app.screen_stack) > 1)
        await stage.press("escape")
        await stage.expect("SIGN IN WITH")


async def test_who_gets_in_under_a_dialog_finds_it_gone(
    start: Start, transport: httpx.ASGITransport, passwords: dict[str, str]
) -> None:
    hangs = Hangs(transport, "/oauth/token")
    async with start(carried_by=hangs) as stage:
        await stage.expect("DS Logon")
        await form(stage, "daniel.reyes", passwords["daniel.reyes"])
        await stage.press("f1")
        await stage.until(lambda: len(stage.app.screen_stack) > 1)
        hangs.go_on.set()
        await stage.expect("FAMILY", "DANIEL REYES")
        await stage.press("Q")
        await stage.expect("SIGN IN WITH")


@pytest.mark.parametrize("held", ["/oauth/token", "/portal/v1/family"])
async def test_keys_typed_while_signing_in_reach_no_record(
    start: Start,
    transport: httpx.ASGITransport,
    passwords: dict[str, str],
    mock: Mock,
    monkeypatch: pytest.MonkeyPatch,
    held: str,
) -> None:
    monkeypatch.setattr(type_ahead, "BURST", 0.25)
    hangs = Hangs(transport, held)
    async with start((120, 40), carried_by=hangs) as stage:
        await stage.expect("DS Logon")
        await form(stage, "daniel.reyes", passwords["daniel.reyes"])
        await stage.until(lambda: any(path.endswith(held) for path in hangs.asked))
        await stage.press(*"2r7", "enter", *"q")
        hangs.go_on.set()
        await stage.until(lambda: stage.app.current_mode == "home")
        await stage.pilot.press(*"7d2", "enter", "enter")
        await stage.expect("FAMILY", "DANIEL REYES")
        assert stage.app.navigation.opened == ["home"]
        await asyncio.sleep(type_ahead._STOP)
        await stage.press("7")
        await stage.until(lambda: stage.app.current_mode == "family")


@pytest.mark.parametrize("held", ["/challenge", "/oauth/token", "/portal/v1/session", "/portal/v1/family"])
async def test_esc_ends_a_wait_for_the_server_at_once(
    start: Start, transport: httpx.ASGITransport, passwords: dict[str, str], held: str
) -> None:
    hangs = Hangs(transport, held)
    async with start(carried_by=hangs) as stage:
        await stage.expect("DS Logon")
        await form(stage, "daniel.reyes", passwords["daniel.reyes"])
        await stage.until(lambda: any(path.endswith(held) for path in hangs.asked))
        await stage.press("escape")
        await stage.expect("SIGN IN WITH")
        hangs.go_on.set()
        await stage.until(lambda: stage.app.portal.sign_in.me is None)
        server = stage.app.portal.connection.server
        assert server is not None
        await stage.until(lambda: server.tokens is None)
        if held in ("/portal/v1/session", "/portal/v1/family"):
            await stage.until(lambda: any(path.endswith("/revoke") for path in hangs.asked))


async def test_esc_ends_the_wait_for_a_server_that_is_being_verified(
    start: Start, transport: httpx.ASGITransport
) -> None:
    hangs = Hangs(transport, "/smart-configuration")
    async with start(carried_by=hangs) as stage:
        await stage.expect("Verifying it")
        await stage.press("escape")
        await stage.expect("f5 try again")
        hangs.go_on.set()
        await stage.press("f5")
        await stage.expect("SIGN IN WITH")


async def test_a_wrong_tester_token_costs_the_personas_and_nothing_else(
    start: Start, passwords: dict[str, str]
) -> None:
    async with start(tester_token="no such token") as stage:
        await stage.expect("DS Logon", "tester token")
        assert "OR AS A TEST PERSON" not in stage.text
        await form(stage, "daniel.reyes", passwords["daniel.reyes"])
        await stage.expect("FAMILY", "DANIEL REYES")
