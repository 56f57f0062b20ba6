"""What every rule answers with: allowed, or refused with the rule, a stable reason, plain words and a next step."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Allowed:
    """Nothing stands against it. `title` says, where that helps, until when or on what terms."""

    rule: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule stands against it.

    `reason` is one of the codes in PORTAL_RULES.md, `title` says what is refused in plain words, `next` what the
    person can do, `from_` from when it will be allowed (where that is known), `status` the HTTP status.
    """

    rule: str
    reason: str
    title: str
    next: str = ""
    from_: datetime | None = None
    status: int = 403


Decision = Allowed | Refused
