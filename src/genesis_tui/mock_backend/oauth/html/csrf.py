"""Pages outside a sign-in: each form is bound to the browser that it was given to by a cookie and a seal (CSRF)."""

import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.oauth.forms import FormError, read_form
from genesis_tui.mock_backend.oauth.html.page import page

_COOKIE = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class PageKind:
    """One kind of page: its name within the seal, its cookie, and the path and the seconds that the cookie has."""

    name: str
    cookie: str
    path: str
    seconds: int = 900


@dataclass(frozen=True, slots=True)
class SubmittedForm:
    """A form that came back from the browser it was given to."""

    form: Mapping[str, str]
    cookie: str
    seal: str


def first_page(mock: Mock, kind: PageKind, render: Callable[[str], Response], *, known_by: str = "") -> Response:
    """A page with a cookie, made by `render` of the seal that its forms carry.

    The cookie is a fresh one, or the one that the browser is `known_by` already.
    """
    cookie = known_by if _COOKIE.fullmatch(known_by) else secrets.token_urlsafe(24)
    answer = render(mock.sign_ins.seal(kind.name, cookie))
    answer.set_cookie(kind.cookie, cookie, max_age=kind.seconds, path=kind.path, httponly=True, samesite="strict")
    return answer


async def sent_back(request: Request, kind: PageKind) -> SubmittedForm | Response:
    """The form, or the page that says why it is not taken."""
    mock: Mock = request.app.state.mock
    try:
        form = await read_form(request)
    except FormError as error:
        return _sorry(str(error))
    cookie, seal = request.cookies.get(kind.cookie, ""), form.get("seal", "")
    if not cookie or not hmac.compare_digest(mock.sign_ins.seal(kind.name, cookie).encode(), seal.encode()):
        return _sorry("This page is too old or was not opened in this browser. Open it again.")
    return SubmittedForm(form, cookie, seal)


def _sorry(text: str) -> Response:
    return page("This page cannot go on", f"<p>{text}</p>", status=400)
