"""What became of everything that a server holds of a patient, type by type: nothing is lost without a word (REC-8)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

NEVER_SHOWS = "REL-3"
"""The rule by which what is not final, or was withdrawn, never shows."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A type that could not be had, or of which only a part came."""

    type: str
    """As FHIR calls it."""
    what: str
    """The same in words, as it stands in the middle of a sentence: `notes`."""
    why: str
    """In the server's words, where it gave any."""
    rule: str = ""
    partly: bool = False


def missing_text(missing: Missing) -> str:
    """`Notes: not to be had. Insufficient scope`, `Lab tests: not all of them came. The server can't be reached.`"""
    said = "not all of them came." if missing.partly else "not to be had."
    rule = f" (rule {missing.rule})" if missing.rule else ""
    return f"{missing.what[:1].upper()}{missing.what[1:]}: {said} {missing.why}{rule}"


@dataclass(frozen=True, slots=True)
class Unshown:
    """Why an entry that came does not show, by which rule where it is one; else it could not be read."""

    why: str
    rule: str = ""
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class TypeAccount:
    """What one load had of one type."""

    type: str
    given: frozenset[str]
    """Ids of what came."""
    unshown: tuple[tuple[str, Unshown], ...] = ()
    """Of these the ones that do not show, by id."""
    total: int | None = None
    """How many the server counted, where that was asked of all of them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why so many do not show, and by which rule where it is one."""

    why: str
    count: int
    rule: str = ""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One type: what the server has of it, and what became of that."""

    type: str
    counted: int | None = None
    """How many the server counted; None where it did not say."""
    given: int = 0
    """How many came."""
    shows: int = 0
    unreadable: tuple[Reason, ...] = ()
    withheld: tuple[Reason, ...] = ()
    left_out: tuple[Reason, ...] = ()
    refused: tuple[Missing, ...] = ()
    """Why it could not be had, or not all of it."""

    @property
    def whole(self) -> bool:
        """Whether all of it shows."""
        return not (self.unreadable or self.withheld or self.left_out or self.refused)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One patient's record, type by type."""

    lines: tuple[LedgerLine, ...] = ()
    not_offered: tuple[str, ...] = ()
    """Types that could show here, and that the server does not offer."""
    fetched: datetime | None = None


NOT_PLACED = "came, and nothing here shows it"
NOT_GIVEN = "counted by the server and not given"
NOT_READ = "nothing here reads this type"


def line_of(
    type: str, accounts: Iterable[TypeAccount], shown: frozenset[str], refused: tuple[Missing, ...] = ()
) -> LedgerLine:
    """The line of a type, of all the loads that had a part of it.

    Args:
        type: as FHIR calls it.
        accounts: of these loads.
        shown: ids of the type that a person can see somewhere.
        refused: why some of it could not be had.
    """
    accounts = tuple(accounts)
    given = frozenset[str]().union(*(one.given for one in accounts))
    total = max((one.total for one in accounts if one.total is not None), default=None)
    unshown = {id: said for one in accounts for id, said in one.unshown if id not in shown}
    withheld = [said for said in unshown.values() if said.withheld or said.rule]
    unreadable = [said for said in unshown.values() if not (said.withheld or said.rule)]
    left_out = Counter({NOT_PLACED: len(given - shown - unshown.keys())})
    if total is not None and not refused:
        left_out[NOT_GIVEN] = total - len(given)
    return LedgerLine(
        type,
        counted=total,
        given=len(given),
        shows=len(given & shown),
        unreadable=_reasons(unreadable),
        withheld=_reasons(withheld),
        left_out=tuple(Reason(why, count) for why, count in left_out.items() if count > 0),
        refused=refused,
    )


def _reasons(unshown: Iterable[Unshown]) -> tuple[Reason, ...]:
    counted = Counter((one.why, one.rule) for one in unshown)
    return tuple(Reason(why, count, rule) for (why, rule), count in counted.most_common())


def unread_line(type: str, counts: Mapping[str, int | None]) -> LedgerLine:
    """The line of a type that the server offers and nothing here reads."""
    counted = counts.get(type)
    left_out = (Reason(NOT_READ, counted),) if counted else ()
    return LedgerLine(type, counted=counted, left_out=left_out)
