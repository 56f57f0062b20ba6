"""The portal's own words on the wire: instants, decisions, and requests that hold nothing unexpected."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.rules.decision import Decision, Refused


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


def iso(moment: datetime | None) -> str | None:
    """An aware UTC instant as RFC 3339."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def micros_iso(micros: int | None) -> str | None:
    """Microseconds since 1970 as RFC 3339."""
    return None if micros is None else iso(from_micros(micros))


def can(action: str, decision: Decision) -> dict[str, object]:
    """A decision as WIRE's `can` row."""
    if isinstance(decision, Refused):
        return {
            "action": action,
            "allowed": False,
            "rule": decision.rule,
            "reason": decision.reason,
            "title": decision.title,
            "next": decision.next,
            "from": iso(decision.since),
        }
    title = decision.title
    return {"action": action, "allowed": True, "rule": "", "reason": "", "title": title, "next": "", "from": None}
