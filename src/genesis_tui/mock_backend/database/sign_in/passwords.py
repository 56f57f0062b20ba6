"""Passwords as scrypt hashes that carry their own parameters: `scrypt$n$r$p$salt$hash` (base64).

Those of the invented people, which the mock lists in clear, are hashed when they are first used: until then
`clear$password` stands in the place of the hash.
"""

import hashlib
import hmac
import os
from base64 import b64decode, b64encode

COST = 2**10
"""Low on purpose: the mock's accounts are invented; the hash records its cost."""
BLOCK = 8
LANES = 1
_CLEAR = "clear$"


def password_hash(password: str) -> str:
    """A fresh hash of `password`."""
    salt = os.urandom(16)
    digest = _scrypt(password, salt, COST, BLOCK, LANES)
    return f"scrypt${COST}${BLOCK}${LANES}${b64encode(salt).decode()}${b64encode(digest).decode()}"


def to_be_hashed(password: str) -> str:
    """What stands for the hash of an invented person's password until it is first used."""
    return _CLEAR + password


def password_matches(password: str, stored: str) -> bool:
    """Whether `password` is the one behind `stored`, compared in constant time."""
    return check_password(password, stored)[0]


def check_password(password: str, stored: str) -> tuple[bool, str]:
    """Whether `password` is the one behind `stored`, and what to store from now on: a hash, once it was right.

    Costs one scrypt in every case (LOCK-1).
    """
    if stored.startswith(_CLEAR):
        fresh = password_hash(password)
        right = hmac.compare_digest(password.encode(), stored.removeprefix(_CLEAR).encode())
        return right, fresh if right else stored
    _, n, r, p, salt, digest = stored.split("$")
    return hmac.compare_digest(_scrypt(password, b64decode(salt), int(n), int(r), int(p)), b64decode(digest)), stored


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, dklen=32)
