"""What a lock says at sign-in: until when, rounded up, and that the reset opens it (LOCK-4, LOCK-5)."""

from datetime import UTC, datetime, timedelta

import pytest

from genesis_tui.cli.base.diagnostics import _sign_in_lines
from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.rules.sign_in.lockout import LockState, may_try
from genesis_tui.models.base.errors import SignInRefused
from genesis_tui.screens.sign_in.wording import refusal_paras

WHOLE = datetime(2026, 11, 23, 15, 12, tzinfo=UTC)


def locked(until: datetime) -> SignInRefused:
    refused = SignInRefused("This sign-in is locked.", reason="locked", rule="LOCK-5")
    refused.locked_until, refused.offer_reset, refused.tries_left = until, True, 0
    return refused


@pytest.mark.rule("LOCK-5")
@pytest.mark.parametrize(("seconds", "told"), [(-1, "15:12"), (0, "15:12"), (1, "15:13"), (59, "15:13")])
def test_the_end_of_a_lock_is_rounded_up(seconds: int, told: str) -> None:
    refused = locked(WHOLE + timedelta(seconds=seconds))
    assert f"Locked until {told} UTC on Mon 23 Nov 2026." in [p.text for p in refusal_paras(refused, lambda at: at)]
    minutes = told.removeprefix("15")
    assert any(f"{minutes} " in line for line in _sign_in_lines(refused))


@pytest.mark.rule("LOCK-4", "LOCK-5")
def test_a_lock_says_that_the_reset_opens_it() -> None:
    assert refusal_paras(locked(WHOLE), lambda at: at)[0].text.startswith("f3 opens it at once")
    decision = may_try(LockState(5, 1, WHOLE), WHOLE - timedelta(seconds=1))
    assert isinstance(decision, Refused)
    assert decision.next.startswith("Forgot password opens it at once")
