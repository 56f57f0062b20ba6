"""What the portal takes and tells on the wire: requests that hold nothing unexpected, days, decisions."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from genesis_tui.mock_backend.clock import iso
from genesis_tui.mock_backend.rules.decision import Decision, Refused

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""As `2026-11-20T15:00:00Z`."""
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Can = TypedDict(
    "Can",
    {
        "action": str,
        "allowed": bool,
        "rule": str,
        "reason": str,
        "title": str,
        "next": str,
        "from": Instant | None,
    },
)
"""What may be done, and if not, why not."""


class RequestBody(BaseModel):
    """A request body: no coercion, no unknown fields."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def day(value: object) -> date | None:
    """A date as it is sent: `YYYY-MM-DD` and nothing else; None where none was. Raises ValueError."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("must be a date: YYYY-MM-DD")
    return date.fromisoformat(value)


def can(action: str, decision: Decision) -> dict[str, object]:
    """A decision as a row of `can` (WIRE): the action, and whether and why not."""
    if isinstance(decision, Refused):
        return {
            "action": action,
            "allowed": False,
            "rule": decision.rule,
            "reason": decision.reason,
            "title": decision.title,
            "next": decision.next,
            "from": iso(decision.from_),
        }
    title = decision.title
    return {"action": action, "allowed": True, "rule": "", "reason": "", "title": title, "next": "", "from": None}
