"""SESS-1 and SESS-2: how long a sign-in and its tokens live."""

from datetime import datetime, timedelta

from genesis_tui.mock_backend.policy import SessionPolicy
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused

SIGNED_OUT = Refused(
    "SESS-1", "session-ended", "You are not signed in, or your sign-in has ended.", next="Sign in again.", status=401
)
"""The one answer to a missing, false or expired token."""


def session_end(started: datetime, policy: SessionPolicy) -> datetime:
    """SESS-2: when an interactive sign-in ends, whatever happens."""
    return started + timedelta(hours=policy.hours)


def access_until(now: datetime, ends: datetime, policy: SessionPolicy) -> datetime:
    """SESS-1, SESS-2: when an access token made now expires; never after its sign-in."""
    return min(now + timedelta(seconds=policy.access_seconds), ends)


def may_refresh(refreshed: datetime | None, policy: SessionPolicy, now: datetime) -> Decision:
    """SESS-1: one refresh in `refresh_throttle_seconds`; `refreshed` is the last one, None before the first."""
    if refreshed is None:
        return Allowed("SESS-1")
    again = refreshed + timedelta(seconds=policy.refresh_throttle_seconds)
    if now >= again:
        return Allowed("SESS-1")
    return Refused(
        "SESS-1",
        "refresh-throttled",
        "The sign-in was refreshed a moment ago.",
        next="Use the token that refresh gave.",
        since=again,
        status=429,
    )
