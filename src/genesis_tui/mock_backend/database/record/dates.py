"""FHIR dates as the stretch of time they name: a year, a month, a day, or an instant with the digits it was given."""

import re
from calendar import isleap, monthrange
from datetime import UTC, date, datetime
from functools import lru_cache

from genesis_tui.mock_backend.clock import to_micros

Span = tuple[int, int]
"""First microsecond and the first one after, since 1970 UTC."""

FAR = 2**62
UNDATED: Span = (-FAR, -FAR)
"""What a resource without a date is filed under: after everything else, and found by no date search."""

_FORM = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(T\d\d:\d\d(:\d\d(?:\.(\d{1,9}))?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)
_SECOND = 1_000_000


@lru_cache(maxsize=4096)
def span(text: str) -> Span:
    """The span of a FHIR date, dateTime or instant. Without a zone it is read as UTC. Raises ValueError."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError("not a FHIR date")
    year, month, day, clock, seconds, fraction = found.groups()
    if clock:
        start = _instant(text, fraction)
        return start, start + _step(seconds, fraction)
    first = date(int(year), int(month or 1), int(day or 1))
    start = _midnight(first)
    return start, start + _days(first, month, day) * 86_400 * _SECOND


def _instant(text: str, fraction: str | None) -> int:
    if fraction and len(fraction) > 6:
        text = text.replace(fraction, fraction[:6])
    moment = datetime.fromisoformat(text)
    return to_micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _step(seconds: str | None, fraction: str | None) -> int:
    if fraction:
        return int(10 ** max(0, 6 - len(fraction)))
    return _SECOND if seconds else 60 * _SECOND


def _days(first: date, month: str | None, day: str | None) -> int:
    if day:
        return 1
    return monthrange(first.year, first.month)[1] if month else 365 + isleap(first.year)


def _midnight(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400 * _SECOND
