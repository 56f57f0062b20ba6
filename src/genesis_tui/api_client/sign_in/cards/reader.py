"""A card in a reader, through its PKCS#11 library: the key signs on the card and never leaves it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genesis_tui.api_client.sign_in.cards.certificates import card_of, signs
from genesis_tui.models.base.errors import CardFault
from genesis_tui.models.sign_in import Card

if TYPE_CHECKING:
    from cryptography import x509

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so",
    "/usr/lib64/pkcs11/opensc-pkcs11.so",
    "/usr/lib64/opensc-pkcs11.so",
    "/usr/lib/pkcs11/libcoolkeypk11.so",
    "/usr/lib/opensc-pkcs11.so",
    "/Library/OpenSC/lib/opensc-pkcs11.so",
    "/opt/homebrew/lib/opensc-pkcs11.so",
)
"""Where card libraries usually are; the settings name any other. SoftHSM first, where it was set up."""
_SOFT = "softhsm"


class ReaderKey:
    """A key on a card, while the block around it lasts."""

    def __init__(self, certificates: "Sequence[x509.Certificate]", key: Any) -> None:
        self.certificates = certificates
        self._key = key

    def sign(self, message: bytes, algorithm: str) -> bytes:
        """The card signs; a card that wants a digest instead of the message gets one."""
        import hashlib

        from pkcs11 import Mechanism

        if algorithm == "RS256":
            signature: bytes = self._key.sign(message, mechanism=Mechanism.SHA256_RSA_PKCS)
            return signature
        digest = hashlib.sha384 if algorithm == "ES384" else hashlib.sha256
        raw: bytes = self._key.sign(digest(message).digest(), mechanism=Mechanism.ECDSA)
        return raw


def module_path(named: str = "") -> str:
    """The PKCS#11 library to use; empty where there is none.

    Raises:
        CardFault: the one that the settings name is not there.
    """
    if named:
        if not Path(named).is_file():
            raise CardFault(
                f"There is no card library at {named}.", next="Check card_module in the settings.", reason="no-module"
            )
        return named
    there = (path for path in MODULES if Path(path).is_file() and (_SOFT not in path or _soft_is_set_up()))
    return next(there, "")


def _soft_is_set_up() -> bool:
    return bool(os.environ.get("SOFTHSM2_CONF"))


def reader_cards(module: str) -> tuple[Card, ...]:
    """The certificates on the cards in all readers that may sign somebody in; read without a PIN.

    Raises:
        CardFault: `no-module` where the library or what speaks to it is not there.
    """
    found = []
    with _library(module) as library:
        for slot in library.get_slots(token_present=True):
            with suppress(_pkcs11_error()):
                found += list(_cards_on(slot.get_token()))
    return tuple(found)


@contextmanager
def open_reader(module: str, card: Card, pin: str) -> Iterator[ReaderKey]:
    """The key of a card. The PIN goes to the card once, and is never tried again by itself.

    Raises:
        CardFault: `pin-wrong` (with what the card says of further tries), `pin-locked`, `no-card`.
    """
    from pkcs11 import exceptions as pkcs11

    serial, _, certificate_id = card.id.removeprefix("reader:").partition(":")
    with _library(module) as library:
        token = _token(library, serial)
        try:
            session = token.open(user_pin=pin)
        except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid, pkcs11.ArgumentsBad):
            raise _pin_wrong(_token(library, serial)) from None
        except pkcs11.PinLocked:
            raise _pin_locked() from None
        try:
            yield _key_on(session, bytes.fromhex(certificate_id))
        except pkcs11.PKCS11Error as error:
            raise _fault(error) from None
        finally:
            with suppress(pkcs11.PKCS11Error):
                session.close()


def pin_state(token: Any) -> str:
    """What a token says of its PIN, as `Card.pin_state` has it."""
    from pkcs11 import TokenFlag

    flags = token.flags
    if flags & TokenFlag.USER_PIN_LOCKED:
        return "locked"
    if flags & TokenFlag.USER_PIN_FINAL_TRY:
        return "final-try"
    return "count-low" if flags & TokenFlag.USER_PIN_COUNT_LOW else ""


@contextmanager
def _library(module: str) -> Iterator[Any]:
    """The library, with the cards that are in the readers now."""
    try:
        import pkcs11
    except ImportError:
        raise CardFault(
            "The part of this program that speaks to card readers is not installed.",
            next="Install it with: pip install 'genesis-tui[cac]'",
            reason="no-module",
        ) from None
    try:
        library = pkcs11.lib(module)
        library.reinitialize()
    except (pkcs11.exceptions.PKCS11Error, RuntimeError) as error:
        raise CardFault(
            f"The card library {module} does not answer.",
            detail=type(error).__name__,
            next="Check that the reader's service runs (pcscd), or name another one: card_module in the settings.",
            reason="no-module",
        ) from None
    yield library


def _pkcs11_error() -> type[Exception]:
    from pkcs11.exceptions import PKCS11Error

    error: type[Exception] = PKCS11Error
    return error


def _cards_on(token: Any) -> Iterator[Card]:
    from cryptography import x509
    from pkcs11 import Attribute, ObjectClass

    with token.open() as session:
        for stored in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
            with suppress(ValueError):
                certificate = x509.load_der_x509_certificate(stored[Attribute.VALUE])
                if not signs(certificate) or _is_authority(certificate):
                    continue
                id = f"reader:{_serial(token)}:{stored[Attribute.ID].hex()}"
                card = card_of(certificate, id=id, label=_label(token), source="reader", needs_pin=True)
                yield replace(card, pin_state=pin_state(token))


def _is_authority(certificate: "x509.Certificate") -> bool:
    from cryptography import x509

    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _token(library: Any, serial: str) -> Any:
    for slot in library.get_slots(token_present=True):
        with suppress(_pkcs11_error()):
            token = slot.get_token()
            if _serial(token) == serial:
                return token
    raise CardFault("The card is not in the reader any more.", next="Put it in again.", reason="no-card")


def _key_on(session: Any, id: bytes) -> ReaderKey:
    from cryptography import x509
    from pkcs11 import Attribute, ObjectClass

    stored = next(iter(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.ID: id})), None)
    key = next(iter(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: id})), None)
    if stored is None or key is None:
        raise CardFault("The card holds no key for this certificate.", next="Choose another one.", reason="no-card")
    return ReaderKey((x509.load_der_x509_certificate(stored[Attribute.VALUE]),), key)


def _serial(token: Any) -> str:
    serial = token.serial
    return serial.hex() if isinstance(serial, bytes) else str(serial)


def _label(token: Any) -> str:
    return str(token.label).strip()


def _pin_wrong(token: Any) -> CardFault:
    state = pin_state(token)
    if state == "locked":
        return _pin_locked()
    words = {"final-try": "One try is left; then the card locks.", "count-low": "Some of the tries are used up."}
    fault = CardFault(
        "The PIN is wrong.",
        detail=words.get(state, "This card does not tell how many tries are left."),
        next="Type it again with care: a card locks after a few wrong ones.",
        reason="pin-wrong",
    )
    fault.tries_left = 1 if state == "final-try" else None
    return fault


def _pin_locked() -> CardFault:
    return CardFault(
        "The card's PIN is locked after too many wrong ones.",
        next="Have it unlocked at an ID card office (RAPIDS), or sign in with DS Logon.",
        reason="pin-locked",
    )


def _fault(error: Exception) -> CardFault:
    return CardFault(
        "The card could not sign.",
        detail=type(error).__name__,
        next="Take it out, put it in again, and try once more.",
        reason="no-card",
    )
