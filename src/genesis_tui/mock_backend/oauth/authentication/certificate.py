"""A signed nonce taken apart: is it signed by the key of its certificate, and what does that certificate say (ID-2)."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genesis_tui.mock_backend.rules.sign_in.cards import Card, kind_of
from genesis_tui.mock_backend.state.card_authority import UPN

if TYPE_CHECKING:
    from cryptography import x509

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384")
LONGEST = 12_000
"""Characters of a signed nonce with its certificates."""
MOST_CERTIFICATES = 4
_EDIPI = re.compile(r"[0-9]{10}")


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed nonce whose signature fits its certificate."""

    nonce: str
    audience: str
    certificate: "x509.Certificate"
    chain: "tuple[x509.Certificate, ...]"


def read_assertion(assertion: str) -> Signed | None:
    """What was signed and by whom; None where the signature does not fit, or it is no such thing at all."""
    from joserfc import jws
    from joserfc.jwk import ECKey, RSAKey

    if len(assertion) > LONGEST:
        return None
    try:
        certificates = _certificates(json.loads(_decoded(assertion.partition(".")[0])))
        key = certificates[0].public_key()
        found = jws.deserialize_compact(assertion, _key(key, ECKey, RSAKey), registry=_registry())
        claims = json.loads(found.payload)
        return Signed(str(claims["nonce"]), str(claims["aud"]), certificates[0], tuple(certificates[1:]))
    except _odd():
        return None


def _odd() -> tuple[type[Exception], ...]:
    """What reading an assertion raises that is none, or whose certificate no office would issue."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from joserfc.errors import JoseError

    named = (x509.InvalidVersion, x509.DuplicateExtension, x509.ExtensionNotFound, x509.UnsupportedGeneralNameType)
    return (*named, UnsupportedAlgorithm, JoseError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


def _registry() -> Any:
    """As the library has it, but for headers that certificates fit into."""
    from joserfc.jws import JWSRegistry

    registry = JWSRegistry(algorithms=list(ALGORITHMS))
    registry.max_header_length = LONGEST
    return registry


def _key(key: object, elliptic: Any, rsa: Any) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    kind = elliptic if isinstance(key, EllipticCurvePublicKey) else rsa
    return kind.import_key(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))  # type: ignore[attr-defined]


def _certificates(header: dict[str, Any]) -> "list[x509.Certificate]":
    from cryptography import x509

    listed = header["x5c"]
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_CERTIFICATES:
        raise ValueError("no certificates")
    found = [x509.load_der_x509_certificate(base64.b64decode(one, validate=True)) for one in listed]
    for one in found:
        _read_through(one)
    return found


def _read_through(certificate: "x509.Certificate") -> None:
    """Read every part that is asked for later: what is odd shows here, or nowhere. Raises what `_odd` names."""
    _ = (certificate.extensions, certificate.subject, certificate.not_valid_before_utc, certificate.not_valid_after_utc)


def facts_of(signed: Signed, trusted: "Mapping[str, x509.Certificate]", *, revoked: bool) -> Card:
    """What the rules need to know of a certificate. `trusted` are the authorities for each kind of card."""
    certificate = signed.certificate
    issued_as = next((kind for kind, known in trusted.items() if _issued_by(certificate, known)), "")
    return Card(
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        trusted=bool(issued_as),
        revoked=revoked,
        signs=_signs(certificate),
        edipi=edipi_of(common_name(certificate)),
        upn_edipi=_upn_edipi(certificate),
        kind=kind_of(issued_as, _policies(certificate)),
    )


def key_hash(certificate: "x509.Certificate") -> str:
    """SHA-256 (hex) of the certificate's public key: what a registered card is known by (ID-3)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    written = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(written).hexdigest()


def common_name(certificate: "x509.Certificate") -> str:
    """`FAMILY.GIVEN.MIDDLE.EDIPI`, as cards have it; empty where there is none."""
    from cryptography.x509 import NameOID

    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def edipi_of(common_name: str) -> str:
    """The DoD ID at the end of a card's name; empty where it ends otherwise."""
    last = common_name.rpartition(".")[2]
    return last if _EDIPI.fullmatch(last) else ""


def _issued_by(certificate: "x509.Certificate", trusted: "x509.Certificate") -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        certificate.verify_directly_issued_by(trusted)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _signs(certificate: "x509.Certificate") -> bool:
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        if not usage.digital_signature:
            return False
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return ExtendedKeyUsageOID.CLIENT_AUTH in uses


def _policies(certificate: "x509.Certificate") -> frozenset[str]:
    from cryptography import x509

    try:
        named = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except (x509.ExtensionNotFound, ValueError):
        return frozenset()
    return frozenset(one.policy_identifier.dotted_string for one in named)


def _upn_edipi(certificate: "x509.Certificate") -> str:
    """The DoD ID in the user principal name (`1234567890@mil`), which stands as a UTF-8 string in an OtherName."""
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ""
    for name in names.get_values_for_type(x509.OtherName):
        text = name.value[2:].decode("utf-8", "replace") if name.type_id.dotted_string == UPN else ""
        local, _, domain = text.partition("@")
        if domain == "mil" and _EDIPI.fullmatch(local):
            return local
    return ""


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
