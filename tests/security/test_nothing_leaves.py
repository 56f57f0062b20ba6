"""HOST-1 on the wire: what a hostile address, redirect or link gets of ours is counted in bytes, and is 0."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import respx

from genesis_tui.models.base.errors import HostRefused
from genesis_tui.models.base.ledger import Missing
from genesis_tui.models.results.result import Result
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.security.test_hosts import HOSTILE

pytestmark = pytest.mark.rule("HOST-1")
HOME = "http://127.0.0.1:8801"
ELSEWHERE = (
    "https://health.mil.example.com",
    "https://evil.test",
    "http://health.mil",
    "https://health.mil:8443",
    "https://user@health.mil",
    "https://xn--80ak6aa92e.mil",
    "https://2130706433",
    "https://[::ffff:127.0.0.1]",
    "https://health.mil.",
    "http://localhost:9999",
)


class Recorder(httpx.AsyncBaseTransport):
    """The network as a hostile party would see it: it keeps every request, and answers with what it is told to."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.requests: list[httpx.Request] = []
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer(request)

    @property
    def hosts(self) -> set[tuple[str, int | None]]:
        return {(r.url.host, r.url.port) for r in self.requests}


class Listener:
    """A socket on another loopback port that counts what arrives."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self.received = b""

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.received += await reader.read(65536)
        writer.close()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener()
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


def configuration(**more: Any) -> dict[str, Any]:
    return {
        "issuer": HOME,
        "token_endpoint": f"{HOME}/oauth/token",
        "authorization_challenge_endpoint": f"{HOME}/oauth/challenge",
        "revocation_endpoint": f"{HOME}/oauth/revoke",
        "portal_endpoint": f"{HOME}/portal/v1",
        **more,
    }


@pytest.mark.parametrize("url", HOSTILE)
async def test_a_hostile_address_gets_nothing(url: str) -> None:
    network = Recorder(lambda _: httpx.Response(200, json=configuration()))
    portal = Portal(ServerProfile(url=url), transport=network, keep=False)
    for call in (
        portal.connection.verify,
        portal.connection.personas,
        lambda: portal.sign_in.by_password("daniel.reyes", "canary-password"),
    ):
        with pytest.raises(HostRefused):
            await call()
    await portal.close()
    assert network.requests == []


@pytest.mark.parametrize("field", ["authorization_challenge_endpoint", "token_endpoint", "portal_endpoint"])
@pytest.mark.parametrize("host", ELSEWHERE)
async def test_metadata_can_not_lead_credentials_elsewhere(field: str, host: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("smart-configuration"):
            return httpx.Response(200, json=configuration(**{field: f"{host}/x"}))
        if request.url.path.endswith("challenge"):
            return httpx.Response(200, json={"authorization_code": "c"})
        return httpx.Response(200, json={"access_token": "t", "token_type": "Bearer"})

    network = Recorder(answer)
    portal = Portal(ServerProfile(url=HOME), transport=network, keep=False)
    with pytest.raises(HostRefused):
        await portal.sign_in.by_password("daniel.reyes", "canary-password")
    await portal.close()
    assert network.hosts == {("127.0.0.1", 8801)}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("step", ["smart-configuration", "challenge", "token"])
async def test_a_redirect_is_never_followed(status: int, step: str, listener: Listener) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(step):
            return httpx.Response(status, headers={"Location": f"http://127.0.0.1:{listener.port}/steal"})
        if request.url.path.endswith("smart-configuration"):
            return httpx.Response(200, json=configuration())
        return httpx.Response(200, json={"authorization_code": "c"})

    with respx.mock(assert_all_called=False) as net:
        net.route(host="127.0.0.1", port=8801).mock(side_effect=answer)
        net.route(port=listener.port).pass_through()
        portal = Portal(ServerProfile(url=HOME), keep=False)
        with pytest.raises(HostRefused) as caught:
            await portal.sign_in.by_password("daniel.reyes", "canary-password")
        await portal.close()
    assert "redirect" in caught.value.detail.lower()
    assert (listener.connections, listener.received) == (0, b"")


def signed_in(search: Callable[[httpx.Request], httpx.Response]) -> Recorder:
    """A server that signs anybody in, knows one family member, and answers searches as it is told to."""
    person = {"id": "1", "number": 1, "name": "A B", "age": 40, "access": "full", "relation": "you"}
    session = {
        "person": {"id": "1", "name": "A B"},
        "method": "ds-logon",
        "ends": "2026-11-24T00:00:00Z",
        "now": "2026-11-23T00:00:00Z",
    }
    known: dict[str, Any] = {
        "smart-configuration": configuration(),
        "challenge": {"authorization_code": "c"},
        "token": {"access_token": "canary-token", "token_type": "Bearer", "expires_in": 570},
        "session": session,
        "family": {"people": [person]},
        "seen": {"new": []},
        "metadata": {"resourceType": "CapabilityStatement"},
    }

    def answer(request: httpx.Request) -> httpx.Response:
        last = request.url.path.rpartition("/")[2]
        return httpx.Response(200, json=known[last]) if last in known else search(request)

    return Recorder(answer)


async def load(network: Recorder) -> tuple[tuple[Missing, ...], list[Result]]:
    """Results to the end with their texts: what of them could not be had, and the rows as they were read."""
    missing: tuple[Missing, ...] = ()
    read: list[Result] = []
    portal = Portal(ServerProfile(url=HOME), transport=network, keep=False)
    try:
        await portal.sign_in.by_password("a", "b")
        record = await portal.open((await portal.family.load()).people[0])
        async for page in record.results.load():
            missing = page.missing
            read = [await record.results.read(row) for row in page.rows]
    finally:
        await portal.close()
    return missing, read


@pytest.mark.parametrize("link", [f"{host}/fhir/r4/Observation?page=2" for host in ELSEWHERE] + [f"{HOME}/oauth/token"])
async def test_a_next_link_stays_with_the_server(link: str) -> None:
    page = {"resourceType": "Bundle", "link": [{"relation": "next", "url": link}], "entry": []}
    network = signed_in(lambda _: httpx.Response(200, json=page))
    missing, _ = await load(network)
    assert {one.type for one in missing} >= {"Observation"}
    assert all(one.partly and one.why for one in missing), missing
    assert network.hosts == {("127.0.0.1", 8801)}


async def test_a_server_that_calls_itself_localhost_is_asked_where_it_was_reached() -> None:
    def page(request: httpx.Request) -> httpx.Response:
        more = [] if "page" in request.url.params else [{"relation": "next", "url": f"{own}{request.url.path}?page=2"}]
        return httpx.Response(200, json={"resourceType": "Bundle", "link": more, "entry": []})

    own = "http://localhost:8801"
    network = signed_in(page)
    await load(network)
    assert sum("page" in r.url.params for r in network.requests) >= 3
    assert network.hosts == {("127.0.0.1", 8801)}


@pytest.mark.parametrize(
    "link", [f"{host}/fhir/r4/Binary/1" for host in ELSEWHERE] + ["../../oauth/token", "//evil.test/x"]
)
async def test_a_notes_address_stays_with_the_server(link: str) -> None:
    note = {
        "resourceType": "DocumentReference",
        "id": "n",
        "status": "current",
        "category": [{"coding": [{"code": "clinical-note"}]}],
        "subject": {"reference": "Patient/1"},
        "content": [{"attachment": {"contentType": "text/plain", "url": link}}],
    }

    def search(request: httpx.Request) -> httpx.Response:
        entries = [{"resource": note}] if request.url.path.endswith("DocumentReference") else []
        return httpx.Response(200, content=json.dumps({"resourceType": "Bundle", "entry": entries}))

    network = signed_in(search)
    _, [read] = await load(network)
    assert (read.text, len(read.missing)) == ("", 1)
    assert network.hosts == {("127.0.0.1", 8801)}


async def test_no_cookie_comes_back() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        cookies = {"Set-Cookie": "sid=1; Path=/"}
        if request.url.path.endswith("smart-configuration"):
            return httpx.Response(200, json=configuration(), headers=cookies)
        return httpx.Response(403, json={"error": "access_denied"}, headers=cookies)

    network = Recorder(answer)
    portal = Portal(ServerProfile(url=HOME), transport=network, keep=False)
    for _ in range(2):
        with pytest.raises(Exception, match="SignInRefused"):
            await portal.sign_in.by_password("a", "b")
    await portal.close()
    assert len(network.requests) == 3
    assert not any("cookie" in r.headers for r in network.requests)
    assert all("unofficial" in r.headers["user-agent"] for r in network.requests)


async def test_a_proxy_of_the_environment_is_not_asked(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{listener.port}")
    portal = Portal(ServerProfile(url="http://127.0.0.1:9"), keep=False)
    with pytest.raises(Exception, match="Unreachable"):
        await portal.connection.verify()
    await portal.close()
    assert listener.connections == 0
