"""The app under Pilot, with the real client over ASGITransport on the real mock, nobody signed in yet."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest

from genesis_tui.app.app import GenesisApp
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.screens.sign_in.panel import SignInPanel
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile, Settings
from tests import idle
from tests.screens.signed_in import Session

Size = tuple[int, int]
MakeApp = Callable[..., GenesisApp]
Start = Callable[..., AbstractAsyncContextManager[Session]]


@pytest.fixture(autouse=True)
def pilot_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pilots wait for the app alone; tests of the time itself replace this by nothing."""
    idle.use(monkeypatch)


@pytest.fixture
def new_app(mock: Mock, transport: httpx.ASGITransport, monkeypatch: pytest.MonkeyPatch) -> MakeApp:
    """Makes an app for the mock; other keyword arguments are those of `Settings`."""
    monkeypatch.delenv("NO_COLOR", raising=False)

    def make(
        *,
        carried_by: httpx.AsyncBaseTransport = transport,
        url: str = mock.issuer,
        tester_token: str = mock.tester_token,
        **chosen: Any,
    ) -> GenesisApp:
        monkeypatch.setenv("GENESIS_TUI_MOCK_TOKEN", tester_token)
        settings = Settings(**{"theme": "dark"} | chosen)
        return GenesisApp(Portal(ServerProfile(url=url), transport=carried_by, keep=False), settings)

    return make


@pytest.fixture
def start(new_app: MakeApp) -> Start:
    """Runs an app at a size of the window; with a user name that persona's row is chosen first."""

    @asynccontextmanager
    async def run(size: Size = (80, 24), username: str = "", **how: Any) -> AsyncIterator[Session]:
        app = new_app(**how)
        async with app.run_test(size=size) as pilot:
            stage = Session(app, pilot)
            if username:
                await pick(stage, username)
            yield stage
        await app.portal.close()

    return run


async def pick(stage: Session, username: str) -> None:
    """Choose the row of a persona, and wait for what they see first."""
    await stage.expect("SIGN IN WITH")
    rows = stage.app.screen.query_one(SignInPanel).query_one("#entries")
    found = [getattr(getattr(row, "target", None), "username", "") for row in rows.rows]  # type: ignore[attr-defined]
    rows.cursor = found.index(username)  # type: ignore[attr-defined]
    await stage.press("enter")
    await stage.until(lambda: stage.app.current_mode != "sign-in" or "esc back" in stage.text)
