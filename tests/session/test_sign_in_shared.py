"""One sign-in in several processes, and one that is found again later (SESS-2)."""

import os
from datetime import timedelta
from pathlib import Path

import httpx
import keyring
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.base.errors import SignedOut
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from genesis_tui.store import system_keyring
from tests.session.test_kept import Ring

pytestmark = pytest.mark.rule("SESS-2")
DANIEL = "daniel.reyes"


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    made = Ring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    monkeypatch.setattr(system_keyring, "REAL_KEYRINGS", frozenset({f"{Ring.__module__}.{Ring.__qualname__}"}))
    return made


class Windows:
    """Portals as processes of one person make them."""

    def __init__(self, mock: Mock, transport: httpx.ASGITransport, password: str) -> None:
        self._mock, self._transport, self._password = mock, transport, password

    def open(self) -> Portal:
        return Portal(ServerProfile("test", self._mock.issuer), transport=self._transport)

    async def sign_in(self, portal: Portal) -> None:
        await portal.sign_in.by_password(DANIEL, self._password)


@pytest.fixture
def windows(mock: Mock, transport: httpx.ASGITransport, passwords: dict[str, str]) -> Windows:
    return Windows(mock, transport, passwords[DANIEL])


def left_alone(state: Path, seconds: float) -> None:
    """The person has been away for so long."""
    (file,) = state.rglob("*.used")
    before = file.stat().st_mtime - seconds
    os.utime(file, (before, before))


@pytest.mark.parametrize(("seconds", "locked"), [(890, False), (900, True), (910, True), (43_200, True), (-60, True)])
async def test_an_app_that_starts_after_the_idle_time_is_locked(
    windows: Windows, own_state: Path, seconds: float, locked: bool
) -> None:
    before = windows.open()
    await windows.sign_in(before)
    await before.close()
    left_alone(own_state, seconds)
    later = windows.open()
    me = await later.sign_in.resume(attended=True)
    assert (me is None) is locked
    assert (later.sign_in.locked is not None) is locked
    if locked:
        assert await windows.open().sign_in.resume() is None
        await windows.sign_in(later)
        assert later.sign_in.locked is None
    await later.close()


async def test_a_command_does_not_count_as_somebody_there(windows: Windows, own_state: Path) -> None:
    before = windows.open()
    await windows.sign_in(before)
    await before.close()
    left_alone(own_state, 1_000)
    command = windows.open()
    assert await command.sign_in.resume(scripts=True) is not None
    await command.close()
    assert await windows.open().sign_in.resume(attended=True) is None


async def test_after_twelve_hours_nothing_is_open(windows: Windows, mock: Mock) -> None:
    before = windows.open()
    await windows.sign_in(before)
    await before.close()
    mock.clock.advance(timedelta(hours=12))
    later = windows.open()
    assert await later.sign_in.resume(attended=True) is None
    assert later.sign_in.me is None


async def test_a_lock_leaves_the_sign_in_to_the_process_that_uses_it_too(windows: Windows, mock: Mock) -> None:
    one, other = windows.open(), windows.open()
    await windows.sign_in(one)
    assert await other.sign_in.resume(attended=True) is not None
    await one.sign_in.lock()
    with pytest.raises(SignedOut):
        await one.connection.server.sign_in.session()  # type: ignore[union-attr]
    assert (await other.sign_in.ask_again()).name == "Daniel Reyes"
    assert await windows.open().sign_in.resume(attended=True) is None
    mock.clock.advance(timedelta(minutes=10))
    assert (await other.sign_in.ask_again()).name == "Daniel Reyes"
    assert await windows.open().sign_in.resume(attended=True) is None, "a renewal has put it back"
    await windows.sign_in(one)
    assert (await other.sign_in.ask_again()).name == "Daniel Reyes"
    assert await other.sign_in.leave() is False
    assert (await one.sign_in.ask_again()).name == "Daniel Reyes"
    assert await one.sign_in.leave() is True


async def test_the_last_lock_ends_the_sign_in(windows: Windows, transport: httpx.ASGITransport, mock: Mock) -> None:
    one, other = windows.open(), windows.open()
    await windows.sign_in(one)
    await other.sign_in.resume(attended=True)
    assert other.connection.server is not None
    tokens = other.connection.server.tokens
    assert tokens is not None
    await one.sign_in.lock()
    await other.sign_in.lock()
    async with httpx.AsyncClient(transport=transport, base_url=mock.issuer) as visitor:
        answer = await visitor.get("/portal/v1/session", headers={"Authorization": f"Bearer {tokens.access}"})
        assert answer.status_code == 401


async def test_what_is_not_kept_ends_with_the_program(
    windows: Windows, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system_keyring, "REAL_KEYRINGS", frozenset())
    portal = windows.open()
    assert await portal.sign_in.leave() is None
    await windows.sign_in(portal)
    assert await portal.sign_in.leave() is False
    with pytest.raises(SignedOut):
        await portal.connection.server.sign_in.session()  # type: ignore[union-attr]
