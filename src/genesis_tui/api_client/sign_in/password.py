"""DS Logon typed in the terminal: *OAuth 2.0 for First-Party Applications*, with PKCE S256."""

from collections.abc import Mapping

from genesis_tui.api_client.http.client import HttpClient, Request, Response
from genesis_tui.api_client.http.error_responses import sign_in_answer, unreadable
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.request import JSON, Pkce, SignInRequest, bought, scope
from genesis_tui.api_client.sign_in.tokens import Tokens


async def by_password(wire: HttpClient, endpoints: Endpoints, asking: SignInRequest) -> Tokens:
    """What was typed, for a code, and that for tokens.

    Raises:
        SignInRefused: LOCK-1 to LOCK-5, DEERS-3.
    """
    pkce = Pkce()
    answer = await challenged(wire, endpoints, asking, pkce, asking.fields)
    return await bought(wire, endpoints, asking, pkce, code_of(answer))


async def challenged(
    wire: HttpClient, endpoints: Endpoints, asking: SignInRequest, pkce: Pkce, given: Mapping[str, str]
) -> Response:
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
    return await wire.send(Request("POST", endpoints.authorization_challenge_endpoint, headers=JSON, form=form))


def code_of(answer: Response) -> str:
    """The code in the challenge endpoint's answer.

    Raises:
        SignInRefused: it holds none, and says by which rule.
        BadAnswer: it is of another shape.
    """
    code = sign_in_answer(answer).get("authorization_code")
    if not isinstance(code, str) or not code:
        raise unreadable(answer)
    return code
