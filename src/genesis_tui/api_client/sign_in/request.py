"""What every way to sign in shares: who asks, PKCE (RFC 7636), and the code that is exchanged for tokens."""

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from genesis_tui.api_client.http.client import HttpClient, Request, Response
from genesis_tui.api_client.http.error_responses import sign_in_answer, unreadable
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.tokens import Tokens, from_answer
from genesis_tui.models.sign_in import Card, DeviceCode, ScriptAccess

CLIENT_ID = "genesis-tui"
JSON = {"Accept": "application/json"}

_PATIENT = ("openid", "fhirUser", "launch/patient")
_PERSON = ("openid", "fhirUser", "user/*.rs", "portal")
_READING = ("patient/*.rs", "patient/*.read")
"""SMART App Launch 2 and 1; the first that the server lists is asked for."""
_OFFLINE = "offline_access"
_COUNTS = ("openid", "fhirUser", "portal.counts", _OFFLINE)


def _nobody(address: str, opened: bool) -> None:
    """Nobody is told."""


def _unheard(code: DeviceCode) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What a sign-in is given.

    Attributes:
        client_id: the name under which the server knows this program.
        audience: the FHIR base that the tokens are for.
        verified: the server that was verified, as `https://host[:port]`: a card signs for it and for no other.
        way: the method, by the server's own id (`ds-logon`, `cac` …).
        fields: what the person typed (`username`, `password`); empty where nothing is typed here. With the
            `auth_session` of a card that has just been refused for it, they register that card (ID-3).
        card: whose key signs, and `pin` opens it; None where no card is used.
        card_module: the PKCS#11 library to reach it by; looked for in the usual places when empty.
        offline: what a sign-in for scripts may read; None for one of a person who is there (SESS-4).
        show: told the address of the browser's sign-in, and whether a browser opened it.
        show_code: told what to open on another device.
    """

    client_id: str = CLIENT_ID
    audience: str = ""
    verified: str = ""
    way: str = "ds-logon"
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    card: Card | None = None
    card_module: str = ""
    pin: str = field(default="", repr=False)
    offline: ScriptAccess | None = None
    show: Callable[[str, bool], None] = _nobody
    show_code: Callable[[DeviceCode], None] = _unheard


@dataclass(frozen=True, slots=True)
class Pkce:
    """A fresh pair: the verifier stays here until the code is exchanged."""

    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    def challenge(self) -> dict[str, str]:
        """The parameters of the first request."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return {
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }


async def bought(
    wire: HttpClient, endpoints: Endpoints, asking: SignInRequest, pkce: Pkce, code: str, *, redirect: str = ""
) -> Tokens:
    """The tokens that a code stands for; `redirect` is where the code came to, where it came by one.

    Raises:
        SignInRefused: the server refused the code.
    """
    form = {
        "client_id": asking.client_id,
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": pkce.verifier,
        **({"redirect_uri": redirect} if redirect else {}),
    }
    return tokens_of(await wire.send(Request("POST", endpoints.token_endpoint, headers=JSON, form=form)))


def tokens_of(answer: Response, before: Tokens | None = None) -> Tokens:
    """Tokens from the token endpoint's answer; `before` keeps what a refresh does not give again.

    Raises:
        SignInRefused: the server refused the code or the refresh token.
        BadAnswer: there is no bearer token in it.
    """
    tree = sign_in_answer(answer)
    try:
        return before.renewed(tree, time.time()) if before else from_answer(tree, time.time())
    except ValueError:
        raise unreadable(answer) from None


def scope(endpoints: Endpoints, offline: ScriptAccess | None = None) -> str:
    """With a portal all that the person may see, else one patient's record; for scripts what was chosen (SESS-4)."""
    known = frozenset(endpoints.scopes_supported)
    kept = (_OFFLINE,) if offline is ScriptAccess.READING else ()
    if endpoints.portal_endpoint:
        return _known(known, _COUNTS if offline is ScriptAccess.COUNTS else (*_PERSON, *kept))
    reading = next((scope for scope in _READING if scope in known), _READING[0])
    return " ".join(filter(None, (_known(known, _PATIENT), reading, _known(known, kept))))


def _known(known: frozenset[str], wanted: Iterable[str]) -> str:
    return " ".join(scope for scope in wanted if not known or scope in known)
