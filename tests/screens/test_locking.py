"""Locking: nothing of a record stays on the terminal, and the same way in brings everything back (SESS-2)."""

import asyncio
import time
from datetime import timedelta

import httpx
import pytest
from textual import events

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.screens.conftest import Start
from tests.screens.signed_in import BOTH_ENDS, Session, session

pytestmark = pytest.mark.rule("SESS-2")
RECORD = ("Lipid", "DANIEL REYES", "148")


class Slow(httpx.AsyncBaseTransport):
    """The mock's transport; what goes to `held` waits until it may go on."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.held = ""
        self.go_on = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.held and request.url.path.endswith(self.held):
            await self.go_on.wait()
        return await self._inner.handle_async_request(request)


class Clock:
    """Idle time that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


async def idle(app: Session, clock: Clock, seconds: float) -> None:
    """Time passes, and the app looks, as it does by itself every few seconds."""
    clock.seconds += seconds
    app.app.idle_lock.look()
    await app.pilot.pause()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    from genesis_tui.app.idle_lock import IdleLock

    clock = Clock()
    monkeypatch.setattr(IdleLock, "clock", clock)
    return clock


@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_a_lock_takes_everything_off_the_terminal_and_back(
    mock: Mock, transport: httpx.ASGITransport, passwords: dict[str, str], size: tuple[int, int]
) -> None:
    async with session(mock, transport, size=size, patient="Daniel") as app:
        await app.expect("Lipid panel")
        await app.press("ctrl+l")
        await app.until(lambda: app.app.current_mode == "sign-in" and "Lipid" not in app.text)
        assert not any(word in app.text for word in RECORD)
        assert app.app.portal.sign_in.locked is not None
        await app.until(
            lambda: app.app.portal.connection.server is not None and app.app.portal.connection.server.tokens is None
        )
        for key in ("1", "2", "f", "p", "7", "escape"):
            await app.press(key)
        assert app.app.current_mode == "sign-in"
        assert not any(word in app.text for word in RECORD)


async def test_the_same_person_comes_back_to_where_they_were(
    mock: Mock, transport: httpx.ASGITransport, start: Start
) -> None:
    async with start((120, 40), username="daniel.reyes") as app:
        await app.press("2")
        await app.expect("DANIEL REYES · your record", "Lipid panel")
        record = app.app.portal.record
        await app.press("ctrl+l")
        await app.expect("LOCKED", "Daniel Reyes is locked", "Sign out")
        assert "Elena" not in app.text
        await app.press("2")
        await app.expect("DANIEL REYES · your record", "Lipid panel")
        assert app.app.portal.record is record
        assert app.app.portal.sign_in.locked is None
        await app.press("f5")
        await app.until(lambda: "✓" in app.lines[0])


async def test_somebody_else_finds_nothing_of_it(start: Start, passwords: dict[str, str]) -> None:
    async with start((120, 40), username="daniel.reyes") as app:
        await app.press("2")
        await app.expect("Lipid panel")
        await app.press("ctrl+l")
        await app.expect("LOCKED")
        await app.press("1")
        await app.until(lambda: bool(app.app.screen.query("#username")))
        await app.press(*"elena.reyes", "enter", *passwords["elena.reyes"], "enter")
        await app.expect("ELENA REYES")
        assert app.app.portal.record is None
        assert not any(mode.startswith("results@") for mode in app.app.navigation.opened)
        assert "Lipid" not in app.text


async def test_a_wrong_password_unlocks_nothing(start: Start) -> None:
    async with start((80, 24), username="daniel.reyes") as app:
        await app.press("ctrl+l")
        await app.expect("LOCKED")
        await app.press("1")
        await app.until(lambda: bool(app.app.screen.query("#username")))
        await app.press(*"daniel.reyes", "enter", *"wrong", "enter")
        await app.expect("4 tries left")
        assert app.app.portal.sign_in.locked is not None
        await app.press("escape")
        await app.expect("LOCKED")
        await app.press("x")
        await app.expect("SIGN IN WITH")
        assert app.app.portal.sign_in.me is None


@pytest.mark.parametrize(
    ("seconds", "warned", "locked"),
    [
        (779, False, False),
        (780, True, False),
        (781, True, False),
        (899, True, False),
        (900, True, True),
        (901, True, True),
    ],
)
async def test_fifteen_idle_minutes_lock_and_two_minutes_before_it_is_told(
    clock: Clock, start: Start, seconds: float, warned: bool, locked: bool
) -> None:
    async with start((80, 24), username="daniel.reyes") as app:
        await app.expect("FAMILY")
        if seconds >= 900:
            await idle(app, clock, 780)
            await app.expect("This locks in 2 minutes")
            await idle(app, clock, seconds - 780)
        else:
            await idle(app, clock, seconds)
        await app.until(lambda: (app.app.portal.sign_in.locked is not None) is locked)
        assert ("This locks in" in app.text) is (warned and not locked)


async def test_a_key_keeps_it_open(clock: Clock, start: Start) -> None:
    async with start((80, 24), username="daniel.reyes") as app:
        await idle(app, clock, 800)
        await app.expect("This locks in")
        await app.press("j")
        await idle(app, clock, 779)
        assert app.app.portal.sign_in.locked is None


