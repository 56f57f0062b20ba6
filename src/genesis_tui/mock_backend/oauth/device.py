"""Signing in on another device (RFC 8628): codes that wait, and the page on which one is given."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.authorize import COOKIE, begin, sorry
from genesis_tui.mock_backend.oauth.forms import NO_STORE, FormError, client_form, oauth_error, single
from genesis_tui.mock_backend.oauth.html.csrf import PageKind, first_page, sent_back
from genesis_tui.mock_backend.oauth.html.sign_in import device_page
from genesis_tui.mock_backend.state.authorization_requests import AuthorizationRequest, OAuthError, scopes_for
from genesis_tui.mock_backend.state.browser_sign_ins import LIFETIME, BrowserSignIn
from genesis_tui.mock_backend.state.device_codes import LETTERS, WaitingDevice

SECOND = 1_000_000
KIND = PageKind("device", COOKIE, "/oauth", seconds=600)
"""The page for the code: its cookie is the one of the sign-in that follows."""


async def device_authorization(request: Request) -> Response:
    """`POST /oauth/device_authorization`: a device code to poll with, and a user code to show."""
    mock: Mock = request.app.state.mock
    client, form = await client_form(request, first_party=True)
    scope = scopes_for(client, form)
    if isinstance(scope, OAuthError):
        return oauth_error(scope.error, scope.description)
    if form.get("aud", mock.fhir_base).rstrip("/") != mock.fhir_base:
        return oauth_error("invalid_request", "aud is not this server.")
    policy, now = mock.policy.session, mock.clock.micros()
    asked = AuthorizationRequest(client, scope, "", form.get("nonce", "")[:256])
    waiting = WaitingDevice(asked, now + policy.device_seconds * SECOND, policy.device_interval_seconds)
    device, code = mock.devices.begin(waiting, now=now)
    body = {
        "device_code": device,
        "user_code": code,
        "verification_uri": f"{mock.issuer}/oauth/device",
        "verification_uri_complete": f"{mock.issuer}/oauth/device?user_code={code}",
        "expires_in": policy.device_seconds,
        "interval": policy.device_interval_seconds,
    }
    return JSONResponse(body, headers=NO_STORE)


async def device(request: Request) -> Response:
    """`GET /oauth/device`: the page for the code; with the code in its address it is filled in, not yet sent."""
    mock: Mock = request.app.state.mock
    try:
        form = single(request.scope["query_string"])
    except FormError as error:
        return sorry(str(error))
    code = _plain(form.get("user_code", ""))[:9]
    known_by = request.cookies.get(COOKIE, "")
    return first_page(mock, KIND, lambda seal: device_page(code, seal), known_by=known_by)


async def device_code(request: Request) -> Response:
    """`POST /oauth/device`: the code was typed; the sign-in begins."""
    mock: Mock = request.app.state.mock
    sent = await sent_back(request, KIND)
    if isinstance(sent, Response):
        return sent
    code, now = _plain(sent.form.get("user_code", "")), mock.clock.micros()
    address, lifetime = request.client.host if request.client else "", mock.policy.session.device_seconds * SECOND
    waiting = mock.devices.named(code, browser=sent.cookie, address=address, now=now, lifetime=lifetime)
    if waiting is None:
        alert = "No device waits with this code. Look at it again, or have a new one made."
        return device_page(code[:9], sent.seal, alert=alert, status=400)
    return begin(mock, BrowserSignIn(waiting.asked, "", "", now + LIFETIME, device=code), request.scope["entry"].id)


def _plain(code: str) -> str:
    """`bcdfghjk`, `BCDF GHJK` and `BCDF-GHJK` are the same."""
    letters = "".join(letter for letter in code.upper() if letter in LETTERS)
    return f"{letters[:4]}-{letters[4:]}" if len(letters) == 8 else letters
