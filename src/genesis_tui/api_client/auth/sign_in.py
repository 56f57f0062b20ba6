"""Ways to sign in. A method is a row of `METHODS`: what it is called, when a server offers it, how it is done.

Typed sign-in follows *OAuth 2.0 for First-Party Applications* (draft-ietf-oauth-first-party-apps) with PKCE S256;
the one in the browser is the authorization code grant of SMART App Launch 2 (`auth.browser`).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genesis_tui.api_client.answers import sign_in_answer, unreadable
from genesis_tui.api_client.auth.asking import JSON, Asking, Pkce, bought
from genesis_tui.api_client.auth.discovery import Endpoints
from genesis_tui.api_client.errors import BadAnswer
from genesis_tui.api_client.transport import Ask, Wire

if TYPE_CHECKING:
    from genesis_tui.api_client.auth.tokens import Tokens

SCOPE = "openid fhirUser user/*.rs portal offline_access"


@dataclass(frozen=True, slots=True)
class Method:
    """One way to sign in. `sign_in` takes what the person gives and brings tokens."""

    id: str
    title: str
    offered: Callable[[Endpoints], bool]
    """Whether a server with this metadata can be signed in to so."""
    sign_in: "Callable[[Wire, Endpoints, Asking], Awaitable[Tokens]]"


async def typed(wire: Wire, endpoints: Endpoints, asking: Asking) -> "Tokens":
    """DS Logon typed in the terminal: challenge endpoint, then the code for tokens.

    Raises:
        SignInRefused: LOCK-1 to LOCK-5, DEERS-3.
    """
    pkce = Pkce()
    form = {
        "client_id": asking.client_id,
        "response_type": "code",
        "scope": _scope(endpoints),
        **pkce.challenge(),
        **asking.fields,
    }
    answer = await wire.send(Ask("POST", endpoints.authorization_challenge_endpoint, headers=JSON, form=form))
    code = sign_in_answer(answer).get("authorization_code")
    if not isinstance(code, str) or not code:
        raise unreadable(answer)
    return await bought(wire, endpoints, asking, pkce, code)


async def in_browser(wire: Wire, endpoints: Endpoints, asking: Asking) -> "Tokens":
    """See `auth.browser`, which is loaded only for whoever signs in that way."""
    from genesis_tui.api_client.auth.browser import by_browser

    return await by_browser(wire, endpoints, asking)


METHODS = (
    Method("ds-logon", "DS Logon", lambda known: known.typed, typed),
    Method("browser", "in the browser", lambda known: known.browser and not known.typed, in_browser),
)


def offered(endpoints: Endpoints) -> tuple[Method, ...]:
    """The methods that this server can be signed in to with."""
    return tuple(method for method in METHODS if method.offered(endpoints))


async def sign_in(wire: Wire, endpoints: Endpoints, method: str, asking: Asking) -> "Tokens":
    """Sign in by the method with that id.

    Raises:
        BadAnswer: the server does not offer it.
    """
    for known in offered(endpoints):
        if known.id == method:
            return await known.sign_in(wire, endpoints, asking)
    raise BadAnswer("This server does not offer to sign in here.", next="Check the address in your profile.")


def _scope(endpoints: Endpoints) -> str:
    known = endpoints.scopes_supported
    return " ".join(s for s in SCOPE.split() if not known or s in known or s == "user/*.rs")
