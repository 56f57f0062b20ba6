"""The mock's own test CA: made when it is first needed, kept with the world, and good for test cards alone.

Heavy imports come when the first card does.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from genesis_tui.mock_backend.clock import Clock
from genesis_tui.mock_backend.database.engine import Database
from genesis_tui.mock_backend.database.schema.sign_in import revoked_card
from genesis_tui.mock_backend.database.settings import read_setting, write_setting

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

NAMES = {"cac": "Genesis Mock CA", "piv": "Genesis Mock PIV CA"}
"""An authority for each kind of card: who issued a card is half of what kind it is (ID-3)."""
STRANGER = "Some Other CA"
POLICY = {"cac": "2.16.840.1.101.2.1.11.42", "piv": "2.16.840.1.101.3.2.1.3.13"}
"""What the certificate of each kind says that it is (`rules.sign_in.cards`)."""
YEARS = timedelta(days=40 * 365)
UPN = "1.3.6.1.4.1.311.20.2.3"
PIV_AUTHENTICATION = "2.16.840.1.101.3.6.8"

CAS = {"cac": "card_ca", "piv": "card_ca_piv"}
"""The settings that keep the authorities."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A test card to be made: whose, for which key, and what is to be wrong with it (`admin.cards` has the states).

    `kind` is `cac` or `piv`.
    """

    kind: str
    given: str
    family: str
    dod_id: str
    state: str
    key: "CertificatePublicKeyTypes"


class CardCa:
    """A certificate authority with its private key."""

    def __init__(self, certificate: "x509.Certificate", key: "ec.EllipticCurvePrivateKey") -> None:
        self.certificate = certificate
        self._key = key

    @classmethod
    def make(cls, start: datetime, name: str) -> "CardCa":
        """A new one, good for decades around `start`, so that a clock that is moved stays within."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        builder = x509.CertificateBuilder(who, who, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(start - YEARS).not_valid_after(start + YEARS)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        return cls(builder.sign(key, hashes.SHA256()), key)

    @classmethod
    def of(cls, kept: str) -> "CardCa":
        """The authority that `kept_text` wrote down."""
        from cryptography import x509
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        parts = json.loads(kept)
        key = load_pem_private_key(parts["key"].encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return cls(x509.load_pem_x509_certificate(parts["certificate"].encode()), key)

    def kept_text(self) -> str:
        """Certificate and key (PEM) as the database keeps them: JSON."""
        from cryptography.hazmat.primitives import serialization

        key = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        return json.dumps({"certificate": self.pem(), "key": key})

    def pem(self) -> str:
        """The authority's own certificate (PEM)."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return self.certificate.public_bytes(Encoding.PEM).decode()

    def issue(self, wanted: Wanted, now: datetime) -> "x509.Certificate":
        """A certificate as it stands on a CAC or PIV card, for a key that somebody else holds."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.x509.oid import ExtendedKeyUsageOID

        begins, ends = _dates(wanted.state, now)
        builder = x509.CertificateBuilder(
            self.certificate.subject, x509.Name(_names(wanted)), wanted.key, x509.random_serial_number()
        )
        builder = builder.not_valid_before(begins).not_valid_after(ends)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(signs=wanted.state != "key-usage"), critical=True)
        policy = x509.PolicyInformation(x509.ObjectIdentifier(POLICY[wanted.kind]), None)
        builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
        uses = [ExtendedKeyUsageOID.CLIENT_AUTH, x509.ObjectIdentifier(PIV_AUTHENTICATION)]
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        if wanted.state != "no-dod-id":
            builder = builder.add_extension(x509.SubjectAlternativeName([_upn(wanted)]), critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _dates(state: str, now: datetime) -> tuple[datetime, datetime]:
    day = timedelta(days=1)
    return {
        "expired": (now - 1100 * day, now - day),
        "not-yet-valid": (now + day, now + 1100 * day),
    }.get(state, (now - day, now + 1100 * day))


def _names(wanted: Wanted) -> "list[x509.NameAttribute[str]]":
    from cryptography import x509

    parts = [wanted.family.upper(), wanted.given.upper()]
    parts += [] if wanted.state == "no-dod-id" else [wanted.dod_id]
    oid = x509.NameOID
    return [
        x509.NameAttribute(oid.COUNTRY_NAME, "US"),
        x509.NameAttribute(oid.ORGANIZATION_NAME, "Invented Government"),
        x509.NameAttribute(oid.ORGANIZATIONAL_UNIT_NAME, "Test cards"),
        x509.NameAttribute(oid.COMMON_NAME, ".".join(part.replace(" ", "-") for part in parts)[:64]),
    ]


def _upn(wanted: Wanted) -> "x509.OtherName":
    from cryptography import x509

    edipi = f"{secrets.randbelow(10**10):010d}" if wanted.state == "id-disagrees" else wanted.dod_id
    text = f"{edipi}@mil".encode()
    return x509.OtherName(x509.ObjectIdentifier(UPN), b"\x0c" + bytes([len(text)]) + text)


def _usage(*, signs: bool) -> "x509.KeyUsage":
    from cryptography import x509

    others = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    )
    return x509.KeyUsage(
        digital_signature=signs, key_encipherment=not signs, encipher_only=False, decipher_only=False, **others
    )


class CardAuthority:
    """The test CAs of one mock, good around the `start` of its world, and what they have revoked."""

    def __init__(self, database: Database, clock: Clock, start: datetime) -> None:
        self._database = database
        self._clock = clock
        self._start = start
        self._known: dict[str, CardCa] = {}

    def ca(self, kind: str) -> CardCa:
        """The authority for one kind of card; made when it is first asked for."""
        if kind not in self._known:
            with self._database.begin() as conn:
                kept = read_setting(conn, CAS[kind])
                if kept is None:
                    kept = CardCa.make(self._start, NAMES[kind]).kept_text()
                    write_setting(conn, CAS[kind], kept)
            self._known[kind] = CardCa.of(kept)
        return self._known[kind]

    def issue(self, wanted: Wanted) -> "x509.Certificate":
        """A test card in the state that is wanted."""
        ca = CardCa.make(self._start, STRANGER) if wanted.state == "untrusted" else self.ca(wanted.kind)
        certificate = ca.issue(wanted, self._clock.now())
        if wanted.state == "revoked":
            with self._database.begin() as conn:
                row = {"serial": f"{certificate.serial_number:x}", "at": self._clock.micros()}
                conn.execute(insert(revoked_card).values(row))
        return certificate

    def is_revoked(self, certificate: "x509.Certificate") -> bool:
        wanted = select(revoked_card.c.serial).where(revoked_card.c.serial == f"{certificate.serial_number:x}")
        with self._database.begin() as conn:
            return conn.execute(wanted).scalar() is not None

    def begin_again(self, start: datetime) -> None:
        """Forget the authorities: the database has been replaced by that of a world which began at `start`."""
        self._start = start
        self._known.clear()
