"""Drugs that run out in the next 14 days, and whether anybody has asked for more, as rows of Home (RX-12)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.portal.base.caller import Caller
from genesis_tui.mock_backend.portal.base.readable import told
from genesis_tui.mock_backend.portal.home.models import SupplyAhead
from genesis_tui.mock_backend.portal.refills.facts import PrescriptionRow, facts_of
from genesis_tui.mock_backend.portal.refills.rows import drug_name
from genesis_tui.mock_backend.rules.policy import RefillPolicy
from genesis_tui.mock_backend.rules.refills import supply

Json = dict[str, Any]
AHEAD = 14
"""Days."""


def supplies_ahead(caller: Caller, known: Iterable[PrescriptionRow]) -> list[Json]:
    """Those of a patient's prescriptions, the first to run out first."""
    policy, now = caller.mock.policy.refill, caller.mock.clock.now()
    rows = told(known, lambda rx: _supply(rx, policy, now), SupplyAhead).rows
    return sorted(rows, key=lambda row: (row["out"], row["title"]))


def _supply(rx: PrescriptionRow, policy: RefillPolicy, now: datetime) -> Json | None:
    """None for what lasts longer, and for what has run out where nothing can be done about it."""
    facts = facts_of(rx)
    found = supply(facts, policy, now)
    if found is None or found.ends or found.left > AHEAD or not (found.left or found.due or found.asked):
        return None
    pending = facts.pending.kind if facts.pending is not None else "refill"
    return {
        "id": rx.body["id"],
        "title": drug_name(rx.body),
        "out": found.out.isoformat(),
        "left": found.left,
        "due": found.due,
        "asked": pending if found.asked else "",
        "by": facts.provider,
        "denied": _denied(rx),
    }


def _denied(rx: PrescriptionRow) -> str | None:
    """The day on which the renewal that was asked for last was denied."""
    last = next(iter(rx.requests), None)
    if last is None or last.stage != "denied":
        return None
    return from_micros(last.stages[-1]["at"]).astimezone(ZoneInfo(rx.zone)).date().isoformat()
