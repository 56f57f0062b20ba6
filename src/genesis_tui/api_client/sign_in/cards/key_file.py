"""A certificate with its key in a file: PEM or PKCS#12."""

import os
import shlex
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from genesis_tui.api_client.sign_in.cards.certificates import card_of
from genesis_tui.api_client.sign_in.cards.jws import joined
from genesis_tui.models.base.errors import CardFault
from genesis_tui.models.sign_in import Card

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

LARGEST = 64 * 1024
OTHERS = 0o077
"""What group and world may do with a file: nothing, where it holds a key."""
_BEGIN = b"-----BEGIN"


class FileKey:
    """The key of a file, for one sign-in."""

    def __init__(self, certificates: "Sequence[x509.Certificate]", key: "PrivateKeyTypes") -> None:
        self.certificates = certificates
        self._key = key

    def sign(self, message: bytes, algorithm: str) -> bytes:
        """By RSA with PKCS#1 padding, or ECDSA."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        assert isinstance(self._key, ec.EllipticCurvePrivateKey)
        digest = hashes.SHA384() if algorithm == "ES384" else hashes.SHA256()
        return joined(self._key.sign(message, ec.ECDSA(digest)), algorithm)


def file_card(path: Path) -> Card:
    """The card that a file is. A PKCS#12 file says nothing of its holder before its passphrase is given.

    Raises:
        CardFault: it can't be read, or is no such file.
    """
    content = _content(path)
    if not content.startswith(_BEGIN):
        from_start = path.stem
        return Card(f"file:{path}", path.name, from_start, "", None, "file", needs_pin=True)
    certificates = _pem_certificates(content, path)
    encrypted = b"ENCRYPTED" in content
    return card_of(certificates[0], id=f"file:{path}", label=path.name, source="file", needs_pin=encrypted)


def open_file(path: Path, passphrase: str) -> FileKey:
    """The key of a file.

    Raises:
        CardFault: `pin-wrong` for a passphrase that does not open it; `card-file` for no such file.
    """
    content = _content(path)
    if content.startswith(_BEGIN):
        return FileKey(_pem_certificates(content, path), _pem_key(content, passphrase, path))
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        key, certificate, more = pkcs12.load_key_and_certificates(content, passphrase.encode() or None)
    except ValueError:
        raise _wrong_passphrase(path) from None
    if key is None or certificate is None:
        raise _no_card(path, "It holds no certificate with its key.")
    return FileKey((certificate, *more), key)


def _content(path: Path) -> bytes:
    try:
        with path.expanduser().open("rb") as file:
            if os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & OTHERS:
                raise _open_to_others(path)
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise _no_card(path, error.strerror or "It can't be read.") from None
    if not content or len(content) > LARGEST:
        raise _no_card(path, "It is no certificate with its key.")
    return content


def _pem_certificates(content: bytes, path: Path) -> "list[x509.Certificate]":
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        raise _no_card(path, "It holds no certificate in PEM.") from None


def _pem_key(content: bytes, passphrase: str, path: Path) -> "PrivateKeyTypes":
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(content, passphrase.encode() or None)
    except TypeError:
        raise _wrong_passphrase(path) from None
    except ValueError:
        if b"ENCRYPTED" in content:
            raise _wrong_passphrase(path) from None
        raise _no_card(path, "It holds no key in PEM.") from None


def _wrong_passphrase(path: Path) -> CardFault:
    return CardFault(
        f"The passphrase does not open {path.name}.",
        next="Type it again. It is the file's own, not the one of your DS Logon.",
        reason="pin-wrong",
    )


def _open_to_others(path: Path) -> CardFault:
    return CardFault(
        f"{path} can't be used to sign in.",
        detail="Others on this computer may read it or write to it, and with it the key.",
        next=f"Take that from them (chmod 600 {shlex.quote(str(path))}). If somebody else may have read it, have the"
        " card replaced.",
        reason="card-file",
    )


def _no_card(path: Path, detail: str) -> CardFault:
    return CardFault(
        f"{path} can't be used to sign in.",
        detail=detail,
        next="Name a PEM or PKCS#12 file with certificate and key: card_file in the settings.",
        reason="card-file",
    )
