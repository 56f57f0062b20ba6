"""Ways to sign in, as this program does them. A row of `METHODS` is one kind; a server names the methods of each kind.

So a method that a server adds (myAuth, say) is signed in to without a change here, as long as its kind is known.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from genesis_tui.api_client.http.client import HttpClient
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.request import SignInRequest
from genesis_tui.models.base.errors import BadAnswer
from genesis_tui.models.sign_in import MethodKind, SignInMethod
from genesis_tui.sanitize import one_line

if TYPE_CHECKING:
    from genesis_tui.api_client.sign_in.tokens import Tokens

    SignIn = Callable[[HttpClient, Endpoints, SignInRequest], Awaitable[Tokens]]

_ID = re.compile(r"[A-Za-z0-9._-]{1,40}")
"""What can be named on a command line."""
_AUTH = "genesis_tui.api_client.sign_in"


@dataclass(frozen=True, slots=True)
class Method:
    """One kind of sign-in. `path` is `module:function` of what does it, loaded when somebody signs in so."""

    kind: MethodKind
    path: str
    offered: Callable[[Endpoints], tuple[SignInMethod, ...]]
    """The methods of this kind that a server with this metadata offers."""

    @property
    def sign_in(self) -> "SignIn":
        """What does it."""
        module, _, name = self.path.partition(":")
        return cast("SignIn", getattr(import_module(f"{_AUTH}.{module}"), name))


def _named(kind: MethodKind) -> Callable[[Endpoints], tuple[SignInMethod, ...]]:
    def offered(endpoints: Endpoints) -> tuple[SignInMethod, ...]:
        every = endpoints.sign_in_methods if endpoints.typed else ()
        known = (one for one in every if one.kind == kind and _ID.fullmatch(one.id))
        return tuple(SignInMethod(m.id, one_line(m.title)[:20], kind, one_line(m.note)[:60]) for m in known)

    return offered


_BROWSER = SignInMethod("browser", "Browser", MethodKind.BROWSER, "on the server's own pages, in the browser")
_DEVICE = SignInMethod("device", "Device", MethodKind.DEVICE, "with a code, on a phone or another computer")
METHODS = (
    Method(MethodKind.CARD, "cards.card_sign_in:by_card", _named(MethodKind.CARD)),
    Method(MethodKind.PASSWORD, "password:by_password", _named(MethodKind.PASSWORD)),
    Method(MethodKind.BROWSER, "browser:by_browser", lambda known: (_BROWSER,) if known.browser else ()),
    Method(MethodKind.DEVICE, "device:by_device", lambda known: (_DEVICE,) if known.device else ()),
)


def offered_methods(endpoints: Endpoints) -> tuple[SignInMethod, ...]:
    """The methods that this server offers and this program speaks."""
    return tuple(way for _, way in _offered(endpoints))


async def sign_in(wire: HttpClient, endpoints: Endpoints, asking: SignInRequest) -> "Tokens":
    """Sign in by the way that `asking` names.

    Raises:
        BadAnswer: the server does not offer it.
    """
    for method, way in _offered(endpoints):
        if way.id == asking.way:
            return await method.sign_in(wire, endpoints, asking)
    raise BadAnswer("This server does not offer that way to sign in.", next="Choose one of the ways that it lists.")


def _offered(endpoints: Endpoints) -> Iterator[tuple[Method, SignInMethod]]:
    return ((method, way) for method in METHODS for way in method.offered(endpoints))
