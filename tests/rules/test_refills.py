"""Refills and renewals: what is left, when one may be asked for, never both, why not, and from when."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import RefillPolicy
from genesis_tui.mock_backend.rules.refills import (
    OPEN,
    STAGES,
    Choices,
    DrugFacts,
    OpenRequest,
    Origin,
    PrescriptionFacts,
    back_to_stock,
    choices,
    early_until,
    may_reach,
    may_refill,
    may_renew,
    pick_up_by,
    point_takes,
    remaining,
    supply,
)
from genesis_tui.mock_backend.rules.sign_in.levels import may_act

POLICY = RefillPolicy()
ZONE = "America/New_York"
HERE = ZoneInfo(ZONE)
NOON = datetime(2026, 11, 23, 12, tzinfo=HERE)
TODAY = NOON.date()
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
RX = PrescriptionFacts(
    "active", repeats=3, completed=2, zone=ZONE, expires=TODAY + 100 * DAY, handed_over=NOON - 80 * DAY, days_supply=90
)
READY = OpenRequest("ready", NOON - 3 * DAY)
IN_PROCESS = OpenRequest("in-process", NOON - DAY)
ASKED = OpenRequest("requested", NOON - DAY)
RENEWAL = OpenRequest("requested", NOON - 7 * DAY, "renewal")


def why(decision: Decision) -> str:
    """`yes`, or the reason code."""
    return decision.reason if isinstance(decision, Refused) else "yes"


def both(rx: PrescriptionFacts, now: datetime = NOON) -> tuple[str, str]:
    """What is said of refilling and of renewing."""
    found = choices(rx, POLICY, now)
    return why(found.refill), why(found.renew)


def since(found: Choices) -> datetime | None:
    """RX-4: the first moment from which something can be done."""
    return min((one.from_ for one in found if isinstance(one, Refused) and one.from_), default=None)


@pytest.mark.rule("RX-1")
@pytest.mark.parametrize(
    ("repeats", "completed", "left"),
    [(0, 0, 0), (0, 1, 0), (1, 0, 1), (1, 1, 1), (1, 2, 0), (1, 3, 0), (3, 1, 3), (3, 2, 2), (3, 4, 0), (3, 9, 0)],
)
def test_the_first_fill_uses_no_refill(repeats: int, completed: int, left: int) -> None:
    assert remaining(repeats, completed) == left


@pytest.mark.rule("RX-2")
def test_an_active_prescription_with_refills_can_be_refilled() -> None:
    assert both(RX) == ("yes", "refill-instead")


@pytest.mark.rule("RX-2", "RX-3")
@pytest.mark.parametrize(
    ("days", "said"), [(-1, ("renew-instead", "yes")), (0, ("yes", "refill-instead")), (1, ("yes", "refill-instead"))]
)
def test_it_holds_through_the_day_on_which_it_expires(days: int, said: tuple[str, str]) -> None:
    assert both(replace(RX, expires=TODAY + days * DAY)) == said


@pytest.mark.rule("RX-2", "RX-3")
def test_the_day_of_expiry_ends_at_midnight_at_the_pharmacy() -> None:
    rx = replace(RX, expires=TODAY, zone="Asia/Tokyo")
    midnight = datetime.combine(TODAY + DAY, time(), ZoneInfo("Asia/Tokyo"))
    assert both(rx, midnight - INSTANT) == ("yes", "refill-instead")
    assert both(rx, midnight) == ("renew-instead", "yes")
    assert both(rx, midnight.astimezone(HERE)) == ("renew-instead", "yes")


@pytest.mark.rule("RX-2", "RX-3")
@pytest.mark.parametrize(
    ("completed", "said"),
    [
        (0, ("never-dispensed", "never-dispensed")),
        (1, ("yes", "refill-instead")),
        (3, ("yes", "refill-instead")),
        (4, ("renew-instead", "yes")),
    ],
)
def test_a_first_fill_comes_before_any_refill_and_the_last_one_before_a_renewal(
    completed: int, said: tuple[str, str]
) -> None:
    assert both(replace(RX, completed=completed)) == said


@pytest.mark.rule("RX-3")
@pytest.mark.parametrize(
    ("days", "said"),
    [
        (119, ("renew-instead", "yes")),
        (120, ("renew-instead", "yes")),
        (121, ("expired", "too-long-expired")),
    ],
)
def test_it_can_be_renewed_through_the_120th_day_after_expiry(days: int, said: tuple[str, str]) -> None:
    assert both(replace(RX, expires=TODAY - days * DAY)) == said


@pytest.mark.rule("RX-3")
def test_a_prescription_that_ran_out_can_be_renewed_without_a_visit() -> None:
    rx = replace(RX, completed=4, provider="Dr. Anna Okafor")
    found = choices(rx, POLICY, NOON)
    assert found.renew == Allowed("RX-3", "No visit needed; Dr. Anna Okafor decides.")
    assert isinstance(found.refill, Refused)
    assert found.refill.rule == "RX-4"
    assert found.refill.next == "Ask for a renewal: no visit needed, Dr. Anna Okafor decides."


@pytest.mark.rule("RX-2")
def test_a_refill_by_itself_says_which_condition_fails() -> None:
    assert why(may_refill(replace(RX, completed=4), POLICY, NOON)) == "none-left"
    assert why(may_refill(replace(RX, expires=TODAY - DAY), POLICY, NOON)) == "expired"


@pytest.mark.rule("RX-2", "RX-3")
@pytest.mark.parametrize("status", ["stopped", "cancelled", "on-hold", "draft", "unknown", ""])
def test_what_somebody_stopped_is_neither_refilled_nor_renewed(status: str) -> None:
    assert both(replace(RX, status=status)) == ("not-active", "not-active")
    assert both(replace(RX, status=status, completed=4)) == ("not-active", "not-active")


@pytest.mark.rule("RX-2", "RX-3")
def test_what_was_completed_is_not_refilled_but_renewed_when_it_ran_out() -> None:
    assert both(replace(RX, status="completed")) == ("not-active", "not-active")
    assert both(replace(RX, status="completed", completed=4)) == ("renew-instead", "yes")
    assert both(replace(RX, status="completed", expires=TODAY - 5 * DAY)) == ("renew-instead", "yes")


@pytest.mark.rule("RX-2", "RX-3")
@pytest.mark.parametrize("filling", [READY, IN_PROCESS])
@pytest.mark.parametrize("completed", [0, 2, 4])
def test_while_a_fill_is_under_way_nothing_more_is_asked_for(filling: OpenRequest, completed: int) -> None:
    rx = replace(RX, filling=filling, completed=completed)
    assert both(rx) == ("in-process", "in-process")
    assert both(replace(rx, expires=TODAY - DAY)) == ("in-process", "in-process")


@pytest.mark.rule("RX-4", "RX-6")
def test_what_is_ready_says_until_when_it_waits() -> None:
    found = may_refill(replace(RX, filling=READY), POLICY, NOON)
    assert isinstance(found, Refused)
    assert found.title == "It is ready since 20 Nov 2026."
    assert found.next == "Pick it up first, by 4 Dec 2026; after that it goes back to stock."


@pytest.mark.rule("RX-2", "RX-3")
@pytest.mark.parametrize(
    ("pending", "title"),
    [(ASKED, "A refill was asked for on 22 Nov 2026."), (RENEWAL, "A renewal was asked for on 16 Nov 2026.")],
)
@pytest.mark.parametrize("completed", [2, 4])
def test_while_a_request_is_pending_nothing_more_is_asked_for(pending: OpenRequest, title: str, completed: int) -> None:
    rx = replace(RX, pending=pending, completed=completed)
    assert both(rx) == ("request-pending", "request-pending")
    refill, renew = choices(rx, POLICY, NOON)
    assert isinstance(refill, Refused)
    assert isinstance(renew, Refused)
    assert (refill.rule, renew.rule, refill.title) == ("RX-2", "RX-3", title)


@pytest.mark.rule("RX-6")
def test_a_fill_waits_through_its_fourteenth_day() -> None:
    midnight = datetime.combine(TODAY, time(), HERE)
    assert pick_up_by(midnight, ZONE, POLICY) == TODAY + 14 * DAY
    assert pick_up_by(midnight - INSTANT, ZONE, POLICY) == TODAY + 13 * DAY
    assert pick_up_by(midnight, "Asia/Tokyo", POLICY) == TODAY + 14 * DAY
    assert pick_up_by(NOON, "Asia/Tokyo", POLICY) == TODAY + 15 * DAY


@pytest.mark.rule("RX-7")
@pytest.mark.parametrize(
    ("supply", "waits"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (7, 6), (30, 23), (84, 63), (90, 68)]
)
def test_three_quarters_of_the_supply_are_rounded_up(supply: int, waits: int) -> None:
    assert early_until(replace(RX, days_supply=supply), POLICY) == (NOON - 80 * DAY).date() + waits * DAY


@pytest.mark.rule("RX-7")
@pytest.mark.parametrize(("days", "said"), [(67, "too-soon"), (68, "yes"), (69, "yes")])
def test_a_refill_waits_for_three_quarters_of_the_supply(days: int, said: str) -> None:
    assert why(may_refill(replace(RX, handed_over=NOON - days * DAY), POLICY, NOON)) == said


@pytest.mark.rule("RX-7")
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "Europe/Berlin", "Pacific/Honolulu"])
def test_the_first_day_begins_at_midnight_at_the_pharmacy(zone: str) -> None:
    handed = datetime(2026, 9, 1, 23, 30, tzinfo=ZoneInfo(zone))
    rx = replace(RX, zone=zone, handed_over=handed, expires=date(2027, 9, 1))
    opens = datetime(2026, 11, 8, tzinfo=ZoneInfo(zone))
    before = may_refill(rx, POLICY, opens - INSTANT)
    assert isinstance(before, Refused)
    assert (before.reason, before.from_) == ("too-soon", opens)
    assert isinstance(may_refill(rx, POLICY, opens.astimezone(UTC)), Allowed)


@pytest.mark.rule("RX-7")
def test_days_are_days_when_the_clocks_change() -> None:
    autumn = replace(RX, handed_over=datetime(2026, 10, 31, 12, tzinfo=HERE), days_supply=4)
    opens = datetime(2026, 11, 3, tzinfo=HERE)
    assert opens.utcoffset() == timedelta(hours=-5)
    assert both(autumn, opens.astimezone(UTC) - INSTANT) == ("too-soon", "refill-instead")
    assert both(autumn, opens.astimezone(UTC)) == ("yes", "refill-instead")
    no_midnight = ZoneInfo("America/Santiago")  # clocks go from 24:00 to 01:00 on 6 September 2026
    spring = replace(autumn, zone=no_midnight.key, handed_over=datetime(2026, 9, 3, 12, tzinfo=no_midnight))
    found = may_refill(spring, POLICY, datetime(2026, 9, 5, 23, 59, tzinfo=no_midnight))
    assert isinstance(found, Refused)
    assert found.from_ is not None
    assert isinstance(may_refill(spring, POLICY, found.from_.astimezone(UTC)), Allowed)


@pytest.mark.rule("RX-7")
def test_leap_days_count() -> None:
    rx = replace(RX, handed_over=datetime(2028, 2, 27, 12, tzinfo=HERE), days_supply=4)
    assert early_until(rx, POLICY) == date(2028, 3, 1)


@pytest.mark.rule("RX-7")
def test_without_a_supply_it_is_never_too_early() -> None:
    assert both(replace(RX, handed_over=NOON, days_supply=None)) == ("yes", "refill-instead")
    assert both(replace(RX, handed_over=None)) == ("yes", "refill-instead")


@pytest.mark.rule("RX-7")
def test_a_renewal_is_never_too_early() -> None:
    assert both(replace(RX, handed_over=NOON, completed=4)) == ("renew-instead", "yes")


@pytest.mark.rule("RX-4", "RX-7")
@pytest.mark.parametrize(("ends", "said"), [(-1, ("renew-instead", "yes")), (0, ("yes", "refill-instead"))])
def test_on_the_day_of_expiry_the_refill_may_still_open(ends: int, said: tuple[str, str]) -> None:
    first = TODAY + 68 * DAY
    rx = replace(RX, handed_over=NOON, expires=first + ends * DAY)
    opens = datetime.combine(first, time(), HERE)
    assert since(choices(rx, POLICY, NOON)) == opens
    assert both(rx, opens) == said


@pytest.mark.rule("RX-4", "RX-7")
def test_an_expiry_well_before_the_refill_opens_is_the_next_date() -> None:
    rx = replace(RX, handed_over=NOON, expires=TODAY + 10 * DAY)
    found = choices(rx, POLICY, NOON)
    assert since(found) == datetime.combine(TODAY + 11 * DAY, time(), HERE)
    assert isinstance(found.refill, Refused)
    assert found.refill.from_ is None
    assert found.refill.next == "It expires before that: it can be renewed from 4 Dec 2026."


@pytest.mark.rule("RX-9")
@pytest.mark.parametrize("origin", ["community", "reported"])
@pytest.mark.parametrize("completed", [0, 2, 4])
def test_what_was_recorded_elsewhere_is_neither_refilled_nor_renewed(origin: Origin, completed: int) -> None:
    rx = replace(RX, origin=origin, completed=completed)
    assert both(rx) == ("not-from-here", "not-from-here")
    assert since(choices(rx, POLICY, NOON)) is None


@pytest.mark.rule("ID-5")
@pytest.mark.parametrize("rx", [RX, replace(RX, completed=4), replace(RX, status="stopped")])
def test_a_basic_sign_in_asks_for_nothing(rx: PrescriptionFacts) -> None:
    found = choices(rx, POLICY, NOON, acts=may_act(1))
    assert (why(found.refill), why(found.renew)) == ("premium-required", "premium-required")
    assert choices(rx, POLICY, NOON, acts=may_act(2)) == choices(rx, POLICY, NOON)


@pytest.mark.rule("RX-5")
@pytest.mark.parametrize("kind", ["pharmacy", "locker", "mail"])
@pytest.mark.parametrize("controlled", [False, True])
@pytest.mark.parametrize("refrigerated", [False, True])
def test_only_lockers_refuse_and_only_what_is_controlled_or_refrigerated(
    kind: str, controlled: bool, refrigerated: bool
) -> None:
    said = why(point_takes(kind, DrugFacts(controlled=controlled, refrigerated=refrigerated)))
    assert said == ("locker-refuses" if kind == "locker" and (controlled or refrigerated) else "yes")


@pytest.mark.rule("RX-3", "RX-7")
def test_a_tester_s_numbers_count() -> None:
    policy = RefillPolicy(renew_days=10, supply_percent=50, stock_days=3)
    assert why(may_renew(replace(RX, expires=TODAY - 10 * DAY), policy, NOON)) == "yes"
    assert why(may_renew(replace(RX, expires=TODAY - 11 * DAY), policy, NOON)) == "too-long-expired"
    assert early_until(replace(RX, handed_over=NOON, days_supply=7), policy) == TODAY + 4 * DAY
    assert pick_up_by(NOON, ZONE, policy) == TODAY + 3 * DAY


@pytest.mark.rule("RX-4")
def test_what_was_over_before_its_day_tells_from_when_it_can_be_renewed() -> None:
    over = replace(RX, status="completed", repeats=2, completed=1, expires=TODAY)
    refill, renew = choices(over, POLICY, NOON)
    assert (why(refill), why(renew)) == ("not-active", "not-active")
    first = since((refill, renew))
    assert first is not None
    assert renew.next == f"It can be renewed from {TODAY + DAY:%-d %b %Y}."
    assert [why(may_renew(over, POLICY, first + step)) for step in (-INSTANT, 0 * INSTANT)] == ["not-active", "yes"]


@pytest.mark.rule("RX-3", "RX-4")
def test_what_was_renewed_is_left_to_the_prescription_that_took_its_place() -> None:
    for rx in (RX, replace(RX, completed=4), replace(RX, status="completed", expires=TODAY - DAY)):
        renewed = replace(rx, renewed=True)
        assert both(renewed) == ("not-active", "not-active")
        assert since(choices(renewed, POLICY, NOON)) is None
        assert supply(renewed, POLICY, NOON) is None


@pytest.mark.rule("RX-12")
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "Pacific/Honolulu"])
def test_nothing_asked_yet_begins_at_midnight_seven_days_before_it_runs_out(zone: str) -> None:
    here = ZoneInfo(zone)
    handed = datetime(2026, 9, 1, 23, 30, tzinfo=here)
    rx = replace(RX, zone=zone, handed_over=handed, days_supply=30, expires=date(2027, 9, 1))
    begins = datetime(2026, 9, 24, tzinfo=here)

    def told(now: datetime) -> tuple[int, bool]:
        found = supply(rx, POLICY, now)
        assert found is not None
        assert (found.days, found.since, found.out, found.asked) == (30, handed, date(2026, 10, 1), False)
        return found.left, found.due

    assert [told(now.astimezone(UTC)) for now in (begins - INSTANT, begins, begins + DAY)] == [
        *((8, False), (7, True), (6, True)),
    ]
    out = datetime(2026, 10, 1, tzinfo=here)
    assert [told(now.astimezone(UTC)) for now in (out - INSTANT, out, out + 30 * DAY)] == [
        *((1, True), (0, True), (0, True)),
    ]
    assert supply(rx, RefillPolicy(supply_days=0), out - INSTANT) != supply(rx, RefillPolicy(supply_days=0), out)


RUNS_OUT = replace(RX, handed_over=NOON - 85 * DAY)


@pytest.mark.rule("RX-12")
@pytest.mark.parametrize(
    ("change", "asked", "due"),
    [
        ({}, False, True),
        ({"completed": 4}, False, True),
        ({"handed_over": NOON - 2 * DAY, "days_supply": 4}, False, True),
        ({"pending": ASKED}, True, False),
        ({"pending": RENEWAL}, True, False),
        ({"filling": IN_PROCESS}, True, False),
        ({"filling": READY}, True, False),
        ({"expires": TODAY - 120 * DAY}, False, True),
        ({"expires": TODAY - 121 * DAY}, False, False),
        ({"origin": "community"}, False, False),
    ],
)
def test_nothing_asked_yet_ends_with_a_request_and_where_nothing_can_be_done(
    change: dict[str, Any], asked: bool, due: bool
) -> None:
    found = supply(replace(RUNS_OUT, **change), POLICY, NOON)
    assert found is not None
    assert (found.asked, found.due) == (asked, due)


@pytest.mark.rule("RX-12")
@pytest.mark.parametrize("change", [{"handed_over": None}, {"days_supply": None}, {"status": "stopped"}])
def test_no_supply_is_told_where_nothing_tells_it(change: dict[str, Any]) -> None:
    assert supply(replace(RUNS_OUT, **change), POLICY, NOON) is None


@pytest.mark.rule("RX-6")
def test_the_midnight_after_the_fourteenth_day_sends_it_back() -> None:
    assert back_to_stock(NOON, ZONE, POLICY) == datetime.combine(TODAY + 15 * DAY, time(), HERE)
    late = datetime(2026, 10, 20, 23, 59, tzinfo=HERE)  # clocks change within the fourteen days
    assert back_to_stock(late, ZONE, POLICY) == datetime(2026, 11, 4, tzinfo=HERE)


WAYS = {
    "pharmacy": ["requested in-process", "in-process ready", "ready picked-up", "ready returned"],
    "mail": ["requested in-process", "in-process shipped"],
    "": ["requested approved", "requested denied"],
}


@pytest.mark.rule("RX-3", "RX-6")
def test_each_stage_comes_after_the_one_before_it_alone() -> None:
    for kind, ways in (*WAYS.items(), ("locker", WAYS["pharmacy"])):
        steps = [(one, then) for one, then in product(STAGES, STAGES) if why(may_reach(one, then, kind)) == "yes"]
        assert {f"{one} {then}" for one, then in steps} == set(ways)
        assert all(one in OPEN for one, _ in steps)


CASES = product(
    ("active", "completed", "stopped"),
    ((3, 0), (3, 1), (3, 3), (3, 4), (0, 1)),
    (None, -121, -120, -1, 0, 1, 90),
    (None, 0, 67, 68),
    (None, READY, IN_PROCESS),
    (None, ASKED, RENEWAL),
    ("ours", "community", "reported"),
    (False, True),
)


@pytest.mark.rule("RX-2", "RX-3", "RX-4", "RX-7", "RX-9")
def test_of_all_combinations_never_both_and_always_a_reason_where_neither() -> None:
    """And each is allowed exactly where RX-2, RX-3 and RX-7 say so, written out once more."""
    said = Counter[str]()
    for status, (repeats, completed), ends, used, filling, pending, origin, renewed in CASES:
        expires = None if ends is None else TODAY + ends * DAY
        handed = None if used is None else NOON - used * DAY
        rx = PrescriptionFacts(
            *(status, repeats, completed, ZONE, expires, handed, 90, filling, pending, "", origin, renewed)
        )
        refill, renew = choices(rx, POLICY, NOON)
        over, left = ends is not None and ends < 0, remaining(repeats, completed)
        idle = completed > 0 and not filling and not pending and origin == "ours" and not renewed
        early = used is not None and used < 68
        refills = idle and status == "active" and not over and left > 0 and not early
        renews = idle and status != "stopped" and (over or not left) and (ends is None or ends >= -120)
        assert (isinstance(refill, Allowed), isinstance(renew, Allowed)) == (refills, renews), rx
        assert not (refills and renews)
        for one in (refill, renew):
            assert isinstance(one, Allowed) or (one.reason and one.title and one.next and one.rule), rx
        said[why(refill)] += 1
    assert set(said) == {
        *("yes", "not-active", "expired", "never-dispensed", "in-process", "request-pending", "too-soon"),
        *("not-from-here", "renew-instead"),
    }


FILLING = st.none() | st.sampled_from([READY, IN_PROCESS])
PENDING = st.none() | st.sampled_from([ASKED, RENEWAL])
FACTS = st.builds(
    PrescriptionFacts,
    status=st.sampled_from(["active", "completed", "stopped"]),
    repeats=st.integers(0, 4),
    completed=st.integers(0, 5),
    zone=st.sampled_from([ZONE, "Asia/Tokyo", "Europe/Berlin", "Pacific/Honolulu"]),
    expires=st.none() | st.integers(-130, 130).map(lambda days: TODAY + days * DAY),
    handed_over=st.none() | st.integers(0, 120).map(lambda days: NOON - days * DAY),
    days_supply=st.none() | st.integers(0, 120),
    filling=FILLING,
    pending=PENDING,
    origin=st.sampled_from(["ours", "ours", "ours", "community"]),
)


@pytest.mark.rule("RX-4")
@given(rx=FACTS)
def test_never_both_and_a_date_that_is_told_holds(rx: PrescriptionFacts) -> None:
    found = choices(rx, POLICY, NOON)
    allowed = [one for one in found if isinstance(one, Allowed)]
    assert len(allowed) <= 1
    assert all(one.reason and one.title and one.next for one in found if isinstance(one, Refused))
    when = since(found)
    if not allowed and when is not None:
        assert when > NOON
        assert not any(isinstance(one, Allowed) for one in choices(rx, POLICY, when - INSTANT))
        assert any(isinstance(one, Allowed) for one in choices(rx, POLICY, when))


@pytest.mark.rule("RX-4")
@given(rx=FACTS, days=st.integers(1, 400))
def test_where_no_date_is_told_none_comes_by_itself(rx: PrescriptionFacts, days: int) -> None:
    found = choices(rx, POLICY, NOON)
    if all(isinstance(one, Refused) for one in found) and since(found) is None:
        later = choices(rx, POLICY, NOON + days * DAY)
        assert not any(isinstance(one, Allowed) for one in later)
