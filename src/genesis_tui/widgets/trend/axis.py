"""The calendar under the plot: years, months, days or hours, as the span asks (MOCKUPS §3, rule 3)."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from genesis_tui.models.base.dates import MONTHS
from genesis_tui.widgets.trend.scale import Span, column

_YEARS_FROM = timedelta(days=548)
_MONTHS_FROM = timedelta(days=62)
_DAYS_FROM = timedelta(days=3)


def calendar_ticks(span: Span, zone: tzinfo | None, columns: int) -> list[tuple[int, str]]:
    """Columns and labels of the ticks, left to right; a label that would touch the one before it is empty.

    18 months and more: each 1 January with its year; less: months, the year on January; then days; then hours.
    """
    start, end = (datetime.fromtimestamp(instant, zone) for instant in (span.low, span.high))
    ticks: list[tuple[int, str]] = []
    free_from = -8
    for instant, label in _instants(start, end):
        place = column(instant.timestamp(), span, columns)
        begin = place - len(label) // 2
        if begin < free_from or begin + len(label) > columns + 2:
            label = ""
        else:
            free_from = begin + len(label) + 1
        ticks.append((place, label))
    return ticks


def _instants(start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    length = end - start
    if length >= _YEARS_FROM:
        return _years(start, end)
    if length >= _MONTHS_FROM:
        return _months(start, end)
    return _days(start, end) if length >= _DAYS_FROM else _hours(start, end)


def _years(start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    for year in range(start.year + 1, end.year + 1):
        yield datetime(year, 1, 1, tzinfo=start.tzinfo), str(year)


def _months(start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    for count in range(start.year * 12 + start.month, end.year * 12 + end.month):
        year, month = divmod(count, 12)
        yield datetime(year, month + 1, 1, tzinfo=start.tzinfo), MONTHS[month] if month else str(year)


def _days(start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    day = datetime(start.year, start.month, start.day, tzinfo=start.tzinfo) + timedelta(days=1)
    while day <= end:
        yield day, f"{day.day} {MONTHS[day.month - 1]}"
        day += timedelta(days=1)


def _hours(start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    hour = datetime(start.year, start.month, start.day, tzinfo=start.tzinfo)
    while hour <= end:
        if hour >= start:
            yield hour, f"{hour.day} {MONTHS[hour.month - 1]}" if hour.hour == 0 else f"{hour.hour:02}:00"
        hour += timedelta(hours=6)
