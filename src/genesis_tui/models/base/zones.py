"""Time zones by their IANA name."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def in_zone(at: datetime, name: str) -> datetime:
    """An instant in the zone called `name`; in the computer's own where the name is empty or unknown."""
    return at.astimezone(_zone(name))
