"""Signing in on another device, the client's side: what is shown, how often it asks, how it ends."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from genesis_tui.api_client.sign_in import device
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.base.errors import HostRefused, SignInRefused
from genesis_tui.models.sign_in import DeviceCode
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.oauth.test_device import Phone, Seconds


class Waits:
    """Sleeping that takes no time and moves the mock's own."""

    def __init__(self, seconds: Seconds) -> None:
        self.seconds = seconds
        self.asked: list[float] = []
        self.held = asyncio.Event()
        self.held.set()

    async def __call__(self, wait: float) -> None:
        self.asked.append(wait)
        self.seconds.now += wait
        await asyncio.sleep(0)
        await self.held.wait()


@pytest.fixture
def waits(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> Waits:
    seconds = Seconds()
    mock.devices.now = seconds
    waits = Waits(seconds)
    monkeypatch.setattr(device, "sleep", waits)
    return waits


class Flaky(httpx.AsyncBaseTransport):
    """The mock, but for what a test does to some answers."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.down = 0
        self.rewrite: dict[bytes, bytes] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down and request.url.path == "/oauth/token":
            self.down -= 1
            raise httpx.ConnectError("down", request=request)
        answer = await self.inner.handle_async_request(request)
        if self.rewrite and request.url.path == "/oauth/device_authorization":
            body = await answer.aread()
            for old, new in self.rewrite.items():
                body = body.replace(old, new)
            return httpx.Response(answer.status_code, content=body, request=request)
        return answer


@pytest.fixture
def flaky(transport: httpx.ASGITransport) -> Flaky:
    return Flaky(transport)


@pytest.fixture
async def portal(mock: Mock, flaky: Flaky) -> AsyncIterator[Portal]:
    portal = Portal(ServerProfile("test", mock.issuer), transport=flaky, keep=False)
    yield portal
    await portal.close()


async def shown(portal: Portal, waits: Waits) -> tuple[DeviceCode, "asyncio.Task[object]"]:
    """Begins, and holds before the first question."""
    waits.held.clear()
    codes: list[DeviceCode] = []
    waiting: asyncio.Task[object] = asyncio.create_task(portal.sign_in.by_device(codes.append))
    for _ in range(400):
        if codes or waiting.done():
            break
        await asyncio.sleep(0.01)
    if not codes:
        await waiting
    return codes[0], waiting


async def test_it_goes_on_once_it_was_allowed(
    portal: Portal, waits: Waits, visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    code, waiting = await shown(portal, waits)
    assert code.address.endswith("/oauth/device")
    assert code.whole_address.endswith(code.user_code)
    phone = Phone(visitor)
    await phone.open(code.address)
    await phone.code(code.user_code)
    await phone.sign_in("daniel.reyes", passwords["daniel.reyes"])
    await phone.send(choice="approve")
    waits.held.set()
    await waiting
    assert portal.sign_in.me is not None
    assert (portal.sign_in.me.name, portal.sign_in.me.method) == ("Daniel Reyes", "DS Logon")


async def test_a_no_there_is_told_here(
    portal: Portal, waits: Waits, visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    code, waiting = await shown(portal, waits)
    phone = Phone(visitor)
    await phone.open(code.address)
    await phone.code(code.user_code)
    await phone.send(choice="deny")
    waits.held.set()
    with pytest.raises(SignInRefused) as caught:
        await waiting
    assert caught.value.reason == "access_denied"
    assert "not allowed" in caught.value.title


async def test_slowing_down_is_for_good_and_a_broken_link_is_waited_out(
    portal: Portal, waits: Waits, flaky: Flaky, mock: Mock
) -> None:
    _, waiting = await shown(portal, waits)
    flaky.down = 1
    waits.seconds.now -= 4
    waits.held.set()
    for _ in range(200):
        await asyncio.sleep(0.005)
        if len(waits.asked) >= 6:
            break
    waiting.cancel()
    assert waits.asked[0] == 5
    assert waits.asked[1] == 10
    assert sorted(waits.asked) == waits.asked


async def test_time_runs_out(portal: Portal, waits: Waits, flaky: Flaky) -> None:
    flaky.rewrite = {b'"expires_in":600': b'"expires_in":0.05'}
    with pytest.raises(SignInRefused) as caught:
        await asyncio.wait_for(portal.sign_in.by_device(lambda code: None), 20)
    assert caught.value.reason == "expired_token"
    assert "new code" in caught.value.next


@pytest.mark.rule("HOST-1")
@pytest.mark.parametrize(
    "address", ["https://health.mil.example.com/d", "http://portal.health.mil/d", "https://evil.test", "javascript:x"]
)
async def test_nobody_is_sent_to_a_look_alike(portal: Portal, waits: Waits, flaky: Flaky, address: str) -> None:
    flaky.rewrite = {b"http://127.0.0.1:8801/oauth/device": address.encode()}
    codes: list[DeviceCode] = []
    with pytest.raises(HostRefused):
        await portal.sign_in.by_device(codes.append)
    assert codes == []


async def test_giving_up_ends_the_asking(portal: Portal, waits: Waits) -> None:
    _, waiting = await shown(portal, waits)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    before = len(waits.asked)
    waits.held.set()
    await asyncio.sleep(0.02)
    assert len(waits.asked) == before
