"""Locking: nothing of a record stays on the terminal, and the same way in brings everything back (SESS-2)."""

from datetime import timedelta

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.screens.conftest import Start
from tests.screens.signed_in import BOTH_ENDS, Session, session

pytestmark = pytest.mark.rule("SESS-2")
RECORD = ("Lipid", "DANIEL REYES", "148")


class Clock:
    """Idle time that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


async def idle(app: Session, clock: Clock, seconds: float) -> None:
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


async def test_a_sign_in_ends_after_twelve_hours(mock: Mock, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    mock.policy = mock.policy.model_copy(update={"session": mock.policy.session.model_copy(update={"hours": 12})})
    async with start((80, 24), username="daniel.reyes") as app:
        await app.expect("FAMILY")
        assert app.app.portal.sign_in.me is not None
        assert app.app.portal.sign_in.me.ends == mock.clock.now() + timedelta(hours=12)
        app.app.idle_lock._over()
        await app.expect("SIGN IN WITH", "after 12 hours")
        assert app.app.portal.sign_in.me is None


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
