"""What a certificate on a card or in a file says of its holder."""

from typing import TYPE_CHECKING

from genesis_tui.models.sign_in import Card
from genesis_tui.sanitize import one_line

if TYPE_CHECKING:
    from cryptography import x509

LONGEST = 100


def card_of(certificate: "x509.Certificate", *, id: str, label: str, source: str, needs_pin: bool) -> Card:
    """The card that a person chooses by."""
    holder = one_line(common_name(certificate))[:LONGEST]
    last = holder.rpartition(".")[2]
    return Card(
        id=id,
        label=one_line(label)[:LONGEST],
        holder=holder,
        edipi=last if len(last) == 10 and last.isascii() and last.isdigit() else "",
        expires=certificate.not_valid_after_utc,
        source=source,
        needs_pin=needs_pin,
    )


def common_name(certificate: "x509.Certificate") -> str:
    """`FAMILY.GIVEN.MIDDLE.EDIPI`, as cards have it; `no name` where it has none."""
    from cryptography.x509 import NameOID

    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else "no name"


def signs(certificate: "x509.Certificate") -> bool:
    """Whether it may sign somebody in: a card holds others too, for e-mail. The server has the last word (ID-2)."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return True
    return ExtendedKeyUsageOID.CLIENT_AUTH in uses
