"""SESS-1, SESS-2 and SESS-4: how long a sign-in and its tokens live, and what one for scripts may do."""

from datetime import datetime, timedelta

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import SessionPolicy
from genesis_tui.mock_backend.rules.sign_in.scopes import NO_SCOPE

SIGNED_OUT = Refused(
    "SESS-1", "session-ended", "You are not signed in, or your sign-in has ended.", next="Sign in again.", status=401
)
"""The one answer to a false or expired token."""


OFFLINE, COUNTS, PORTAL = "offline_access", "portal.counts", "portal"
"""Scopes: a sign-in for scripts; unread counts alone; all of the portal."""
_COUNTED = frozenset({"session", "counts"})
_OWN_END = frozenset({"session", "session/lock"})
"""What a sign-in for scripts may do: end itself."""
_KEYS = "session/vault"
CONSENT = Refused(
    "SESS-4",
    "invalid",
    "A sign-in that scripts go on with for 90 days has to be agreed to.",
    next="Agree to what it may read, or sign in without it.",
    status=400,
)


REUSED = Refused(
    "SESS-1",
    "session-ended",
    "The sign-in was renewed with a token that another had replaced, so it has ended.",
    next="Sign in again. If you did not copy the sign-in anywhere, somebody else may have it.",
    status=400,
)


def may_reuse(rotated: datetime, policy: SessionPolicy, now: datetime) -> Decision:
    """SESS-1: a refresh token that was rotated away may come again for a minute, where the answer was lost.

    After that somebody has a copy of it, and the sign-in is ended.
    """
    return Allowed("SESS-1") if now < rotated + timedelta(seconds=policy.refresh_reuse_seconds) else REUSED


def session_end(started: datetime, policy: SessionPolicy, *, offline: bool = False) -> datetime:
    """SESS-2, SESS-4: when a sign-in ends, whatever happens: one of a person, or one for scripts."""
    return started + (timedelta(days=policy.offline_days) if offline else timedelta(hours=policy.hours))


def may_use_portal(scopes: frozenset[str], path: str, *, reads: bool) -> Decision:
    """SESS-4: whether a token opens a part of the portal; `path` is the one below the portal's base.

    A sign-in for scripts reads the record, and ends itself; with unread counts alone it reads them, and who it is. It
    ends no other sign-in, and has no use for the key to what is written on the person's computers.
    """
    if OFFLINE in scopes and (path == _KEYS or not (reads or path in _OWN_END)):
        return Refused("SESS-4", "invalid", "A sign-in for scripts can only read.", next="Sign in yourself to do this.")
    if PORTAL in scopes:
        return Allowed("SESS-4")
    if COUNTS not in scopes:
        return NO_SCOPE
    if path != _KEYS and path.partition("/")[0] in _COUNTED:
        return Allowed("SESS-4")
    return Refused(
        "SESS-4",
        "invalid",
        "This sign-in reads unread counts, and nothing else.",
        next="Sign in with --offline=reading to have more read by scripts.",
    )


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
        from_=again,
        status=429,
    )
