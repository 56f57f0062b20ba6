"""The authorization endpoint: a browser signs in, chooses a record where asked, and goes back with a code."""

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from genesis_tui.mock_backend.database.persons import names_of
from genesis_tui.mock_backend.oauth.codes import Authorization
from genesis_tui.mock_backend.oauth.door import LONGEST, Entered, Rejected, enter
from genesis_tui.mock_backend.oauth.forms import FormError, read_form, single
from genesis_tui.mock_backend.oauth.grants import Wrong, ask, known_client
from genesis_tui.mock_backend.oauth.pages import consent_page, page, sign_in_page
from genesis_tui.mock_backend.oauth.tickets import LIFETIME, Ticket

if TYPE_CHECKING:
    from genesis_tui.mock_backend.mock import Mock

COOKIE = "genesis_sign_in"


async def authorize(request: Request) -> Response:
    """`GET /oauth/authorize`: the sign-in page. What is wrong with the client itself is said here, never redirected."""
    mock: Mock = request.app.state.mock
    try:
        form = single(request.scope["query_string"])
    except FormError as error:
        return _sorry(str(error))
    client, redirect, state = known_client(form), form.get("redirect_uri", ""), form.get("state", "")
    if client is None or not client.allows_redirect(redirect):
        return _sorry("This app is not registered here, or asks to be answered at another place than it registered.")
    asked = ask(mock, client, form) if "aud" in form else Wrong("invalid_request", "aud is required.")
    if isinstance(asked, Wrong):
        return _back(mock, redirect, state, error=asked.error, error_description=asked.description)
    now = mock.clock.micros()
    ticket = Ticket(asked, redirect, state, now + LIFETIME)
    key, cookie = mock.tickets.issue(ticket, now=now), secrets.token_urlsafe(16)
    answer = _form(mock, key, cookie, ticket)
    answer.set_cookie(COOKIE, cookie, max_age=600, path="/oauth", httponly=True, samesite="strict")
    return answer


async def submit(request: Request) -> Response:
    """`POST /oauth/authorize`: what was typed or chosen on one of the pages."""
    mock: Mock = request.app.state.mock
    try:
        form = await read_form(request)
    except FormError as error:
        return _sorry(str(error))
    key, cookie = form.get("ticket", ""), request.cookies.get(COOKIE, "")
    ticket = mock.tickets.find(key, seal=form.get("seal", ""), cookie=cookie, now=mock.clock.micros())
    if ticket is None:
        return _sorry("This page is too old or was not opened in this browser. Go back to the app and start again.")
    if form.get("choice") == "deny":
        mock.tickets.close(key)
        return _back(mock, ticket.redirect_uri, ticket.state, error="access_denied")
    if ticket.entered is not None:
        return _chosen(mock, key, ticket, ticket.entered, form.get("patient", ""))
    return await _typed(mock, key, cookie, ticket, form, request.scope["entry"].id)


async def _typed(
    mock: "Mock", key: str, cookie: str, ticket: Ticket, form: Mapping[str, str], request_id: str
) -> Response:
    username, password = form.get("username", ""), form.get("password", "")
    if not (0 < len(username) <= LONGEST and 0 < len(password) <= LONGEST):
        return _form(mock, key, cookie, ticket, alert="Type a user name and a password.", status=400)
    entered = await enter(mock, username, password, request_id=request_id)
    if isinstance(entered, Rejected):
        return _form(mock, key, cookie, ticket, alert=_words(entered), status=entered.refused.status)
    ticket = mock.tickets.signed_in(key, entered)
    if "launch/patient" not in ticket.asked.scope.split():
        return _allow(mock, key, ticket, entered, None)
    people = _people(mock, entered.person_id)
    title = ticket.asked.client.title
    return consent_page(
        key, mock.tickets.seal(key, cookie), client=title, people=people.items(), redirect=ticket.redirect_uri
    )


def _chosen(mock: "Mock", key: str, ticket: Ticket, entered: Entered, patient: str) -> Response:
    if patient not in _people(mock, entered.person_id):
        return _sorry("Choose one of the people on the page. Go back and try again.")
    return _allow(mock, key, ticket, entered, patient)


def _allow(mock: "Mock", key: str, ticket: Ticket, entered: Entered, patient: str | None) -> Response:
    mock.tickets.close(key)
    granted = Authorization(
        client_id=ticket.asked.client.id,
        redirect_uri=ticket.redirect_uri,
        code_challenge=ticket.asked.code_challenge,
        scope=ticket.asked.scope,
        person_id=entered.person_id,
        method=entered.method,
        level=entered.level,
        patient_id=patient,
        nonce=ticket.asked.nonce,
    )
    code = mock.codes.issue(granted, now=mock.clock.micros())
    return _back(mock, ticket.redirect_uri, ticket.state, code=code)


def _people(mock: "Mock", viewer_id: str) -> dict[str, str]:
    """Whose records a person may hand on to an app: id -> name and why (FAM-1 to FAM-5)."""
    standings = {one: mock.standings.of(viewer_id, one, mock.policy) for one in mock.standings.reachable(viewer_id)}
    open_to = {one: standing for one, standing in standings.items() if standing.access != "none"}
    with mock.database.begin() as conn:
        names = names_of(conn, open_to)
    return {one: f"{names[one]} ({standing.why})" for one, standing in open_to.items()}


def _form(mock: "Mock", key: str, cookie: str, ticket: Ticket, *, alert: str = "", status: int = 200) -> Response:
    seal, client = mock.tickets.seal(key, cookie), ticket.asked.client.title
    return sign_in_page(key, seal, client=client, alert=alert, redirect=ticket.redirect_uri, status=status)


def _words(rejected: Rejected) -> str:
    refused, parts = rejected.refused, [rejected.refused.title]
    if rejected.locked_until is not None:
        parts.append(f"Locked until {rejected.locked_until:%d %b %Y %H:%M} UTC.")
    elif rejected.tries_left is not None:
        parts.append(f"{rejected.tries_left} tries left.")
    if rejected.fields:
        parts.append(f"Different: {', '.join(field.replace('_', ' ') for field in rejected.fields)}.")
    return " ".join([*parts, refused.next])


def _back(mock: "Mock", redirect: str, state: str, **answer: str) -> Response:
    """RFC 9207: the answer names who gives it."""
    query = {**answer, "iss": mock.issuer} | ({"state": state} if state else {})
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(f"{redirect}?{urlencode(query)}", 303, headers=headers)


def _sorry(text: str) -> Response:
    return page("This sign-in cannot go on", f"<p>{text}</p>", status=400)
