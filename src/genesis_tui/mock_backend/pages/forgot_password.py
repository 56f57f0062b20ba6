"""`/oauth/forgot`: a new password by a code that goes to the DEERS e-mail (LOCK-4)."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from genesis_tui.mock_backend.http.description import HTML, answers
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.accounts import SENT, send_code, use_code
from genesis_tui.mock_backend.oauth.authentication.password import LONGEST
from genesis_tui.mock_backend.oauth.html.csrf import PageKind, first_page, sent_back
from genesis_tui.mock_backend.oauth.html.page import alerted, button, field, form, page
from genesis_tui.mock_backend.oauth.models import PageForm
from genesis_tui.mock_backend.rules.decision import Refused

PATH = "/oauth/forgot"
KIND = PageKind("forgot", "genesis_forgot", PATH)
router = APIRouter(prefix=PATH, tags=["oauth"])


@router.get("", **answers(media=HTML))
async def forgot(request: Request) -> Response:
    """Whose password is forgotten."""
    return first_page(request.app.state.mock, KIND, _whose)


@router.post("", **answers(media=HTML, pages=(400, 403, 429), form=PageForm))
async def answered(request: Request) -> Response:
    """A user name, or the code with the password to have."""
    mock: Mock = request.app.state.mock
    sent = await sent_back(request, KIND)
    if isinstance(sent, Response):
        return sent
    username, request_id = sent.form.get("username", "").strip(), request.scope["entry"].id
    if not 0 < len(username) <= LONGEST:
        return _whose(sent.seal, alert="Type a user name.")
    if sent.form.get("choice") != "finish":
        decision = send_code(mock, username, request_id=request_id)
        if isinstance(decision, Refused):
            return _whose(sent.seal, alert=f"{decision.title} {decision.next}")
        return _code(mock, sent.seal, username)
    code, password = sent.form.get("code", "").strip(), sent.form.get("password", "")
    if password != sent.form.get("again", ""):
        return _code(mock, sent.seal, username, alert="The two passwords are not the same.")
    decision, left = await use_code(mock, username, code, password[:LONGEST], request_id=request_id)
    if isinstance(decision, Refused):
        tries = f" {left} tries left." if left is not None else ""
        return _code(mock, sent.seal, username, alert=f"{decision.title}{tries} {decision.next}")
    return page("Your password is changed", "<p>Go back and sign in with it. Your account is open again.</p>")


def _whose(seal: str, alert: str = "") -> Response:
    typed = field("User name", "username", autocomplete="username") + button("Send a code", "choice", "send")
    text = "<p>A one-time code goes to the e-mail address that DEERS holds for you.</p>"
    return page("Forgot password", alerted(alert) + text + form(typed, {"seal": seal}, PATH))


def _code(mock: Mock, seal: str, username: str, alert: str = "") -> Response:
    policy = mock.policy.account
    typed = (
        field("Code from the e-mail (6 digits)", "code", autocomplete="one-time-code")
        + field("New password", "password", kind="password", autocomplete="new-password")
        + field("New password, again", "again", kind="password", autocomplete="new-password")
        + button("Change the password", "choice", "finish")
    )
    text = (
        f"<p>{SENT} It is valid for {policy.code_minutes} minutes and {policy.code_tries} tries. The new password "
        f"needs {policy.password_characters} characters or more; it must not hold the user name, and must be none of "
        f"your last {policy.passwords_kept}.</p>"
    )
    again = form(button("Send another code", "choice", "send"), {"seal": seal, "username": username}, PATH)
    hidden = {"seal": seal, "username": username}
    return page("Choose a new password", alerted(alert) + text + form(typed, hidden, PATH) + again)
