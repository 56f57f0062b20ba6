"""What an import took, what not and why, by type of resource."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from genesis_tui.mock_backend.imports.staging import Dropped

_EXAMPLES: Final = 3
NO_TYPE: Final = "(none)"
"""Stands for the type of what has none."""

REASONS: Final = {
    "not-json": "not JSON",
    "no-resource": "an entry without a resource",
    "no-resource-type": "no resourceType",
    "too-deep": "nested too deep",
    "not-served": "the mock serves no such type",
    "names-no-patient": "names no patient",
    "patient-is-contained": "its patient is contained in it",
    "patient-not-by-reference": "names its patient by no reference",
    "subject-is-no-patient": "is about something else than a patient",
    "unknown-patient": "no such patient was imported",
    "several-patients": "belongs to several patients",
    "unknown-target": "speaks of nothing that was imported",
    "not-referred-to": "nothing that was imported refers to it",
    "given-again": "given again, or in an older version",
    "cannot-be-stored": "cannot be stored",
}
"""Why a resource was not taken, in words."""


class Spot(NamedTuple):
    """Where something stands: a file, and the line or entry in it."""

    file: str
    place: str


@dataclass(slots=True)
class Tally:
    """Counts of what was not taken, by type and reason, with the first few places of each."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    spots: dict[tuple[str, str], list[Spot]] = field(default_factory=dict)

    def refuse(self, resource_type: str, reason: str, spot: Spot) -> None:
        """Counts one that is not taken."""
        key = (resource_type, reason)
        self.counts[key] += 1
        known = self.spots.setdefault(key, [])
        if len(known) < _EXAMPLES:
            known.append(spot)

    def drop(self, dropped: Iterable[Dropped], reason: str, names: list[str]) -> None:
        """Counts what was staged and is not taken after all; `names` are the files' names by number."""
        for one in dropped:
            self.refuse(one.type, reason, Spot(names[one.file], one.place))

    def add(self, other: "Tally") -> None:
        self.counts.update(other.counts)
        for key, spots in other.spots.items():
            known = self.spots.setdefault(key, [])
            known.extend(spots[: _EXAMPLES - len(known)])


@dataclass(slots=True)
class Report:
    """What became of one source's import. `broken` are files of which nothing was taken: name, where, and why."""

    source: str
    namespace: str
    files: int = 0
    people: int = 0
    sign_ins: int = 0
    seconds: float = 0.0
    taken: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    refused: Tally = field(default_factory=Tally)
    broken: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether every file could be read, and every line and entry in it was JSON."""
        return not self.broken and not any(reason == "not-json" for _, reason in self.refused.counts)

    def tree(self) -> dict[str, Any]:
        """The report as JSON; `docs/mock.md` tells its shape."""
        kinds = sorted({*self.taken, *self.replaced, *(name for name, _ in self.refused.counts)})
        return {
            "source": self.source,
            "namespace": self.namespace,
            "files": self.files,
            "people": self.people,
            "sign_ins": self.sign_ins,
            "seconds": round(self.seconds, 3),
            "whole": self.whole,
            "broken": [{"file": name, "where": where, "why": why} for name, where, why in self.broken],
            "types": [self._kind(kind) for kind in kinds],
        }

    def _kind(self, kind: str) -> dict[str, Any]:
        reasons = sorted(reason for name, reason in self.refused.counts if name == kind)
        return {
            "type": kind,
            "taken": self.taken[kind],
            "replaced": self.replaced[kind],
            "hidden": self.hidden[kind],
            "refused": [self._reason(kind, reason) for reason in reasons],
        }

    def _reason(self, kind: str, reason: str) -> dict[str, Any]:
        key = (kind, reason)
        return {
            "reason": reason,
            "words": REASONS[reason],
            "count": self.refused.counts[key],
            "first": [spot._asdict() for spot in self.refused.spots[key]],
        }
