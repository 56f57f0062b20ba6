"""How appointments are put in order and into words, and what a month makes of them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from genesis_tui.models.appointments.appointment import AppointmentGroup, Appointments, PreferredTime, arranged
from genesis_tui.models.appointments.wording import (
    day_text,
    duration_text,
    half_of,
    long_text,
    one_line_text,
    preferred_text,
    short_clinician,
    short_where,
    status_text,
    time_text,
    yours_text,
)
from genesis_tui.screens.appointments.calendar import (
    HEADS,
    DayMarks,
    by_day,
    day_name,
    marked,
    month_text,
    stepped,
    turned,
    weeks,
)
from tests.appointments_of import agenda, appointment, past, request


def test_upcoming_and_requested_come_soonest_first_and_the_past_newest_first() -> None:
    assert [row.id for row in agenda().rows] == ["1", "4", "2", "3", "5", "7", "6"]


def test_what_has_no_day_stands_last_of_its_group() -> None:
    rows = arranged(
        [request(id="a"), request("2026-12-02 08-12", id="b"), appointment("", id="c"), appointment(id="d")]
    )
    assert [row.id for row in rows] == ["d", "c", "b", "a"]
    assert [row.id for row in Appointments(rows).group(AppointmentGroup.REQUESTED)] == ["b", "a"]


@pytest.mark.rule("APPT-9")
def test_times_are_the_clinic_s_with_the_name_of_its_zone() -> None:
    summer = appointment("2026-07-01T14:00:00+00:00")
    assert (day_text(summer), time_text(summer)) == ("Wed  1 Jul", "10:00 EDT")
    assert long_text(appointment()) == "Wed 25 Nov 2026 10:00 EST"


@pytest.mark.rule("APPT-9")
def test_without_a_zone_the_recorded_offset_is_told() -> None:
    row = appointment("2026-11-25T10:00:00+05:30", zone="")
    assert (time_text(row), long_text(row)) == ("10:00 UTC+05:30", "Wed 25 Nov 2026 10:00 UTC+05:30")
    assert time_text(appointment("2026-11-25T10:00:00Z", zone="Mars/Olympus")) == "10:00 UTC"


@pytest.mark.rule("APPT-9")
@pytest.mark.parametrize(
    ("viewer", "words"),
    [
        ("America/New_York", ""),
        ("America/Toronto", ""),
        ("Europe/Berlin", "16:00 CET"),
        ("Asia/Tokyo", "Thu 00:00 JST"),
        ("Pacific/Honolulu", "05:00 HST"),
    ],
)
def test_the_viewer_s_clock_is_told_where_it_differs(viewer: str, words: str) -> None:
    row = appointment()
    assert row.start is not None
    assert yours_text(row, row.start.astimezone(ZoneInfo(viewer))) == words


@pytest.mark.rule("APPT-9")
@pytest.mark.parametrize(("day", "words"), [("2026-10-24", "06:00 EDT"), ("2026-10-26", "07:00 EDT")])
def test_the_weeks_in_which_only_one_side_keeps_summer_time(day: str, words: str) -> None:
    start = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=ZoneInfo("Europe/Berlin"))
    row = appointment(start.isoformat(), zone="Europe/Berlin")
    assert yours_text(row, start.astimezone(ZoneInfo("America/New_York"))) == words


def test_past_days_are_told_with_their_year() -> None:
    assert day_text(past("2025-03-09T08:00:00-04:00")) == " 9 Mar 25"
    assert day_text(request()) == "no date"


def test_half_days_are_told_in_words() -> None:
    row = request("2026-12-02 08-12", "2026-12-07 12-17", "2026-12-09 10-15")
    assert [half_of(row, one) for one in row.requested] == ["morning", "afternoon", "10:00-15:00"]
    assert preferred_text(row, row.requested[0]) == "Wed 2 Dec 2026 morning, 08:00-12:00 EST"
    assert preferred_text(row, row.requested[2]) == "Wed 9 Dec 2026 10:00-15:00 EST"
    assert time_text(row) == "morning"


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2026-12-03", "Wed 2 Dec 2026, any time"),
        ("2026-12-05", "Wed 2 Dec 2026 to Fri 4 Dec 2026, any time"),
    ],
)
def test_whole_days_are_told_as_days(until: str, words: str) -> None:
    start, end = (datetime.fromisoformat(f"{day}T00:00:00-05:00") for day in ("2026-12-02", until))
    row = request(requested=(PreferredTime(start, end),))
    assert (preferred_text(row, row.requested[0]), time_text(row)) == (words, "any time")


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(30, "30 minutes"), (1, "1 minute"), (60, "1 hour"), (80, "1 hour 20 minutes"), (0, ""), (-30, "")],
)
def test_lengths_are_told_in_words(minutes: int, words: str) -> None:
    row = appointment()
    assert row.start is not None
    assert duration_text(appointment(end=row.start + timedelta(minutes=minutes))) == words


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Dr. Grace Kim", "Dr. Kim"),
        ("Lt. Col. Helen Brandt", "Lt. Col. Brandt"),
        ("Dr. Anna Okafor, MD", "Dr. Okafor"),
        ("Nurse Dana Hollis", "Nurse Hollis"),
        ("Grace Kim", "Grace Kim"),
        ("Dr.", "Dr."),
        ("", ""),
    ],
)
def test_clinicians_are_called_by_title_and_last_name(name: str, short: str) -> None:
    assert short_clinician(name) == short


def test_places_lose_the_town_that_their_address_names() -> None:
    assert short_where(appointment()) == "Pediatrics"
    assert short_where(appointment(how="phone", how_word="by phone")) == "by phone"
    assert short_where(appointment(clinic="Fort Belvoir")) == "Fort Belvoir"
    assert short_where(appointment(address=())) == "Fort Belvoir Pediatrics"


def test_only_what_does_not_go_without_saying_is_said_of_a_status() -> None:
    assert [status_text(row) for row in agenda().rows] == ["", "Cancelled", "", "", "Requested", "Missed", ""]
    assert status_text(appointment(status="floating", status_word="floating")) == "floating"


def test_one_line_says_all_that_matters() -> None:
    line = "Wed 25 Nov 2026 10:00 EST  Asthma follow-up, Dr. Grace Kim, Fort Belvoir Pediatrics"
    assert one_line_text(appointment()) == line
    assert one_line_text(request("2026-12-02 08-12", what="Nutrition")).startswith("Wed 2 Dec 2026 morning")
    assert one_line_text(request(what="Nutrition")) == "Nutrition, Fort Belvoir Pediatrics, Requested"


# months


def numbers(month: date) -> list[list[int]]:
    return [[day.day if day else 0 for day in week] for week in weeks(month)]


def test_weeks_begin_on_sunday() -> None:
    assert HEADS[0] == "Sun"
    assert numbers(date(2026, 11, 23))[0] == [1, 2, 3, 4, 5, 6, 7]
    assert numbers(date(2026, 11, 1))[-1] == [29, 30, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("month", "count", "last"),
    [
        (date(2026, 2, 1), 4, 28),
        (date(2028, 2, 10), 5, 29),
        (date(2100, 2, 1), 5, 28),
        (date(2026, 8, 31), 6, 31),
        (date(2026, 5, 31), 6, 31),
    ],
)
def test_a_month_has_four_to_six_weeks_and_leap_days_where_they_belong(month: date, count: int, last: int) -> None:
    found = numbers(month)
    assert len(found) == count
    assert max(found[-1]) == last
    assert [day for week in found for day in week if day] == list(range(1, last + 1))
    assert all(len(week) == 7 for week in found)


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(9999, 12, 5), 1, date(9999, 12, 5)),
        (date(1, 1, 5), -1, date(1, 1, 5)),
    ],
)
def test_turning_a_month_keeps_the_day_or_takes_the_last(day: date, months: int, found: date) -> None:
    assert turned(day, months) == found


def test_steps_end_where_the_calendar_does() -> None:
    assert stepped(date(2026, 11, 30), 1) == date(2026, 12, 1)
    assert stepped(date.max, 1) == date.max
    assert stepped(date.min, -7) == date.min


def test_days_count_what_is_booked_and_asked_for_and_not_what_is_off() -> None:
    marks = marked(agenda().rows)
    assert marks[date(2026, 11, 25)] == DayMarks(1, 0)
    assert date(2026, 11, 30) not in marks
    assert marks[date(2026, 12, 2)] == marks[date(2026, 12, 7)] == DayMarks(0, 1)
    both = marked([appointment(), appointment(id="2"), request("2026-11-25 08-12", "2026-11-25 12-17")])
    assert both == {date(2026, 11, 25): DayMarks(2, 1)}


@pytest.mark.rule("APPT-9")
def test_a_day_is_the_day_at_the_clinic() -> None:
    row = appointment("2026-11-25T23:30:00+00:00", zone="Asia/Tokyo")
    assert by_day([row]) == {date(2026, 11, 26): (row,)}


def test_a_day_tells_all_in_the_order_of_the_clock() -> None:
    late, early, off = appointment(id="late"), appointment("2026-11-25T08:00:00-05:00", id="early"), agenda().rows[1]
    found = by_day([late, off, early])
    assert [row.id for row in found[date(2026, 11, 25)]] == ["early", "late"]
    assert found[date(2026, 11, 30)] == (off,)


def test_a_request_stands_once_on_a_day_that_it_prefers_twice() -> None:
    row = request("2026-12-02 12-17", "2026-12-02 08-12")
    assert by_day([row]) == {date(2026, 12, 2): (row,)}


def test_months_and_days_have_whole_names() -> None:
    assert (month_text(date(2026, 11, 3)), day_name(date(2026, 11, 25))) == (
        "November 2026",
        "Wednesday 25 November 2026",
    )
