"""What became of everything that a server holds of a patient, type by type: nothing is lost without a word (REC-8)."""

import re
from collections import Counter
from collections.abc import Iterable
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
    beside: bool = False
    """True where only names or origins of entries are missing, and the entries themselves are here."""


def missing_text(missing: Missing) -> str:
    """`Notes: not to be had. Insufficient scope`, `Lab tests: not all of them came. The server can't be reached.`"""
    said = "not all of them came." if missing.partly else "not to be had."
    return f"{missing.what[:1].upper()}{missing.what[1:]}: {said} {missing.why}{by_rule(missing.rule)}"


@dataclass(frozen=True, slots=True)
class Unshown:
    """Why an entry that came does not show: it could not be read, or it is withheld, by which rule where it is one."""

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
    missing: tuple[Missing, ...] = ()
    """Why it could not be had, or not all of it."""

    @property
    def whole(self) -> bool:
        """Whether all of it shows."""
        return not (self.unreadable or self.withheld or self.left_out or self.missing)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One patient's record, type by type."""

    lines: tuple[LedgerLine, ...] = ()
    not_offered: tuple[str, ...] = ()
    """Types that could show here, and that the server does not offer."""
    fetched: datetime | None = None


NOT_PLACED = "came, and nothing here shows it"
NOT_GIVEN = "counted by the server, and not given"
BESIDE = "tells of people and of who may see it, and is no entry of the record"
_WORDS = {
    "Observation": "Tests and measurements",
    "DiagnosticReport": "Reports",
    "DocumentReference": "Notes and documents",
    "AllergyIntolerance": "Allergies",
    "MedicationRequest": "Prescriptions",
    "MedicationDispense": "Dispenses",
    "MedicationStatement": "Medications reported",
    "MedicationAdministration": "Medications given",
    "Encounter": "Visits",
    "ServiceRequest": "Orders",
    "ImagingStudy": "Imaging studies",
    "QuestionnaireResponse": "Answered questionnaires",
    "FamilyMemberHistory": "Family history",
    "Coverage": "Coverage",
}


def type_words(type: str) -> str:
    """A type in words; one that has none here as FHIR calls it, word by word."""
    return _WORDS.get(type) or f"{singular(type)}s"


def singular(type: str) -> str:
    """One of a type, as FHIR calls it, word by word: `Clinical impression`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type).capitalize()


def line_of(
    type: str, accounts: Iterable[TypeAccount], shown: frozenset[str], missing: tuple[Missing, ...] = ()
) -> LedgerLine:
    """The line of a type, of all the loads that had a part of it.

    Args:
        type: as FHIR calls it.
        accounts: of these loads.
        shown: ids of the type that a person can see somewhere.
        missing: why some of it could not be had.
    """
    accounts = tuple(accounts)
    given = frozenset[str]().union(*(one.given for one in accounts))
    total = max((one.total for one in accounts if one.total is not None), default=None)
    unshown = {id: said for one in accounts for id, said in one.unshown if id not in shown}
    left_out = Counter({NOT_PLACED: len(given - shown - unshown.keys())})
    if total is not None and not missing:
        left_out[NOT_GIVEN] = total - len(given)
    return LedgerLine(
        type,
        counted=total,
        given=len(given),
        shows=len(given & shown),
        unreadable=_reasons(said for said in unshown.values() if not said.withheld),
        withheld=_reasons(said for said in unshown.values() if said.withheld),
        left_out=tuple(Reason(why, count) for why, count in left_out.items() if count > 0),
        missing=missing,
    )


def beside_line(type: str, counted: int | None, missing: tuple[Missing, ...] = ()) -> LedgerLine:
    """The line of a type that is the patient's and no part of the record."""
    left_out = (Reason(BESIDE, counted),) if counted else ()
    return LedgerLine(type, counted=counted, left_out=left_out, missing=missing)


def of_interest(ledger: Ledger) -> tuple[LedgerLine, ...]:
    """The lines of what is there, those first of which something is not here."""
    lines = (line for line in ledger.lines if line.shows or not line.whole)
    return tuple(sorted(lines, key=lambda line: line.whole))


def line_text(line: LedgerLine) -> str:
    """How much of it shows: `all 12`, `3 of 5`, `none`, `missing`."""
    there = max(line.counted or 0, line.given)
    if not there and line.missing:
        return "missing"
    if line.shows == there:
        return f"all {there:,}" if there else "none"
    return f"{line.shows:,} of {there:,}"


def line_reasons(line: LedgerLine) -> tuple[tuple[str, str], ...]:
    """Why the rest does not show: a label, then how many and why."""
    counted = (("Could not be read", line.unreadable), ("Withheld", line.withheld), ("Left out", line.left_out))
    found = [(label, _reason_text(one)) for label, reasons in counted for one in reasons]
    for one in line.missing:
        found.append(("Incomplete" if one.partly else "Missing", f"{one.what}: {one.why}{by_rule(one.rule)}"))
    return tuple(found)


def _reason_text(reason: Reason) -> str:
    return f"{reason.count:,}: {reason.why}{by_rule(reason.rule)}"


def by_rule(rule: str) -> str:
    """` (rule HOST-1)`; empty where it is none."""
    return f" (rule {rule})" if rule else ""


def _reasons(unshown: Iterable[Unshown]) -> tuple[Reason, ...]:
    counted = Counter((one.why, one.rule) for one in unshown)
    return tuple(Reason(why, count, rule) for (why, rule), count in counted.most_common())
