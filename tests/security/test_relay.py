"""A fake portal passes the nonce of a real one on to whoever signs in at the fake, and the signature back (ID-2)."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from genesis_tui.mock_backend.database.sign_in.sessions import sessions_of
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.serve import address_of, listen
from genesis_tui.models.base.errors import ApiError, HostRefused, SignInRefused
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from genesis_tui.testing.sign_in import PkcePair, exchange
from tests.cards.made import card_file
from tests.security.served import answering, served

DANIEL = "12742301"
PASSED_ON = ("content-type", "authorization", "accept")


@dataclass
class FakePortal:
    """Answers with what the real portal answers, and keeps the tokens for itself.

    `audience` and `issuer` are what it says in place of the real ones; left empty, it says the real ones. `honest`
    are the names in its metadata that are the real ones, `without` those that it does not have.
    """

    real: str
    url: str
    audience: str = ""
    issuer: str = ""
    honest: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    tokens: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    pkce: PkcePair = field(default_factory=PkcePair)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self.answer, methods=["GET", "POST"])])

    async def answer(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        async with httpx.AsyncClient(base_url=self.real) as real:
            headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
            body = self._own_pkce(request.url.path, await request.body())
            said = await real.request(request.method, request.url.path, content=body, headers=headers)
            text = await self._own_words(real, request.url.path, said)
        return Response(text, said.status_code, media_type=said.headers.get("content-type"))

    def _own_pkce(self, path: str, body: bytes) -> bytes:
        if path != "/oauth/challenge":
            return body
        form = dict(parse_qsl(body.decode())) | {"code_challenge": self.pkce.challenge}
        return str(httpx.QueryParams(form)).encode()

    async def _own_words(self, real: httpx.AsyncClient, path: str, said: httpx.Response) -> str:
        if path.endswith("smart-configuration"):
            tree = json.loads(said.text.replace(self.real, self.url)) | {"issuer": self.issuer or self.real}
            tree |= {name: url for name, url in said.json().items() if name in self.honest}
            return json.dumps({name: said for name, said in tree.items() if name not in self.without})
        if path != "/oauth/challenge":
            return said.text
        tree = said.json()
        if code := tree.get("authorization_code"):
            self.tokens = (await exchange(real, code, pkce=self.pkce)).json()
        return json.dumps(tree | ({"audience": self.audience} if self.audience and "audience" in tree else {}))


@pytest.fixture
def real(mock: Mock) -> Iterator[Mock]:
    """The real portal, on a port of its own."""
    with served(mock):
        yield mock


@pytest.fixture
def fake(real: Mock) -> Iterator[FakePortal]:
    listener = listen("127.0.0.1", 0)
    one = FakePortal(real.issuer, address_of(listener), issuer=address_of(listener))
    with answering(one.app(), listener):
        yield one


@pytest.fixture
async def card(real: Mock, tmp_path: Path) -> Path:
    headers = {"Authorization": f"Bearer {real.tester_token}"}
    async with httpx.AsyncClient(base_url=real.issuer, headers=headers) as tester:
        return await card_file(tester, tmp_path, "daniel.reyes")


async def refusal_at(url: str, card: Path) -> ApiError:
    """What somebody is told who signs in with a card at `url`."""
    portal = Portal(ServerProfile("test", url, card_file=str(card)), keep=False)
    try:
        (found,) = await portal.sign_in.cards()
        with pytest.raises(ApiError) as refused:
            await portal.sign_in.by_card("cac", found, "")
        return refused.value
    finally:
        await portal.close()


def signed_in_at(mock: Mock) -> int:
    with mock.database.begin() as conn:
        return len(sessions_of(conn, DANIEL, kind="interactive", now=mock.clock.micros()))


@pytest.mark.rule("ID-2")
async def test_a_card_signs_for_the_server_that_was_verified_and_for_no_other(
    real: Mock, fake: FakePortal, card: Path
) -> None:
    before = signed_in_at(real)
    refused = await refusal_at(fake.url, card)
    assert (fake.tokens, signed_in_at(real)) == ({}, before)
    assert isinstance(refused, SignInRefused)
    assert (refused.rule, refused.reason) == ("ID-2", "nonce-audience")
    assert fake.url in refused.detail
    assert real.issuer in refused.detail
    assert "--public-url" in refused.next

    fake.audience = fake.url
    refused = await refusal_at(fake.url, card)
    assert (fake.tokens, signed_in_at(real)) == ({}, before)
    assert refused.reason == "nonce-audience"


@pytest.mark.rule("ID-2", "HOST-1")
async def test_a_server_that_names_another_as_its_issuer_is_refused_before_anything_is_asked(
    real: Mock, fake: FakePortal, card: Path
) -> None:
    fake.issuer = ""
    refused = await refusal_at(fake.url, card)
    assert isinstance(refused, HostRefused)
    assert "issuer" in refused.detail
    assert real.issuer in refused.detail
    assert fake.asked == ["/fhir/r4/.well-known/smart-configuration"]
    assert fake.tokens == {}


@pytest.mark.rule("HOST-1")
@pytest.mark.parametrize(
    "honest",
    [
        (),
        ("device_authorization_endpoint",),
        ("device_authorization_endpoint", "token_endpoint"),
    ],
    ids=["a code of the real portal", "its tokens fetched by the fake", "its tokens shown to the fake"],
)
async def test_nobody_is_sent_to_another_portal_to_let_this_one_in(
    real: Mock, fake: FakePortal, honest: tuple[str, ...]
) -> None:
    """RFC 8628: what is allowed on the real portal's page must not end at a fake that passed its code on."""
    fake.honest, shown = honest, []
    fake.without = ("authorization_challenge_endpoint", "account_endpoint")
    portal = Portal(ServerProfile("test", fake.url), keep=False)
    with pytest.raises(ApiError) as refused:
        await asyncio.wait_for(portal.sign_in.by_device(shown.append), 5)
    await portal.close()
    assert (shown, portal.sign_in.me) == ([], None)
    assert refused.value.reason in ("host-refused", "invalid_request")


@pytest.mark.rule("ID-2")
async def test_the_real_portal_lets_the_card_in(real: Mock, card: Path) -> None:
    portal = Portal(ServerProfile("test", real.issuer, card_file=str(card)), keep=False)
    (found,) = await portal.sign_in.cards()
    assert (await portal.sign_in.by_card("cac", found, "")).level == "Premium"
    await portal.close()
