"""What a card signs: the server's nonce in a JWS that carries the certificate (RFC 7515, `x5c`)."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from genesis_tui.models.base.errors import CardFault

if TYPE_CHECKING:
    from cryptography import x509

EC_BYTES = {"secp256r1": ("ES256", 32), "secp384r1": ("ES384", 48)}
RSA = "RS256"


class Key(Protocol):
    """A private key that never leaves where it is. `certificates` begins with its own."""

    certificates: "Sequence[x509.Certificate]"

    def sign(self, message: bytes, algorithm: str) -> bytes:
        """The signature of `message` by a JWA algorithm, as a JWS has it."""


def signed_nonce(key: Key, nonce: str, audience: str) -> str:
    """The compact JWS.

    Raises:
        CardFault: the certificate's key is of a kind that no server here takes.
    """
    from cryptography.hazmat.primitives.serialization import Encoding

    algorithm = algorithm_of(key.certificates[0])
    chain = [b64encode(one.public_bytes(Encoding.DER)).decode() for one in key.certificates]
    head = _part({"alg": algorithm, "typ": "JWT", "x5c": chain})
    message = f"{head}.{_part({'nonce': nonce, 'aud': audience})}"
    return f"{message}.{_text(key.sign(message.encode(), algorithm))}"


def algorithm_of(certificate: "x509.Certificate") -> str:
    """The JWA name of what the certificate's key signs with."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in EC_BYTES:
        return EC_BYTES[key.curve.name][0]
    if isinstance(key, rsa.RSAPublicKey):
        return RSA
    raise CardFault("This card has a kind of key that can't be used here.", next="Choose another certificate.")


def joined(der: bytes, algorithm: str) -> bytes:
    """An ECDSA signature as a JWS has it: both numbers, one after the other."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    size = next(size for name, size in EC_BYTES.values() if name == algorithm)
    return b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(der))


def _part(tree: dict[str, object]) -> str:
    return _text(json.dumps(tree).encode())


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
