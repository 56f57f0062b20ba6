"""Offsets become days and instants of a place: weekends, leap days, clock changes, birthdays."""

from datetime import UTC, date, datetime, timedelta

import pytest

from genesis_tui.mock_backend.rules.family import access
from genesis_tui.mock_backend.world.base.calendar import Calendar

NEW_YORK, TOKYO = "America/New_York", "Asia/Tokyo"


@pytest.fixture
def monday() -> Calendar:
    return Calendar(datetime(2026, 11, 23, 14, 42, tzinfo=UTC))


@pytest.mark.parametrize(
    ("offset", "day"),
    [
        (-3, date(2026, 11, 20)),
        (-2, date(2026, 11, 20)),
        (-1, date(2026, 11, 20)),
        (0, date(2026, 11, 23)),
        (4, date(2026, 11, 27)),
        (5, date(2026, 11, 30)),
        (6, date(2026, 11, 30)),
    ],
    ids=["Friday", "Saturday", "Sunday", "today", "Friday ahead", "Saturday ahead", "Sunday ahead"],
)
def test_weekends_move_away_from_now(monday: Calendar, offset: int, day: date) -> None:
    assert monday.workday(offset, NEW_YORK) == day


@pytest.mark.parametrize("shift", range(7))
def test_moving_off_weekends_keeps_the_order(shift: int) -> None:
    calendar = Calendar(datetime(2026, 11, 23, 14, 42, tzinfo=UTC) + timedelta(days=shift))
    days = [calendar.workday(offset, NEW_YORK) for offset in range(-30, 31)]
    assert days == sorted(days)
    assert all(day.weekday() < 5 for offset, day in zip(range(-30, 31), days, strict=True) if offset)


def test_a_place_has_its_own_day_and_its_own_offset() -> None:
    evening = Calendar(datetime(2026, 7, 1, 22, 0, tzinfo=UTC))
    assert evening.day(0, NEW_YORK) == date(2026, 7, 1)
    assert evening.day(0, TOKYO) == date(2026, 7, 2)
    assert evening.at(-1, "07:40", NEW_YORK).isoformat() == "2026-06-30T07:40:00-04:00"
    assert evening.at(-180, "07:40", NEW_YORK).isoformat() == "2026-01-02T07:40:00-05:00"


@pytest.mark.parametrize(("days", "age"), [(-1, 18), (0, 18), (1, 17)])
def test_someone_born_to_turn_18_does_so_on_the_day(monday: Calendar, days: int, age: int) -> None:
    birth = monday.born(18, days, NEW_YORK)
    assert access.age(birth, monday.day(0, NEW_YORK)) == age


def test_a_birthday_on_29_february_moves_to_1_march() -> None:
    calendar = Calendar(datetime(2028, 2, 29, 14, 0, tzinfo=UTC))
    assert calendar.born(18, 0, NEW_YORK) == date(2010, 3, 1)
