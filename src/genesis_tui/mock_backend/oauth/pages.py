"""The two pages of the browser sign-in: plain HTML that works without script, colour or mouse."""

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}"
    "label{display:block;margin-top:1rem}input[type=text],input[type=password]{font:inherit;width:100%;padding:.4rem}"
    "button{font:inherit;margin:1.5rem 1rem 0 0;padding:.5rem 1.2rem}"
    "[role=alert]{border-left:.4rem solid;padding-left:1rem}"
)
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


def page(title: str, content: str, *, status: int = 200, redirect: str = "") -> HTMLResponse:
    """A whole page of safe `content`; `redirect` is where its form may send the browser on to."""
    document = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )
    return HTMLResponse(document, status, headers=_headers(redirect))


def sign_in_page(ticket: str, seal: str, *, client: str, alert: str, redirect: str, status: int = 200) -> HTMLResponse:
    """User name and password for `client`; `alert` says in plain words what went wrong before."""
    content = (
        f"{_alert(alert)}<p>{escape(client)} asks you to sign in with DS Logon. "
        "This is a test server with invented people: type no real password.</p>"
        f'<form method="post" action="/oauth/authorize">{_hidden(ticket, seal)}'
        '<label>User name<input type="text" name="username" autocomplete="username" required maxlength="256"></label>'
        '<label>Password<input type="password" name="password" autocomplete="current-password" required '
        'maxlength="256"></label><button name="choice" value="sign-in">Sign in</button></form>'
        f'<form method="post" action="/oauth/authorize">{_hidden(ticket, seal)}'
        '<button name="choice" value="deny">Cancel</button></form>'
    )
    return page("Sign in", content, status=status, redirect=redirect)


def consent_page(
    ticket: str, seal: str, *, client: str, people: Iterable[tuple[str, str]], redirect: str
) -> HTMLResponse:
    """Whether `client` may read one record, and whose: `people` are (id, words)."""
    rows = "".join(
        f'<label><input type="radio" name="patient" value="{escape(key)}" required> {escape(words)}</label>'
        for key, words in people
    )
    content = (
        f"<p>{escape(client)} wants to read one health record. It cannot change anything. "
        "Access ends after 12 hours at the latest.</p>"
        f'<form method="post" action="/oauth/authorize">{_hidden(ticket, seal)}'
        f"<fieldset><legend>Whose record?</legend>{rows}</fieldset>"
        '<button name="choice" value="allow">Allow</button></form>'
        f'<form method="post" action="/oauth/authorize">{_hidden(ticket, seal)}'
        '<button name="choice" value="deny">Do not allow</button></form>'
    )
    return page("Allow access", content, redirect=redirect)


def _hidden(ticket: str, seal: str) -> str:
    return (
        f'<input type="hidden" name="ticket" value="{escape(ticket)}">'
        f'<input type="hidden" name="seal" value="{escape(seal)}">'
    )


def _alert(text: str) -> str:
    return f'<p role="alert">{escape(text)}</p>' if text else ""


def _headers(redirect: str) -> dict[str, str]:
    target = urlsplit(redirect)
    onward = f" {target.scheme}://{target.netloc}" if redirect else ""
    policy = (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action 'self'{onward}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
