"""FAM-5: what one adult may grant another, and who may take it back."""

from dataclasses import dataclass
from datetime import date

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import FamilyPolicy


@dataclass(frozen=True, slots=True)
class Proposal:
    """A grant somebody asks to give. `receiver_age` is None where nobody with a sign-in goes by that name.

    Ages are whole years; `until` is the last day on which the grant holds, None for no end.
    """

    giver_id: str
    giver_age: int
    receiver_id: str
    receiver_age: int | None
    until: date | None


def may_grant(proposal: Proposal, policy: FamilyPolicy, today: date) -> Decision:
    """FAM-5: an adult may grant another adult access to their own record, from today on."""
    if proposal.giver_age < policy.adult_from:
        return _refused("Only an adult can give somebody access.")
    if proposal.receiver_age is None or proposal.receiver_age < policy.adult_from:
        return _refused(
            "No adult with a sign-in goes by this name.", "Ask them for their user name and check its spelling."
        )
    if proposal.receiver_id == proposal.giver_id:
        return _refused("You always have access to your own record.")
    if proposal.until is not None and proposal.until < today:
        return _refused("The last day of access is in the past.", "Choose today or a later day, or no end date.")
    return Allowed("FAM-5")


def may_revoke(giver_id: str, viewer_id: str) -> Decision:
    """FAM-5, FAM-8: only the person who gave access takes it back; to anybody else the grant is unknown."""
    if giver_id == viewer_id:
        return Allowed("FAM-5")
    return Refused("FAM-8", "invalid", "There is no such grant.", status=404)


def _refused(title: str, next_step: str = "") -> Refused:
    return Refused("FAM-5", "invalid", title, next=next_step, status=422)
