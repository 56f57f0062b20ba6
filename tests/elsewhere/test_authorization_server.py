"""The client's sign-ins against an authorization server that nobody here wrote: npm oidc-provider."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from html import unescape
from types import SimpleNamespace

import httpx
import pytest

from genesis_tui.api_client.sign_in import device
from genesis_tui.api_client.sign_in.tokens import Tokens
from genesis_tui.models.base.errors import SignedOut, SignInRefused
from genesis_tui.models.sign_in import DeviceCode, ScriptAccess
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.elsewhere.installed import node_server

ANA = "ana"
KEPT = "keeps-its-refresh-token"
PATIENCE = 20
SECONDS = 600
"""How long the server's device codes live."""


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The server on a free loopback port: its address, without a path."""
    with node_server("oidc-provider", "oidc_provider.mjs") as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def person(issuer: str) -> AsyncIterator["Person"]:
    async with httpx.AsyncClient(follow_redirects=True, timeout=PATIENCE) as browser:
        yield Person(browser, issuer)


@pytest.fixture
async def portal(issuer: str, request: pytest.FixtureRequest) -> AsyncIterator[Portal]:
    """The client, under the client id that a test is parametrized with, or its own."""
    id = getattr(request, "param", "genesis-tui")
    one = Portal(ServerProfile("elsewhere", f"{issuer}/fhir", client_id=id), keep=False)
    yield one
    await one.close()


class Person:
    """Somebody at the server's own pages, in a browser that runs no script and follows redirects wherever they go."""

    def __init__(self, browser: httpx.AsyncClient, issuer: str) -> None:
        self.browser = browser
        self.issuer = issuer

    async def press(self, page: httpx.Response, **typed: str) -> httpx.Response:
        """Send the form of a page with what is typed into it."""
        action = re.search(r'<form[^>]* action="([^"]+)"', page.text)
        assert action, page.text
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        fields = {name: unescape(value) for name, value in hidden} | typed
        return await self.browser.post(page.url.join(unescape(action[1])), data=fields)

    async def sign_in(self, page: httpx.Response) -> httpx.Response:
        """From the page that asks who it is to the one that asks what the program may read."""
        page = await self.press(page, login=ANA, password="any at all")
        assert "patient/*.rs" in page.text, page.text
        return page

    async def cancel(self, page: httpx.Response) -> httpx.Response:
        """Follow the page's link away from the sign-in."""
        link = re.search(r'href="([^"]+)">\[ Cancel \]', page.text)
        assert link, page.text
        return await self.browser.get(page.url.join(unescape(link[1])))

    async def type_code(self, code: DeviceCode) -> httpx.Response:
        """Open the address and type the code: the page that shows it once more."""
        page = await self.press(await self.browser.get(code.address), user_code=code.user_code)
        assert code.user_code in page.text, page.text
        return page

    async def end_elsewhere(self, token: str, client_id: str = "genesis-tui") -> None:
        """Have a sign-in ended by another way than the client's own."""
        form = {"client_id": client_id, "token": token}
        assert (await self.browser.post(f"{self.issuer}/token/revocation", data=form)).status_code == 200

    async def later(self, seconds: float) -> None:
        """Move the server's clock on."""
        await self.browser.post(f"{self.issuer}/later", params={"seconds": seconds})


class Waits:
    """The client's waiting between two questions: it takes no time, and moves both clocks on."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.now = 0.0
        self.asked: list[float] = []
        self.held = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        await self.held.wait()
        self.asked.append(seconds)
        await self.passes(seconds)

    async def passes(self, seconds: float) -> None:
        self.now += seconds
        await self.person.later(seconds)


@pytest.fixture
def waits(person: Person, monkeypatch: pytest.MonkeyPatch) -> Waits:
    waits = Waits(person)
    monkeypatch.setattr(device, "sleep", waits)
    monkeypatch.setattr(device, "time", SimpleNamespace(monotonic=lambda: waits.now, time=time.time))
    return waits


def held(portal: Portal) -> Tokens:
    assert portal.connection.picked is not None
    (tokens,) = portal.connection.picked.held
    return tokens


async def names(portal: Portal) -> list[str]:
    """What the token opens, asked of the server."""
    return [p.name async for page in portal.family.patients() for p in page]


async def status(person: Person, tokens: Tokens) -> int:
    """What the server says to a token now."""
    headers = {"Authorization": f"Bearer {tokens.access}"}
    return (await person.browser.get(f"{person.issuer}/fhir/Patient/{ANA}", headers=headers)).status_code


async def opened(
    portal: Portal, person: Person, offline: ScriptAccess | None = None
) -> tuple["asyncio.Task[object]", httpx.Response]:
    """A sign-in in the browser that waits, and the first page that it leads to."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    waiting: asyncio.Task[object] = asyncio.create_task(
        portal.sign_in.by_browser(lambda url, opened: address.set_result(url), offline=offline)
    )
    return waiting, await person.browser.get(await asyncio.wait_for(address, PATIENCE))


