"""The sign-in in a browser: which way in, the sign-in itself, becoming Premium, consent, and back to the app with a
code, or on to the device that waits (RFC 6749, 8628). One form handler serves every page.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from genesis_tui.mock_backend.database.family.people import names_of
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.authentication import proofing
from genesis_tui.mock_backend.oauth.authentication.password import SignInRejected, credentials, enter
from genesis_tui.mock_backend.oauth.forms import FormError, read_form, single
from genesis_tui.mock_backend.oauth.html import sign_in as pages
from genesis_tui.mock_backend.oauth.html.page import page
from genesis_tui.mock_backend.rules.decision import Allowed, Refused
from genesis_tui.mock_backend.rules.sign_in.levels import Level
from genesis_tui.mock_backend.rules.sign_in.scopes import LAUNCH_PATIENT
from genesis_tui.mock_backend.state.authorization_requests import OAuthError, ask, is_offline, known_client
from genesis_tui.mock_backend.state.browser_sign_ins import LIFETIME, Authenticated, BrowserSignIn, authorization

COOKIE = "genesis_sign_in"
ANSWER = "answer:"


@dataclass(frozen=True, slots=True)
class SignInStep:
    """One answer of a person to a page, with the sign-in that it belongs to."""

    mock: Mock
    key: str
    cookie: str
    sign_in: BrowserSignIn
    form: Mapping[str, str]
    request_id: str

    @property
    def shown(self) -> pages.Shown:
        """What the next page of this sign-in carries."""
        seal, client = self.mock.sign_ins.seal(self.key, self.cookie), self.sign_in.asked.client.title
        return pages.Shown(self.key, seal, client, self.sign_in.redirect_uri)


async def authorize(request: Request) -> Response:
    """`GET /oauth/authorize`. What is wrong with the client itself is said here, never redirected."""
    mock: Mock = request.app.state.mock
    try:
        form = single(request.scope["query_string"])
    except FormError as error:
        return sorry(str(error))
    client, redirect, state = known_client(form), form.get("redirect_uri", ""), form.get("state", "")
    if client is None or not client.allows_redirect(redirect):
        return sorry("This app is not registered here, or asks to be answered at another place than it registered.")
    asked = ask(mock.fhir_base, client, form) if "aud" in form else OAuthError("invalid_request", "aud is required.")
    if isinstance(asked, OAuthError):
        return _back(mock, redirect, state, error=asked.error, error_description=asked.description)
    return begin(mock, BrowserSignIn(asked, redirect, state, mock.clock.micros() + LIFETIME), request.scope["entry"].id)


def begin(mock: Mock, sign_in: BrowserSignIn, request_id: str) -> Response:
    """The first page of a sign-in, bound to this browser by a cookie."""
    key, cookie = mock.sign_ins.issue(sign_in, now=mock.clock.micros()), secrets.token_urlsafe(16)
    answer = pages.method_page(SignInStep(mock, key, cookie, sign_in, {}, request_id).shown)
    answer.set_cookie(COOKIE, cookie, max_age=600, path="/oauth", httponly=True, samesite="strict")
    return answer


async def submit(request: Request) -> Response:
    """`POST /oauth/authorize`: what was typed or chosen on one of the pages."""
    mock: Mock = request.app.state.mock
    try:
        form = await read_form(request)
    except FormError as error:
        return sorry(str(error))
    key, cookie = form.get("ticket", ""), request.cookies.get(COOKIE, "")
    sign_in = mock.sign_ins.find(key, seal=form.get("seal", ""), cookie=cookie, now=mock.clock.micros())
    if sign_in is None:
        return sorry("This page is too old or was not opened in this browser. Go back to the app and start again.")
    step = SignInStep(mock, key, cookie, sign_in, form, request.scope["entry"].id)
    if form.get("choice") == "deny":
        return _denied(step)
    if sign_in.entered is None:
        return await _before(step)
    return await _after(step, sign_in.entered)


async def _before(step: SignInStep) -> Response:
    """The answer to a page before anybody has signed in."""
    if step.form.get("choice", "").startswith("method:"):
        return pages.sign_in_page(step.shown)
    typed = credentials(step.form)
    if typed is None:
        return pages.sign_in_page(step.shown, alert="Type a user name and a password.", status=400)
    entered = await enter(step.mock, *typed, request_id=step.request_id)
    if isinstance(entered, SignInRejected):
        first = entered.offer_reset
        return pages.sign_in_page(step.shown, alert=_words(entered), forgot_first=first, status=entered.refused.status)
    return _next(replace(step, sign_in=step.mock.sign_ins.signed_in(step.key, entered)), entered)


async def _after(step: SignInStep, entered: Authenticated) -> Response:
    """The answer to a page after the sign-in: proofing, consent, approval."""
    choice = step.form.get("choice", "")
    if choice in _PROOFING and not _is_ready(step, entered):
        return _PROOFING[choice](step, entered)
    if not step.sign_in.settled and choice == "stay-basic":
        return _settled(step, entered)
    if not _is_ready(step, entered):
        return _next(step, entered)
    if _chooses_patient(step):
        return _chosen(step, entered, step.form.get("patient", ""))
    if choice in ("allow-offline", "approve"):
        return _allow(step, entered, None)
    return _next(step, entered)


def _chooses_patient(step: SignInStep) -> bool:
    """Whether the program gets one patient, and so nothing before one was chosen."""
    return LAUNCH_PATIENT in step.sign_in.asked.scope.split()


def _is_ready(step: SignInStep, entered: Authenticated) -> bool:
    return step.sign_in.settled or not _may_become_premium(step, entered)


def _next(step: SignInStep, entered: Authenticated) -> Response:
    """The page that is due, or the end."""
    scopes = step.sign_in.asked.scope.split()
    if not _is_ready(step, entered):
        return _offer_premium(step, entered)
    if _chooses_patient(step):
        return pages.consent_page(step.shown, _people(step.mock, entered.person_id).items())
    if is_offline(step.sign_in.asked.scope):
        days = step.mock.policy.session.offline_days
        return pages.offline_page(step.shown, days=days, everything="portal" in scopes)
    if step.sign_in.device:
        with step.mock.database.begin() as conn:
            name = names_of(conn, [entered.person_id])[entered.person_id]
        return pages.approval_page(step.shown, name=name, code=step.sign_in.device)
    return _allow(step, entered, None)


def _may_become_premium(step: SignInStep, entered: Authenticated) -> bool:
    """ID-6: our own sign-in offers it; an app of others asks for no more than it was given."""
    return entered.level < Level.PREMIUM and step.sign_in.asked.client.first_party


def _offer_premium(step: SignInStep, entered: Authenticated, alert: str = "") -> Response:
    """ID-11: where a code may go, or why proofing can't begin."""
    with step.mock.database.begin() as conn:
        state = proofing.state_of(step.mock, conn, entered.person_id)
    if isinstance(state.decision, Refused):
        return pages.proofing_page(step.shown, (), alert=_refused(state.decision))
    contacts = [(one.kind, one.hint) for one in state.contacts]
    return pages.proofing_page(step.shown, contacts, alert=alert)


