"""Signing in to a mock without a browser or a terminal, over any transport."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import httpx

CLIENT_ID = "genesis-tui"
SCOPE = "openid fhirUser user/*.rs portal"


@dataclass(frozen=True, slots=True)
class PkcePair:
    """A fresh PKCE pair (S256)."""

    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """What goes into the first request."""
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


async def typed(
    client: httpx.AsyncClient, username: str, password: str, *, pkce: PkcePair, **more: str
) -> httpx.Response:
    """The challenge endpoint's answer to a typed DS Logon; `more` replaces or adds form fields."""
    form = {
        "client_id": CLIENT_ID,
        "response_type": "code",
        "scope": SCOPE,
        "code_challenge": pkce.challenge,
        "code_challenge_method": "S256",
        "username": username,
        "password": password,
    }
    return await client.post("/oauth/challenge", data=form | more)


async def exchange(client: httpx.AsyncClient, code: str, *, pkce: PkcePair, **more: str) -> httpx.Response:
    """The token endpoint's answer to a code; `more` replaces or adds form fields."""
    form = {
        "client_id": CLIENT_ID,
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": pkce.verifier,
    }
    return await client.post("/oauth/token", data=form | more)


async def tokens(client: httpx.AsyncClient, username: str, password: str) -> dict[str, Any]:
    """Sign in and take the tokens. Raises httpx.HTTPStatusError when the mock refuses."""
    pkce = PkcePair()
    challenged = await typed(client, username, password, pkce=pkce)
    challenged.raise_for_status()
    answer = await exchange(client, challenged.json()["authorization_code"], pkce=pkce)
    answer.raise_for_status()
    issued: dict[str, Any] = answer.json()
    return issued
