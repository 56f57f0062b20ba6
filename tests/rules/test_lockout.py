"""LOCK-1, LOCK-2, LOCK-3, LOCK-5 at their boundaries."""

from datetime import UTC, datetime, timedelta

import pytest

from genesis_tui.mock_backend.rules.decision import Allowed, Refused
from genesis_tui.mock_backend.rules.policy import LockPolicy
from genesis_tui.mock_backend.rules.sign_in.lockout import (
    CLEAR,
    LockState,
    after_failure,
    at,
    may_try,
    offers_reset,
    tries_left,
)

NOW = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
POLICY = LockPolicy()
INSTANT = timedelta(microseconds=1)


def failed(times: int, state: LockState = CLEAR, now: datetime = NOW) -> LockState:
    for _ in range(times):
        state = after_failure(state, POLICY, now)
    return state


@pytest.mark.rule("LOCK-1")
@pytest.mark.parametrize(("failures", "locked"), [(0, False), (4, False), (5, True), (6, True)])
def test_the_fifth_failure_in_a_row_locks(failures: int, locked: bool) -> None:
    assert isinstance(may_try(failed(failures), NOW), Refused) is locked


@pytest.mark.rule("LOCK-2")
@pytest.mark.parametrize(
    ("level", "length"),
    [(0, timedelta(minutes=30)), (1, timedelta(hours=24)), (2, timedelta(days=30)), (3, timedelta(days=30))],
)
def test_each_uncleared_lock_is_longer_and_none_beyond_thirty_days(level: int, length: timedelta) -> None:
    state = failed(5, LockState(level=level))
    assert (state.locked_until, state.level) == (NOW + length, level + 1)


@pytest.mark.rule("LOCK-2")
@pytest.mark.parametrize("level", [0, 1, 2, 7])
@pytest.mark.parametrize(("off", "allowed"), [(-INSTANT, False), (timedelta(), True), (INSTANT, True)])
def test_a_lock_ends_at_its_very_instant(level: int, off: timedelta, allowed: bool) -> None:
    state = failed(5, LockState(level=level))
    assert state.locked_until is not None
    assert isinstance(may_try(state, state.locked_until + off), Allowed) is allowed


@pytest.mark.rule("LOCK-2")
def test_when_a_lock_ends_the_count_is_nought_and_the_level_stays() -> None:
    locked = failed(5)
    assert locked.locked_until is not None
    assert at(locked, locked.locked_until) == LockState(failures=0, level=1)
    assert at(locked, locked.locked_until - INSTANT) == locked


@pytest.mark.rule("LOCK-2")
def test_it_takes_five_more_failures_after_a_lock() -> None:
    first = failed(5)
    assert first.locked_until is not None
    again = first.locked_until
    assert failed(4, first, again).locked_until is None
    assert failed(5, first, again).locked_until == again + timedelta(hours=24)


@pytest.mark.rule("LOCK-3")
@pytest.mark.parametrize(
    ("failures", "left", "reset"),
    [(0, 5, False), (1, 4, False), (2, 3, False), (3, 2, True), (4, 1, True), (5, 0, True)],
)
def test_each_failure_tells_what_is_left_and_the_third_offers_a_reset(failures: int, left: int, reset: bool) -> None:
    state = failed(failures)
    assert (tries_left(state, POLICY), offers_reset(state, POLICY)) == (left, reset)


@pytest.mark.rule("LOCK-5")
def test_a_refusal_while_locked_names_the_end() -> None:
    decision = may_try(failed(5), NOW + timedelta(minutes=10))
    assert isinstance(decision, Refused)
    assert (decision.rule, decision.reason) == ("LOCK-5", "locked")
    assert decision.from_ == NOW + timedelta(minutes=30)


@pytest.mark.rule("LOCK-5")
@pytest.mark.parametrize("minute", [0, 15, 29])
def test_failures_while_locked_change_nothing(minute: int) -> None:
    locked = failed(5)
    assert failed(20, locked, NOW + timedelta(minutes=minute)) == locked


@pytest.mark.rule("LOCK-1", "LOCK-2")
def test_the_numbers_are_the_policys() -> None:
    policy = LockPolicy(tries=2, minutes=(1,), offer_reset_from=1)
    once = after_failure(CLEAR, policy, NOW)
    assert (tries_left(once, policy), offers_reset(once, policy)) == (1, True)
    twice = after_failure(once, policy, NOW)
    assert twice.locked_until == NOW + timedelta(minutes=1)
