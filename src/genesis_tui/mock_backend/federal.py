"""US federal holidays on the days on which they are kept: a Saturday's on Friday, a Sunday's on Monday (5 USC 6103)."""

from datetime import date
from functools import lru_cache


class FederalHolidays:
    """`day in FederalHolidays()`. The first question loads the calendar, which takes a good part of a second."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _of(day.year)


@lru_cache(maxsize=64)
def _of(year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays("US", years=year))
