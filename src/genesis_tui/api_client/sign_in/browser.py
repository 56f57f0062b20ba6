"""The sign-in in a browser: authorization code, PKCE S256, loopback redirect (SMART App Launch, RFC 8252)."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlencode, urlsplit

from genesis_tui.api_client.http import hosts
from genesis_tui.api_client.http.client import HttpClient
from genesis_tui.api_client.sign_in import web_browser
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.request import Pkce, SignInRequest, bought, scope
from genesis_tui.api_client.sign_in.tokens import Tokens
from genesis_tui.models.base.errors import SignInRefused, TimedOut
from genesis_tui.sanitize import one_line

PATIENCE = 300.0
"""Seconds that a person has for signing in in the browser."""
_AGAIN = "Choose the sign-in again."
_SAID = {
    "access_denied": "The access was not allowed in the browser.",
    "invalid_scope": "The server does not give this program the access that it asks for.",
    "unauthorized_client": "The server does not know this program by its client id.",
    "invalid_client": "The server does not know this program by its client id.",
}
_ID = "Ask whoever runs the server for a client id, and set it in your profile (client_id)."

PATH = "/callback"
_LONGEST = 8192
_PATIENCE = 10.0
"""Seconds that one connection may take to send its request."""
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>genesis-tui</title></head>'
    "<body><h1>Back to the terminal</h1><p>The answer has reached genesis-tui. This page can be closed.</p></body>"
    "</html>"
)


async def by_browser(wire: HttpClient, endpoints: Endpoints, asking: SignInRequest) -> Tokens:
    """Open the server's own pages, wait for the browser to come back, exchange the code.

    Raises:
        HostRefused: the pages are at an address that credentials may not go to.
        SignInRefused: access was denied, or the answer does not belong to this sign-in.
        TimedOut: nobody came back within `PATIENCE`.
    """
    hosts.check(endpoints.authorization_endpoint, trusted=wire.trusted)
    pkce, state = Pkce(), secrets.token_urlsafe(24)
    async with listening(state) as callback:
        asked = {
            "response_type": "code",
            "client_id": asking.client_id,
            "redirect_uri": callback.redirect,
            "scope": scope(endpoints, asking.offline),
            "state": state,
            "aud": asking.audience,
            **({"prompt": "consent"} if asking.offline else {}),  # OpenID Connect Core, 11
            **pkce.challenge(),
        }
        address = _with(endpoints.authorization_endpoint, asked)
        asking.show(address, await asyncio.to_thread(web_browser.opened, address))
        try:
            given = await callback.answer(PATIENCE)
        except TimeoutError:
            raise TimedOut("Nobody signed in with the browser in time.", next=_AGAIN) from None
        code = _code(given, endpoints)
        return await bought(wire, endpoints, asking, pkce, code, redirect=callback.redirect)


def _with(endpoint: str, parameters: Mapping[str, str]) -> str:
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"


def _code(given: Mapping[str, str], endpoints: Endpoints) -> str:
    """The code, once it is sure that the answer comes from the server that was asked (RFC 9207)."""
    issuer, named = given.get("iss", ""), endpoints.authorization_response_iss_parameter_supported
    if (named and not issuer) or (issuer and not _is_of(issuer, endpoints)):
        raise _refused("The answer came from another server than the one asked; it was not used.", reason="issuer")
    if error := given.get("error", ""):
        client = error in ("unauthorized_client", "invalid_client")
        raise _refused(
            _SAID.get(error, "The server's sign-in ended without giving access."),
            detail=one_line(given.get("error_description", ""))[:300],
            next=_ID if client else _AGAIN,
            reason=one_line(error)[:60],
        )
    return given["code"]


def _is_of(issuer: str, endpoints: Endpoints) -> bool:
    """The issuer that the metadata names; where it names none, one at the origin of the pages that were opened."""
    if endpoints.issuer:
        return issuer == endpoints.issuer
    pages = urlsplit(endpoints.authorization_endpoint)
    return f"{issuer}/".startswith(f"{pages.scheme}://{pages.netloc}/")


def _refused(title: str, *, reason: str, detail: str = "", next: str = _AGAIN) -> SignInRefused:
    return SignInRefused(title, detail=detail, next=next, reason=reason)


class Callback:
    """One port of 127.0.0.1 that takes one answer: the one to this sign-in."""

    def __init__(self, port: int, answer: "asyncio.Future[dict[str, str]]") -> None:
        """Made by `listening`."""
        self.redirect = f"http://127.0.0.1:{port}{PATH}"
        self._answer = answer

    async def answer(self, patience: float) -> dict[str, str]:
        """The parameters that the browser brings.

        Raises:
            TimeoutError: it did not come back within `patience` seconds.
        """
        return await asyncio.wait_for(asyncio.shield(self._answer), patience)


@asynccontextmanager
async def listening(state: str) -> AsyncIterator[Callback]:
    """A free port, until the block is left. Requests without `state` change nothing."""
    answer: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        given = None
        try:
            async with asyncio.timeout(_PATIENCE):
                given = _parameters(await reader.readuntil(b"\r\n\r\n"), state)
                writer.write(_response(found=given is not None))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()
            if given is not None and not answer.done():
                answer.set_result(given)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=_LONGEST)
    try:
        yield Callback(server.sockets[0].getsockname()[1], answer)
    finally:
        server.close()
        answer.cancel()


def _parameters(head: bytes, state: str) -> dict[str, str] | None:
    """What a request for the callback carries; None for any other request, or one without an answer to `state`."""
    words = head.partition(b"\r\n")[0].split(b" ")
    if len(words) != 3 or words[0] != b"GET":
        return None
    path, _, query = words[1].decode("ascii", "replace").partition("?")
    try:
        given = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=32)) if path == PATH else {}
    except ValueError:
        return None
    own = secrets.compare_digest(given.get("state", "").encode(), state.encode())
    return given if own and ("code" in given or "error" in given) else None


def _response(*, found: bool) -> bytes:
    body = (_PAGE if found else "Not found").encode()
    kind = "text/html" if found else "text/plain"
    head = (
        f"HTTP/1.1 {'200 OK' if found else '404 Not Found'}\r\nContent-Type: {kind}; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nContent-Security-Policy: default-src 'none'\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
