"""LOCK-1, LOCK-2, LOCK-3 and LOCK-5: what wrong passwords do to a user name, known or not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import LockPolicy


@dataclass(frozen=True, slots=True)
class LockState:
    """Consecutive failures, how many locks no success has cleared, and the end of the last lock (aware)."""

    failures: int = 0
    level: int = 0
    locked_until: datetime | None = None


CLEAR = LockState()


def at(state: LockState, now: datetime) -> LockState:
    """LOCK-2: the state as it stands at `now`: a lock that has ended leaves no failures and keeps its level."""
    if state.locked_until is None or now < state.locked_until:
        return state
    return LockState(level=state.level)


def may_try(state: LockState, now: datetime) -> Decision:
    """LOCK-5: whether a password counts at all; while locked, even the right one does not."""
    current = at(state, now)
    if current.locked_until is None:
        return Allowed("LOCK-5")
    return Refused(
        "LOCK-5",
        "locked",
        "This sign-in is locked after too many wrong passwords.",
        next="Forgot password opens it at once, by a code by e-mail; or wait, or call the Global Service Center.",
        from_=current.locked_until,
    )


def after_failure(state: LockState, policy: LockPolicy, now: datetime) -> LockState:
    """LOCK-1, LOCK-2, LOCK-5: one more wrong password. While locked, nothing changes."""
    current = at(state, now)
    if current.locked_until is not None:
        return current
    failures = current.failures + 1
    if failures < policy.tries:
        return LockState(failures, current.level)
    minutes = policy.minutes[min(current.level, len(policy.minutes) - 1)]
    return LockState(failures, current.level + 1, now + timedelta(minutes=minutes))


def tries_left(state: LockState, policy: LockPolicy) -> int:
    """LOCK-3: wrong passwords left until the lock; 0 while locked."""
    return max(0, policy.tries - state.failures)


def offers_reset(state: LockState, policy: LockPolicy) -> bool:
    """LOCK-3: whether "Forgot password" stands first: from the third failure on, and while locked."""
    return state.locked_until is not None or state.failures >= policy.offer_reset_from
