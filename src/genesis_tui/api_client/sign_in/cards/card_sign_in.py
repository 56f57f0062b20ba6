"""Signing in with a card: the server gives a nonce, the card signs it (ID-2); a PIV is registered once (ID-3)."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from genesis_tui.api_client.http.client import HttpClient, Response
from genesis_tui.api_client.http.error_responses import sign_in_answer, unreadable
from genesis_tui.api_client.sign_in.cards.jws import Key, signed_nonce
from genesis_tui.api_client.sign_in.cards.key_file import open_file
from genesis_tui.api_client.sign_in.cards.reader import module_path, open_reader
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.password import by_password, challenged, code_of
from genesis_tui.api_client.sign_in.request import Pkce, SignInRequest, bought
from genesis_tui.api_client.sign_in.tokens import Tokens
from genesis_tui.models.base.errors import CardFault, SignInRefused
from genesis_tui.models.sign_in import Card
from genesis_tui.sanitize import one_line

STEP = "insufficient_authorization"
FILE = "file:"
LONGEST = 120
"""Characters of an address that the server names."""


class _Step(msgspec.Struct, frozen=True):
    """What the server wants signed."""

    error: str
    auth_session: str
    nonce: str
    audience: str = ""
    """For which server, as this one says; the signature is for the one that was verified, whatever stands here."""


async def by_card(wire: HttpClient, endpoints: Endpoints, asking: SignInRequest) -> Tokens:
    """A nonce, its signature, a code, tokens. What was typed for a card that waits to be registered goes as it is.

    The nonce is asked for before the PIN goes to the card, so that a server that can't be reached costs no PIN.

    Raises:
        CardFault: the card or its PIN; nothing was signed.
        SignInRefused: the server's word on the certificate, each failure its own (ID-2, ID-3).
    """
    if asking.fields:
        return await by_password(wire, endpoints, asking)
    if asking.card is None:
        raise CardFault("No card was chosen.", next="Put one in the reader.", reason="no-card")
    pkce = Pkce()
    step = _step(await challenged(wire, endpoints, asking, pkce, {}))
    if step.audience and step.audience != asking.verified:
        raise _for_another(asking.verified, step.audience)
    signed = await asyncio.to_thread(_sign, asking, asking.card, step.nonce)
    given = {"auth_session": step.auth_session, "assertion": signed}
    answer = await challenged(wire, endpoints, asking, pkce, given)
    return await bought(wire, endpoints, asking, pkce, code_of(answer))


def _step(answer: Response) -> _Step:
    try:
        step = msgspec.json.decode(answer.json, type=_Step)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        sign_in_answer(answer)
        raise unreadable(answer) from None
    if step.error != STEP:
        sign_in_answer(answer)
        raise unreadable(answer)
    return step


def _for_another(verified: str, audience: str) -> SignInRefused:
    """A portal that passes on what another asks: the signature would sign whoever runs it in there."""
    return SignInRefused(
        "The server asks the card to sign in to another server; nothing was signed.",
        detail=f"You chose {verified}, and it asks for a signature for {one_line(audience)[:LONGEST]}.",
        next="Do not sign in there until you know why. If you reach the server through a tunnel, it must name the"
        " address that you use (a mock: --public-url).",
        rule="ID-2",
        reason="nonce-audience",
    )


def _sign(asking: SignInRequest, card: Card, nonce: str) -> str:
    with _key(card, asking.pin, asking.card_module) as key:
        return signed_nonce(key, nonce, asking.verified)


@contextmanager
def _key(card: Card, pin: str, module: str) -> Iterator[Key]:
    if card.source == "file":
        yield open_file(Path(card.id.removeprefix(FILE)), pin)
        return
    with open_reader(module_path(module), card, pin) as key:
        yield key
