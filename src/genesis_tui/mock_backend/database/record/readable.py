"""What came from elsewhere, read with care: a stored resource may have any shape, whatever FHIR says."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")
UNREADABLE: Final = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What reading a part raises that is missing, of another type, or out of every range."""
_decode = msgspec.json.Decoder(float_hook=float).decode


def stored_body(body: bytes | str) -> dict[str, Any]:
    """A stored resource; a number that no float holds is infinite."""
    return dict(_decode(body))


def otherwise(read: Callable[[], T], absent: T) -> T:
    """What is read, or what stands for it where it can't be."""
    try:
        return read()
    except UNREADABLE:
        return absent