async def in_the_browser(portal: Portal, person: Person) -> None:
    waiting, page = await opened(portal, person)
    page = await person.press(await person.sign_in(page))
    assert "Back to the terminal" in page.text, page.text
    await asyncio.wait_for(waiting, PATIENCE)


async def shown(portal: Portal) -> tuple["asyncio.Task[object]", DeviceCode]:
    """A sign-in on another device that waits, and the code that it shows."""
    given: asyncio.Future[DeviceCode] = asyncio.get_running_loop().create_future()
    waiting: asyncio.Task[object] = asyncio.create_task(portal.sign_in.by_device(given.set_result))
    waiting.add_done_callback(lambda ended: given.done() or given.cancel())
    try:
        return waiting, await asyncio.wait_for(given, PATIENCE)
    except asyncio.CancelledError:
        await waiting
        raise


async def test_it_is_seen_as_what_it_is(portal: Portal) -> None:
    host = await portal.connection.verify()
    assert [way.id for way in host.methods] == ["browser", "device"]
    assert (host.portal, host.accounts, host.open) == (False, False, False)
    assert await portal.sign_in.resume() is None


async def test_the_browser_opens_the_record(portal: Portal, person: Person) -> None:
    await in_the_browser(portal, person)
    assert portal.sign_in.me is not None
    assert (portal.sign_in.me.name, portal.sign_in.me.id) == ("Signed-in ana", f"{person.issuer}/fhir/Patient/ana")
    (one,) = (await portal.family.load()).people
    assert one.name == "ana Elsewhere"
    assert await names(portal) == ["ana Elsewhere"]


@pytest.mark.rule("SESS-4")
async def test_one_for_scripts_is_consented_to_as_such(portal: Portal, person: Person) -> None:
    waiting, page = await opened(portal, person, ScriptAccess.READING)
    page = await person.sign_in(page)
    assert "asking to have offline access" in page.text
    await person.press(page)
    await asyncio.wait_for(waiting, PATIENCE)
    assert "offline_access" in held(portal).scope.split()


@pytest.mark.parametrize("after", ["at once", "signed in"])
async def test_a_no_in_the_browser_is_told(portal: Portal, person: Person, after: str) -> None:
    waiting, page = await opened(portal, person)
    if after == "signed in":
        page = await person.sign_in(page)
    assert "Back to the terminal" in (await person.cancel(page)).text
    with pytest.raises(SignInRefused) as caught:
        await asyncio.wait_for(waiting, PATIENCE)
    assert caught.value.title == "The access was not allowed in the browser."
    assert caught.value.next == "Choose the sign-in again."
    assert portal.sign_in.me is None


@pytest.mark.rule("SESS-1")
@pytest.mark.parametrize(("portal", "rotates"), [("genesis-tui", True), (KEPT, False)], indirect=["portal"])
async def test_a_token_that_ran_out_is_renewed(portal: Portal, person: Person, rotates: bool) -> None:
    await in_the_browser(portal, person)
    for _ in range(2):
        before = held(portal)
        await person.later(571)
        assert await status(person, before) == 401
        assert await names(portal) == ["ana Elsewhere"]
        after = held(portal)
        assert after.access != before.access
        assert (after.refresh != before.refresh) is rotates


async def test_a_sign_in_that_was_ended_elsewhere_says_so(portal: Portal, person: Person) -> None:
    await in_the_browser(portal, person)
    await person.end_elsewhere(held(portal).refresh)
    with pytest.raises(SignedOut) as caught:
        await names(portal)
    assert caught.value.title == "You are not signed in, or the session has ended."
    assert (caught.value.reason, caught.value.next) == ("session-ended", "Sign in again.")


