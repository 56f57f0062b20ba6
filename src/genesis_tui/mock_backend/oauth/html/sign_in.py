"""The pages of the browser sign-in, one function each. Each form goes back to `oauth.authorize`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from starlette.responses import HTMLResponse

from genesis_tui.mock_backend.oauth.html.page import alerted, button, field, form, page, sign_in_fields
from genesis_tui.mock_backend.rules.sign_in.methods import CARD, METHODS, Method
from genesis_tui.mock_backend.rules.sign_in.proofing import Question

INVENTED = "This is a test server with invented people: type no real password."
CARDS = (
    "a browser here cannot read cards. Choose {title} on the sign-in screen of genesis-tui, "
    "or with: genesis-tui login --method {id}"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What every page of one sign-in carries: its ticket and seal, who asks, and where its forms may lead to."""

    ticket: str
    seal: str
    client: str
    redirect: str

    @property
    def hidden(self) -> dict[str, str]:
        """The fields that bring a form back to its sign-in."""
        return {"ticket": self.ticket, "seal": self.seal}


def method_page(shown: Shown) -> HTMLResponse:
    """Which way in: a row of `rules.sign_in.methods` each."""
    rows = "".join(f"<li>{_method(shown, method)}</li>" for method in METHODS)
    content = (
        f"<p>{escape(shown.client)} asks you to sign in. {INVENTED}</p>"
        f"<h2>Choose how</h2><ul>{rows}</ul>{_cancel(shown)}"
    )
    return page("How do you want to sign in?", content, redirect=shown.redirect)


def _method(shown: Shown, method: Method) -> str:
    if method.kind == CARD:
        words = CARDS.format(title=method.title, id=method.id)
        return f"<strong>{escape(method.title)}</strong>: {escape(words)}"
    return form(button(method.title, "choice", f"method:{method.id}") + f" {escape(method.note)}", shown.hidden)


def sign_in_page(shown: Shown, *, alert: str = "", forgot_first: bool = False, status: int = 200) -> HTMLResponse:
    """User name and password; from the third failure on the way to a new password comes first (LOCK-3)."""
    forgot = '<p><a href="/oauth/forgot">Forgot password</a></p>'
    content = (
        f"{alerted(alert)}{forgot if forgot_first else ''}"
        f"<p>{escape(shown.client)} asks you to sign in with DS Logon. {INVENTED}</p>"
        f"{form(sign_in_fields(), shown.hidden)}{'' if forgot_first else forgot}{_cancel(shown)}"
    )
    return page("Sign in", content, status=status, redirect=shown.redirect)


def proofing_page(shown: Shown, contacts: Sequence[tuple[str, str]], *, alert: str = "") -> HTMLResponse:
    """ID-6, ID-11: a Basic DS Logon may become Premium now, or go on as it is. `contacts` are (kind, hint)."""
    rows = "".join(
        form(button(f"Send a code: {hint}", "choice", "proof-code"), shown.hidden | {"contact": kind})
        for kind, hint in contacts
    )
    content = (
        f"{alerted(alert)}<p>Your DS Logon is Basic: it opens your profile, appointments, immunizations and the "
        "medication list. With Premium all of your record is open. A code and four questions about your record prove "
        f"who you are; nobody ever asks for a card number or an account.</p>{rows}{_stay_basic(shown)}"
    )
    return page("Become Premium", content, redirect=shown.redirect)


def code_page(shown: Shown, *, alert: str = "") -> HTMLResponse:
    """ID-11: the code that has been sent."""
    typed = field("Code (6 digits)", "code", autocomplete="one-time-code") + button(
        "Go on", "choice", "proof-questions"
    )
    content = f"{alerted(alert)}<p>A code is on its way to you.</p>{form(typed, shown.hidden)}{_stay_basic(shown)}"
    return page("Become Premium", content, redirect=shown.redirect)


