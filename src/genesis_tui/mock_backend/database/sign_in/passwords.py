"""Passwords as scrypt hashes that carry their own parameters: `scrypt$n$r$p$salt$hash` (base64)."""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode

COST = 2**10
"""Low on purpose: the mock's accounts are invented and all of them load in under 0.2 s; the hash records its cost."""
BLOCK = 8
LANES = 1


def password_hash(password: str, *, salt: bytes | None = None) -> str:
    """A fresh hash of `password`; `salt` (16 bytes) is random unless a reproducible world gives one."""
    salt = salt or os.urandom(16)
    digest = _scrypt(password, salt, COST, BLOCK, LANES)
    return f"scrypt${COST}${BLOCK}${LANES}${b64encode(salt).decode()}${b64encode(digest).decode()}"


def password_matches(password: str, stored: str) -> bool:
    """Whether `password` is the one behind `stored`, compared in constant time."""
    _, n, r, p, salt, digest = stored.split("$")
    return hmac.compare_digest(_scrypt(password, b64decode(salt), int(n), int(r), int(p)), b64decode(digest))


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, dklen=32)
