"""The sign-in in the browser on the screen: its address, giving up, one patient, then another."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from genesis_tui.app.app import GenesisApp
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile, Settings
from tests.api_client.test_browser_sign_in import DANIEL, Pages, WithoutPortal, comes_back
from tests.screens.signed_in import Session


@pytest.fixture
async def stage(mock: Mock, transport: httpx.ASGITransport, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Session]:
    """The app on a SMART server without a portal, where no browser can open."""
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "GENESIS_TUI_MOCK_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    profile = ServerProfile("smart", mock.issuer, client_id="growth-chart-app")
    app = GenesisApp(Portal(profile, transport=WithoutPortal(transport), keep=False), Settings(theme="dark"))
    async with app.run_test(size=(120, 40)) as pilot:
        yield Session(app, pilot)
    await app.portal.close()


def address_on(stage: Session) -> str:
    """The address on the screen, put together from its lines."""
    lines = [line.strip() for line in stage.lines]
    first = next(i for i, line in enumerate(lines) if line.startswith("http://127.0.0.1:8801/oauth/authorize"))
    last = lines.index("", first)
    return "".join(lines[first:last])


async def sign_in(stage: Session, visitor: httpx.AsyncClient, password: str, who: str) -> None:
    await stage.expect("SIGN IN WITH", "on the server's own pages")
    await stage.press("1")
    await stage.expect("Open this address", "esc gives up", "ssh -L")
    pages = Pages(visitor, password)
    pages.show(address_on(stage), opened=False)
    await comes_back(await pages.allow(who))


async def test_one_patient_then_another(stage: Session, visitor: httpx.AsyncClient, passwords: dict[str, str]) -> None:
    await sign_in(stage, visitor, passwords[DANIEL], "Daniel")
    await stage.expect("DANIEL ANDRES REYES", "signed in", "All  Labs")
    await stage.press("7")
    await stage.expect(
        "You are signed in for these patients", "Daniel Andres Reyes", "open now", "n sign in for another"
    )
    await stage.press("n")
    await stage.expect("SIGN IN WITH")
    await stage.press("escape")
    await stage.expect("You are signed in for these patients")
    await stage.press("n")
    await sign_in(stage, visitor, passwords[DANIEL], "Maya")
    await stage.until(lambda: stage.lines[0].find("MAYA") > 0, "Maya's record never opened")
    await stage.press("f")
    await stage.expect("2 patients", "Daniel Andres Reyes")


async def test_esc_gives_up_waiting(stage: Session) -> None:
    await stage.expect("SIGN IN WITH")
    await stage.press("1")
    await stage.expect("esc gives up")
    redirect = httpx.URL(address_on(stage)).params["redirect_uri"]
    await stage.press("escape")
    await stage.expect("SIGN IN WITH", "on the server's own pages")
    await asyncio.sleep(0.05)
    with pytest.raises(httpx.ConnectError):
        await comes_back(redirect)


async def test_a_no_is_told_and_can_be_tried_again(
    stage: Session, visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    await stage.expect("SIGN IN WITH")
    await stage.press("1")
    await stage.expect("esc gives up")
    pages = Pages(visitor, passwords[DANIEL])
    pages.show(address_on(stage), opened=False)
    await comes_back(await pages.deny())
    await stage.expect("The access was not allowed in the browser.")
    await stage.press("escape")
    await stage.expect("SIGN IN WITH")
