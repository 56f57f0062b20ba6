"""Authorization codes: good once, for one minute, for the program that asked (RFC 6749 section 4.1, RFC 7636)."""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

LIFETIME = 60_000_000
"""Microseconds for which a code is good."""
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a code stands for. `redirect_uri` is empty where the code came from the challenge endpoint."""

    client_id: str
    redirect_uri: str
    code_challenge: str
    scope: str
    person_id: str
    method: str
    level: int
    patient_id: str | None = None
    nonce: str = ""


@dataclass(slots=True)
class AuthorizationCodes:
    """Codes by their hash; times in microseconds. A code that is used again names the sign-in it was used for."""

    _open: dict[str, tuple[int, Authorization]] = field(default_factory=dict)
    _used: dict[str, tuple[int, str]] = field(default_factory=dict)

    def issue(self, authorization: Authorization, *, now: int) -> str:
        self._drop_old(now)
        code = secrets.token_urlsafe(32)
        self._open[fingerprint(code)] = (now + LIFETIME, authorization)
        return code

    def take(self, code: str, *, now: int) -> Authorization | None:
        """What an unused code in its minute stands for, and never again; None for any other."""
        kept = self._open.pop(fingerprint(code), None)
        return kept[1] if kept is not None and now < kept[0] else None

    def used_for(self, code: str, session_id: str, *, now: int) -> None:
        """Remember which sign-in a code opened, so that its replay can end it."""
        self._used[fingerprint(code)] = (now + LIFETIME, session_id)

    def replayed(self, code: str) -> str | None:
        """The sign-in that an already used code opened (RFC 6749 section 4.1.2: it is ended)."""
        kept = self._used.get(fingerprint(code))
        return None if kept is None else kept[1]

    def revoke(self, person_id: str) -> None:
        """Forget the codes that would sign a person in."""
        self._open = {key: kept for key, kept in self._open.items() if kept[1].person_id != person_id}

    def clear(self) -> None:
        self._open.clear()
        self._used.clear()

    def _drop_old(self, now: int) -> None:
        self._open = {key: kept for key, kept in self._open.items() if now < kept[0]}
        self._used = {key: kept for key, kept in self._used.items() if now < kept[0]}


def fingerprint(secret: str) -> str:
    """SHA-256 (hex) of a code or token: what is kept of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def verifier_matches(verifier: str, challenge: str) -> bool:
    """PKCE S256: whether `challenge` is the hash of a well-formed `verifier`."""
    if VERIFIER.fullmatch(verifier) is None:
        return False
    digest = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(digest, challenge)
