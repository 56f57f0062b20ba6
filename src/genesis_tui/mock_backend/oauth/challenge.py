"""The authorization challenge endpoint: signing in inside our own client (draft-ietf-oauth-first-party-apps).

A method's kind decides how it goes on (`rules.methods`): what was typed, or what a card signed.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.authentication.card import by_card
from genesis_tui.mock_backend.oauth.authentication.password import LONGEST, SignInRejected, enter
from genesis_tui.mock_backend.oauth.forms import NO_STORE, FormError, oauth_error, read_form, refusal
from genesis_tui.mock_backend.rules.sign_in.methods import CARD, PASSWORD, Method, method
from genesis_tui.mock_backend.rules.sign_in.sessions import CONSENT
from genesis_tui.mock_backend.state.authorization_codes import Authorization
from genesis_tui.mock_backend.state.authorization_requests import (
    AuthorizationRequest,
    OAuthError,
    ask,
    is_offline,
    known_client,
)
from genesis_tui.mock_backend.state.browser_sign_ins import Authenticated

Form = Mapping[str, str]


async def challenge(request: Request) -> Response:
    """`POST /oauth/challenge`: a code for whoever shows who they are; what fails says what the rules ask for."""
    mock: Mock = request.app.state.mock
    try:
        form = await read_form(request)
    except FormError as error:
        return oauth_error("invalid_request", str(error))
    asked = _asked(mock, form)
    if isinstance(asked, OAuthError):
        return oauth_error(asked.error, asked.description, status=401 if asked.error == "invalid_client" else 400)
    if is_offline(asked.scope) and form.get("consent") != "allow":
        return refusal("consent_required", CONSENT)
    way = method(form.get("method", "ds-logon"))
    if way is None:
        return oauth_error("invalid_request", "There is no such method.")
    entered = await _KINDS[way.kind](mock, way, form, request.scope["entry"].id)
    if isinstance(entered, SignInRejected):
        return rejection(entered)
    if isinstance(entered, Response):
        return entered
    return JSONResponse({"authorization_code": _code(mock, asked, entered)}, headers=NO_STORE)


def rejection(rejected: SignInRejected) -> JSONResponse:
    """A failed sign-in as the client reads it."""
    until = rejected.locked_until
    told: dict[str, object] = {
        "tries_left": rejected.tries_left,
        "locked_until": None if until is None else until.isoformat().replace("+00:00", "Z"),
        "offer_reset": rejected.offer_reset,
        "fields": list(rejected.fields),
    }
    if rejected.auth_session:
        told["auth_session"] = rejected.auth_session
    return refusal("access_denied", rejected.refused, more=told)


async def _by_password(
    mock: Mock, way: Method, form: Form, request_id: str
) -> Authenticated | SignInRejected | Response:
    username, password = form.get("username", ""), form.get("password", "")
    if not (0 < len(username) <= LONGEST and 0 < len(password) <= LONGEST):
        return oauth_error("invalid_request", "username and password are required.")
    return await enter(mock, username, password, request_id=request_id)


_KINDS: dict[str, Callable[[Mock, Method, Form, str], Awaitable[Authenticated | SignInRejected | Response]]] = {
    PASSWORD: _by_password,
    CARD: by_card,
}


def _asked(mock: Mock, form: dict[str, str]) -> AuthorizationRequest | OAuthError:
    client = known_client(form)
    if client is None:
        return OAuthError("invalid_client", "This client is not registered.")
    if not client.first_party:
        return OAuthError("unauthorized_client", "This client sends people to the sign-in page.")
    if "redirect_uri" in form:
        return OAuthError("invalid_request", "redirect_uri does not belong here.")
    return ask(mock.fhir_base, client, form)


def _code(mock: Mock, asked: AuthorizationRequest, entered: Authenticated) -> str:
    granted = Authorization(
        client_id=asked.client.id,
        redirect_uri="",
        code_challenge=asked.code_challenge,
        scope=asked.scope,
        person_id=entered.person_id,
        method=entered.method,
        level=entered.level,
        nonce=asked.nonce,
    )
    return mock.codes.issue(granted, now=mock.clock.micros())
