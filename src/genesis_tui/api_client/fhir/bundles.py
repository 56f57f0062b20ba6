"""A page of a search, entry by entry: a broken one costs itself and is counted, never the page."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

import msgspec

from genesis_tui.api_client.fhir import structs
from genesis_tui.api_client.fhir.values import BadEntry
from genesis_tui.api_client.http.client import Response
from genesis_tui.api_client.http.error_responses import unreadable
from genesis_tui.models.results.result import Unreadable

BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
WITHHELD = {
    "cancelled": "cancelled before there was a result",
    "unknown": "its status is not known",
    "superseded": "replaced by a later version",
}
"""What does not show and is no secret: the reader is told that it is there."""
_bundle = msgspec.json.Decoder(structs.Bundle)
_any = msgspec.json.Decoder(structs.AnyEntry)
_filed = msgspec.json.Decoder(structs.FiledEntry)
observation = msgspec.json.Decoder(structs.ObservationEntry).decode
report = msgspec.json.Decoder(structs.ReportEntry).decode
document = msgspec.json.Decoder(structs.DocumentEntry).decode
provenance = msgspec.json.Decoder(structs.ProvenanceEntry).decode


class _Typed(Protocol):
    @property
    def resource_type(self) -> str: ...


R = TypeVar("R", bound=_Typed, covariant=True)
T = TypeVar("T")


class _Holding(Protocol[R]):
    @property
    def resource(self) -> R: ...


@dataclass(frozen=True, slots=True)
class BundlePage:
    """The entries of one page, not decoded yet, and the address of the next; empty at the end."""

    entries: tuple[msgspec.Raw, ...]
    next: str = ""
    size: int = 0
    """Bytes of the whole page."""
    fault: str = ""
    """Why the search ends here, though the server says that there is more."""


@dataclass(slots=True)
class UnreadableEntries:
    """Which entries could not be read and why; of what they held only a hash, so that none counts twice."""

    reasons: dict[int, str] = field(default_factory=dict)
    cut: dict[str, str] = field(default_factory=dict)
    """Types whose pages did not come to an end in the last load, and why not; each counts as one more."""

    def add(self, raw: msgspec.Raw, error: Exception) -> None:
        """One more entry that could not be read."""
        words = str(error) if isinstance(error, BadEntry) else "not in the shape that FHIR asks for"
        self.reasons[hash(bytes(raw))] = words

    def withhold(self, key: str, status: str) -> None:
        """A resource (`Type/id`) whose status may say that it has nothing to show; another status takes that back."""
        why = WITHHELD.get(status)
        if why is not None:
            self.reasons[hash(key)] = why
        elif self.reasons:
            self.reasons.pop(hash(key), None)

    def told(self) -> Unreadable:
        """The count and the reasons, the most frequent first."""
        counted = Counter((*self.reasons.values(), *self.cut.values()))
        return Unreadable(counted.total(), tuple(reason for reason, _ in counted.most_common()))


def page_of(answer: Response) -> BundlePage:
    """The page in an answer.

    Raises:
        BadAnswer: the answer is not a Bundle.
    """
    try:
        bundle = _bundle.decode(answer.json)
    except BROKEN:
        raise unreadable(answer) from None
    if bundle.resource_type != "Bundle":
        raise unreadable(answer)
    following = next((link.url for link in bundle.link if link.relation == "next"), "")
    return BundlePage(tuple(bundle.entry), following, len(answer.body))


def filed(page: BundlePage, category: str) -> BundlePage:
    """The page without what is filed elsewhere than in this category; what can't be read stays, to be counted."""
    return replace(page, entries=tuple(raw for raw in page.entries if _in_category(raw, category)))


def _in_category(raw: msgspec.Raw, category: str) -> bool:
    try:
        concepts = _filed.decode(raw).resource.category
    except BROKEN:
        return True
    return any(coding.code == category for concept in concepts for coding in concept.coding)


def read(
    page: BundlePage,
    kind: str,
    decode: Callable[[msgspec.Raw], _Holding[R]],
    convert: Callable[[R], T],
    faults: UnreadableEntries,
) -> Iterator[T]:
    """The models of one type's resources on a page; other types (outcomes, includes) are passed over."""
    if page.fault:
        faults.cut[kind] = page.fault
    for raw in page.entries:
        try:
            resource = decode(raw).resource
            if resource.resource_type == kind:
                yield convert(resource)
        except (*BROKEN, BadEntry) as error:
            if not _is_other(raw, kind):
                faults.add(raw, error)


def _is_other(raw: msgspec.Raw, kind: str) -> bool:
    try:
        return _any.decode(raw).resource.resource_type not in ("", kind)
    except BROKEN:
        return False
