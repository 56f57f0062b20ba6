"""US federal holidays on the days on which they are kept: a Saturday's on Friday, a Sunday's on Monday (5 USC 6103).

They are those of the library `holidays`. Loading it takes more than a second, since it brings every country's; so what
it says of the years around now is kept in `federal_holidays.json`, which a test compares with it, and it is asked for
the rest.
"""

import json
from datetime import date
from functools import lru_cache
from importlib.resources import files


class FederalHolidays:
    """`day in FederalHolidays()`."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and f"{day:%m-%d}" in _of(day.year)


@lru_cache(maxsize=1)
def kept() -> dict[str, list[str]]:
    """Year -> its holidays, as `MM-DD`."""
    years: dict[str, list[str]] = json.loads(
        (files("genesis_tui.mock_backend.rules") / "federal_holidays.json").read_text("utf-8")
    )
    return years


def from_library(year: int) -> list[str]:
    """The holidays of any year, as `MM-DD`."""
    from holidays import country_holidays

    return [f"{day:%m-%d}" for day in sorted(country_holidays("US", years=year))]


@lru_cache(maxsize=64)
def _of(year: int) -> frozenset[str]:
    return frozenset(kept().get(str(year)) or from_library(year))
