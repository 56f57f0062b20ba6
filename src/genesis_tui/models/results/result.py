"""How times, values and flags are written, the same on every screen and on the command line. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from genesis_tui.models.base.dates import Moment
from genesis_tui.models.base.files import Attachment
from genesis_tui.models.base.ledger import Missing


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

    def __init__(self, sign: str) -> None:
        self.severity = 0 if sign in ("", "?") else len(sign)
        """0 normal or unknown, 1 abnormal, 2 critical."""


_WORDS = {
    Flag.LOW: "Low",
    Flag.HIGH: "High",
    Flag.ABNORMAL: "Abnormal",
    Flag.CRITICAL_LOW: "Critical low",
    Flag.CRITICAL_HIGH: "Critical high",
    Flag.CRITICAL: "Critical",
}
SHORT_NAMES = {
    "13457-7": "LDL",
    "2089-1": "LDL",
    "18262-6": "LDL",
    "2085-9": "HDL",
    "2093-3": "Chol",
    "2571-8": "Trig",
    "43396-1": "Non-HDL",
    "9830-1": "Chol/HDL",
    "718-7": "Hgb",
    "4544-3": "Hct",
    "20570-8": "Hct",
    "6690-2": "WBC",
    "789-8": "RBC",
    "777-3": "Plt",
    "787-2": "MCV",
    "2823-3": "K",
    "2951-2": "Na",
    "2075-0": "Cl",
    "2028-9": "CO2",
    "2345-7": "Glucose",
    "1558-6": "Glucose",
    "2160-0": "Creat",
    "3094-0": "BUN",
    "33914-3": "eGFR",
    "98979-8": "eGFR",
    "62238-1": "eGFR",
    "17861-6": "Ca",
    "1742-6": "ALT",
    "1920-8": "AST",
    "6768-6": "ALP",
    "1975-2": "Bili",
    "1751-7": "Albumin",
    "2885-2": "Protein",
    "4548-4": "A1c",
    "3016-3": "TSH",
    "2276-4": "Ferritin",
}
"""What clinicians call a test, by LOINC code, for where a whole name has no room."""
_LEADS = frozenset({"13457-7", "2089-1", "18262-6", "718-7", "2823-3", "4548-4", "2276-4"})
"""What a panel is known by, among readings that are equally grave: LDL, hemoglobin, potassium, A1c, ferritin."""
SHORT_CONCLUSION = 24
ASKS_FIRST = "asks first"
"""REL-6: what stands in the place of a value."""
SAYS_MORE = "Says more than can be shown"
"""REC-9: what stands for a modifier that nobody knows."""
SYSTOLIC, DIASTOLIC = "http://loinc.org|8480-6", "http://loinc.org|8462-4"


class Quantity(NamedTuple):
    """A number as measured. `text` is how it prints, comparator and original digits included (REC-3)."""

    value: float
    text: str
    unit: str = ""
    comparator: str = ""


def quantity_text(quantity: Quantity) -> str:
    """Comparator, value, unit (REC-3): `<5 mg/dL`."""
    return f"{quantity.text} {quantity.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Range:
    """A reference range. `text` is what prints (REC-3); `low` and `high` are numbers where the server gave them."""

    text: str
    low: float | None = None
    high: float | None = None


def range_text(range: Range | None, unit: str = "") -> str:
    """The reference range (REC-3); without its unit where a column beside it shows the same one."""
    text = range.text if range else ""
    return text.removesuffix(f" {unit}") if unit else text


class Reading(NamedTuple):
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
    interpretation: str = ""
    """Its code (`H`); several with commas, as in `word`."""
    range: Range | None = None
    """Several that may fit stand in one `text`, each with whom or what it is for."""
    note: str = ""
    parts: tuple["Reading", ...] = ()
    """Components, such as systolic and diastolic (REC-5)."""
    joined: bool = False
    """True where `text` is made of the parts, and there is no value beside them."""
    lines: str = ""
    """A text that came in several lines, as it came; `text` has it in one. Empty for every other value."""
    panel: str = ""
    """The panel that it stands under within its result; empty where the result itself is that panel."""
    status: str = "final"
    until: Moment | None = None
    """When what it was collected over ended."""
    modified: bool = False
    """True where the server says more of it than can be shown here (REC-9)."""

    @property
    def unit(self) -> str:
        """The unit as it prints; empty where there is none."""
        return self.quantity.unit if self.quantity else ""


def blood_pressure(reading: Reading) -> tuple[Reading, Reading] | None:
    """Systolic and diastolic, where the reading is a blood pressure (REC-5)."""
    found = {part.code: part for part in reading.parts}
    if SYSTOLIC in found and DIASTOLIC in found:
        return found[SYSTOLIC], found[DIASTOLIC]
    return None


def reading_text(reading: Reading) -> str:
    """A value with its unit: `148 mg/dL`, `Positive`, `None recorded`."""
    return quantity_text(reading.quantity) if reading.quantity else reading.text


def flag_word(flag: Flag, *, short: bool = False) -> str:
    """`High`, `Critical low` …; `Critical` for all critical ones when short; empty for normal and unknown."""
    return "Critical" if short and flag.severity == 2 else _WORDS.get(flag, "")


def flag_code(flag: Flag) -> str:
    """`high`, `critical-low` …; empty for normal."""
    return "" if flag is Flag.NORMAL else flag.name.lower().replace("_", "-")


def reading_word(reading: Reading) -> str:
    """The interpretation as it stands beside a value (REC-4): nothing for what is normal, an unknown code as it is."""
    return "" if reading.flag is Flag.NORMAL else reading.word or flag_word(reading.flag)


class ResultKind(StrEnum):
    """The kinds of row in Results; the value is the word a person reads."""

    LAB = "Lab"
    RADIOLOGY = "Radiology"
    PATHOLOGY = "Pathology"
    NOTE = "Note"
    OTHER = "Other"
    """A report of a category that nothing knows, or of none of these: an ECG, a sleep study."""


class Result(NamedTuple):
    """One row of Results: a report with its readings, or a report or note with text."""

    key: str
    """`Type/id` of the resource that stands for the row; what `seen` is told."""
    kind: ResultKind
    title: str
    at: Moment
    """When it was collected or written: what the list is sorted and dated by."""
    until: Moment | None = None
    """When what it was collected over ended."""
    issued: Moment | None = None
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
    document_type: str = ""
    """What kind of document a note is, in the record's words: `Discharge summary`."""
    specimen: str = ""
    performer: str = ""
    """The people who did it."""
    author: str = ""
    """Who wrote a note."""
    orderer: str = ""
    """Who ordered it."""
    reader: str = ""
    """Who read it: the interpreter of its results."""
    place: str = ""
    """Where it was done, or is kept."""
    missing: tuple[str, ...] = ()
    """What it names and can't be had, in words: `Impression: not found`."""
    modified: bool = False
    """True where the server says more of it than can be shown here (REC-9)."""
    unread: bool = False
    """Whether the server has a text of it that is still to be fetched."""
    updated: datetime | None = None
    imported: datetime | None = None
    """When a community record was brought in; None where the server does not say."""
    files: tuple[Attachment, ...] = ()
    """What came with it besides its text: PDF, pictures and others."""
    asks: tuple[str, ...] = ()
    """REL-6: the keys that it stands for, where it asks before it opens: then nothing that it found is in here."""

    @property
    def flag(self) -> Flag:
        """The gravest flag of its readings."""
        return max((r.flag for r in self.readings), key=lambda f: f.severity, default=Flag.NORMAL)


