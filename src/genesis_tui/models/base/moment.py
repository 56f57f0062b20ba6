"""Dates as precise as they were recorded (REC-6)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Precision(StrEnum):
    """How much of a date was recorded."""

    NONE = "none"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    TIME = "time"


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A point in time with the precision it was recorded in.

    `instant` is aware (UTC offset kept as given) and stands for the start of the period where the precision is
    less than a time; it orders and plots. A missing date sorts first and prints `None recorded`.
    """

    instant: datetime
    precision: Precision = Precision.TIME

    @property
    def day(self) -> date:
        """The calendar day in the zone it was recorded in."""
        return self.instant.date()
