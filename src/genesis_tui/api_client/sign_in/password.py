"""DS Logon typed in the terminal: *OAuth 2.0 for First-Party Applications*, with PKCE S256."""

from collections.abc import Mapping

from genesis_tui.api_client.http.client import Answer, Ask, Wire
from genesis_tui.api_client.http.error_responses import sign_in_answer, unreadable
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.request import JSON, Asking, Pkce, bought, scope
from genesis_tui.api_client.sign_in.tokens import Tokens


async def by_password(wire: Wire, endpoints: Endpoints, asking: Asking) -> Tokens:
    """What was typed, for a code, and that for tokens.

    Raises:
        SignInRefused: LOCK-1 to LOCK-5, DEERS-3.
    """
    pkce = Pkce()
    answer = await challenged(wire, endpoints, asking, pkce, asking.fields)
    return await bought(wire, endpoints, asking, pkce, code_of(answer))


async def challenged(wire: Wire, endpoints: Endpoints, asking: Asking, pkce: Pkce, given: Mapping[str, str]) -> Answer:
    """What the challenge endpoint says to `given`, whatever it is."""
    form = {
        "client_id": asking.client_id,
        "response_type": "code",
        "scope": scope(endpoints, asking.offline),
        "method": asking.way,
        **({"consent": "allow"} if asking.offline else {}),
        **pkce.challenge(),
        **given,
    }
    return await wire.send(Ask("POST", endpoints.authorization_challenge_endpoint, headers=JSON, form=form))


def code_of(answer: Answer) -> str:
    """The code in the challenge endpoint's answer.

    Raises:
        SignInRefused: it holds none, and says by which rule.
        BadAnswer: it is of another shape.
    """
    code = sign_in_answer(answer).get("authorization_code")
    if not isinstance(code, str) or not code:
        raise unreadable(answer)
    return code
