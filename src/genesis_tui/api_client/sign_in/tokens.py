"""What a sign-in leaves in our hands."""

import re
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

from genesis_tui.api_client.http import bounds
from genesis_tui.sanitize import one_line

_BEARER = "bearer"
_REFERENCE = re.compile(r"(?:^|/)Patient/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]*)?/?$")
LONGEST = 256
"""Characters of a name or address that are taken from a sign-in."""


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """Access and refresh token of one person. `expires` is in seconds of the caller's clock. Never printed whole."""

    access: str
    refresh: str = ""
    expires: float = 0.0
    scope: str = ""
    patient: str = ""
    """The one patient whose record the token opens; empty where it opens those of a person (SMART App Launch)."""
    person: str = ""
    """`fhirUser` of who signed in: `Patient/…`, `Practitioner/…` or its address; empty where the server names none."""
    name: str = ""
    """Their name as the sign-in gave it, harmless; empty where it gave none."""
    sign_in: str = ""
    """Tells the sign-in from all others on this computer; renewed tokens are of the same one."""

    def __repr__(self) -> str:
        """Nothing of the tokens: this may stand in a traceback."""
        return f"Tokens(scope={self.scope!r})"

    def renewed(self, answer: dict[str, Any], now: float) -> "Tokens":
        """These tokens after a refresh; a server may keep the refresh token or rotate it (SESS-1)."""
        fresh = from_answer(answer, now)
        return replace(
            fresh,
            refresh=fresh.refresh or self.refresh,
            scope=fresh.scope or self.scope,
            patient=self.patient or fresh.patient,
            person=fresh.person or self.person,
            name=fresh.name or self.name,
            sign_in=self.sign_in,
        )


def from_answer(answer: dict[str, Any], now: float) -> Tokens:
    """Tokens from a token endpoint's JSON (RFC 6749, 5.1); what is odd beside the access token counts as missing.

    Raises:
        ValueError: there is no bearer access token in it, or none that can be sent back.
    """
    access, kind = answer.get("access_token"), str(answer.get("token_type") or _BEARER)
    if not isinstance(access, str) or not access or not bounds.sendable(access) or kind.lower() != _BEARER:
        raise ValueError("no bearer token")
    claims = _claims(answer.get("id_token"))
    return Tokens(
        access=access,
        refresh=_text(answer.get("refresh_token")),
        expires=now + bounds.wait(answer.get("expires_in"), 300),
        scope=_text(answer.get("scope")),
        patient=_patient(answer.get("patient")),
        person=_words(claims.get("fhirUser")) or _words(claims.get("profile")),
        name=_words(claims.get("name")),
        sign_in=token_hex(8),
    )


def _claims(id_token: object) -> dict[str, Any]:
    """Who signed in. The token came straight from the token endpoint over a connection that was verified, so that its
    signature says nothing more (OpenID Connect Core, 3.1.3.7); nothing is decided by it.
    """
    import json
    from base64 import urlsafe_b64decode

    try:
        body = str(id_token).split(".")[1]
        tree = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _patient(value: object) -> str:
    """The id of the patient, which some servers give as a reference or an address, and some as a number."""
    id = str(value) if type(value) is int else _words(value)
    named = _REFERENCE.search(id)
    return named[1] if named else id


def _text(value: object) -> str:
    """A text as it is; words where a list of them was given."""
    if isinstance(value, list):
        return " ".join(one for one in value if isinstance(one, str))
    return value if isinstance(value, str) else ""


def _words(value: object) -> str:
    return one_line(value)[:LONGEST] if isinstance(value, str) else ""
