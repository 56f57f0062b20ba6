"""Sign-ins under way in a browser, each bound to that browser by a cookie and to its own form by a seal (CSRF)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field, replace

from genesis_tui.mock_backend.state.authorization_codes import Authorization
from genesis_tui.mock_backend.state.authorization_requests import AuthorizationRequest

LIFETIME = 600_000_000
"""Microseconds from the first page to the last."""
MOST = 1000


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Somebody who has shown who they are, and how."""

    person_id: str
    level: int
    method: str = "ds-logon"


@dataclass(frozen=True, slots=True)
class BrowserSignIn:
    """One authorization request; `entered` is set once its person has signed in. `until` in microseconds."""

    asked: AuthorizationRequest
    redirect_uri: str
    state: str
    until: int
    entered: Authenticated | None = None
    settled: bool = False
    """Whether a Basic account has become Premium, or goes on as it is (ID-6)."""
    device: str = ""
    """The user code of the device that waits; empty where a browser goes back to an app."""


def authorization(
    asked: AuthorizationRequest, entered: Authenticated, *, redirect_uri: str = "", patient_id: str | None = None
) -> Authorization:
    """What is granted to the program that asked, for the person who has signed in."""
    return Authorization(
        client_id=asked.client.id,
        redirect_uri=redirect_uri,
        code_challenge=asked.code_challenge,
        scope=asked.scope,
        person_id=entered.person_id,
        method=entered.method,
        level=entered.level,
        patient_id=patient_id,
        nonce=asked.nonce,
    )


@dataclass(slots=True)
class BrowserSignIns:
    """Open sign-ins by id. The seal of one is a keyed hash of its id and the browser's cookie."""

    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _open: dict[str, BrowserSignIn] = field(default_factory=dict)

    def issue(self, sign_in: BrowserSignIn, *, now: int) -> str:
        """Keep a sign-in that begins; its id."""
        kept = [(key, one) for key, one in self._open.items() if now < one.until]
        self._open = dict(kept[-MOST:])
        key = secrets.token_urlsafe(16)
        self._open[key] = sign_in
        return key

    def seal(self, key: str, cookie: str) -> str:
        """What the form of a sign-in carries when it was given to the browser that holds `cookie`."""
        return hmac.new(self._secret, f"{key}\0{cookie}".encode(), hashlib.sha256).hexdigest()

    def find(self, key: str, *, seal: str, cookie: str, now: int) -> BrowserSignIn | None:
        """The sign-in that a form answers, if it comes from the same browser and is not too late."""
        sign_in = self._open.get(key)
        genuine = bool(cookie) and hmac.compare_digest(self.seal(key, cookie).encode(), seal.encode())
        return sign_in if sign_in is not None and genuine and now < sign_in.until else None

    def signed_in(self, key: str, entered: Authenticated, *, settled: bool = False) -> BrowserSignIn:
        """The sign-in with its person."""
        self._open[key] = replace(self._open[key], entered=entered, settled=settled)
        return self._open[key]

    def close(self, key: str) -> None:
        self._open.pop(key, None)

    def revoke(self, person_id: str) -> None:
        """Close the pages on which a person has signed in and is not through."""
        gone = [
            key for key, one in self._open.items() if one.entered is not None and one.entered.person_id == person_id
        ]
        for key in gone:
            self.close(key)

    def clear(self) -> None:
        self._open.clear()
