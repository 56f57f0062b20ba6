"""What a result is to the person who reads it: labs, radiology, pathology, notes (REC-1, REC-3 to REC-6)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from genesis_tui.models.base.files import Attachment
from genesis_tui.models.base.moment import Moment


class Kind(StrEnum):
    """The four kinds of row in Results; the value is the word a person reads."""

    LAB = "Lab"
    RADIOLOGY = "Radiology"
    PATHOLOGY = "Pathology"
    NOTE = "Note"


class Flag(StrEnum):
    """What an interpretation code means for the eye; ordered by `severity`."""

    NORMAL = ""
    UNKNOWN = "?"
    LOW = "▼"
    HIGH = "▲"
    ABNORMAL = "◆"
    CRITICAL_LOW = "▼▼"
    CRITICAL_HIGH = "▲▲"
    CRITICAL = "◆◆"

    @property
    def severity(self) -> int:
        """0 normal or unknown, 1 abnormal, 2 critical."""
        return len(self.value) if self not in (Flag.NORMAL, Flag.UNKNOWN) else 0


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as measured. `text` is how it prints, comparator and original digits included (REC-3)."""

    value: float
    text: str
    unit: str = ""
    comparator: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """A reference range. `text` is what prints (REC-3); `low` and `high` are numbers where the server gave them."""

    text: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One test with its value: a row of a panel, a point of a trend."""

    id: str
    """The Observation's id on its server."""
    code: str
    """`system|code` of the first coding (LOINC preferred); empty where none was given. Trends join on code and unit."""
    name: str
    at: Moment
    text: str
    """The value as it prints without its unit: `148`, `<5`, `Positive`, or the absent reason (REC-6)."""
    quantity: Quantity | None = None
    flag: Flag = Flag.NORMAL
    word: str = ""
    """The interpretation in words (`High`); an unknown code as it is (REC-4)."""
    range: Range | None = None
    note: str = ""
    parts: tuple["Reading", ...] = ()
    """Components, such as systolic and diastolic (REC-5)."""

    @property
    def unit(self) -> str:
        """The unit as it prints; empty where there is none."""
        return self.quantity.unit if self.quantity else ""


@dataclass(frozen=True, slots=True)
class Result:
    """One row of Results: a report with its readings, or a report or note with text."""

    key: str
    """`Type/id` of the resource that stands for the row; what `seen` is told."""
    kind: Kind
    title: str
    at: Moment
    """When it was collected or written: what the list is sorted and dated by."""
    issued: datetime | None = None
    status: str = "final"
    corrected: bool = False
    """Amended, corrected or appended (REL-3)."""
    reviewed: bool | None = None
    """False: the server says that no clinician has reviewed it yet (REL-4); None: it does not say."""
    community: str = ""
    """The partner's name where the record came from the community (JHIE-1); empty otherwise."""
    readings: tuple[Reading, ...] = ()
    text: str = ""
    """The report or the note as plain text; paragraphs by newline."""
    conclusion: str = ""
    specimen: str = ""
    performer: str = ""
    author: str = ""
    """Who ordered a test or wrote a note."""
    place: str = ""
    updated: datetime | None = None
    imported: datetime | None = None
    """When a community record was brought in; None where the server does not say."""
    files: tuple[Attachment, ...] = ()
    """What came with it besides its text: PDF, pictures and others."""

    @property
    def flag(self) -> Flag:
        """The gravest flag of its readings."""
        return max((r.flag for r in self.readings), key=lambda f: f.severity, default=Flag.NORMAL)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Entries that could not be read: how many and why, never what they held."""

    count: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """All that is known of a patient's results at one moment, newest first."""

    rows: tuple[Result, ...] = ()
    new: frozenset[str] = frozenset()
    """Keys of rows this viewer has not opened (REL-5)."""
    fetched: datetime | None = None
    """When the server last answered; None while only stored rows are shown."""
    complete: bool = True
    """False while pages are still to come."""
    unreadable: Unreadable = Unreadable()


def keys_of(result: Result) -> tuple[str, ...]:
    """The keys that a row stands for: its own, or those of all tests in a row that no report holds together."""
    if not result.key.startswith("Observation/"):
        return (result.key,)
    return tuple(dict.fromkeys((result.key, *(f"Observation/{r.id}" for r in result.readings))))
