"""LOCK-4 and LOCK-6: one-time codes, and how many of them and of tries an account has in a day."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import AccountPolicy


def may_send(sent: Sequence[datetime], policy: AccountPolicy, now: datetime) -> Decision:
    """LOCK-6: whether one more code may be sent; `sent` are the instants of those before."""
    return _within(sent, policy.codes_a_day, policy, now, "Too many codes were asked for today.")


def may_try(tried: Sequence[datetime], policy: AccountPolicy, now: datetime) -> Decision:
    """LOCK-6: whether one more code is looked at, over all that were sent; `tried` are the instants of the tries."""
    return _within(tried, policy.tries_a_day, policy, now, "Too many codes were tried today.")


def may_use_code(right: bool, *, until: datetime | None, tries: int, policy: AccountPolicy, now: datetime) -> Decision:
    """LOCK-4: a code within its minutes and its tries. `until` is None where none was asked for, `tries` counts wrong
    ones before this."""
    if not is_good(until=until, tries=tries, policy=policy, now=now):
        return Refused("LOCK-4", "code-expired", "This code is no longer valid.", next="Ask for a new one.", status=400)
    return Allowed("LOCK-4") if right else CODE_WRONG


CODE_WRONG = Refused(
    "LOCK-4",
    "code-wrong",
    "The code is wrong.",
    next="Look at the message again, or call the Global Service Center.",
    status=400,
)


def is_good(*, until: datetime | None, tries: int, policy: AccountPolicy, now: datetime) -> bool:
    """LOCK-4: whether a code can still be used at all."""
    return until is not None and now < until and tries < policy.code_tries


def _within(before: Sequence[datetime], most: int, policy: AccountPolicy, now: datetime, title: str) -> Decision:
    window = timedelta(hours=policy.code_window_hours)
    recent = sorted(at for at in before if now - at < window)
    if len(recent) < most:
        return Allowed("LOCK-6")
    return Refused(
        "LOCK-6",
        "tries-paused",
        title,
        next="Wait until then, or call the Global Service Center, 1-800-600-9332.",
        from_=recent[len(recent) - most] + window,
    )