async def test_the_warning_stands_until_its_two_minutes_are_over(
    clock: Clock, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    from genesis_tui.app import status

    monkeypatch.setattr(status, "SECONDS", 0.01)
    async with start((80, 24), username="daniel.reyes") as app:
        await idle(app, clock, 780)
        await app.expect("This locks in 2 minutes")
        for lead in ("One thing.", "Another.", "A third."):
            app.app.say(lead, ok=False)
        await idle(app, clock, 59)
        assert "This locks in 2 minutes" in app.text
        await idle(app, clock, 1)
        assert "This locks in 1 minute." in app.text
        await app.press("j")
        assert "This locks in" not in app.text


async def test_the_key_that_comes_after_the_time_is_over_locks_and_does_nothing_else(
    clock: Clock, start: Start
) -> None:
    """As after sleep: the timers stood still, and the first to come is the key."""
    async with start((80, 24), username="daniel.reyes") as app:
        await app.expect("FAMILY")
        clock.seconds += 900
        await app.press("2")
        await app.expect("LOCKED")
        assert "results" not in str(app.app.navigation.opened)


async def test_idle_time_goes_on_while_the_computer_sleeps(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's clock that counts sleep is what is asked; it alone is moved here."""
    slept = 0.0
    awake = time.clock_gettime
    monkeypatch.setattr(
        time, "clock_gettime", lambda which: awake(which) + (slept if which == time.CLOCK_BOOTTIME else 0.0)
    )
    async with start((80, 24), username="daniel.reyes") as app:
        await app.expect("FAMILY")
        slept = 900.0
        app.app.idle_lock.look()
        await app.until(lambda: app.app.portal.sign_in.locked is not None)


@pytest.mark.parametrize(
    ("before_the_end", "warned", "over"),
    [(121, 0, 0), (120, 1, 0), (119, 1, 0), (1, 1, 0), (0, 0, 1), (-1, 0, 1)],
)
async def test_the_end_after_twelve_hours_is_told_two_minutes_before(
    mock: Mock, clock: Clock, start: Start, before_the_end: float, warned: int, over: int
) -> None:
    async with start((80, 24), username="daniel.reyes") as app:
        await app.expect("FAMILY")
        assert app.app.portal.sign_in.me is not None
        assert app.app.portal.sign_in.me.ends == mock.clock.now() + timedelta(hours=12)
        for _ in range(719):
            clock.seconds += 60
            app.app.idle_lock.notice(events.Key("j", "j"))
        clock.seconds += 60 - before_the_end
        await idle(app, clock, 0)
        if over:
            await app.expect("SIGN IN WITH", "after 12 hours")
        assert ("Your sign-in ends in" in app.text) == warned
        assert (app.app.portal.sign_in.me is None) == over


async def test_leaving_while_a_lock_is_under_way_ends_the_sign_in_too(
    mock: Mock, transport: httpx.ASGITransport
) -> None:
    slow = Slow(transport)
    async with session(mock, slow, patient="Daniel") as app:
        assert app.app.portal.connection.server is not None
        tokens = app.app.portal.connection.server.tokens
        slow.held = "/session/lock"
        await app.press("ctrl+l")
        await app.expect("LOCKED")
        await app.press("ctrl+q")
        await app.until(lambda: not app.app.is_running)
        assert app.app.return_code == 0
        slow.go_on.set()
        await app.app.portal.sign_in.leave()
    assert tokens is not None
    async with httpx.AsyncClient(transport=transport, base_url=mock.issuer) as visitor:
        answer = await visitor.get("/portal/v1/session", headers={"Authorization": f"Bearer {tokens.access}"})
        assert answer.status_code == 401


async def test_ctrl_z_locks_before_it_suspends(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    async with start((80, 24), username="daniel.reyes") as app:
        seen: list[str] = []
        monkeypatch.setattr(app.app, "action_suspend_process", lambda: seen.append(app.app.current_mode))
        await app.press("ctrl+z")
        await app.until(lambda: bool(seen))
        assert seen == ["sign-in"]
        assert app.app.portal.sign_in.locked is not None


async def test_the_old_tokens_open_nothing_any_more(
    mock: Mock, transport: httpx.ASGITransport, visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    portal = Portal(ServerProfile("test", mock.issuer), transport=transport, keep=False)
    await portal.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    assert portal.connection.server is not None
    assert portal.connection.server.tokens is not None
    tokens = portal.connection.server.tokens
    await portal.sign_in.lock()
    headers = {"Authorization": f"Bearer {tokens.access}"}
    assert (await visitor.get("/portal/v1/session", headers=headers)).status_code == 401
    form = {"grant_type": "refresh_token", "client_id": "genesis-tui", "refresh_token": tokens.refresh}
    assert (await visitor.post("/oauth/token", data=form)).status_code == 400
    assert any(event.what == "lock" for _, event in mock.audit.about("12742301"))
    await portal.close()


async def test_a_lock_works_without_the_network(
    mock: Mock, transport: httpx.ASGITransport, passwords: dict[str, str]
) -> None:
    class Breaks(httpx.AsyncBaseTransport):
        down = False

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if self.down:
                raise httpx.ConnectError("down", request=request)
            return await transport.handle_async_request(request)

    wire = Breaks()
    portal = Portal(ServerProfile("test", mock.issuer), transport=wire, keep=False)
    await portal.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    wire.down = True
    await portal.sign_in.lock()
    assert portal.connection.server is not None
    assert portal.connection.server.tokens is None
    assert portal.sign_in.locked is not None
    await portal.close()
