"""APPT-7, APPT-8, ID-5: what may become of an appointment, and until when the patient may act."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from genesis_tui.mock_backend.rules.appointments.slots import NONE, REQUESTS
from genesis_tui.mock_backend.rules.appointments.status import (
    STATUSES,
    AppointmentFacts,
    group_of,
    is_current,
    may_become,
    may_cancel,
    may_choose,
    may_reschedule,
    told,
)
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused

BASIC, PREMIUM = 1, 2
NEW_YORK = "America/New_York"
START = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo(NEW_YORK))
SECOND = timedelta(seconds=1)
POSSIBLE = {
    ("proposed", "booked"),
    ("proposed", "cancelled"),
    ("booked", "arrived"),
    ("booked", "checked-in"),
    ("booked", "cancelled"),
    ("booked", "noshow"),
    ("arrived", "checked-in"),
    ("arrived", "cancelled"),
    ("checked-in", "fulfilled"),
    ("checked-in", "cancelled"),
}


def facts(
    status: str = "booked", start: datetime | None = START, *, zone: str = NEW_YORK, level: int = PREMIUM
) -> AppointmentFacts:
    end = start + timedelta(minutes=30) if start else None
    return AppointmentFacts(status, start, end, zone, level)


def why(decision: Decision) -> tuple[str, str]:
    assert isinstance(decision, Refused)
    return decision.rule, decision.reason


@pytest.mark.rule("APPT-7")
@pytest.mark.parametrize(("status", "wanted"), list(product(STATUSES, STATUSES)))
def test_a_status_goes_over_to_what_the_rule_names_and_to_nothing_else(status: str, wanted: str) -> None:
    decision = may_become(status, wanted)
    if (status, wanted) in POSSIBLE:
        assert decision == Allowed("APPT-7")
    else:
        assert isinstance(decision, Refused)
        assert (decision.rule, decision.reason, decision.status) == ("APPT-7", "status-change", 422)
        assert STATUSES[status].lower() in decision.title


@pytest.mark.rule("APPT-7")
def test_a_status_that_nobody_knows_becomes_nothing() -> None:
    assert why(may_become("floating", "booked")) == ("APPT-7", "status-change")
    assert why(may_cancel(facts("floating"), START - SECOND)) == ("APPT-7", "status-change")


@pytest.mark.rule("APPT-8")
@pytest.mark.parametrize("act", [may_cancel, may_reschedule])
def test_the_patient_acts_up_to_the_last_second_before_the_start(act: type) -> None:
    before = act(facts(), START - SECOND)
    assert before == Allowed("APPT-8", "You can cancel or move it until it starts, Wed 25 Nov 2026 10:00 EST.")
    for now in (START, START + SECOND):
        refused = act(facts(), now)
        assert why(refused) == ("APPT-8", "already-started")
        assert refused.title == "It started Wed 25 Nov 2026 10:00 EST."
        assert refused.next


@pytest.mark.rule("APPT-8")
def test_the_start_is_one_instant_wherever_the_clock_hangs() -> None:
    in_tokyo = START.astimezone(ZoneInfo("Asia/Tokyo"))
    assert isinstance(may_cancel(facts(), in_tokyo - SECOND), Allowed)
    assert why(may_cancel(facts(), in_tokyo)) == ("APPT-8", "already-started")


@pytest.mark.rule("APPT-8")
@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_when_summer_time_ends_starts_when_it_says(fold: int) -> None:
    zone = ZoneInfo(NEW_YORK)
    start = datetime(2026, 11, 1, 1, 30, tzinfo=zone, fold=fold)
    instant = datetime(2026, 11, 1, 5 + fold, 30, tzinfo=UTC)
    allowed = may_cancel(facts(start=instant), instant - SECOND)
    assert isinstance(allowed, Allowed)
    assert allowed.title.endswith(f"Sun 1 Nov 2026 01:30 {start.tzname()}.")
    assert why(may_cancel(facts(start=instant), instant)) == ("APPT-8", "already-started")


@pytest.mark.rule("APPT-8")
def test_a_start_in_the_week_that_summer_time_begins_in_europe_alone_is_told_by_the_clinic_s_clock() -> None:
    start = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
    decision = may_cancel(facts(start=start, zone="Europe/Berlin"), start - timedelta(days=3))
    assert isinstance(decision, Allowed)
    assert "Mon 30 Mar 2026 09:00 CEST" in decision.title


@pytest.mark.rule("APPT-9")
def test_without_a_zone_times_are_told_with_the_offset_they_have() -> None:
    start = datetime.fromisoformat("2026-11-25T10:00:00+05:30")
    assert told(start, "") == "Wed 25 Nov 2026 10:00 UTC+05:30"
    assert told(start, NEW_YORK) == "Tue 24 Nov 2026 23:30 EST"


@pytest.mark.rule("APPT-7", "APPT-8")
def test_a_request_is_withdrawn_but_not_moved() -> None:
    asked = facts("proposed", None)
    assert may_cancel(asked, START) == Allowed(
        "APPT-7", "You can withdraw the request until the clinic has answered it."
    )
    moved = may_reschedule(asked, START)
    assert why(moved) == ("APPT-7", "status-change")
    assert moved.title == "A request has no time yet that could be moved."


@pytest.mark.rule("APPT-2", "APPT-11")
@pytest.mark.parametrize(
    ("way", "phone", "expected"),
    [
        (REQUESTS, "", (("APPT-2", "not-direct"), "Write to the clinic, or call it.")),
        (NONE, "571-555-0144", (("APPT-11", "no-way-here"), "Write to the clinic, or call it: 571-555-0144.")),
    ],
)
def test_what_is_not_booked_directly_is_not_moved_and_a_way_is_named(way: str, phone: str, expected: object) -> None:
    refused = may_reschedule(replace(facts(), way=way, phone=phone), START - SECOND)
    assert isinstance(refused, Refused)
    assert (why(refused), refused.next) == expected
    assert isinstance(may_cancel(replace(facts(), way=way), START - SECOND), Allowed)


@pytest.mark.rule("APPT-7")
@pytest.mark.parametrize("status", ["arrived", "checked-in"])
def test_who_has_arrived_early_may_still_cancel_but_not_move(status: str) -> None:
    decision = may_cancel(facts(status), START - SECOND)
    assert isinstance(decision, Allowed)
    assert decision.title.startswith("You can cancel it until it starts")
    moved = may_reschedule(facts(status), START - SECOND)
    assert why(moved) == ("APPT-7", "status-change")
    assert moved.title == "You are checked in at the clinic already."


@pytest.mark.rule("APPT-10")
@pytest.mark.parametrize(("version", "current"), [(2, False), (3, True), (4, False)])
def test_nobody_acts_on_another_version_than_there_is(version: int, current: bool) -> None:
    decision = is_current(version, 3)
    assert isinstance(decision, Allowed) == current
    if not current:
        assert (why(decision), decision.status) == (("APPT-10", "stale-version"), 409)


@pytest.mark.rule("APPT-6", "APPT-7", "ID-5")
@pytest.mark.parametrize("status", STATUSES)
def test_a_slot_is_chosen_of_those_offered_while_the_request_waits(status: str) -> None:
    asked = facts(status, None)
    if status == "proposed":
        assert may_choose(asked, offered=True) == Allowed("APPT-6", "Taking one frees the others.")
        other = may_choose(asked, offered=False)
        assert (why(other), other.status) == (("APPT-6", "slot-taken"), 409)
    else:
        assert why(may_choose(asked, offered=True)) == ("APPT-7", "status-change")
    assert why(may_choose(replace(asked, level=BASIC), offered=True)) == ("ID-5", "premium-required")


@pytest.mark.rule("APPT-7")
@pytest.mark.parametrize("status", ["fulfilled", "cancelled", "noshow", "pending", "waitlist"])
@pytest.mark.parametrize("act", [may_cancel, may_reschedule])
def test_what_is_final_or_not_ours_stays(status: str, act: type) -> None:
    decision = act(facts(status), START - SECOND)
    assert why(decision) == ("APPT-7", "status-change")
    assert decision.title
    assert decision.next


@pytest.mark.rule("ID-5")
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("act", [may_cancel, may_reschedule])
def test_a_basic_account_acts_on_nothing(status: str, act: type) -> None:
    assert why(act(facts(status, level=BASIC), START - SECOND)) == ("ID-5", "premium-required")


@pytest.mark.parametrize(
    ("status", "after_end", "group"),
    [
        ("booked", -1, "upcoming"),
        ("booked", 0, "past"),
        ("booked", 1, "past"),
        ("checked-in", -1, "upcoming"),
        ("cancelled", -1, "upcoming"),
        ("cancelled", 0, "past"),
        ("fulfilled", -1, "past"),
        ("noshow", -1, "past"),
        ("proposed", 1, "requested"),
        ("waitlist", -1, "requested"),
    ],
)
def test_the_agenda_keeps_it_ahead_until_it_is_over(status: str, after_end: int, group: str) -> None:
    end = START + timedelta(minutes=30)
    assert group_of(status, START, end, end + after_end * SECOND) == group


def test_a_request_that_was_declined_is_past() -> None:
    assert group_of("cancelled", None, None, START) == "past"
    assert group_of("booked", START, None, START - SECOND) == "upcoming"
