"""Ways to sign in, and what a person is shown or gives on the way."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a way to sign in is done."""

    PASSWORD = "password"  # noqa: S105
    """A user name and a password typed here."""
    CARD = "card"
    """A key on a smart card, or in a file, signs what the server sends."""
    BROWSER = "browser"
    """On the server's own pages, in a browser on this computer."""
    DEVICE = "device"
    """On the server's own pages, on another device, with a code that is shown here."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way that a server offers. `id` is the server's own for methods, `browser` and `device` for its pages."""

    id: str
    title: str
    kind: Kind
    note: str = ""


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What to open on another device (RFC 8628)."""

    user_code: str
    address: str
    """Where the code is typed."""
    whole_address: str = ""
    """The same with the code in it, for a QR code; empty where the server gives none."""
    expires_in: float = 0.0
    """Seconds from when it was given."""


class Offline(StrEnum):
    """What a sign-in for scripts may read (SESS-4)."""

    COUNTS = "counts"
    """Unread counts, and nothing else."""
    READING = "reading"
    """All that the person may read; nothing can be done with it."""