def result_word(result: Result) -> str:
    """The gravest reading's word as lists show it: `High`, `Critical`, `Positive`; empty where all is normal."""
    worst = gravest(result)
    if worst is None or not worst.flag.severity:
        return ""
    return flag_word(worst.flag, short=True) if worst.flag is not Flag.ABNORMAL else worst.word or "Abnormal"


def gravest(result: Result) -> Reading | None:
    """The reading that the list speaks of: of the gravest the best known, else the first; None without readings."""
    return leading(result.readings)


def leading(readings: Iterable[Reading]) -> Reading | None:
    """Of the gravest readings the best known, else the first; None where there are none."""
    return max(readings, key=_gravity, default=None)


def _gravity(reading: Reading) -> tuple[int, bool]:
    return reading.flag.severity, _loinc(reading) in _LEADS


def short_name(reading: Reading) -> str:
    """What clinicians call the test: `LDL`, `K`; its own name where none is known."""
    return SHORT_NAMES.get(_loinc(reading), reading.name)


def _loinc(reading: Reading) -> str:
    return reading.code.rpartition("|")[2]


_STATUS = {"appended": "added to"}


def status_word(status: str) -> str:
    """The status as it stands in a sentence: `final`, `amended`, `corrected`, `added to`."""
    return _STATUS.get(status, status)


