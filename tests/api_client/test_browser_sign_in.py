"""Signing in in the browser: the mock's own pages, a real loopback port, and every answer that must not be used."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from genesis_tui.api_client.sign_in import browser, web_browser
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.base.errors import HostRefused, NotOffered, Refused, SignedOut, SignInRefused, TimedOut
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile

DANIEL = "daniel.reyes"


class WithoutPortal(httpx.AsyncBaseTransport):
    """The mock as a SMART server without portal and typed sign-in; `also` changes its metadata further."""

    def __init__(self, inner: httpx.AsyncBaseTransport, **also: Any) -> None:
        self._inner = inner
        self._also = also

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        if not request.url.path.endswith("smart-configuration"):
            return answer
        told = json.loads(await answer.aread())
        for name in ("portal_endpoint", "authorization_challenge_endpoint"):
            del told[name]
        return httpx.Response(200, json=told | self._also)


class Pages:
    """A person in front of the sign-in pages, told their address by the client."""

    def __init__(self, visitor: httpx.AsyncClient, password: str) -> None:
        self.visitor = visitor
        self.password = password
        self.address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.opened = True

    def show(self, address: str, opened: bool) -> None:
        self.address.set_result(address)
        self.opened = opened

    async def allow(self, who: str) -> str:
        """Sign in and let the program read the record of `who`; the address that the browser is sent back to."""
        page = await self._submit(await self._first(), username=DANIEL, password=self.password, choice="sign-in")
        people = re.findall(r'name="patient" value="([^"]+)" required> ([^<]+)<', page.text)
        patient = next(id for id, words in people if words.startswith(who))
        return str((await self._submit(page, patient=patient, choice="allow")).headers["location"])

    async def deny(self) -> str:
        return str((await self._submit(await self._first(), choice="deny")).headers["location"])

    async def _first(self) -> httpx.Response:
        return await self.visitor.get(await asyncio.wait_for(self.address, 10))

    async def _submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        hidden = dict(re.findall(r'name="(ticket|seal)" value="([^"]+)"', page.text))
        return await self.visitor.post("/oauth/authorize", data=hidden | fields)


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def wire(transport: httpx.ASGITransport) -> WithoutPortal:
    return WithoutPortal(transport)


@pytest.fixture
async def portal(mock: Mock, wire: WithoutPortal) -> AsyncIterator[Portal]:
    one = Portal(ServerProfile("smart", mock.issuer, client_id="growth-chart-app"), transport=wire, keep=False)
    yield one
    await one.close()


@pytest.fixture
async def pages(visitor: httpx.AsyncClient, passwords: dict[str, str]) -> Pages:
    return Pages(visitor, passwords[DANIEL])


async def comes_back(address: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(address)


async def signed_in(portal: Portal, pages: Pages, who: str) -> None:
    waiting = asyncio.create_task(portal.sign_in.by_browser(pages.show))
    page = await comes_back(await pages.allow(who))
    assert (page.status_code, "Back to the terminal" in page.text) == (200, True)
    await asyncio.wait_for(waiting, 10)


async def test_one_sign_in_opens_one_patient(portal: Portal, pages: Pages) -> None:
    assert "browser" in {way.id for way in (await portal.connection.verify()).methods}
    assert await portal.sign_in.resume() is None
    await signed_in(portal, pages, "Daniel")
    assert portal.sign_in.me is not None
    assert (portal.sign_in.me.name, portal.sign_in.me.method, portal.sign_in.me.role) == (
        "Daniel Andres Reyes",
        "in the browser",
        "patient",
    )
    (daniel,) = (await portal.family.load()).people
    assert (daniel.name, daniel.relation, daniel.why) == ("Daniel Andres Reyes", "", "signed in")
    *_, results = [page async for page in (await portal.open(daniel)).results.load()]
    assert len(results.rows) > 10
    assert not results.new
    with pytest.raises(NotOffered):
        await portal.home.news(daniel)


async def test_another_patient_is_another_connection(
    portal: Portal, pages: Pages, visitor: httpx.AsyncClient, passwords: dict[str, str]
) -> None:
    await signed_in(portal, pages, "Daniel")
    await signed_in(portal, Pages(visitor, passwords[DANIEL]), "Maya")
    maya, daniel = (await portal.family.load()).people
    assert (maya.given, daniel.given, portal.family.by_sign_in) == ("Maya", "Daniel", True)
    counted = []
    for one in (maya, daniel, maya):
        *_, results = [page async for page in (await portal.open(one)).results.load()]
        counted.append(len(results.rows))
    assert counted[0] == counted[2] != counted[1]


async def test_signing_out_ends_every_connection(
    portal: Portal, pages: Pages, visitor: httpx.AsyncClient, passwords: dict[str, str], mock: Mock
) -> None:
    await signed_in(portal, pages, "Daniel")
    await signed_in(portal, Pages(visitor, passwords[DANIEL]), "Maya")
    held = portal.connection.picked.held if portal.connection.picked else ()
    await portal.sign_in.out()
    assert len(held) == 2
    for tokens in held:
        headers = {"Authorization": f"Bearer {tokens.access}"}
        answer = await visitor.get(f"/fhir/r4/Patient/{tokens.patient}", headers=headers)
        assert answer.status_code == 401
    with pytest.raises(SignedOut):
        await portal.family.load()


async def test_the_request_asks_for_no_more_than_one_patients_record(portal: Portal, pages: Pages, mock: Mock) -> None:
    waiting = asyncio.create_task(portal.sign_in.by_browser(pages.show))
    asked = httpx.URL(await asyncio.wait_for(pages.address, 10)).params
    waiting.cancel()
    assert asked["scope"] == "openid fhirUser launch/patient patient/*.rs"
    assert (asked["aud"], asked["client_id"]) == (mock.fhir_base, "growth-chart-app")
    assert (asked["code_challenge_method"], len(asked["state"]) >= 32) == ("S256", True)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/callback", asked["redirect_uri"])
    assert not pages.opened


async def test_a_no_in_the_browser_is_told_plainly(portal: Portal, pages: Pages) -> None:
    waiting = asyncio.create_task(portal.sign_in.by_browser(pages.show))
    await comes_back(await pages.deny())
    with pytest.raises(SignInRefused) as caught:
        await asyncio.wait_for(waiting, 10)
    assert caught.value.title == "The access was not allowed in the browser."
    assert portal.sign_in.me is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"iss": "https://evil.test"}, "issuer"), ({"iss": ""}, "issuer")],
)
async def test_an_answer_of_another_server_is_not_used(
    portal: Portal, pages: Pages, mock: Mock, change: dict[str, str], reason: str
) -> None:
    waiting = asyncio.create_task(portal.sign_in.by_browser(pages.show))
    back = httpx.URL(await pages.allow("Daniel"))
    await comes_back(str(back.copy_merge_params(change)))
    with pytest.raises(SignInRefused) as caught:
        await asyncio.wait_for(waiting, 10)
    assert caught.value.reason == reason
    assert not [entry for entry in mock.log.last(20) if "/oauth/token" in str(entry)]


@pytest.mark.parametrize("given", [{}, {"iss": ""}, {"iss": "https://evil.test"}])
async def test_an_answer_of_nobody_is_not_that_of_a_server_without_a_name(
    mock: Mock, transport: httpx.ASGITransport, pages: Pages, given: dict[str, str]
) -> None:
    wire = WithoutPortal(transport, issuer="")
    portal = Portal(ServerProfile("smart", mock.issuer, client_id="growth-chart-app"), transport=wire, keep=False)
    waiting = asyncio.create_task(portal.sign_in.by_browser(pages.show))
    back = httpx.URL(await pages.allow("Daniel")).copy_remove_param("iss")
    await comes_back(str(back.copy_merge_params(given)))
    with pytest.raises(SignInRefused) as caught:
        await asyncio.wait_for(waiting, 10)
    assert caught.value.reason == "issuer"
    await portal.close()


@pytest.mark.parametrize(
    ("error", "says"),
    [("invalid_scope", "the access that it asks for"), ("unauthorized_client", "client id"), ("odd\x1b[2J", "ended")],
)
async def test_other_refusals_of_the_pages_are_told(portal: Portal, pages: Pages, error: str, says: str) -> None:
    waiting = asyncio.create_task(portal.sign_in.by_browser(pages.show))
    back = httpx.URL(await pages.deny())
    await comes_back(str(back.copy_merge_params({"error": error, "error_description": "x\x1b]52;c;eA==\x07"})))
    with pytest.raises(SignInRefused) as caught:
        await asyncio.wait_for(waiting, 10)
    assert says in caught.value.title
    assert "\x1b" not in caught.value.detail + caught.value.reason


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/favicon.ico", "/callback", "/callback?x=1", "/callback/?code=1", "/other?code=1"),
        *(
            "/callback?code=1",
            "/callback?code=1&state=",
            "/callback?code=1&state=other",
            "/callback?error=access_denied",
        ),
        *("/callback?error=x&state=STATE%00", "/callback?state=STATE", f"/callback?code=1&state=STATE{'&a=b' * 40}"),
    ],
)
async def test_whoever_else_knocks_at_the_port_is_turned_away(portal: Portal, pages: Pages, path: str) -> None:
    """Any program or page on this computer can ask there: none of them ends the sign-in that waits."""
    waiting = asyncio.create_task(portal.sign_in.by_browser(pages.show))
    asked = httpx.URL(await asyncio.wait_for(pages.address, 10)).params
    path = path.replace("STATE", asked["state"])
    assert (await comes_back(asked["redirect_uri"].replace("/callback", path))).status_code == 404
    await comes_back(await pages.allow("Daniel"))
    assert (await asyncio.wait_for(waiting, 10)).name == "Daniel Andres Reyes"


async def test_nobody_waits_for_ever(portal: Portal, pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "PATIENCE", 0.05)
    with pytest.raises(TimedOut) as caught:
        await portal.sign_in.by_browser(pages.show)
    assert "in time" in caught.value.title


async def test_giving_up_frees_the_port(portal: Portal, pages: Pages) -> None:
    waiting = asyncio.create_task(portal.sign_in.by_browser(pages.show))
    back = httpx.URL(await asyncio.wait_for(pages.address, 10)).params["redirect_uri"]
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(httpx.ConnectError):
        await comes_back(back)


@pytest.mark.rule("HOST-1")
@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint"])
async def test_pages_elsewhere_are_never_opened(
    mock: Mock, transport: httpx.ASGITransport, pages: Pages, name: str
) -> None:
    wire = WithoutPortal(transport, **{name: "https://evil.test/x"})
    portal = Portal(ServerProfile("smart", mock.issuer), transport=wire, keep=False)
    with pytest.raises(HostRefused):
        await portal.sign_in.by_browser(pages.show)
    await portal.close()
    assert not pages.address.done()


async def test_a_record_that_was_not_allowed_stays_shut(portal: Portal, pages: Pages) -> None:
    from dataclasses import replace

    await signed_in(portal, pages, "Daniel")
    (daniel,) = (await portal.family.load()).people
    record = await portal.open(replace(daniel, id="12742302"))
    with pytest.raises(Refused):
        _ = [page async for page in record.results.load()]


@pytest.mark.parametrize(
    ("environment", "platform", "command"),
    [
        ({"BROWSER": "firefox -P me %s"}, "linux", ["firefox", "-P", "me", "URL"]),
        ({"BROWSER": "firefox"}, "linux", ["firefox", "URL"]),
        ({}, "linux", []),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "a b"}, "linux", []),
        ({}, "darwin", ["open", "URL"]),
        ({"SSH_CONNECTION": "a b"}, "darwin", []),
    ],
)
def test_a_browser_opens_only_where_somebody_sees_it(
    environment: dict[str, str], platform: str, command: list[str]
) -> None:
    assert web_browser.command("URL", environment, platform) == command


def test_a_program_that_is_not_there_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "no-such-program-anywhere")
    assert web_browser.opened("http://127.0.0.1/") is False
