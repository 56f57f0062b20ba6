"""Certificates that no card office would issue: a refusal like any other, never a fault (ID-2, ID-3)."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, utils
from cryptography.x509.oid import ExtensionOID, NameOID, ObjectIdentifier

from genesis_tui.mock_backend.oauth.authentication.certificate import common_name, facts_of, key_hash, read_assertion

NOW = datetime(2026, 11, 23, tzinfo=UTC)
EC = ec.generate_private_key(ec.SECP256R1())


def certificate(*extensions: tuple[ObjectIdentifier, bytes], key: Any = EC, name: str = "A.B.1", **days: int) -> bytes:
    """A certificate with extensions of these bytes, signed by its own key."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start, end = (NOW + timedelta(days=days.get(edge, 0)) for edge in ("start", "end"))
    made = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), start, end)
    for oid, content in extensions:
        made = made.add_extension(x509.UnrecognizedExtension(oid, content), critical=False)
    plain = isinstance(key, ed25519.Ed25519PrivateKey)
    return made.sign(key, None if plain else hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def assertion(der: bytes, key: Any = EC, **claims: Any) -> str:
    """What a card would sign, with this certificate."""
    header = {"alg": "ES256", "x5c": [base64.b64encode(der).decode()]}
    payload = {"nonce": "n", "aud": "a", **claims}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, payload)]
    signed = key.sign(b".".join(parts), ec.ECDSA(hashes.SHA256()))
    r, s = utils.decode_dss_signature(signed)
    ends = base64.urlsafe_b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).rstrip(b"=")
    return b".".join([*parts, ends]).decode()


def doubled(der: bytes, oid: bytes, by: bytes) -> bytes:
    """The certificate with one object identifier in place of another of the same length, signature broken."""
    return der.replace(oid, by)


KEY_USAGE, EXTENDED, ALTERNATIVE = (
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
)
POLICIES = ExtensionOID.CERTIFICATE_POLICIES
ODD = {
    "a usage that is none": certificate((KEY_USAGE, b"\x04\x01x")),
    "uses that are none": certificate((EXTENDED, b"\x30\x03\x06\x01")),
    "names that are none": certificate((ALTERNATIVE, b"\xff\xff")),
    "a name of a kind that is unknown": certificate((ALTERNATIVE, b"\x30\x06\xa3\x04\x13\x02ab")),
    "a principal name cut short": certificate(
        (ALTERNATIVE, bytes.fromhex("3012a01006") + b"\x0a+\x06\x01\x04\x01\x827\x14\x02\x03"[:11])
    ),
    "policies that are none": certificate((POLICIES, b"\x30\x02\x05\x00")),
    "an extension twice": certificate((KEY_USAGE, b"\x03\x02\x07\x80"), (EXTENDED, b"\x30\x00")).replace(
        bytes.fromhex("0603551d25"), bytes.fromhex("0603551d0f")
    ),
    "a version that there is not": certificate().replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1),
    "a key that signs otherwise": certificate(key=ed25519.Ed25519PrivateKey.generate()),
    "a key of long ago": certificate(key=dsa.generate_private_key(1024)),
    "a name of no letters": certificate(name="\u202e.\u0000.x"),
    "no certificate": b"\x30\x82",
}


@pytest.mark.rule("ID-2", "ID-3")
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_certificate_is_refused_and_no_fault(odd: str) -> None:
    signed = read_assertion(assertion(ODD[odd]))
    if signed is not None:
        card = facts_of(signed, {"cac": signed.certificate}, revoked=False)
        assert (card.edipi, card.upn_edipi) == ("", "")
        assert len(key_hash(signed.certificate)) == 64
        assert isinstance(common_name(signed.certificate), str)


@pytest.mark.parametrize("claims", [{"nonce": None}, {"nonce": ["n"]}, {"aud": 7}, {"aud": {"a": []}}])
def test_odd_claims_are_no_fault(claims: dict[str, Any]) -> None:
    signed = read_assertion(assertion(certificate(), **claims))
    assert signed is None or isinstance(signed.nonce + signed.audience, str)
