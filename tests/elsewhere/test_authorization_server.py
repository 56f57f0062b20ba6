"""The client's browser and device sign-in against an authorization server of others (npm oidc-provider)."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import httpx
import pytest

from genesis_tui.api_client.auth import device
from genesis_tui.models.sign_in import DeviceCode
from genesis_tui.session.errors import SignedOut, SignInRefused
from genesis_tui.session.portal import Portal
from genesis_tui.settings import ServerProfile
from tests.elsewhere.authorization_server import Person, Provider, provider


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture
async def portal(server: Provider, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Portal]:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    server.device_codes_live(600)
    portal = Portal(ServerProfile("oidc", server.url), keep=False)
    yield portal
    await portal.close()


@pytest.fixture
async def person() -> AsyncIterator[Person]:
    someone = Person()
    yield someone
    await someone.client.aclose()


async def told(begin: "Callable[[Callable[..., None]], object]") -> tuple[tuple[object, ...], "asyncio.Task[object]"]:
    """What the client shows, and the sign-in that waits."""
    seen: list[tuple[object, ...]] = []
    waiting: asyncio.Task[object] = asyncio.ensure_future(begin(lambda *words: seen.append(words)))  # type: ignore[arg-type]
    for _ in range(500):
        if seen or waiting.done():
            break
        await asyncio.sleep(0.01)
    if not seen:
        await waiting
    return seen[0], waiting


async def comes_back(address: str) -> None:
    async with httpx.AsyncClient() as client:
        assert (await client.get(address)).status_code == 200


async def by_browser(portal: Portal, person: Person) -> None:
    (address, _), waiting = await told(portal.sign_in_by_browser)
    await person.open(str(address))
    await comes_back(await person.signs_in())
    await waiting


async def test_the_browser_leads_to_a_patient(portal: Portal, person: Person) -> None:
    await by_browser(portal, person)
    assert portal.me is not None
    patients = [patient async for page in portal.patients() for patient in page]
    assert [patient.name for patient in patients] == ["Ada Byron"]


async def test_a_no_in_the_browser(portal: Portal, person: Person) -> None:
    (address, _), waiting = await told(portal.sign_in_by_browser)
    page = await person.open(str(address))
    abort = re.search(r'href="([^"]*/abort)"', page)
    assert abort is not None
    await comes_back(await person.open(str(person.page.url.join(abort[1]))))
    with pytest.raises(SignInRefused) as caught:
        await waiting
    assert caught.value.reason == "access_denied"


async def test_a_token_that_was_revoked_is_renewed_and_a_revoked_sign_in_is_over(
    portal: Portal, person: Person
) -> None:
    await by_browser(portal, person)
    server = portal._server
    assert server is not None
    assert server.tokens is not None
    assert server.tokens.refresh
    server.take(replace(server.tokens, access="ended"))
    assert [page async for page in portal.patients()]
    refresh = server.tokens.refresh
    await server.revoke(refresh)
    server.take(replace(server.tokens, access="ended"))
    with pytest.raises(SignedOut) as caught:
        [page async for page in portal.patients()]
    assert caught.value.reason == "session-ended"


class Quick:
    """Polls soon, and remembers how long it was to wait."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await asyncio.sleep(0.05)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Quick:
    quick = Quick()
    monkeypatch.setattr(device, "sleep", quick)
    return quick


async def code_of(portal: Portal) -> tuple[DeviceCode, "asyncio.Task[object]"]:
    (code,), waiting = await told(portal.sign_in_by_device)
    assert isinstance(code, DeviceCode)
    return code, waiting


async def test_another_device_signs_in(portal: Portal, person: Person, quick: Quick) -> None:
    code, waiting = await code_of(portal)
    await person.open(code.address)
    await person.send(user_code=code.user_code)
    await person.send()
    await person.signs_in()
    await asyncio.wait_for(waiting, 20)
    patients = [patient async for page in portal.patients() for patient in page]
    assert [patient.id for patient in patients] == ["one"]


async def test_the_whole_address_has_the_code_in_it(portal: Portal, person: Person, quick: Quick) -> None:
    code, waiting = await code_of(portal)
    assert code.user_code in code.whole_address
    page = await person.open(code.whole_address)
    assert code.user_code in page or "form" in page
    waiting.cancel()


async def test_a_no_on_the_other_device(portal: Portal, person: Person, quick: Quick) -> None:
    code, waiting = await code_of(portal)
    await person.open(code.address)
    await person.send(user_code=code.user_code)
    await person.send(abort="yes")
    with pytest.raises(SignInRefused) as caught:
        await asyncio.wait_for(waiting, 20)
    assert caught.value.reason == "access_denied"


async def test_a_code_that_nobody_gave_in_time(
    portal: Portal, server: Provider, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.device_codes_live(2)
    with pytest.raises(SignInRefused) as caught:
        await asyncio.wait_for(portal.sign_in_by_device(lambda code: None), 20)
    assert caught.value.reason == "expired_token"


async def test_being_told_to_slow_down_lasts(portal: Portal, person: Person, server: Provider, quick: Quick) -> None:
    server.slow_down(2)
    code, waiting = await code_of(portal)
    for _ in range(200):
        if len(quick.asked) >= 4:
            break
        await asyncio.sleep(0.02)
    await person.open(code.address)
    await person.send(user_code=code.user_code)
    await person.send()
    await person.signs_in()
    await asyncio.wait_for(waiting, 20)
    assert quick.asked[:4] == [5, 10, 15, 15]
    assert set(quick.asked[3:]) == {15}