async def test_signing_out_ends_it_on_the_server(portal: Portal, person: Person) -> None:
    await in_the_browser(portal, person)
    tokens = held(portal)
    assert await status(person, tokens) == 200
    await portal.sign_in.out()
    assert await status(person, tokens) == 401
    form = {"client_id": "genesis-tui", "grant_type": "refresh_token", "refresh_token": tokens.refresh}
    answer = await person.browser.post(f"{person.issuer}/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_another_device_opens_the_record(portal: Portal, person: Person, waits: Waits) -> None:
    waiting, code = await shown(portal)
    assert code.address == f"{person.issuer}/device"
    assert (code.whole_address, code.expires_in) == (f"{code.address}?user_code={code.user_code}", SECONDS)
    page = await person.press(await person.type_code(code))
    page = await person.press(await person.sign_in(page))
    assert "Sign-in Success" in page.text, page.text
    waits.held.set()
    await asyncio.wait_for(waiting, PATIENCE)
    assert waits.asked == [5]
    assert portal.sign_in.me is not None
    assert portal.sign_in.me.name == "Signed-in ana"
    assert await names(portal) == ["ana Elsewhere"]
    before = held(portal)
    await person.later(571)
    assert await names(portal) == ["ana Elsewhere"]
    assert held(portal).refresh != before.refresh


async def test_the_address_for_a_phone_needs_no_typing(portal: Portal, person: Person, waits: Waits) -> None:
    waiting, code = await shown(portal)
    page = await person.press(await person.browser.get(code.whole_address))
    assert code.user_code in page.text
    await person.press(await person.sign_in(await person.press(page)))
    waits.held.set()
    await asyncio.wait_for(waiting, PATIENCE)
    assert portal.sign_in.me is not None


@pytest.mark.parametrize("after", ["at once", "signed in"])
async def test_a_no_on_the_other_device_is_told(portal: Portal, person: Person, waits: Waits, after: str) -> None:
    waiting, code = await shown(portal)
    page = await person.type_code(code)
    if after == "signed in":
        await person.cancel(await person.sign_in(await person.press(page)))
    else:
        await person.press(page, abort="yes")
    waits.held.set()
    with pytest.raises(SignInRefused) as caught:
        await asyncio.wait_for(waiting, PATIENCE)
    assert (caught.value.title, caught.value.reason) == (
        "The sign-in was not allowed on the other device.",
        "access_denied",
    )
    assert portal.sign_in.me is None


async def test_a_code_that_nobody_gave_runs_out(portal: Portal, waits: Waits) -> None:
    waiting, _ = await shown(portal)
    waits.held.set()
    with pytest.raises(SignInRefused) as caught:
        await asyncio.wait_for(waiting, PATIENCE)
    assert (caught.value.title, caught.value.reason) == ("Nobody gave the code in time.", "expired_token")
    assert caught.value.next == "Choose the sign-in again for a new code."
    assert SECONDS <= waits.now <= SECONDS + waits.asked[-1]


async def test_a_computer_that_slept_too_long_says_that_the_time_is_over(portal: Portal, waits: Waits) -> None:
    waiting, _ = await shown(portal)
    await waits.passes(2 * SECONDS)
    waits.held.set()
    with pytest.raises(SignInRefused) as caught:
        await asyncio.wait_for(waiting, PATIENCE)
    assert caught.value.title == "Nobody gave the code in time."


async def test_a_server_that_is_asked_too_often_is_asked_less_often_for_good(portal: Portal, waits: Waits) -> None:
    waiting, _ = await shown(portal)
    waits.held.set()
    await asyncio.wait({waiting}, timeout=PATIENCE)
    assert isinstance(waiting.exception(), SignInRefused)
    assert waits.asked[:5] == [5, 5, 10, 15, 15]
    assert set(waits.asked[3:]) == {15}


@pytest.mark.parametrize("portal", ["nobody-knows-it"], indirect=True)
async def test_a_program_that_the_server_does_not_know_is_told_so(portal: Portal, waits: Waits) -> None:
    with pytest.raises(SignInRefused) as caught:
        await shown(portal)
    assert (caught.value.reason, caught.value.detail) == ("invalid_client", "client authentication failed")
