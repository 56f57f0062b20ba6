"""Cards that can sign somebody in: in a reader, or as a certificate with its key in a file (ID-2)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Card:
    """One certificate whose key is at hand. `id` names it on this computer alone."""

    id: str
    label: str
    """Of the token, or the name of the file."""
    holder: str
    """The common name on it, harmless."""
    edipi: str
    """The DoD ID in that name; empty where there is none."""
    expires: datetime | None
    source: str
    """`reader` or `file`."""
    needs_pin: bool
    pin_state: str = ""
    """What the token says of its PIN: `count-low`, `final-try`, `locked`, or nothing."""
