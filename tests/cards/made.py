"""Test cards in files, made as `mock card` makes them."""

from pathlib import Path

import httpx
from cryptography.hazmat.primitives import serialization as written
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from genesis_tui.api_client.sign_in.cards.key_file import FileKey, open_file

Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


async def card_file(
    tester: httpx.AsyncClient,
    folder: Path,
    username: str,
    *,
    kind: str = "cac",
    state: str = "good",
    key: Private | None = None,
    passphrase: str = "",
) -> Path:
    """A PEM file with certificate and key, which a passphrase opens where one is given."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(written.Encoding.PEM, written.PublicFormat.SubjectPublicKeyInfo).decode()
    wanted = {"username": username, "kind": kind, "state": state, "public_key": public}
    made = await tester.post("/mock/v1/cards", json=wanted)
    assert made.status_code == 201, made.text
    sealed = written.BestAvailableEncryption(passphrase.encode()) if passphrase else written.NoEncryption()
    secret = key.private_bytes(written.Encoding.PEM, written.PrivateFormat.PKCS8, sealed)
    path = folder / f"{username}-{kind}-{state}.pem"
    path.touch(mode=0o600)
    path.write_bytes(made.json()["certificate"].encode() + secret)
    return path


def key_of(path: Path) -> FileKey:
    """Its key."""
    return open_file(path, "")
