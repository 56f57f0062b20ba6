"""What the mock was asked lately, for testers: who, for whom, and which rules decided. Never a value of a record."""

import secrets
from collections import deque
from dataclasses import asdict, dataclass, field

from genesis_tui.mock_backend.clock import micros_iso
from genesis_tui.mock_backend.rules.decision import Decision, Refused

KEPT = 500


@dataclass(slots=True)
class LogEntry:
    """One request. `at` is in microseconds; `path` has no query; `decisions` are `rule: allowed` or `rule: reason`."""

    at: int
    method: str
    path: str
    id: str
    status: int = 0
    person: str = ""
    patient: str = ""
    decisions: list[str] = field(default_factory=list)

    def note(self, decision: Decision, *, patient: str = "") -> None:
        """Remember what a rule said, and about whose record."""
        word = decision.reason or str(decision.status) if isinstance(decision, Refused) else "allowed"
        self.decisions.append(f"{decision.rule}: {word}")
        self.patient = patient or self.patient

    def listed(self) -> dict[str, object]:
        """The entry as the tester API lists it."""
        return asdict(self) | {"at": micros_iso(self.at)}


class RequestLog:
    """The last requests, newest last."""

    def __init__(self) -> None:
        self._entries: deque[LogEntry] = deque(maxlen=KEPT)

    def add(self, entry: LogEntry) -> None:
        """Keep an entry; the oldest goes when there are too many."""
        self._entries.append(entry)

    def last(self, count: int) -> list[LogEntry]:
        return list(reversed(self._entries))[:count]


def new_request_id() -> str:
    return secrets.token_hex(8)
