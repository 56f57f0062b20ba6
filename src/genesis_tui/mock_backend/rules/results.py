"""REL-1 to REL-3: when a result becomes visible, and which never does."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from genesis_tui.mock_backend.rules.policy import ReleasePolicy

NEVER_SHOWN = frozenset({"preliminary", "registered", "partial", "entered-in-error"})
"""REL-3. `partial` is the parent of `preliminary` in R4's DiagnosticReport status."""


def shows(*statuses: str) -> bool:
    """REL-3: whether a resource with these status codes is ever shown."""
    return NEVER_SHOWN.isdisjoint(statuses)


def release_at(
    final_at: datetime, reviewed_at: datetime | None, policy: ReleasePolicy, *, zone: str = "UTC"
) -> datetime:
    """The instant from which a final result is visible.

    REL-1: at once when it became final on or after the effective date (midnight in `zone`, the MTF's). REL-2: before
    it, at the earliest of reviewed, `delay_days` on, and the effective date; never before it was final.
    """
    effective = datetime.combine(policy.effective, time(), ZoneInfo(zone))
    if final_at >= effective:
        return final_at
    latest = min(final_at + timedelta(days=policy.delay_days), effective)
    return latest if reviewed_at is None else min(max(reviewed_at, final_at), latest)
