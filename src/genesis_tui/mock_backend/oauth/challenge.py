"""The authorization challenge endpoint: DS Logon typed into our own client (draft-ietf-oauth-first-party-apps)."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.oauth.codes import Authorization
from genesis_tui.mock_backend.oauth.door import LONGEST, Entered, Rejected, enter
from genesis_tui.mock_backend.oauth.forms import NO_STORE, FormError, oauth_error, read_form, refusal
from genesis_tui.mock_backend.oauth.grants import Asked, Wrong, ask, known_client

if TYPE_CHECKING:
    from genesis_tui.mock_backend.mock import Mock


async def challenge(request: Request) -> Response:
    """`POST /oauth/challenge`: user name and password for a code; wrong ones say what LOCK-3 and LOCK-5 ask for."""
    mock: Mock = request.app.state.mock
    try:
        form = await read_form(request)
    except FormError as error:
        return oauth_error("invalid_request", str(error))
    asked = _asked(mock, form)
    if isinstance(asked, Wrong):
        return oauth_error(asked.error, asked.description, status=401 if asked.error == "invalid_client" else 400)
    username, password = form.get("username", ""), form.get("password", "")
    if not (0 < len(username) <= LONGEST and 0 < len(password) <= LONGEST):
        return oauth_error("invalid_request", "username and password are required.")
    entered = await enter(mock, username, password, request_id=request.scope["entry"].id)
    if isinstance(entered, Rejected):
        return rejection(entered)
    return JSONResponse({"authorization_code": _code(mock, asked, entered)}, headers=NO_STORE)


def rejection(rejected: Rejected) -> JSONResponse:
    """A failed sign-in as the client reads it."""
    until = rejected.locked_until
    told: dict[str, object] = {
        "tries_left": rejected.tries_left,
        "locked_until": None if until is None else until.isoformat().replace("+00:00", "Z"),
        "offer_reset": rejected.offer_reset,
        "fields": list(rejected.fields),
    }
    return refusal("access_denied", rejected.refused, more=told)


def _asked(mock: "Mock", form: dict[str, str]) -> Asked | Wrong:
    client = known_client(form)
    if client is None:
        return Wrong("invalid_client", "This client is not registered.")
    if not client.first_party:
        return Wrong("unauthorized_client", "This client sends people to the sign-in page.")
    if "redirect_uri" in form:
        return Wrong("invalid_request", "redirect_uri does not belong here.")
    return ask(mock, client, form)


def _code(mock: "Mock", asked: Asked, entered: Entered) -> str:
    granted = Authorization(
        client_id=asked.client.id,
        redirect_uri="",
        code_challenge=asked.code_challenge,
        scope=asked.scope,
        person_id=entered.person_id,
        method="ds-logon",
        level=entered.level,
        nonce=asked.nonce,
    )
    return mock.codes.issue(granted, now=mock.clock.micros())
