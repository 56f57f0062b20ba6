"""The server and how it was verified (HOST-1, HOST-2)."""

from dataclasses import dataclass
from enum import StrEnum

from genesis_tui.models.sign_in import Kind, Way


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
    ways: tuple[Way, ...] = ()
    """The ways to sign in that the server offers and this program speaks, in the order to show them."""
    portal: bool = False
    """True where the server offers the portal API."""
    accounts: bool = False
    """True where an account can be registered, and a forgotten password replaced, from here."""
    open: bool = False
    """True where records are read without any sign-in."""

    def way(self, kind: Kind) -> Way | None:
        """The first way of that kind; None where there is none."""
        return next((way for way in self.ways if way.kind is kind), None)