def _send_code(step: SignInStep, entered: Authenticated) -> Response:
    with step.mock.database.begin() as conn:
        decision = proofing.send_code(step.mock, conn, entered.person_id, step.form.get("contact", ""))
    if isinstance(decision, Refused):
        return _offer_premium(step, entered, _refused(decision))
    return pages.code_page(step.shown)


def _ask(step: SignInStep, entered: Authenticated) -> Response:
    with step.mock.database.begin() as conn:
        decision, asked = proofing.ask(step.mock, conn, entered.person_id, step.form.get("code", "").strip())
    if isinstance(decision, Refused) and decision.reason == "code-wrong":
        return pages.code_page(step.shown, alert=_refused(decision))
    if isinstance(decision, Refused):
        return _offer_premium(step, entered, _refused(decision))
    return pages.questions_page(step.shown, asked, minutes=step.mock.policy.account.question_minutes)


def _prove(step: SignInStep, entered: Authenticated) -> Response:
    answers = {name.removeprefix(ANSWER): text for name, text in step.form.items() if name.startswith(ANSWER)}
    with step.mock.database.begin() as conn:
        decision, left = proofing.prove(step.mock, conn, entered.person_id, answers)
    if isinstance(decision, Allowed):
        return _settled(step, replace(entered, level=Level.PREMIUM))
    return _offer_premium(step, entered, f"{_refused(decision)} Tries left: {left}.")


