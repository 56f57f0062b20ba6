"""`mock card`: test cards for the mock's people, in a file or on a SoftHSM2 token. Keys are made here and stay."""

import os
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.options import can_ask, line_from_stdin
from genesis_tui.cli.testing.client import call
from genesis_tui.cli.testing.process import TOKEN_VARIABLE

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes

STATES = ("good", "expired", "not-yet-valid", "revoked", "untrusted", "no-dod-id", "id-disagrees", "key-usage")


@click.command()
@click.option("--url", metavar="URL", required=True, help="The address that the mock printed.")
@click.option("--token", envvar=TOKEN_VARIABLE, default="", help=f"Its tester token; read from {TOKEN_VARIABLE}.")
@click.option("--for", "username", metavar="USERNAME", required=True, help="Whose card: a user name of the mock.")
@click.option("--piv", is_flag=True, help="A PIV card, which has to be registered once; else a CAC.")
@click.option("--state", type=click.Choice(STATES), default="good", show_default=True, help="What is wrong with it.")
@click.option("--out", metavar="FILE", default="", help="Write certificate and key to a new file: .pem or .p12.")
@click.option("--softhsm", is_flag=True, help="Put the card on a new SoftHSM2 token; its key can't be taken out.")
@click.option("--module", metavar="PATH", default="", help="The SoftHSM2 library, where it is in no usual place.")
@click.option("--pin-stdin", is_flag=True, help="Read the token's PIN, or the file's passphrase, from standard input.")
def card(
    *, url: str, token: str, username: str, piv: bool, state: str, out: str, softhsm: bool, module: str, pin_stdin: bool
) -> None:
    """Make a test card for one of the mock's people.

    It is signed by the mock's own test CA, which is made when the first card is. Without a PIN a .pem file is not
    encrypted: it opens an invented record, and nothing else.
    """
    if bool(out) == softhsm:
        raise click.UsageError("Say where the card goes: --out FILE, or --softhsm.")
    wanted = {"username": username, "kind": "piv" if piv else "cac", "state": state}

    def certified(key: "PublicKeyTypes") -> dict[str, Any]:
        made: dict[str, Any] = call("POST", url, "/mock/v1/cards", token, {**wanted, "public_key": _pem(key)})
        return made

    pin = line_from_stdin() if pin_stdin else ""
    if softhsm:
        _on_token(certified, module or _module(), pin or _asked_pin())
    else:
        _in_file(certified, Path(out), pin)


def _pem(key: "PublicKeyTypes") -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _in_file(certified: Any, path: Path, passphrase: str) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    if path.suffix not in (".pem", ".p12", ".pfx"):
        raise click.UsageError("--out takes a name that ends in .pem or .p12.")
    if path.exists():
        raise click.UsageError(f"{path} is there already; nothing is overwritten.")
    key = ec.generate_private_key(ec.SECP256R1())
    made = certified(key.public_key())
    content = _pem_file(key, made, passphrase) if path.suffix == ".pem" else _p12_file(key, made, passphrase)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from None
    say(f"✓ {made['label']} in {path}")


def _pem_file(key: "PrivateKeyTypes", made: Mapping[str, str], passphrase: str) -> bytes:
    from cryptography.hazmat.primitives import serialization as written

    cipher = written.BestAvailableEncryption(passphrase.encode()) if passphrase else written.NoEncryption()
    secret = key.private_bytes(written.Encoding.PEM, written.PrivateFormat.PKCS8, cipher)
    return made["certificate"].encode() + secret


def _p12_file(key: Any, made: Mapping[str, str], passphrase: str) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization as written
    from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

    cipher = written.BestAvailableEncryption(passphrase.encode()) if passphrase else written.NoEncryption()
    certificate = x509.load_pem_x509_certificate(made["certificate"].encode())
    return serialize_key_and_certificates(made["label"].encode(), key, certificate, None, cipher)


def _on_token(certified: Any, module: str, pin: str) -> None:
    try:
        import pkcs11
    except ImportError:
        raise click.ClickException("This needs the part for cards: pip install 'genesis-tui[cac]'") from None
    label = f"test-card-{secrets.token_hex(4)}"
    first_pin = secrets.token_hex(4)
    _new_token(label, first_pin)
    try:
        library = pkcs11.lib(module)
        library.reinitialize()
        with library.get_token(token_label=label).open(rw=True, user_pin=first_pin) as session:
            session.set_pin(first_pin, pin)
            made = _fill(session, certified)
    except pkcs11.exceptions.PKCS11Error as error:
        raise click.ClickException(
            f"SoftHSM2 refused it: {type(error).__name__}. A PIN has 4 characters or more."
        ) from None
    say(f"✓ {made['label']} on token {label}")


def _fill(session: Any, certified: Any) -> dict[str, Any]:
    """A key that the token never gives away, and the certificate beside it under the same id."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
    from pkcs11 import Attribute, KeyType, ObjectClass
    from pkcs11.util.rsa import encode_rsa_public_key

    id = secrets.token_bytes(8)
    kept = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
    public, _ = session.generate_keypair(KeyType.RSA, 2048, id=id, store=True, private_template=kept)
    made: dict[str, Any] = certified(load_der_public_key(encode_rsa_public_key(public)))
    certificate = x509.load_pem_x509_certificate(made["certificate"].encode())
    session.create_object(
        {
            Attribute.CLASS: ObjectClass.CERTIFICATE,
            Attribute.CERTIFICATE_TYPE: 0,
            Attribute.TOKEN: True,
            Attribute.LABEL: made["label"],
            Attribute.ID: id,
            Attribute.SUBJECT: certificate.subject.public_bytes(),
            Attribute.VALUE: certificate.public_bytes(Encoding.DER),
        }
    )
    return made


def _new_token(label: str, pin: str) -> None:
    """A fresh token; the PINs given to the program are random, and the token gets its own PIN afterwards, so that no
    PIN of a person ever stands among a program's arguments."""
    command = [
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        label,
        "--so-pin",
        secrets.token_hex(8),
        "--pin",
        pin,
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise click.ClickException("softhsm2-util is not there: install SoftHSM2 (softhsm2).") from None
    except subprocess.CalledProcessError as error:
        raise click.ClickException(f"SoftHSM2 made no token: {error.stderr.strip()}") from None


def _module() -> str:
    usual = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
    found = next((path for path in (*usual, "/usr/lib64/softhsm/libsofthsm2.so") if Path(path).is_file()), "")
    if not found:
        raise click.ClickException("The SoftHSM2 library is in no usual place; name it with --module.")
    return found


def _asked_pin() -> str:
    if not can_ask():
        raise click.UsageError("There is no terminal to ask on; use --pin-stdin.")
    return str(click.prompt("PIN", hide_input=True, confirmation_prompt=True, err=True))
