"""The server and how it was verified (HOST-1, HOST-2)."""

from dataclasses import dataclass
from enum import StrEnum


class Trust(StrEnum):
    """Why credentials may be sent to a host; the value is the badge."""

    MOCK = "MOCK"
    MIL = ".mil"
    LOOPBACK = "LOCAL"
    TRUSTED = "TRUSTED"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of verification: `✓`, `!` (worth knowing) or `✗` (stops the sign-in)."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Host:
    """A server that HOST-1 lets credentials go to."""

    address: str
    """`host:port` as it prints."""
    trust: Trust
    checks: tuple[Check, ...]
    typed_sign_in: bool = False
    """True where the server's metadata names an authorization challenge endpoint."""
    portal: bool = False
    """True where the server offers the portal API."""
    browser_sign_in: bool = False
    """True where the sign-in is on the server's own pages, in the person's browser."""
    open: bool = False
    """True where records are read without any sign-in."""
