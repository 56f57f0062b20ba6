"""When a result becomes visible (REL-1 to REL-3), which never does, and which asks before it opens (REL-6)."""

from collections.abc import Iterable, Set
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from genesis_tui.mock_backend.rules.policy import ReleasePolicy

NEVER_SHOWN = frozenset({"preliminary", "registered", "partial", "entered-in-error"})
"""REL-3. `partial` is the parent of `preliminary` in R4's DiagnosticReport status."""


PATHOLOGY, RADIOLOGY, LABS, NOTES = "pathology", "radiology", "labs", "notes"
"""REL-6: the kinds that a person can choose to be asked about."""
_CATEGORIES = {
    **dict.fromkeys(("LP7839-6", "PAT", "SP", "CP"), PATHOLOGY),
    **dict.fromkeys(("LP29684-5", "RAD", "RUS", "CUS", "CT", "NMR", "IMG", "RX", "XRC", "NMS", "OUS"), RADIOLOGY),
    **dict.fromkeys(("VUS", "imaging"), RADIOLOGY),
    "LP29708-2": NOTES,
    **dict.fromkeys(("LAB", "LP29693-6", "laboratory", "BG", "BLB", "CG", "CH", "GE", "HM", "IMM", "MB"), LABS),
    **dict.fromkeys(("MCB", "MYC", "OSL", "SR", "TX", "VR"), LABS),
}
"""What reports are filed under: codes of LOINC and v2-0074."""


def kind_of(type: str, categories: Iterable[str]) -> str:
    """The kind of a result by its FHIR type and the codes that it is filed under; '' for one of none of them."""
    if type != "DiagnosticReport":
        return NOTES if type == "DocumentReference" else LABS
    codes = list(categories)
    found = [_CATEGORIES[code] for code in codes if code in _CATEGORIES]
    special = next((kind for kind in found if kind != LABS), "")
    return special or (LABS if found or not codes else "")


def asks_first(kind: str, chosen: Set[str]) -> bool:
    """REL-6: whether a result of this kind is listed without its value for who chose these kinds."""
    return kind in chosen


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
