"""What can be booked and asked for, to the day and the letter; and the grid of slots across days and zones."""

from dataclasses import replace
from datetime import date, datetime, timedelta
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


@pytest.mark.rule("APPT-6")
@pytest.mark.parametrize(("days", "reason"), [(4, "outside-window"), (5, ""), (120, ""), (121, "outside-window")])
def test_a_request_asks_for_days_5_to_120_ahead(days: int, reason: str) -> None:
    asked = [HalfDayAsked(NOW.date() + days * DAY, "am")]
    assert why(may_request(CLINIC, replace(VISIT, code="skin"), asked, "A rash.", POLICY, NOW))[1] == reason


@pytest.mark.rule("APPT-3")
@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Asia/Kabul", "Pacific/Guam"])
def test_the_grid_is_the_clinic_s_own_day_on_both_sides_of_a_change_of_clocks(zone: str) -> None:
    clinic = replace(CLINIC, zone=zone)
    for day in (date(2026, 10, 26), date(2026, 11, 2), date(2027, 3, 15), date(2027, 3, 29)):
        local = [one.at.astimezone(ZoneInfo(zone)) for one in grid(clinic, day, 20)]
        assert {one.date() for one in local} == {day}
        assert (f"{local[0]:%H:%M}", f"{local[-1]:%H:%M}", len(local)) == ("08:00", "16:00", 22)
    assert [*grid(clinic, date(2026, 11, 26), 20)] == []
    assert [*grid(clinic, date(2026, 11, 28), 20)] == []
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
