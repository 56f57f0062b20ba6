"""LOCK-4 and LOCK-6 on plain facts, at their boundaries."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from genesis_tui.mock_backend.rules.decision import Decision, Refused
from genesis_tui.mock_backend.rules.policy import AccountPolicy
from genesis_tui.mock_backend.rules.sign_in import codes

NOW = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
POLICY = AccountPolicy()
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
Limit = Callable[[Sequence[datetime], AccountPolicy, datetime], Decision]


def reason(decision: Decision) -> str:
    return decision.reason if isinstance(decision, Refused) else "allowed"


@pytest.mark.rule("LOCK-4")
@pytest.mark.parametrize(
    ("right", "left", "tries", "expected"),
    [
        (True, SECOND, 0, "allowed"),
        (True, timedelta(), 0, "code-expired"),
        (True, -SECOND, 0, "code-expired"),
        (True, SECOND, 2, "allowed"),
        (True, SECOND, 3, "code-expired"),
        (False, SECOND, 0, "code-wrong"),
        (False, SECOND, 2, "code-wrong"),
        (False, SECOND, 3, "code-expired"),
    ],
)
def test_a_code_has_its_minutes_and_its_tries(right: bool, left: timedelta, tries: int, expected: str) -> None:
    assert reason(codes.may_use_code(right, until=NOW + left, tries=tries, policy=POLICY, now=NOW)) == expected


@pytest.mark.rule("LOCK-4")
def test_a_code_that_nobody_asked_for_is_no_code() -> None:
    assert reason(codes.may_use_code(True, until=None, tries=0, policy=POLICY, now=NOW)) == "code-expired"


@pytest.mark.rule("LOCK-6")
@pytest.mark.parametrize(("limit", "most"), [(codes.may_send, 5), (codes.may_try, 15)])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_day_has_five_codes_and_fifteen_tries(limit: Limit, most: int, more: int) -> None:
    before = [NOW - n * SECOND for n in range(most + more)]
    assert reason(limit(before, POLICY, NOW)) == ("allowed" if more < 0 else "tries-paused")


@pytest.mark.rule("LOCK-6")
@pytest.mark.parametrize(
    ("later", "expected"), [(-SECOND, "tries-paused"), (0 * SECOND, "allowed"), (SECOND, "allowed")]
)
def test_one_more_is_free_once_the_first_is_a_day_old(later: timedelta, expected: str) -> None:
    before = [NOW + n * SECOND for n in range(5)]
    assert reason(codes.may_send(before, POLICY, NOW + DAY + later)) == expected


@pytest.mark.rule("LOCK-6")
def test_the_pause_says_when_it_ends() -> None:
    refused = codes.may_send([NOW - n * SECOND for n in range(7)], POLICY, NOW)
    assert isinstance(refused, Refused)
    assert refused.from_ == NOW - 4 * SECOND + DAY