def _refused(refused: Refused) -> str:
    until = f" Until {refused.from_:%d %b %Y %H:%M} UTC." if refused.from_ else ""
    return f"{refused.title}{until} {refused.next}"


_PROOFING = {"proof-code": _send_code, "proof-questions": _ask, "prove": _prove}


def _settled(step: SignInStep, entered: Authenticated) -> Response:
    sign_in = step.mock.sign_ins.signed_in(step.key, entered, settled=True)
    return _next(replace(step, sign_in=sign_in), entered)


def _chosen(step: SignInStep, entered: Authenticated, patient: str) -> Response:
    if patient not in _people(step.mock, entered.person_id):
        return sorry("Choose one of the people on the page. Go back and try again.")
    return _allow(step, entered, patient)


def _allow(step: SignInStep, entered: Authenticated, patient: str | None) -> Response:
    mock, sign_in = step.mock, step.sign_in
    mock.sign_ins.close(step.key)
    granted = authorization(sign_in.asked, entered, redirect_uri=sign_in.redirect_uri, patient_id=patient)
    if sign_in.device:
        mock.devices.settle(sign_in.device, granted)
        return pages.done_page("Signed in", "Go back to the other device: it goes on by itself. Close this page.")
    code = mock.codes.issue(granted, now=mock.clock.micros())
    return _back(mock, sign_in.redirect_uri, sign_in.state, code=code)


def _denied(step: SignInStep) -> Response:
    step.mock.sign_ins.close(step.key)
    if step.sign_in.device:
        step.mock.devices.settle(step.sign_in.device, None)
        return pages.done_page("Not allowed", "The other device was told so. Close this page.")
    return _back(step.mock, step.sign_in.redirect_uri, step.sign_in.state, error="access_denied")


def _people(mock: Mock, viewer_id: str) -> dict[str, str]:
    """Whose records a person may hand on to an app: id -> name and why (FAM-1 to FAM-5)."""
    standings = {
        one: mock.record_access.of(viewer_id, one, mock.policy) for one in mock.record_access.reachable(viewer_id)
    }
    open_to = {one: standing for one, standing in standings.items() if standing.access != "none"}
    with mock.database.begin() as conn:
        names = names_of(conn, open_to)
    return {one: f"{names[one]} ({standing.why})" for one, standing in open_to.items()}


def _words(rejected: SignInRejected) -> str:
    refused, parts = rejected.refused, [rejected.refused.title]
    if rejected.locked_until is not None:
        at = rejected.locked_until + timedelta(seconds=59, microseconds=999_999)  # a minute that has begun is not over
        parts.append(f"Locked until {at:%d %b %Y %H:%M} UTC.")
    elif rejected.tries_left is not None:
        parts.append(f"{rejected.tries_left} tries left.")
    if rejected.fields:
        parts.append(f"Different: {', '.join(field.replace('_', ' ') for field in rejected.fields)}.")
    return " ".join([*parts, refused.next])


def _back(mock: Mock, redirect: str, state: str, **answer: str) -> Response:
    """RFC 9207: the answer names who gives it."""
    query = {**answer, "iss": mock.issuer} | ({"state": state} if state else {})
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(f"{redirect}?{urlencode(query)}", 303, headers=headers)


def sorry(text: str) -> Response:
    """A sign-in that can't go on, and why."""
    return page("This sign-in cannot go on", f"<p>{text}</p>", status=400)
