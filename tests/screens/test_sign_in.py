"""Signing in: the host first, then choices, typed sign-in, refusals, and the pages they lead to."""

import httpx
import pytest
from textual.widgets import Input

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.screens.sign_in.panel import SignInPanel
from tests.screens.conftest import MakeApp, Start, pick
from tests.screens.signed_in import BOTH_ENDS, Session


class Gate(httpx.AsyncBaseTransport):
    """The mock's transport behind a gate that a test opens, or that never answers at all."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        import asyncio

        self._inner = inner
        self.opened = asyncio.Event()
        self.down = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("down", request=request)
        await self.opened.wait()
        return await self._inner.handle_async_request(request)


async def form(stage: Session, username: str, password: str) -> None:
    await stage.press("3")
    await stage.until(lambda: bool(stage.app.screen.query("#username")))
    stage.app.screen.query_one("#username", Input).value = username
    await again(stage, password)


async def again(stage: Session, password: str) -> None:
    field = stage.app.screen.query_one("#password", Input)
    field.focus()
    field.value = password
    await stage.press("enter")


@pytest.mark.rule("HOST-2")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_nothing_can_be_chosen_or_typed_before_the_host_is_verified(
    start: Start, transport: httpx.ASGITransport, size: tuple[int, int]
) -> None:
    gate = Gate(transport)
    async with start(size, carried_by=gate) as stage:
        await stage.until(lambda: bool(stage.app.screen.query(SignInPanel)))
        await stage.press("1", "2", "enter", "tab", "x")
        assert "SIGN IN WITH" not in stage.text
        assert "Daniel" not in stage.text
        assert not stage.app.screen.query(Input)
        gate.opened.set()
        await stage.expect("MOCK", "127.0.0.1:8801", "SIGN IN WITH")


@pytest.mark.rule("HOST-2")
async def test_checks_stand_above_the_ways_in(start: Start) -> None:
    async with start() as stage:
        await stage.expect("DS Logon")
        rows = stage.lines
        checks = [i for i, row in enumerate(rows) if row.lstrip().startswith(("✓", "!"))]
        assert len(checks) == 2
        assert max(checks) < next(i for i, row in enumerate(rows) if "SIGN IN WITH" in row)


@pytest.mark.rule("HOST-1", "HOST-2")
async def test_a_host_that_is_refused_shows_why_and_no_way_in(start: Start) -> None:
    async with start(url="https://health.mil.example.com") as stage:
        await stage.expect("f5 try again")
        assert "SIGN IN WITH" not in stage.text
        assert "health.mil.example.com" in stage.text
        await stage.press("1", "enter")
        assert not stage.app.screen.query(Input)


async def test_an_unreachable_server_can_be_tried_again(start: Start, transport: httpx.ASGITransport) -> None:
    gate = Gate(transport)
    gate.down = True
    gate.opened.set()
    async with start(carried_by=gate) as stage:
        await stage.expect("f5 try again", "can't be reached")
        gate.down = False
        await stage.press("f5")
        await stage.expect("SIGN IN WITH")


async def test_one_key_signs_a_test_person_in(start: Start) -> None:
    async with start() as stage:
        await stage.expect("Daniel Reyes")
        await stage.press("4")
        await stage.expect("FAMILY", "DANIEL REYES")
        assert stage.app.portal.sign_in.me is not None


@pytest.mark.rule("ID-4")
async def test_the_account_of_the_test_person_under_the_cursor_is_shown(
    start: Start, passwords: dict[str, str]
) -> None:
    async with start() as stage:
        await stage.expect("SIGN IN WITH")
        assert "daniel.reyes" not in stage.text
        await stage.press(*"jjjjj")
        await stage.expect(f"user name daniel.reyes · password {passwords['daniel.reyes']}")
        await stage.press("j")
        await stage.expect(f"user name elena.reyes · password {passwords['elena.reyes']}")
        await stage.press("k", "k")
        await stage.until(lambda: "daniel.reyes" not in stage.text)


async def test_user_name_and_password_sign_in(start: Start, passwords: dict[str, str]) -> None:
    async with start() as stage:
        await stage.expect("DS Logon")
        await stage.expect("3 of 27")
        await stage.press("3")
        await stage.until(lambda: "User name" in stage.text and "3 of 27" not in stage.text, "a form is no list")
        await stage.press("escape")
        await form(stage, "daniel.reyes", passwords["daniel.reyes"])
        await stage.expect("FAMILY", "DANIEL REYES")


async def test_the_password_shows_nowhere_and_is_gone_after_a_try(start: Start) -> None:
    async with start() as stage:
        await stage.expect("DS Logon")
        await stage.press("3")
        await stage.until(lambda: bool(stage.app.screen.query("#username")))
        stage.app.screen.query_one("#username", Input).value = "nobody.here"
        stage.app.screen.query_one("#password", Input).focus()
        await stage.press(*"zebra9")
        await stage.expect("••••••")
        assert "zebra" not in stage.text
        await stage.press("enter")
        await stage.expect("4 tries left")
        assert stage.app.screen.query_one("#password", Input).value == ""


@pytest.mark.rule("LOCK-1", "LOCK-3")
async def test_each_failure_tells_the_tries_left_and_the_third_offers_the_reset_first(start: Start) -> None:
    async with start((80, 24)) as stage:
        await stage.expect("DS Logon")
        await form(stage, "elena.reyes", "wrong-1")
        for left in (4, 3, 2, 1):
            words = f"{left} {'try' if left == 1 else 'tries'} left"
            await stage.expect(words)
            assert ("Forgot the password?" in stage.text) == (left <= 2)
            if left <= 2:
                assert stage.text.index("Forgot the password?") < stage.text.index(words)
            await again(stage, f"wrong-{left}")
        await stage.expect("Locked until")
        assert "tries left" not in stage.text


@pytest.mark.rule("LOCK-5")
async def test_a_locked_person_reads_until_when(start: Start) -> None:
    async with start((80, 24)) as stage:
        await pick(stage, "tom.larsen")
        await stage.expect("Locked until", "Mon 23 Nov 2026", "Global Service Center")
        await stage.press("escape")
        await stage.expect("SIGN IN WITH")


@pytest.mark.rule("DEERS-3")
async def test_a_mismatch_names_the_fields_and_where_they_are_mended(start: Start) -> None:
    async with start((80, 24)) as stage:
        await pick(stage, "ana.costa")
        await stage.expect("does not match DEERS", "name", "birth date", "ID card office", "DEERS-3")
        assert stage.app.portal.sign_in.me is None


@pytest.mark.rule("ID-5")
async def test_a_basic_sign_in_is_told_what_it_does_not_open(start: Start) -> None:
    async with start((80, 24), username="nadia.haddad") as stage:
        await stage.expect("Basic sign-in.", "Premium")
        await stage.press("escape")
        await stage.until(lambda: "Basic sign-in." not in stage.text)


@pytest.mark.rule("SUP-5")
async def test_a_support_agent_gets_a_page_and_no_places(start: Start, mock: Mock) -> None:
    async with start((80, 24)) as stage:
        await stage.expect("SIGN IN WITH")
        door = stage.app.screen.query_one(SignInPanel)
        agent = next(p for p in door._personas if p.state == "support" or "support" in p.story)
        await pick(stage, agent.username)
        await stage.expect("This is a support sign-in", "Role         support")
        await stage.press("1", "2", "f", "p")
        assert stage.app.current_mode == "support"
        await stage.press("Q")
        await stage.expect("SIGN IN WITH")
        assert stage.app.portal.sign_in.me is None


async def test_pasted_controls_become_visible_in_the_user_name(start: Start) -> None:
    from textual import events

    async with start() as stage:
        await stage.expect("DS Logon")
        await stage.press("3")
        await stage.until(lambda: bool(stage.app.screen.query("#username")))
        field = stage.app.screen.query_one("#username", Input)
        field.post_message(events.Paste("a\x1b]52;c;eA==\x07b\nsecond line"))
        await stage.until(lambda: bool(field.value))
        assert field.value == "a␛]52;c;eA==␇b second line"


def test_an_app_that_was_made_has_sent_nothing(new_app: MakeApp, mock: Mock) -> None:
    app = new_app()
    assert app.portal.sign_in.me is None
    assert mock.log.last(10) == []
