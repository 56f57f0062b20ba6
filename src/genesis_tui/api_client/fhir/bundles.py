"""A page of a search, entry by entry: a broken one costs itself and is counted, never the page."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

import msgspec

from genesis_tui.api_client.fhir import structs
from genesis_tui.api_client.fhir.elements.slips import decoder
from genesis_tui.api_client.fhir.values import NOT_OF_THIS_PATIENT, BadEntry
from genesis_tui.api_client.http.client import Response
from genesis_tui.api_client.http.error_responses import unreadable
from genesis_tui.models.base.errors import ApiError, Refused, reason_of
from genesis_tui.models.base.ledger import NEVER_SHOWS, Missing, TypeAccount, Unshown
from genesis_tui.models.results.result import Unreadable

BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
WITHHELD = {
    "cancelled": "cancelled before there was a result",
    "unknown": "its status is not known",
    "superseded": "replaced by a later version",
}
"""What does not show and is no secret: the reader is told that it is there."""
_NOT_FINAL = frozenset({"preliminary", "registered", "partial", "entered-in-error"})
_RULES = {NOT_OF_THIS_PATIENT: "FAM-9"}
_bundle = msgspec.json.Decoder(structs.Bundle)
_any = msgspec.json.Decoder(structs.AnyEntry)
_filed = decoder(structs.FiledEntry)
observation = decoder(structs.ObservationEntry)
report = decoder(structs.ReportEntry)
document = decoder(structs.DocumentEntry)
provenance = decoder(structs.ProvenanceEntry)


class _Typed(Protocol):
    @property
    def resource_type(self) -> str: ...

    @property
    def id(self) -> str: ...


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
    total: int | None = None
    """How many the search has on all its pages, where the server says so."""
    fault: str = ""
    """Why the search ends here, though the server says that there is more."""
    rule: str = ""
    """By which rule, where it is one."""


class UnreadableEntries:
    """What became of the entries of each type that does not show, and what never came (REC-8)."""

    def __init__(self) -> None:
        self.missing: dict[str, Missing] = {}
        """Types that the last load could not have, or not to their end."""
        self.refused: set[str] = set()
        """Types of these that the server refuses, so that nothing of them may stay (FAM-11)."""
        self._kinds: dict[str, KindAccount] = {}

    def begin(self) -> None:
        """A load begins."""
        self.missing.clear()
        self.refused.clear()

    def kind(self, kind: str) -> "KindAccount":
        """What is known of one type."""
        known = self._kinds.get(kind)
        if known is None:
            known = self._kinds[kind] = KindAccount()
        return known

    def withhold(self, kind: str, id: str, status: str) -> None:
        """A resource that does not show."""
        self.kind(kind).unshown[id] = _withheld(status)

    def show(self, kind: str, id: str) -> None:
        """A resource that shows, whatever was said of it before."""
        if unshown := self.kind(kind).unshown:
            unshown.pop(id, None)

    def lack(self, kind: str, what: str, error: ApiError) -> None:
        """A type that could not be had."""
        self.missing[kind] = Missing(kind, what, reason_of(error), error.rule)
        if isinstance(error, Refused):
            self.refused.add(kind)

    def cut(self, kind: str, what: str, why: str, rule: str = "") -> None:
        """A type of which only a part came."""
        self.missing[kind] = Missing(kind, what, why, rule, partly=True)

    def lack_beside(self, kind: str, what: str, why: str, rule: str = "") -> None:
        """What stands beside entries that are here: their names, where they came from."""
        self.missing[what] = Missing(kind, what, why, rule, partly=True, beside=True)

    def lacks(self) -> tuple[Missing, ...]:
        """What the last load could not have, or not to its end."""
        return tuple(self.missing.values())

    def told(self) -> Unreadable:
        """The count and the reasons, the most frequent first; what is not to be told of is left out."""
        every = (one for known in self._kinds.values() for one in known.unshown.values())
        counted = Counter(one.why for one in every if one.rule != NEVER_SHOWS)
        return Unreadable(counted.total(), tuple(reason for reason, _ in counted.most_common()))

    def accounts(self) -> tuple[TypeAccount, ...]:
        """What came of each type, and what of it does not show."""
        return tuple(
            TypeAccount(kind, frozenset(known.given), tuple(known.unshown.items()), known.total)
            for kind, known in self._kinds.items()
        )


@dataclass(slots=True)
class KindAccount:
    """The entries of one type that came, by id; those that have none that can be read by a hash of what they hold."""

    given: set[str] = field(default_factory=set)
    unshown: dict[str, Unshown] = field(default_factory=dict)
    total: int | None = None
    """How many there are, where the server said so of all of them."""

    def count(self, total: int | None) -> None:
        """What a page of all that there is says of how many that are."""
        self.total = total if total is not None else self.total

    def fail(self, id: str, error: Exception) -> None:
        """An entry that could not be read."""
        words = str(error) if isinstance(error, BadEntry) else "not in the shape that FHIR asks for"
        self.given.add(id)
        rule = _RULES.get(words, "")
        self.unshown[id] = Unshown(words, rule, withheld=bool(rule))


def _withheld(status: str) -> Unshown:
    why = WITHHELD.get(status)
    if why is not None:
        return Unshown(why, withheld=True)
    return Unshown(status.replace("-", " ") if status in _NOT_FINAL else "withdrawn", NEVER_SHOWS, withheld=True)


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
    total = bundle.total if isinstance(bundle.total, int) else None
    return BundlePage(tuple(bundle.entry), following, len(answer.body), total)


def filed(page: BundlePage, category: str) -> BundlePage:
    """The page without what is filed elsewhere than in this category; what can't be read stays, to be counted."""
    return replace(page, entries=tuple(raw for raw in page.entries if _in_category(raw, category)))


def _in_category(raw: msgspec.Raw, category: str) -> bool:
    try:
        concepts = _filed(raw).resource.category
    except BROKEN:
        return True
    return any(coding.code == category for concept in concepts for coding in concept.coding)


def read(
    page: BundlePage,
    kind: str,
    decode: Callable[[msgspec.Raw], _Holding[R]],
    convert: Callable[[R], T],
    faults: UnreadableEntries,
) -> Iterator[tuple[msgspec.Raw, T]]:
    """The models of one type's resources on a page, each with its entry; other types (outcomes, includes) are passed
    over."""
    known = faults.kind(kind)
    for raw in page.entries:
        try:
            resource = decode(raw).resource
            if resource.resource_type == kind:
                made = convert(resource)
                known.given.add(resource.id)
                yield raw, made
        except (*BROKEN, BadEntry) as error:
            said, id = _head(raw)
            if said in ("", kind):
                known.fail(id or f"#{hash(bytes(raw))}", error)


def _head(raw: msgspec.Raw) -> tuple[str, str]:
    """Type and id of an entry that could not be read as a whole; empty where they can't be read either."""
    try:
        resource = _any.decode(raw).resource
    except BROKEN:
        return "", ""
    return resource.resource_type, resource.id if isinstance(resource.id, str) else ""
