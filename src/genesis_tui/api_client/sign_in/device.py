"""Signing in on another device: a code is shown here, and the server asked until it was given there (RFC 8628)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from genesis_tui.api_client.http import bounds, hosts
from genesis_tui.api_client.http.client import HttpClient, Request, Response
from genesis_tui.api_client.http.error_responses import sign_in_answer, unreadable
from genesis_tui.api_client.http.tolerant import tolerant
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.request import JSON, SignInRequest, scope
from genesis_tui.api_client.sign_in.tokens import Tokens, from_answer
from genesis_tui.models.base.errors import HostRefused, SignInRefused, Unreachable
from genesis_tui.models.sign_in import DeviceCode
from genesis_tui.sanitize import one_line

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
USUAL, SLOWER = 5.0, 5.0
"""Seconds between two questions where the server says nothing; what `slow_down` adds for good."""
LONGEST_INTERVAL = 60.0
_AGAIN = "Choose the sign-in again for a new code."
_ENDED = {
    "access_denied": "The sign-in was not allowed on the other device.",
    "expired_token": "Nobody gave the code in time.",
}

sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
"""Waiting between two questions."""


class _Given(msgspec.Struct, frozen=True):
    """The device authorization response."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: float
    verification_uri_complete: str = ""
    interval: float = USUAL


async def by_device(wire: HttpClient, endpoints: Endpoints, asking: SignInRequest) -> Tokens:
    """A code, shown; then the tokens, once somebody has given it on another device.

    Raises:
        HostRefused: the address to open is one that nobody should be sent to (HOST-1), or another server's.
        SignInRefused: denied there, or the code's time ran out.
    """
    form = {"client_id": asking.client_id, "scope": scope(endpoints, asking.offline), "aud": asking.audience}
    answer = await wire.send(Request("POST", endpoints.device_authorization_endpoint, headers=JSON, form=form))
    sign_in_answer(answer)
    given = _given(answer)
    _one_server(wire, endpoints, given)
    asking.show_code(
        DeviceCode(
            one_line(given.user_code)[:40],
            given.verification_uri,
            given.verification_uri_complete,
            bounds.wait(given.expires_in, 0.0),
        )
    )
    return await _waited(wire, endpoints, asking, given)


def _one_server(wire: HttpClient, endpoints: Endpoints, given: _Given) -> None:
    """Who gives the code is who lets people in with it, and who gives the tokens for it.

    Else a server could pass on the code of another one, and hold what a person allows on that one's own page.
    """
    asked = hosts.check(endpoints.device_authorization_endpoint, trusted=wire.trusted)
    for address in filter(None, (given.verification_uri, given.verification_uri_complete, endpoints.token_endpoint)):
        named = hosts.check(address, trusted=wire.trusted)
        if named.origin != asked.origin:
            raise HostRefused(
                detail=f"The code was made by {asked.issuer}, and it leads to {named.issuer}.",
                next="Do not allow it there. Sign in in another way, or ask whoever runs the server.",
                rule="HOST-1",
                reason="host-refused",
            )


async def _waited(wire: HttpClient, endpoints: Endpoints, asking: SignInRequest, given: _Given) -> Tokens:
    interval, until = bounds.wait(given.interval, USUAL), time.monotonic() + bounds.wait(given.expires_in, 0.0)
    form = {"client_id": asking.client_id, "grant_type": GRANT, "device_code": given.device_code}
    while time.monotonic() < until:
        await sleep(interval)
        try:
            answer = await wire.send(Request("POST", endpoints.token_endpoint, headers=JSON, form=form))
        except Unreachable:
            interval = min(interval * 2, LONGEST_INTERVAL)
            continue
        said = _error(answer)
        if said == "slow_down":
            interval += SLOWER
        elif said and said != "authorization_pending":
            gone = said == "invalid_grant" and time.monotonic() >= until  # no longer known there, as it ran out
            raise _refused(answer, "expired_token" if gone else said)
        elif not said:
            return _tokens(answer)
    raise _refused(None, "expired_token")


def _given(answer: Response) -> _Given:
    try:
        given = tolerant(bounds.tree(answer.body), _Given)
    except msgspec.DecodeError:
        raise unreadable(answer) from None
    if not (given.device_code and given.user_code and given.verification_uri and given.expires_in > 0):
        raise unreadable(answer)
    return given


def _error(answer: Response) -> str:
    """The OAuth error code of an answer that is one; a server in trouble counts as not having answered yet."""
    if answer.status == 429 or answer.status >= 500:
        return "slow_down"
    if answer.status < 400:
        return ""
    try:
        tree = bounds.tree(answer.body)
    except msgspec.DecodeError:
        return "unreadable"
    return str(tree.get("error") or "unreadable") if isinstance(tree, dict) else "unreadable"


def _tokens(answer: Response) -> Tokens:
    try:
        return from_answer(sign_in_answer(answer), time.time())
    except ValueError:
        raise unreadable(answer) from None


def _refused(answer: Response | None, said: str) -> SignInRefused:
    words: dict[str, Any] = {"next": _AGAIN, "reason": one_line(said)[:60]}
    if answer is not None:
        words["request_id"] = answer.request_id
    return SignInRefused(_ENDED.get(said, "The server ended the sign-in."), **words)
