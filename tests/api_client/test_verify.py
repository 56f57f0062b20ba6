"""What the sign-in screen says of the host before anything can be typed (HOST-2)."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from genesis_tui.api_client.connect import FoundServer, verified
from genesis_tui.api_client.http import hosts
from genesis_tui.api_client.http.client import Certificate
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.models.base.errors import Unreachable
from genesis_tui.models.sign_in import MethodKind, Trust
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile

pytestmark = pytest.mark.rule("HOST-2")
TYPED = Endpoints(authorization_challenge_endpoint="https://x.mil/c", token_endpoint="https://x.mil/t")
MOCK = Endpoints(mock=True, portal_endpoint="http://127.0.0.1/portal/v1")


@pytest.mark.parametrize(
    ("url", "endpoints", "trust", "signs"),
    [
        ("https://portal.health.mil", TYPED, Trust.MIL, "✓✓"),
        ("https://portal.example.org", TYPED, Trust.TRUSTED, "!✓"),
        ("http://127.0.0.1:8801", MOCK, Trust.MOCK, "✓✓!"),
        ("http://127.0.0.1:8801", TYPED, Trust.LOOPBACK, "✓✓"),
        ("https://portal.health.mil", MOCK, Trust.MIL, "✓✓!"),
    ],
)
def test_the_badge_and_the_lines(url: str, endpoints: Endpoints, trust: Trust, signs: str) -> None:
    address = hosts.check(url, trusted=hosts.trusted_origin(url))
    host = verified(address, FoundServer("", endpoints), Certificate("DoD CA", "9C:41:" + "00:" * 28 + "E0:7B"))
    assert (host.trust, "".join(c.sign for c in host.checks)) == (trust, signs)
    assert host.checks[1].text == "certificate by DoD CA, SHA-256 9C:41…E0:7B"
    assert (bool(host.way(MethodKind.PASSWORD)), host.portal) == (endpoints.typed, bool(endpoints.portal_endpoint))


Key = ec.EllipticCurvePrivateKey


def certificate(name: str, key: Key, *, by: str, signed: Key, authority: bool) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    now = datetime.now(UTC)
    identifier = x509.SubjectKeyIdentifier.from_public_key
    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(by))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(identifier(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signed.public_key()), critical=False)
        .sign(signed, hashes.SHA256())
    )


@pytest.fixture
def authority(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate authority's file, and the context of a server that it vouches for."""
    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    trusted = tmp_path / "ca.pem"
    made = certificate("Genesis Mock CA\x1b[2J", root, by="Genesis Mock CA\x1b[2J", signed=root, authority=True)
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    chain = certificate("127.0.0.1", leaf, by="Genesis Mock CA\x1b[2J", signed=root, authority=False)
    private = leaf.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both = tmp_path / "leaf.pem"
    both.write_bytes(private + chain.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return trusted, context


@pytest.fixture
async def secured(authority: tuple[Path, ssl.SSLContext]) -> AsyncIterator[str]:
    """The address of a server on loopback that speaks TLS and describes itself."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps({"issuer": "x", "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=authority[1])
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_the_certificate_is_named_with_its_fingerprint(
    secured: str, authority: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[0]))
    portal = Portal(ServerProfile(url=secured), keep=False)
    host = await portal.connection.verify()
    await portal.close()
    assert host.checks[1].sign == "✓"
    assert host.checks[1].text.startswith("certificate by Genesis Mock CA␛[2J, SHA-256 ")


async def test_a_certificate_that_nobody_vouches_for_ends_it(secured: str) -> None:
    portal = Portal(ServerProfile(url=secured), keep=False)
    with pytest.raises(Unreachable) as caught:
        await portal.connection.verify()
    await portal.close()
    assert "certificate" in caught.value.detail.lower()
