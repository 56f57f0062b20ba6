"""FAM-5, FAM-12: what one adult may grant another, who accepts, refuses and takes it back, and who asks for access."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import FamilyPolicy


@dataclass(frozen=True, slots=True)
class Proposal:
    """A grant somebody asks to give, to a user name: whether anybody has it changes nothing (FAM-12).

    `giver_age` in whole years; `until` is the last day on which the grant holds, None for no end; `waits`: another one
    of this giver's to this name is not answered yet.
    """

    giver_age: int
    to_oneself: bool
    until: date | None
    waits: bool


State = Literal["waiting", "accepted", "refused", "ended"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A grant on its way from its giver to its receiver; what has not happened is None."""

    giver_id: str
    receiver_id: str
    until: datetime | None = None
    accepted: datetime | None = None
    refused: datetime | None = None
    revoked: datetime | None = None

    def state(self, now: datetime) -> State:
        """Where it stands: it waits until its receiver has answered, or it is over."""
        if any(end is not None and end <= now for end in (self.until, self.revoked)):
            return "ended"
        if self.refused is not None:
            return "refused"
        return "waiting" if self.accepted is None else "accepted"


def may_grant(proposal: Proposal, policy: FamilyPolicy, today: date) -> Decision:
    """FAM-5, FAM-12: an adult may offer access to their own record to any user name, one offer at a time."""
    if proposal.giver_age < policy.adult_from:
        return _refused("Only an adult can give somebody access.")
    if proposal.to_oneself:
        return _refused("You always have access to your own record.")
    if proposal.until is not None and proposal.until < today:
        return _refused("The last day of access is in the past.", "Choose today or a later day, or no end date.")
    if proposal.waits:
        return Refused(
            "FAM-12",
            "grant-waits",
            "Access that you offered to this user name waits to be accepted.",
            next="Wait for an answer, or take the offer back under Family first.",
            status=409,
        )
    return Allowed("FAM-5")


def may_accept(offer: Offer | None, viewer_id: str, age: int, policy: FamilyPolicy, now: datetime) -> Decision:
    """FAM-12: the adult to whom it was made accepts it, while it is open; to anybody else the grant is unknown."""
    if offer is None or offer.receiver_id != viewer_id:
        return NO_SUCH_GRANT
    if offer.state(now) in ("refused", "ended"):
        return _OVER
    if age < policy.adult_from:
        return _refused("Only an adult can be given access.")
    return Allowed("FAM-12")


def may_refuse(offer: Offer | None, viewer_id: str, now: datetime) -> Decision:
    """FAM-12: the person to whom it was made refuses it, before it is accepted."""
    if offer is None or offer.receiver_id != viewer_id:
        return NO_SUCH_GRANT
    if offer.state(now) == "ended":
        return _OVER
    if offer.state(now) == "accepted":
        title = "You have accepted this access already."
        return Refused("FAM-12", "invalid", title, next="Who gave it can end it under Family.", status=409)
    return Allowed("FAM-12")


def may_revoke(giver_id: str, viewer_id: str) -> Decision:
    """FAM-5, FAM-8: only the person who gave access takes it back; to anybody else the grant is unknown."""
    return Allowed("FAM-5") if giver_id == viewer_id else NO_SUCH_GRANT


def may_ask(asker_age: int, policy: FamilyPolicy, *, of_oneself: bool) -> Decision:
    """FAM-12: an adult may ask any user name for access; whether anybody has it changes nothing."""
    if asker_age < policy.adult_from:
        return _refused("Only an adult can ask for access.")
    if of_oneself:
        return _refused("You always have access to your own record.")
    return Allowed("FAM-12")


NO_SUCH_GRANT = Refused("FAM-8", "invalid", "There is no such grant.", status=404)
_OVER = Refused(
    "FAM-12",
    "grant-ended",
    "This access is not offered any more.",
    next="Ask the person who offered it to give it again.",
    status=409,
)


def _refused(title: str, next_step: str = "") -> Refused:
    return Refused("FAM-5", "invalid", title, next=next_step, status=422)
