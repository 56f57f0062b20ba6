"""User names as keys: nothing that counts failures keeps a typed name in clear (LOCK-1)."""

import hashlib
import hmac
import secrets
import unicodedata

from sqlalchemy import Connection

from genesis_tui.mock_backend.database.settings import read_setting, write_setting

SECRET = "secret"  # noqa: S105
"""The setting that keeps the mock's key for names."""


def plain_name(username: str) -> str:
    """The form in which two spellings of one user name are equal: NFKC, trimmed, casefolded."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


def name_key(username: str, secret: bytes) -> str:
    """Keyed hash (HMAC-SHA256, hex) of a user name, known or unknown, under the mock's own `secret`."""
    return hmac.new(secret, plain_name(username).encode(), hashlib.sha256).hexdigest()


def name_secret(conn: Connection) -> bytes:
    """The mock's own key for names, made when it is first asked for and kept with the world (32 bytes)."""
    kept = read_setting(conn, SECRET)
    if kept is None:
        kept = secrets.token_hex(32)
        write_setting(conn, SECRET, kept)
    return bytes.fromhex(kept)
