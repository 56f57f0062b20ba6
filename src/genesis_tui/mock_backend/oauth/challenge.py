"""The authorization challenge endpoint: signing in inside our own client (draft-ietf-oauth-first-party-apps).

A method's kind decides how it goes on (`rules.sign_in.methods`): what was typed, or what a card signed.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.clock import iso
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.authentication.card import by_card
from genesis_tui.mock_backend.oauth.authentication.password import SignInRejected, credentials, enter
from genesis_tui.mock_backend.oauth.forms import NO_STORE, client_form, oauth_error, refusal
from genesis_tui.mock_backend.rules.sign_in.methods import CARD, PASSWORD, Method, method_by_id
from genesis_tui.mock_backend.rules.sign_in.sessions import CONSENT
from genesis_tui.mock_backend.state.authorization_requests import OAuthError, ask, is_offline
from genesis_tui.mock_backend.state.browser_sign_ins import Authenticated, authorization

Form = Mapping[str, str]


async def challenge(request: Request) -> Response:
    """`POST /oauth/challenge`: a code for whoever shows who they are; what fails says what the rules ask for."""
    mock: Mock = request.app.state.mock
    client, form = await client_form(request, first_party=True)
    if "redirect_uri" in form:
        return oauth_error("invalid_request", "redirect_uri does not belong here.")
    asked = ask(mock.fhir_base, client, form)
    if isinstance(asked, OAuthError):
        return oauth_error(asked.error, asked.description)
    if is_offline(asked.scope) and form.get("consent") != "allow":
        return refusal("consent_required", CONSENT)
    method = method_by_id(form.get("method", "ds-logon"))
    if method is None:
        return oauth_error("invalid_request", "There is no such method.")
    entered = await _KINDS[method.kind](mock, method, form, request.scope["entry"].id)
    if isinstance(entered, SignInRejected):
        return rejection(entered)
    if isinstance(entered, Response):
        return entered
    code = mock.codes.issue(authorization(asked, entered), now=mock.clock.micros())
    return JSONResponse({"authorization_code": code}, headers=NO_STORE)


def rejection(rejected: SignInRejected) -> JSONResponse:
    """A failed sign-in as the client reads it."""
    told: dict[str, object] = {
        "tries_left": rejected.tries_left,
        "locked_until": iso(rejected.locked_until),
        "offer_reset": rejected.offer_reset,
        "fields": list(rejected.fields),
    }
    if rejected.auth_session:
        told["auth_session"] = rejected.auth_session
    return refusal("access_denied", rejected.refused, more=told)


async def _by_password(
    mock: Mock, method: Method, form: Form, request_id: str
) -> Authenticated | SignInRejected | Response:
    typed = credentials(form)
    if typed is None:
        return oauth_error("invalid_request", "username and password are required.")
    return await enter(mock, *typed, request_id=request_id)


_KINDS: dict[str, Callable[[Mock, Method, Form, str], Awaitable[Authenticated | SignInRejected | Response]]] = {
    PASSWORD: _by_password,
    CARD: by_card,
}
