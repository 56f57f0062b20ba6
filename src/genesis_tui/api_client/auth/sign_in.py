"""Ways to sign in. A method is a row of `METHODS`: what it is called, what it needs of the server, how it is done.

Typed sign-in follows *OAuth 2.0 for First-Party Applications* (draft-ietf-oauth-first-party-apps) with PKCE S256.
"""

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from genesis_tui.api_client.answers import sign_in_answer, unreadable
from genesis_tui.api_client.auth.discovery import Endpoints
from genesis_tui.api_client.auth.tokens import Tokens, from_answer
from genesis_tui.api_client.errors import BadAnswer
from genesis_tui.api_client.transport import Answer, Ask, Wire

CLIENT_ID = "genesis-tui"
SCOPE = "openid fhirUser user/*.rs portal offline_access"


@dataclass(frozen=True, slots=True)
class Method:
    """One way to sign in. `sign_in` takes what the person gives (`username`, `password`, …) and brings tokens."""

    id: str
    title: str
    needs: str
    """The field of `Endpoints` that a server must fill for this method."""
    sign_in: Callable[[Wire, Endpoints, dict[str, str]], Awaitable[Tokens]]


async def typed(wire: Wire, endpoints: Endpoints, given: dict[str, str]) -> Tokens:
    """DS Logon typed in the terminal: challenge endpoint, then the code for tokens.

    Raises:
        SignInRefused: LOCK-1 to LOCK-5, DEERS-3.
    """
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    form = {
        "client_id": CLIENT_ID,
        "response_type": "code",
        "scope": _scope(endpoints),
        "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        **given,
    }
    answer = await wire.send(Ask("POST", endpoints.authorization_challenge_endpoint, headers=_JSON, form=form))
    code = sign_in_answer(answer).get("authorization_code")
    if not isinstance(code, str) or not code:
        raise unreadable(answer)
    form = {
        "client_id": CLIENT_ID,
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
    }
    return tokens_of(await wire.send(Ask("POST", endpoints.token_endpoint, headers=_JSON, form=form)))


METHODS = (Method("ds-logon", "DS Logon", "authorization_challenge_endpoint", typed),)
_JSON = {"Accept": "application/json"}


def offered(endpoints: Endpoints) -> tuple[Method, ...]:
    """The methods that this server can be signed in to with."""
    return tuple(m for m in METHODS if getattr(endpoints, m.needs) and endpoints.token_endpoint)


async def sign_in(wire: Wire, endpoints: Endpoints, method: str, given: dict[str, str]) -> Tokens:
    """Sign in by the method with that id.

    Raises:
        BadAnswer: the server does not offer it.
    """
    for known in offered(endpoints):
        if known.id == method:
            return await known.sign_in(wire, endpoints, given)
    raise BadAnswer("This server does not offer to sign in here.", next="Check the address in your profile.")


def tokens_of(answer: Answer, before: Tokens | None = None) -> Tokens:
    """Tokens from the token endpoint's answer; `before` keeps what a refresh does not give again.

    Raises:
        SignInRefused: the server refused the code or the refresh token.
        BadAnswer: there is no bearer token in it.
    """
    tree = sign_in_answer(answer)
    try:
        return before.renewed(tree, time.time()) if before else from_answer(tree, time.time())
    except ValueError:
        raise unreadable(answer) from None


def _scope(endpoints: Endpoints) -> str:
    known = endpoints.scopes_supported
    return " ".join(s for s in SCOPE.split() if not known or s in known or s == "user/*.rs")
