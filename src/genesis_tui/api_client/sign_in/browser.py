"""The sign-in in a browser: authorization code, PKCE S256, loopback redirect (SMART App Launch, RFC 8252)."""

import asyncio
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from genesis_tui.api_client.http import hosts
from genesis_tui.api_client.http.client import Wire
from genesis_tui.api_client.sign_in import web_browser as opening
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.loopback import listening
from genesis_tui.api_client.sign_in.request import Asking, Pkce, bought
from genesis_tui.api_client.sign_in.scopes import scope
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


async def by_browser(wire: Wire, endpoints: Endpoints, asking: Asking) -> Tokens:
    """Open the server's own pages, wait for the browser to come back, exchange the code.

    Raises:
        HostRefused: the pages are at an address that credentials may not go to.
        SignInRefused: access was denied, or the answer does not belong to this sign-in.
        TimedOut: nobody came back within `PATIENCE`.
    """
    hosts.check(endpoints.authorization_endpoint, trusted=wire.trusted)
    pkce, state = Pkce(), secrets.token_urlsafe(24)
    async with listening() as callback:
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
        asking.show(address, await asyncio.to_thread(opening.opened, address))
        try:
            given = await callback.answer(PATIENCE)
        except TimeoutError:
            raise TimedOut("Nobody signed in in the browser in time.", next=_AGAIN) from None
        code = _code(given, endpoints, state)
        return await bought(wire, endpoints, asking, pkce, code, redirect=callback.redirect)


def _with(endpoint: str, parameters: Mapping[str, str]) -> str:
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"


def _code(given: Mapping[str, str], endpoints: Endpoints, state: str) -> str:
    """The code, once it is sure that the answer belongs to this sign-in (state; issuer, RFC 9207)."""
    if not secrets.compare_digest(given.get("state", "").encode(), state.encode()):
        raise _refused("An answer came back that does not belong to this sign-in; it was not used.", reason="state")
    issuer = given.get("iss", "")
    if (issuer or endpoints.authorization_response_iss_parameter_supported) and issuer != endpoints.issuer:
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


def _refused(title: str, *, reason: str, detail: str = "", next: str = _AGAIN) -> SignInRefused:
    return SignInRefused(title, detail=detail, next=next, reason=reason)
