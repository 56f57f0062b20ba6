"""CLIP-1, CLIP-2: until when a clipboard can be filled in, and when it can be submitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from genesis_tui.mock_backend.rules.appointments.status import CHANGES, STATUSES, told
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.sign_in.levels import may_act


@dataclass(frozen=True, slots=True)
class ClipboardFacts:
    """What the rules need to know: the visit's `status`, `start` (aware, None for a request) and `zone`, when the
    clipboard was `submitted`, and the viewer's assurance `level`."""

    status: str
    start: datetime | None
    zone: str
    submitted: datetime | None
    level: int


_BEGUN = ("arrived", "checked-in", "fulfilled")


def may_save(facts: ClipboardFacts, now: datetime) -> Decision:
    """ID-5, CLIP-1: whether the answers may still be changed at `now`: not from the very instant of the start on."""
    acting = may_act(facts.level)
    if isinstance(acting, Refused):
        return acting
    if facts.submitted is not None:
        title = f"It was submitted {told(facts.submitted, facts.zone)}."
        return Refused("CLIP-1", "already-submitted", title, next="Write to the clinic.", status=409)
    passed = facts.start is not None and now >= facts.start
    if facts.status in _BEGUN or (facts.status in CHANGES and passed):
        title = "The visit has begun: nothing can be changed."
        return Refused("CLIP-1", "already-started", title, next="Tell the clinic's staff.")
    if facts.status not in CHANGES:
        title = f"The visit is {STATUSES.get(facts.status, facts.status).lower()}: nothing can be changed."
        return Refused("CLIP-1", "status-change", title, next="Write to the clinic.", status=422)
    if facts.start is None:
        return Allowed("CLIP-1")
    return Allowed("CLIP-1", f"You can fill it in until the visit starts, {told(facts.start, facts.zone)}.")


def may_submit(facts: ClipboardFacts, missing: Sequence[str], now: datetime) -> Decision:
    """CLIP-1, CLIP-2: whether it can be submitted at `now`; `missing` are the questions that must be answered first."""
    decision = may_save(facts, now)
    if isinstance(decision, Refused) or not missing:
        return decision
    count = "One question is" if len(missing) == 1 else f"{len(missing)} questions are"
    named = "; ".join(missing[:3]) + ("; and more" if len(missing) > 3 else "")
    title = f"{count} still to be answered: {named}"
    return Refused("CLIP-2", "required-missing", title, next="Answer what is missing, then submit.", status=422)
