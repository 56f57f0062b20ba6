"""User names as keys: nothing that counts failures keeps a typed name in clear (LOCK-1)."""

import hashlib
import hmac
import unicodedata


def plain_name(username: str) -> str:
    """The form in which two spellings of one user name are equal: NFKC, trimmed, casefolded."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def name_key(username: str, secret: bytes) -> str:
    """Keyed hash (HMAC-SHA256, hex) of a user name, known or unknown, under the mock's own `secret`."""
    return hmac.new(secret, plain_name(username).encode(), hashlib.sha256).hexdigest()
