"""The sign-in screen outlives what is laid over it, waits end at once, and keys typed meanwhile reach no record."""

import asyncio
import re

import httpx
import pytest
from textual.widgets import Input

from genesis_tui.app import type_ahead
from genesis_tui.mock_backend.mock import Mock
from tests.screens.conftest import Start
from tests.screens.signed_in import Session
from tests.screens.test_sign_in import Gate, form

LONG = "a password that is long"
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
    monkeypatch.setattr(type_ahead, "_STOP", 3.0)  # a busy machine types with pauses
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


async def test_who_types_on_after_signing_in_is_heard_before_long(
    start: Start, passwords: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that is held down makes no pause, and its person sees by then where it goes."""
    monkeypatch.setattr(type_ahead, "BURST", 60.0)
    monkeypatch.setattr(type_ahead, "_PATIENCE", 0.5)
    async with start((120, 40)) as stage:
        await stage.expect("DS Logon")
        await form(stage, "daniel.reyes", passwords["daniel.reyes"])
        await stage.expect("FAMILY", "DANIEL REYES")
        await asyncio.sleep(0.6)
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


async def reset_form(stage: Session) -> None:
    await stage.expect("DS Logon")
    await stage.press("f")
    await stage.until(lambda: bool(stage.app.screen.query("#username")))
    await stage.press(*"elena.reyes", "enter")
    await stage.until(lambda: bool(stage.app.screen.query("#code")))
    for name, text in (("code", "000000"), ("password", LONG), ("again", LONG)):
        stage.app.screen.query_one(f"#{name}", Input).value = text
    stage.app.screen.query_one("#again", Input).focus()
    await stage.press("enter")


@pytest.mark.rule("LOCK-4")
async def test_a_wrong_code_is_typed_again_and_nothing_else(start: Start, tester: httpx.AsyncClient) -> None:
    async with start() as stage:
        await reset_form(stage)
        await stage.expect("2 tries left")
        assert stage.app.focused is stage.app.screen.query_one("#code")
        assert [value(stage, name) for name in ("code", "password", "again")] == ["", LONG, LONG]
        await stage.press("enter")
        await stage.press(*"000000", "enter")
        await stage.expect("1 try left")
        code = re.search(r"\b(\d{6})\b", (await tester.get("/mock/v1/mailbox")).json()["mails"][0]["body"])
        assert code is not None
        stage.app.screen.query_one("#code", Input).value = code[1]
        await stage.press("enter")
        await stage.expect("FAMILY", "ELENA REYES")


@pytest.mark.rule("ID-7")
async def test_what_was_refused_is_not_sent_again_as_it_is(start: Start, transport: httpx.ASGITransport) -> None:
    seen = Hangs(transport)
    async with start(carried_by=seen) as stage:
        await stage.expect("DS Logon")
        await stage.press("r")
        await stage.until(lambda: bool(stage.app.screen.query("#given")))
        typed = {"given": "Nobody", "family": "Here", "birth_date": "1988-04-31", "dod_id": "1234567890"}
        for name, text in typed.items():
            stage.app.screen.query_one(f"#{name}", Input).value = text
        stage.app.screen.query_one("#dod_id", Input).focus()
        await stage.press("enter")
        await stage.until(lambda: stage.app.focused is stage.app.screen.query_one("#birth_date"))
        assert {name: value(stage, name) for name in typed} == typed
        asked = len(seen.asked)
        await stage.press("enter")
        await stage.expect("Nothing has changed since")
        assert len(seen.asked) == asked


async def test_two_passwords_that_differ_are_told_before_anything_is_sent(start: Start) -> None:
    async with start() as stage:
        await stage.expect("DS Logon")
        await stage.press("f")
        await stage.until(lambda: bool(stage.app.screen.query("#username")))
        await stage.press(*"elena.reyes", "enter")
        await stage.until(lambda: bool(stage.app.screen.query("#code")))
        for name, text in (("code", "123456"), ("password", LONG), ("again", LONG + "!")):
            stage.app.screen.query_one(f"#{name}", Input).value = text
        stage.app.screen.query_one("#again", Input).focus()
        await stage.press("enter")
        await stage.expect("not the same")
        assert stage.app.focused is stage.app.screen.query_one("#again")
        assert [value(stage, name) for name in ("code", "password", "again")] == ["123456", LONG, ""]


async def test_a_lost_connection_clears_nothing_and_enter_tries_again(
    start: Start, transport: httpx.ASGITransport, passwords: dict[str, str]
) -> None:
    gate = Gate(transport)
    gate.opened.set()
    async with start(carried_by=gate) as stage:
        await stage.expect("DS Logon")
        gate.down = True
        await form(stage, "daniel.reyes", passwords["daniel.reyes"])
        await stage.expect("can't be reached")
        assert value(stage, "password") == passwords["daniel.reyes"]
        gate.down = False
        await stage.press("enter")
        await stage.expect("FAMILY", "DANIEL REYES")
