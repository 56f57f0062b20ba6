"""The one clamp where the wire becomes a model: moments, numbers and texts that a program could stumble over.

What is beyond these bounds is as good as broken: it costs the entry that it stands in.
"""

import codecs
import json
from datetime import date, datetime
from typing import Any

import msgspec

YEARS = range(1900, 2201)
"""A day in any of these can be reckoned with, some centuries either way."""
LARGEST_COUNT = 2**31 - 1
LARGEST_NUMBER = 1e18
"""FHIR's decimals have 18 digits."""
LONGEST_NUMBER = 64
LONGEST_WAIT = 86_400
"""Seconds: whatever is to be waited for, or holds, without a date to it."""


def within(day: date) -> bool:
    """Whether a day, or a moment, is in `YEARS`."""
    return day.year in YEARS


def instant(value: object) -> datetime | None:
    """An ISO instant of the portal as an aware datetime; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo and within(moment) else None


def count(value: object) -> int | None:
    """A number of things; None for anything else."""
    return value if type(value) is int and abs(value) <= LARGEST_COUNT else None


def number(digits: str) -> float | None:
    """What was measured, of the digits that JSON has for it; None for what no measurement is."""
    value = float(digits) if len(digits) <= LONGEST_NUMBER else LARGEST_NUMBER * 2
    return value if abs(value) <= LARGEST_NUMBER else None


def wait(value: object, usual: float) -> float:
    """Seconds that a server asks for, in digits too; `usual` for what is none, the longest for what is beyond."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[: len(str(LONGEST_WAIT)) + 1])
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return usual
    return float(min(max(value, 0), LONGEST_WAIT))


def retry_after(header: str) -> int | None:
    """Seconds of a Retry-After; None where it has a date, nothing, or more than anybody waits."""
    digits = header.strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(LONGEST_WAIT)):
        return None
    seconds = int(digits)
    return seconds if seconds <= LONGEST_WAIT else None


def sendable(text: str) -> bool:
    """Whether a text that a server gave can go back to it in a header: printable ASCII, and not a book."""
    return text.isascii() and text.isprintable() and len(text) <= 16_384


def tree(body: bytes, shape: Any = Any) -> Any:
    """The JSON of an answer. A number with thousands of digits stands in it as infinity, so that it costs its row.

    `shape` is a type that may leave parts as they were sent (`msgspec.Raw`); what has another shape is decoded whole.

    Raises:
        msgspec.DecodeError: it is no JSON.
    """
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError:
        pass
    except (UnicodeDecodeError, RecursionError):
        raise msgspec.DecodeError("no JSON") from None
    try:
        return json.loads(body.decode(), parse_int=_whole, parse_constant=_nothing)
    except (ValueError, RecursionError):
        raise msgspec.DecodeError("no JSON") from None


def _nothing(word: str) -> None:
    raise ValueError(word)


def _whole(digits: str) -> float:
    return int(digits) if len(digits) <= LONGEST_NUMBER else float("inf")