def caution(result: Result) -> str:
    """What a list warns of, as there is more to a result than it shows: `1 missing`, `says more`; empty for nothing."""
    if result.missing:
        return f"{len(result.missing)} missing"
    return "says more" if is_modified(result) else ""


def is_modified(result: Result) -> bool:
    """Whether it, or a test of it, says more than can be shown (REC-9)."""
    return result.modified or any(reading.modified for reading in result.readings)


def corrections(result: Result) -> tuple[str, ...]:
    """What has been changed since it was first given out, and how: `Corrected`, `Added to`, `Amended: Sodium`."""
    own = status_word(result.status).capitalize()
    if result.status in ("amended", "corrected", "appended"):
        return (own,)
    changed = [r for r in result.readings if r.status in ("amended", "corrected", "appended")]
    return tuple(f"{status_word(r.status).capitalize()}: {r.name}" for r in changed) or ("Corrected",)


def main_value(result: Result) -> str:
    """The one value of a list row: `LDL 148 mg/dL`, `9 normal`, `5.4 %`, `Positive`, `benign`, `report`, an author."""
    if result.asks:
        return ASKS_FIRST
    if result.kind is ResultKind.NOTE:
        return _short_author(result.author) or result.document_type or "note"
    worst = gravest(result)
    if worst is None:
        brief = result.conclusion.strip().rstrip(".")
        return brief if brief and len(brief) <= SHORT_CONCLUSION and "\n" not in brief else "report"
    if len(result.readings) == 1:
        return reading_text(worst)
    if worst.flag.severity:
        return f"{short_name(worst)} {reading_text(worst)}"
    if result.kind is not ResultKind.LAB:
        return next((r.text for r in result.readings if "impression" in r.name.casefold()), "report")
    return f"{len(result.readings)} {'normal' if all(map(_is_normal, result.readings)) else 'tests'}"


def _is_normal(reading: Reading) -> bool:
    """Whether the server says so, or its number lies within its range."""
    if reading.flag is not Flag.NORMAL or reading.word:
        return reading.flag is Flag.NORMAL
    number, limits = reading.quantity, reading.range
    if number is None or number.comparator or limits is None or (limits.low is None and limits.high is None):
        return False
    return (limits.low is None or limits.low <= number.value) and (limits.high is None or number.value <= limits.high)


def _short_author(author: str) -> str:
    words = author.partition(",")[0].split()
    if len(words) > 2 and words[0].endswith("."):
        return f"{words[0]} {words[-1]}"
    return author


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
    missing: tuple[Missing, ...] = ()
    """Types that could not be had, or of which only a part came (REC-8)."""


def keys_of(result: Result) -> tuple[str, ...]:
    """The keys that a row stands for: its own, or those of all tests in a row that no report holds together."""
    if result.asks:
        return result.asks
    if not result.key.startswith("Observation/"):
        return (result.key,)
    return tuple(dict.fromkeys((result.key, *(f"Observation/{r.id}" for r in result.readings))))
