"""Refills by what a record says of a prescription: a short course that ends, and what another system leaves out."""

from dataclasses import replace
from typing import Any

import pytest

from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.rules.policy import RefillPolicy
from genesis_tui.mock_backend.rules.refills import back_to_stock, choices, ends_with_its_supply, supply
from tests.rules.test_refills import ASKED, DAY, INSTANT, NOON, POLICY, READY, RX, TODAY, ZONE, both

SHORT = replace(RX, repeats=0, completed=1, handed_over=NOON - 5 * DAY, days_supply=10, course="acute")


@pytest.mark.rule("RX-12")
@pytest.mark.parametrize(
    ("change", "ends"),
    [
        ({}, True),
        ({"days_supply": 14}, True),
        ({"days_supply": 15}, False),
        ({"repeats": 1}, False),
        ({"repeats": None}, False),
        ({"completed": 2}, False),
        ({"again": True}, False),
        ({"course": ""}, False),
        ({"course": "continuous"}, False),
        ({"course": "seasonal"}, False),
        ({"dosed_days": 10}, True),
        ({"dosed_days": 11}, False),
        ({"course": "", "dosed_days": 9}, True),
        ({"course": "", "dosed_days": 10}, True),
        ({"course": "", "dosed_days": 11}, False),
        ({"course": "continuous", "dosed_days": 10}, False),
        ({"course": "", "dosed_days": 10, "again": True}, False),
        ({"course": "", "dosed_days": 10, "repeats": 1}, False),
    ],
    ids=str,
)
def test_only_a_short_course_that_is_said_to_end_needs_nothing_more(change: dict[str, Any], *, ends: bool) -> None:
    rx = replace(SHORT, **change)
    assert ends_with_its_supply(rx, POLICY) is ends
    assert rx.days_supply is not None
    for left in (POLICY.supply_days, 1, 0, -3):
        found = supply(replace(rx, handed_over=NOON + (left - rx.days_supply) * DAY), POLICY, NOON)
        assert found is not None
        assert (found.left, found.ends, found.due) == (max(0, left), ends, not ends)


@pytest.mark.rule("RX-12")
def test_the_longest_short_course_is_the_policy_s() -> None:
    assert ends_with_its_supply(replace(SHORT, days_supply=15), RefillPolicy(course_days=15))
    assert not ends_with_its_supply(SHORT, RefillPolicy(course_days=9))
    assert not ends_with_its_supply(replace(SHORT, days_supply=None), POLICY)


IMPORTED = replace(RX, imported=True)


def _both(one: str) -> tuple[str, str]:
    return one, one


@pytest.mark.rule("RX-2", "RX-3", "RX-4", "RX-9")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ("yes", "refill-instead")),
        ({"days_supply": None}, ("yes", "refill-instead")),
        ({"completed": 4}, ("renew-instead", "yes")),
        ({"repeats": None}, _both("repeats-missing")),
        ({"expires": None}, _both("end-missing")),
        ({"completed": 0}, _both("fill-missing")),
        ({"completed": 0, "repeats": None, "expires": None}, _both("fill-missing")),
        ({"completed": 4, "expires": None}, _both("end-missing")),
        ({"repeats": None, "expires": TODAY}, _both("repeats-missing")),
        ({"repeats": None, "expires": TODAY - DAY}, ("renew-instead", "yes")),
        ({"repeats": None, "expires": TODAY - 120 * DAY}, ("renew-instead", "yes")),
        ({"repeats": None, "expires": TODAY - 121 * DAY}, ("expired", "too-long-expired")),
        ({"completed": 0, "expires": TODAY - DAY}, ("expired", "fill-missing")),
        ({"completed": 0, "expires": TODAY - 121 * DAY}, ("expired", "too-long-expired")),
        ({"status": "stopped", "repeats": None}, _both("not-active")),
        ({"filling": READY, "repeats": None}, _both("in-process")),
        ({"pending": ASKED, "expires": None}, _both("request-pending")),
        ({"inpatient": True}, _both("not-from-here")),
        ({"origin": "community", "repeats": None}, _both("not-from-here")),
        ({"origin": "reported", "repeats": None}, _both("not-from-here")),
    ],
    ids=str,
)
def test_an_imported_one_is_decided_like_ours_or_says_what_is_missing(
    change: dict[str, Any], said: tuple[str, str]
) -> None:
    rx = replace(IMPORTED, **change)
    assert both(rx) == said
    assert not any("missing" in one for one in both(replace(rx, imported=False)))


@pytest.mark.rule("RX-6")
def test_what_another_system_left_ready_is_back_in_stock_by_its_day() -> None:
    rx = replace(IMPORTED, filling=READY)
    back = back_to_stock(READY.since, ZONE, POLICY)
    assert both(rx, back - INSTANT) == _both("in-process")
    assert both(rx, back) == ("yes", "refill-instead")
    assert both(replace(rx, filling=replace(READY, stage="in-process")), back) == _both("in-process")


@pytest.mark.rule("RX-4")
def test_all_that_is_missing_is_named_and_what_to_do() -> None:
    refill, renew = choices(replace(IMPORTED, completed=0, repeats=None, expires=None), POLICY, NOON)
    assert isinstance(refill, Refused)
    assert isinstance(renew, Refused)
    assert (refill.rule, renew.rule) == ("RX-2", "RX-3")
    assert refill.title == renew.title
    assert refill.title == (
        "The record does not say whether the pharmacy has ever filled it, how often it can be refilled"
        " and until when it holds."
    )
    assert refill.next == "Write to your care team: they can complete it or prescribe it anew."
