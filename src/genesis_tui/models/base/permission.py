"""Whether the server lets the viewer do something with an entry, and why not."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Permission:
    """What the server says of one action. `from_` is the moment from which it will be allowed, if ever."""

    action: str
    allowed: bool
    rule: str = ""
    reason: str = ""
    title: str = ""
    next: str = ""
    from_: datetime | None = None
