"""What all pages are made of: plain HTML that works without script, colour or mouse."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}"
    "label{display:block;margin-top:1rem}"
    "input[type=text],input[type=password],textarea{font:inherit;width:100%;padding:.4rem;box-sizing:border-box}"
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


def form(inside: str, hidden: Mapping[str, str], action: str = "/oauth/authorize") -> str:
    """A form of safe `inside` that is sent back with `hidden` fields."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items()
    )
    return f'<form method="post" action="{escape(action)}">{fields}{inside}</form>'


def field(
    label: str, name: str, *, kind: str = "text", value: str = "", autocomplete: str = "off", required: bool = True
) -> str:
    return (
        f'<label>{escape(label)}<input type="{kind}" name="{escape(name)}" value="{escape(value)}" '
        f'autocomplete="{autocomplete}" maxlength="256"{" required" if required else ""}></label>'
    )


def sign_in_fields() -> str:
    """User name, password, and the button that sends them."""
    username = field("User name", "username", autocomplete="username")
    password = field("Password", "password", kind="password", autocomplete="current-password")
    return username + password + button("Sign in", "choice", "sign-in")


def area(label: str, name: str, value: str) -> str:
    return f'<label>{escape(label)}<textarea name="{escape(name)}" rows="3">{escape(value)}</textarea></label>'


def button(words: str, name: str, value: str) -> str:
    return f'<button name="{escape(name)}" value="{escape(value)}">{escape(words)}</button>'


def alerted(text: str) -> str:
    """The alert of a page, where something went wrong before."""
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
