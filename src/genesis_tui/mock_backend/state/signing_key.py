"""The key that signs the mock's tokens, and the tokens themselves (ES256)."""

import json
import secrets
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joserfc.jwk import ECKey

ALGORITHM = "ES256"
ACCESS_TYPE = "at+jwt"


def audience_of(issuer: str) -> str:
    """Base URL of the FHIR side: what access tokens are for, and what its links begin with."""
    return f"{issuer}/fhir/r4"


class SigningKey:
    """A P-256 key, from its JWK as JSON. joserfc is imported when the first token is made: it takes a while."""

    def __init__(self, jwk: str) -> None:
        self.jwk = jwk

    @classmethod
    def generate(cls) -> "SigningKey":
        from joserfc.jwk import ECKey

        key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(8), "use": "sig", "alg": ALGORITHM})
        return cls(json.dumps(key.as_dict(private=True)))

    @cached_property
    def _key(self) -> "ECKey":
        from joserfc.jwk import ECKey

        return ECKey.import_key(json.loads(self.jwk))

    def public(self) -> dict[str, Any]:
        """The public half, as it stands in the key set."""
        return dict(self._key.as_dict(private=False))

    def sign(self, claims: dict[str, Any], *, kind: str = "JWT") -> str:
        """A compact JWS of `claims`; `kind` is its `typ`."""
        from joserfc import jwt

        return jwt.encode({"alg": ALGORITHM, "kid": self._key.kid, "typ": kind}, claims, self._key)

    def verify(self, token: str, *, kind: str) -> dict[str, Any] | None:
        """The claims of a token that this key signed as `kind`; None for any other. Times are not looked at."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            read = jwt.decode(token, self._key, algorithms=[ALGORITHM])
        except (JoseError, ValueError):
            return None
        return dict(read.claims) if read.header.get("typ") == kind else None
