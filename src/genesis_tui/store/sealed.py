"""A few bytes in a file that a passphrase opens: scrypt, then AES-GCM; the costs are part of what is sealed.

The file tells neither whose it is nor what is in it.
"""

import base64
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_COST = {"n": 2**15, "r": 8, "p": 1}
_MOST = {"n": 2**20, "r": 16, "p": 4}
"""Beyond these a file is not believed: it could make this program work for hours."""
_KIND = "genesis-tui sealed 1"


Head = dict[str, int | str]


class Passphrase:
    """A passphrase, and the cipher that was derived of it last: to read a file again costs no second scrypt."""

    def __init__(self, words: str) -> None:
        """Nothing is derived before something is sealed or opened."""
        self.words = words
        self._derived: tuple[object, AESGCM] | None = None

    def cipher(self, head: Head) -> "AESGCM":
        """The cipher for a file's salt and costs."""
        mark = tuple(head[name] for name in ("salt", *_COST))
        if self._derived is None or self._derived[0] != mark:
            self._derived = mark, _cipher(head, self.words)
        return self._derived[1]


class WrongPassphraseError(Exception):
    """It does not open the file, or the file was changed."""


def seal(path: Path, content: bytes, passphrase: Passphrase) -> None:
    """Write the file, whole or not at all, readable by its owner alone. Raises OSError."""
    salt, nonce = os.urandom(16), os.urandom(12)
    head: Head = {"kind": _KIND, **_COST, "salt": _text(salt), "nonce": _text(nonce)}
    body = {**head, "content": _text(passphrase.cipher(head).encrypt(nonce, content, _sealed_too(head)))}
    draft = path.with_suffix(".new")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w") as file:
        file.write(json.dumps(body))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def unseal(path: Path, passphrase: Passphrase) -> bytes:
    """What is in it.

    Raises:
        WrongPassphraseError: also for a file that is not one of these.
        OSError: it can't be read.
    """
    from cryptography.exceptions import InvalidTag

    try:
        body = json.loads(path.read_text("utf-8"))
        head = {name: body[name] for name in ("kind", *_COST, "salt", "nonce")}
        if head["kind"] != _KIND or any(not 0 < head[name] <= most for name, most in _MOST.items()):
            raise WrongPassphraseError
        cipher = passphrase.cipher(head)
        return cipher.decrypt(_bytes(head["nonce"]), _bytes(body["content"]), _sealed_too(head))
    except (ValueError, KeyError, TypeError, InvalidTag):
        raise WrongPassphraseError from None


def _cipher(head: Head, passphrase: str) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    derive = Scrypt(salt=_bytes(str(head["salt"])), length=32, n=int(head["n"]), r=int(head["r"]), p=int(head["p"]))
    return AESGCM(derive.derive(passphrase.encode()))


def _sealed_too(head: Head) -> bytes:
    return json.dumps(head, sort_keys=True).encode()


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