def questions_page(shown: Shown, questions: Sequence[Question], *, minutes: int) -> HTMLResponse:
    """ID-11: the questions, with one right choice each."""
    rows = "".join(_question(one) for one in questions)
    content = (
        f"<p>One choice of each is right. You have {minutes} minutes.</p>"
        f"{form(rows + button('Confirm my identity', 'choice', 'prove'), shown.hidden)}{_stay_basic(shown)}"
    )
    return page("Become Premium", content, redirect=shown.redirect)


def _question(one: Question) -> str:
    choices = "".join(
        f'<label><input type="radio" name="answer:{escape(one.id)}" value="{escape(key)}" required> '
        f"{escape(words)}</label>"
        for key, words in one.choices
    )
    return f"<fieldset><legend>{escape(one.text)}</legend>{choices}</fieldset>"


def _stay_basic(shown: Shown) -> str:
    return form(button("Go on as Basic", "choice", "stay-basic"), shown.hidden) + _cancel(shown)


def consent_page(shown: Shown, people: Iterable[tuple[str, str]]) -> HTMLResponse:
    """Whether an app may read one record, and whose: `people` are (id, words)."""
    rows = "".join(
        f'<label><input type="radio" name="patient" value="{escape(key)}" required> {escape(words)}</label>'
        for key, words in people
    )
    allow = f"<fieldset><legend>Whose record?</legend>{rows}</fieldset>{button('Allow', 'choice', 'allow')}"
    content = (
        f"<p>{escape(shown.client)} wants to read one health record. It cannot change anything. "
        f"Access ends after 12 hours at the latest.</p>{form(allow, shown.hidden)}{_deny(shown)}"
    )
    return page("Allow access", content, redirect=shown.redirect)


def offline_page(shown: Shown, *, days: int, everything: bool) -> HTMLResponse:
    """SESS-4: a sign-in that scripts go on with has to be agreed to."""
    what = "everything that you may read" if everything else "how many results and messages are unread, nothing else"
    content = (
        f"<p>{escape(shown.client)} wants a sign-in for scripts. It lasts {days} days, and can read {what}. "
        "It can do nothing in your name. You end it at any time in Patient Information, or with: "
        "genesis-tui logout --scripts</p>"
        f"{form(button('Allow', 'choice', 'allow-offline'), shown.hidden)}{_deny(shown)}"
    )
    return page("Allow a sign-in for scripts", content, redirect=shown.redirect)


def device_page(code: str, cookie_seal: str, *, alert: str = "", status: int = 200) -> HTMLResponse:
    """The code that another device shows (RFC 8628)."""
    typed = field("Code", "user_code", value=code, autocomplete="off") + button("Go on", "choice", "code")
    content = (
        f"{alerted(alert)}<p>Type the code that genesis-tui shows on your other device. {INVENTED}</p>"
        f"{form(typed, {'seal': cookie_seal}, action='/oauth/device')}"
    )
    return page("Sign in on another device", content, status=status)


def approval_page(shown: Shown, *, name: str, code: str) -> HTMLResponse:
    """Whether the other device may go on in one's name."""
    content = (
        f"<p>You are signed in as <strong>{escape(name)}</strong>. {escape(shown.client)} on another device waits with "
        f"the code <strong>{escape(code)}</strong>. Allow it only if you see this code there now, and nobody sent it "
        f"to you.</p>{form(button('Allow', 'choice', 'approve'), shown.hidden)}{_deny(shown)}"
    )
    return page("Allow the other device", content)


def done_page(title: str, text: str) -> HTMLResponse:
    """The end of a sign-in that does not go back to an app."""
    return page(title, f"<p>{escape(text)}</p>")


def _cancel(shown: Shown) -> str:
    return form(button("Cancel", "choice", "deny"), shown.hidden)


def _deny(shown: Shown) -> str:
    return form(button("Do not allow", "choice", "deny"), shown.hidden)
