"""Fixtures: a running mock with a clock that stands still, people signed in to it, the app under Pilot.

The world is built once a session; each test gets its own copy of it in memory.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from genesis_tui.mock_backend.admin.personas import persona_list
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.testing.databases import filled
from genesis_tui.testing.sign_in import tokens

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from genesis_tui.session.portal import Portal

START = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
"""The first instant of the tests' world: a Monday morning at Fort Belvoir."""
SEED = 7

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]
PortalFor = Callable[[str], Awaitable["Portal"]]
PilotFor = Callable[..., AbstractAsyncContextManager["Pilot[Any]"]]


@pytest.fixture(scope="session")
def world_image() -> bytes:
    """The fresh world, as a snapshot."""
    built = Mock.create(seed=SEED, start=START, frozen=True)
    try:
        return built.snapshot()
    finally:
        built.close()


@pytest.fixture
def world_url(world_image: bytes) -> Iterator[str]:
    """The URL of a database with the fresh world."""
    with filled(world_image) as url:
        yield url


@pytest.fixture
def mock(world_url: str) -> Iterator[Mock]:
    """A mock portal with a fresh world at `START`; its `clock` stands still until the test moves it."""
    fresh = Mock.create(world_url)
    yield fresh
    fresh.close()


@pytest.fixture
def transport(mock: Mock) -> httpx.ASGITransport:
    """What carries requests to the mock without a socket; its origin is `mock.issuer`."""
    return httpx.ASGITransport(create_app(mock))


@pytest.fixture
async def visitor(mock: Mock, transport: httpx.ASGITransport) -> AsyncIterator[httpx.AsyncClient]:
    """A client that is not signed in."""
    async with httpx.AsyncClient(transport=transport, base_url=mock.issuer) as client:
        yield client


@pytest.fixture
async def tester(mock: Mock, transport: httpx.ASGITransport) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the tester API."""
    headers = {"X-Tester-Token": mock.tester_token}
    async with httpx.AsyncClient(transport=transport, base_url=mock.issuer, headers=headers) as client:
        yield client


@pytest.fixture
def passwords(mock: Mock) -> dict[str, str]:
    """User name -> password of everybody the mock lists."""
    return {one["username"]: one["password"] for one in persona_list(mock) if one["username"]}


@pytest.fixture
async def sign_in(mock: Mock, transport: httpx.ASGITransport, passwords: dict[str, str]) -> AsyncIterator[SignIn]:
    """Signs a persona in by user name; gives a client that carries their token."""
    async with AsyncExitStack() as stack:

        async def enter(username: str) -> httpx.AsyncClient:
            client = httpx.AsyncClient(transport=transport, base_url=mock.issuer)
            await stack.enter_async_context(client)
            issued = await tokens(client, username, passwords[username])
            client.headers["Authorization"] = f"Bearer {issued['access_token']}"
            return client

        yield enter


@pytest.fixture
async def portal_for(mock: Mock, transport: httpx.ASGITransport, passwords: dict[str, str]) -> AsyncIterator[PortalFor]:
    """Signs a persona in by user name; gives the client's own session, which keeps nothing on this machine."""
    from genesis_tui.session.portal import Portal
    from genesis_tui.settings.settings import ServerProfile

    async with AsyncExitStack() as stack:

        async def enter(username: str) -> Portal:
            portal = Portal(ServerProfile("test", mock.issuer), transport=transport, keep=False)
            stack.push_async_callback(portal.close)
            await portal.sign_in.by_password(username, passwords[username])
            return portal

        yield enter


@pytest.fixture
def pilot_for(portal_for: PortalFor) -> PilotFor:
    """Runs the app on Home as a persona: `async with pilot_for("daniel.reyes", size=(80, 24)) as pilot`."""

    @asynccontextmanager
    async def run(username: str, *, size: tuple[int, int] = (80, 24)) -> AsyncIterator["Pilot[Any]"]:
        from genesis_tui.app.app import GenesisApp
        from genesis_tui.settings.settings import Settings

        portal = await portal_for(username)
        app = GenesisApp(portal, Settings(theme="dark"))
        async with app.run_test(size=size) as pilot:
            assert portal.sign_in.me is not None
            await app.enter(portal.sign_in.me)
            yield pilot

    return run
