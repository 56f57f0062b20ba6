"""What a sign-in leaves in our hands."""

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """Access and refresh token of one person. `expires` is in seconds of the caller's clock. Never printed whole."""

    access: str
    refresh: str = ""
    expires: float = 0.0
    scope: str = ""

    def __repr__(self) -> str:
        """Nothing of the tokens: this may stand in a traceback."""
        return f"Tokens(scope={self.scope!r})"

    def renewed(self, answer: dict[str, Any], now: float) -> "Tokens":
        """These tokens after a refresh; a server may keep the refresh token or rotate it (SESS-1)."""
        fresh = from_answer(answer, now)
        return replace(fresh, refresh=fresh.refresh or self.refresh, scope=fresh.scope or self.scope)


def from_answer(answer: dict[str, Any], now: float) -> Tokens:
    """Tokens from a token endpoint's JSON (RFC 6749, 5.1).

    Raises:
        ValueError: there is no bearer access token in it.
    """
    access, kind = answer.get("access_token"), str(answer.get("token_type", ""))
    if not isinstance(access, str) or not access or kind.lower() != "bearer":
        raise ValueError("no bearer token")
    lifetime = answer.get("expires_in")
    return Tokens(
        access=access,
        refresh=str(answer.get("refresh_token") or ""),
        expires=now + (lifetime if isinstance(lifetime, int | float) else 300),
        scope=str(answer.get("scope") or ""),
    )
