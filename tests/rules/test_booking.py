"""What can be booked and asked for, to the day and the letter; and the grid of slots across days and zones."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from genesis_tui.mock_backend.rules.appointments.booking import (
    HalfDayAsked,
    SlotFacts,
    VisitFacts,
    may_book,
    may_book_at,
    may_request,
    may_search,
    may_take,
)
from genesis_tui.mock_backend.rules.appointments.slots import ClinicSettings, Held, grid, units
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import AppointmentPolicy

POLICY = AppointmentPolicy()
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=NEW_YORK)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
CLINIC = ClinicSettings(
    id="1",
    name="Clinic",
    zone="America/New_York",
    ahead_days=28,
    days=frozenset(range(5)),
    hours=((8 * 60, 12 * 60), (13 * 60, 16 * 60 + 20)),
    ways={"acute": "books", "skin": "requests", "therapy": "none"},
    closed=(date(2026, 11, 26),),
)
VISIT = VisitFacts("Acute", "acute", own=False, level=2)
FREE = SlotFacts(NOW + DAY, free=True)


def why(decision: Decision) -> tuple[str, str]:
    if isinstance(decision, Refused):
        assert decision.title
        assert decision.next
        return decision.rule, decision.reason
    return "", ""


@pytest.mark.rule("APPT-2", "APPT-11", "FAM-7", "ID-5")
@pytest.mark.parametrize(
    ("clinic", "visit", "told"),
    [
        (CLINIC, VISIT, ("", "")),
        (CLINIC, replace(VISIT, code="skin"), ("APPT-2", "not-direct")),
        (CLINIC, replace(VISIT, code="therapy"), ("APPT-11", "no-way-here")),
        (CLINIC, replace(VISIT, code="unknown"), ("APPT-11", "no-way-here")),
        (replace(CLINIC, sensitive=True), VISIT, ("FAM-7", "sensitive")),
        (replace(CLINIC, sensitive=True), replace(VISIT, own=True), ("", "")),
        (CLINIC, replace(VISIT, level=1), ("ID-5", "premium-required")),
    ],
)
def test_a_clinic_says_for_each_visit_what_it_does(
    clinic: ClinicSettings, visit: VisitFacts, told: tuple[str, str]
) -> None:
    assert why(may_book_at(clinic, visit)) == told


LAST = datetime(2026, 12, 21, 23, 59, 59, tzinfo=NEW_YORK)


@pytest.mark.rule("APPT-2", "APPT-4", "APPT-5", "APPT-6")
@pytest.mark.parametrize(
    ("slot", "told"),
    [
        (FREE, ("", "")),
        (replace(FREE, start=NOW), ("APPT-2", "outside-window")),
        (replace(FREE, start=NOW + SECOND), ("", "")),
        (replace(FREE, start=LAST), ("", "")),
        (replace(FREE, start=LAST + SECOND), ("APPT-2", "outside-window")),
        (replace(FREE, free=False, overlaps="Another"), ("APPT-4", "slot-taken")),
        (replace(FREE, overlaps="Another"), ("APPT-5", "overlap")),
        (replace(FREE, reason="x" * 250), ("", "")),
        (replace(FREE, reason="x" * 251), ("APPT-6", "invalid")),
    ],
)
def test_a_slot_is_booked_once_within_what_the_clinic_books(slot: SlotFacts, told: tuple[str, str]) -> None:
    assert why(may_book(CLINIC, VISIT, slot, POLICY, NOW)) == told


@pytest.mark.rule("APPT-3")
def test_a_search_looks_through_60_days() -> None:
    first = NOW.date()
    assert isinstance(may_search(first, first + 59 * DAY, POLICY), Allowed)
    assert why(may_search(first, first + 60 * DAY, POLICY)) == ("APPT-3", "outside-window")
    assert isinstance(may_search(first, first, POLICY), Allowed)
    assert may_search(first, first - DAY, POLICY).rule == "APPT-3"


SKIN = replace(VISIT, code="skin")
IN_5_DAYS = [HalfDayAsked(NOW.date() + 5 * DAY, half) for half in ("am", "pm")]


@pytest.mark.rule("APPT-6")
@pytest.mark.parametrize(("days", "reason"), [(4, "outside-window"), (5, ""), (120, ""), (121, "outside-window")])
@pytest.mark.parametrize(
    ("zone", "now"),
    [
        ("America/New_York", NOW),
        ("America/New_York", datetime(2026, 10, 29, 3, 59, 59, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2027, 3, 25, 22, 59, 59, tzinfo=UTC)),
        ("Pacific/Guam", datetime(2026, 12, 1, 14, 0, tzinfo=UTC)),
        ("Pacific/Honolulu", datetime(2026, 12, 1, 9, 59, 59, tzinfo=UTC)),
        ("Asia/Kabul", datetime(2028, 2, 24, 19, 30, tzinfo=UTC)),
    ],
    ids=["noon", "summer time ends", "summer time begins", "a day ahead", "a day behind", "leap day"],
)
def test_a_request_asks_for_days_5_to_120_ahead_by_the_clinic_s_calendar(
    zone: str, now: datetime, days: int, reason: str
) -> None:
    today = now.astimezone(ZoneInfo(zone)).date()
    refused = may_request(
        replace(CLINIC, zone=zone), SKIN, [HalfDayAsked(today + days * DAY, "am")], "A rash.", POLICY, now
    )
    assert why(refused) == (("APPT-6", reason) if reason else ("", ""))


@pytest.mark.rule("APPT-6")
@pytest.mark.parametrize(
    ("asked", "reason", "told"),
    [
        ([], "A rash.", "invalid"),
        (IN_5_DAYS[:1], "A rash.", ""),
        ([*IN_5_DAYS, HalfDayAsked(NOW.date() + 6 * DAY, "am")], "A rash.", ""),
        ([*IN_5_DAYS, *(HalfDayAsked(NOW.date() + 6 * DAY, half) for half in ("am", "pm"))], "A rash.", "invalid"),
        (IN_5_DAYS[:1] * 2, "A rash.", "invalid"),
        ([IN_5_DAYS[0], HalfDayAsked(NOW.date() + 4 * DAY, "am")], "A rash.", "outside-window"),
        (IN_5_DAYS, " ", "invalid"),
        (IN_5_DAYS, "x", ""),
        (IN_5_DAYS, "x" * 250, ""),
        (IN_5_DAYS, "x" * 251, "invalid"),
    ],
)
def test_a_request_holds_one_to_three_half_days_and_a_reason_of_250_characters(
    asked: list[HalfDayAsked], reason: str, told: str
) -> None:
    decision = may_request(CLINIC, SKIN, asked, reason, POLICY, NOW)
    assert why(decision) == (("APPT-6", told) if told else ("", ""))
    if isinstance(decision, Refused):
        assert decision.status == 422


@pytest.mark.rule("APPT-6", "APPT-11", "FAM-7", "ID-5")
def test_a_request_goes_nowhere_where_there_is_no_way() -> None:
    for clinic, visit, told in (
        (CLINIC, replace(VISIT, code="therapy"), ("APPT-11", "no-way-here")),
        (replace(CLINIC, sensitive=True), SKIN, ("FAM-7", "sensitive")),
        (CLINIC, replace(SKIN, level=1), ("ID-5", "premium-required")),
    ):
        assert why(may_request(clinic, visit, IN_5_DAYS, "A rash.", POLICY, NOW)) == told
    assert isinstance(may_request(CLINIC, VISIT, IN_5_DAYS, "What is booked can be asked for.", POLICY, NOW), Allowed)


@pytest.mark.rule("APPT-2")
@pytest.mark.parametrize("zone", ["Pacific/Guam", "Pacific/Honolulu", "Europe/Berlin"])
def test_the_last_day_that_is_booked_ends_at_the_clinic_s_own_midnight(zone: str) -> None:
    clinic, now = replace(CLINIC, zone=zone), datetime(2027, 3, 2, 20, 0, tzinfo=UTC)
    after = now.astimezone(ZoneInfo(zone)).date() + 29 * DAY
    midnight = datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for start, told in ((midnight - SECOND, ""), (midnight, "outside-window"), (midnight + SECOND, "outside-window")):
        assert why(may_book(clinic, VISIT, SlotFacts(start, free=True), POLICY, now))[1] == told


@pytest.mark.rule("APPT-4", "APPT-5")
def test_what_staff_book_is_free_and_beside_nothing_else_whatever_the_clinic_books_by_itself() -> None:
    late = replace(FREE, start=NOW + 400 * DAY)
    assert may_take(CLINIC, late) == Allowed("APPT-4", "Booked for Tue 28 Dec 2027 09:00 EST.")
    for slot, told, status in (
        (replace(late, free=False), ("APPT-4", "slot-taken"), 409),
        (replace(late, overlaps="Another"), ("APPT-5", "overlap"), 409),
    ):
        refused = may_take(CLINIC, slot)
        assert isinstance(refused, Refused)
        assert (why(refused), refused.status) == (told, status)


@pytest.mark.rule("APPT-3")
@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Asia/Kabul", "Pacific/Guam"])
def test_the_grid_is_the_clinic_s_own_day_on_both_sides_of_a_change_of_clocks(zone: str) -> None:
    clinic = replace(CLINIC, zone=zone)
    clinic = replace(clinic, days=frozenset(range(7)))
    for day in (date(2026, 10, 25), date(2026, 11, 1), date(2027, 3, 14), date(2027, 3, 28), date(2027, 3, 29)):
        local = [one.at.astimezone(ZoneInfo(zone)) for one in grid(clinic, day, 20)]
        assert {one.date() for one in local} == {day}
        assert (f"{local[0]:%H:%M}", f"{local[-1]:%H:%M}", len(local)) == ("08:00", "16:00", 22)
    assert [*grid(clinic, date(2026, 11, 26), 20)] == []
    assert [*grid(replace(clinic, days=CLINIC.days), date(2026, 11, 28), 20)] == []
    assert len([*grid(clinic, date(2026, 11, 27), 40)]) == 11


@pytest.mark.rule("APPT-4")
def test_what_others_hold_is_the_same_for_ever_and_only_opens() -> None:
    day, at = date(2026, 12, 1), NOW + 8 * DAY
    held, again = Held("schedule-1", day), Held("schedule-1", day)
    ages = [timedelta(days=days) for days in (30, 4, 3, 2, 1, 0)]
    for minute in range(8 * 60, 16 * 60, 10):
        seen = [held.is_free(minute, at, at - age) for age in ages]
        assert seen == sorted(seen)
        assert seen == [again.is_free(minute, at, at - age) for age in ages]
    kinds = {tuple(held.is_free(m, at, at - age) for age in ages) for m in range(6 * 60, 22 * 60, 20)}
    assert (False,) * 6 in kinds
    assert (True,) * 6 in kinds
    assert len(kinds) > 2
    assert units(NOW, 50) == [NOW + n * timedelta(minutes=10) for n in range(5)]
    assert len(units(NOW, 15)) == 2
