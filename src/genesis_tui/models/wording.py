"""How dates, values and marks are worded, alike on screens and in the command line's output (REC-3 to REC-6)."""

from datetime import datetime, tzinfo

from genesis_tui.models.moment import Moment, Precision
from genesis_tui.models.results import Flag, Kind, Quantity, Range, Reading, Result

NONE_RECORDED = "None recorded"
NOT_REVIEWED = "Not reviewed yet."
WILL_REVIEW = "Your care team will review this and contact you."
"""REL-4, beside every result that no clinician has reviewed."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SHORT_DAY = 9
"""Cells of `short_day`."""

SHORT_NAMES = {
    "13457-7": "LDL", "2089-1": "LDL", "18262-6": "LDL", "18261-8": "LDL", "4548-4": "A1c", "17856-6": "A1c",
    "718-7": "Hgb", "2823-3": "K", "2951-2": "Na", "3016-3": "TSH", "11580-8": "TSH", "2160-0": "Creat",
    "2345-7": "Glucose", "6690-2": "WBC", "26464-8": "WBC", "777-3": "Platelets", "26515-7": "Platelets",
    "2276-4": "Ferritin", "1742-6": "ALT", "1920-8": "AST", "2093-3": "Chol", "2571-8": "Trig", "2085-9": "HDL",
}  # fmt: skip
"""LOINC codes of tests with a short name that people know; earlier ones stand for a panel before later ones."""

_HEADLINES = frozenset({"13457-7", "2089-1", "18262-6", "18261-8", "4548-4", "17856-6"})
"""Tests that stand for their panel even when nothing in it is flagged."""

_KINDS = {Kind.LAB: "Lab", Kind.RADIOLOGY: "Rad", Kind.PATHOLOGY: "Path", Kind.NOTE: "Note"}


def short_kind(kind: Kind) -> str:
    """`Lab`, `Rad`, `Path`, `Note`."""
    return _KINDS[kind]


# dates


def day(at: Moment) -> str:
    """`20 Nov 2026`, or as much of it as was recorded; `None recorded` (REC-6)."""
    when = at.instant
    if at.precision is Precision.NONE:
        return NONE_RECORDED
    if at.precision is Precision.YEAR:
        return str(when.year)
    month = f"{MONTHS[when.month - 1]} {when.year}"
    return month if at.precision is Precision.MONTH else f"{when.day} {month}"


def short_day(at: Moment) -> str:
    """` 3 Sep 26` in 9 cells, or as much of it as was recorded: ` Sep 2026`, `     2026`, `  no date`."""
    if at.precision is Precision.NONE:
        return "no date".rjust(SHORT_DAY)
    if at.precision in (Precision.YEAR, Precision.MONTH):
        return day(at).rjust(SHORT_DAY)
    return f"{at.instant.day:>2} {MONTHS[at.instant.month - 1]} {at.instant.year % 100:02}"


def weekday(when: datetime) -> str:
    """`Fri 20 Nov`."""
    return f"{DAYS[when.weekday()]} {when.day:>2} {MONTHS[when.month - 1]}"


def clock(when: datetime) -> str:
    """`07:40`."""
    return f"{when.hour:02}:{when.minute:02}"


def zone_name(when: datetime) -> str:
    """`EST`, or `UTC+09:00` where the zone has no letters of its own."""
    name = when.tzname() or ""
    if name and name[0] not in "+-":
        return name
    offset = when.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}" if offset else ""


def long_time(at: Moment, zone: tzinfo | None = None) -> str:
    """`Fri 20 Nov 2026 07:40 EST`, in `zone` where one is given; less where less was recorded (REC-6)."""
    if at.precision is not Precision.TIME:
        words = day(at)
        return f"{DAYS[at.instant.weekday()]} {words}" if at.precision is Precision.DAY else words
    when = at.instant.astimezone(zone) if zone else at.instant
    return f"{DAYS[when.weekday()]} {when.day} {MONTHS[when.month - 1]} {when.year} {clock(when)} {zone_name(when)}"


# values


def quantity_text(quantity: Quantity) -> str:
    """Comparator, value and unit (REC-3)."""
    return f"{quantity.text} {quantity.unit}".rstrip()


def value_text(reading: Reading) -> str:
    """The value with its unit; text results and reasons for a missing value as they are (REC-3, REC-6)."""
    return f"{reading.text} {reading.unit}".rstrip() if reading.quantity else reading.text or NONE_RECORDED


def range_text(span: Range | None, unit: str = "") -> str:
    """A reference range as it prints (REC-3), without the unit where that stands beside it already."""
    if span is None:
        return ""
    bare = span.text.removesuffix(unit).rstrip() if unit else span.text
    return bare or span.text


def flag_word(flag: Flag, *, short: bool = False) -> str:
    """What a flag is called: `High`, `Critical high` …, short `Critical`; empty where nothing is flagged."""
    words = {
        Flag.LOW: "Low", Flag.HIGH: "High", Flag.ABNORMAL: "Abnormal", Flag.CRITICAL_LOW: "Critical low",
        Flag.CRITICAL_HIGH: "Critical high", Flag.CRITICAL: "Critical",
    }  # fmt: skip
    word = words.get(flag, "")
    return "Critical" if short and flag.severity == 2 else word


def result_word(result: Result) -> str:
    """The word for a row of a list: `Critical`, or the word of the test that stands for it (`High`, `Positive`)."""
    chosen = headline(result)
    if chosen is None or not result.flag.severity:
        return ""
    return flag_word(result.flag, short=True) if result.flag.severity == 2 else chosen.word or flag_word(result.flag)


# what stands for a result in one line


def headline(result: Result) -> Reading | None:
    """The one test that stands for a result: the gravest, then the best known; None where no test stands out."""
    flagged = [r for r in result.readings if r.flag.severity == result.flag.severity]
    if not result.readings or not flagged:
        return None
    first = min(flagged, key=_rank)
    stands_out = result.flag.severity or len(result.readings) == 1 or _loinc(first) in _HEADLINES
    return first if stands_out else None


def short_name(reading: Reading) -> str:
    """`LDL` for a test that has a short name, otherwise its name."""
    return SHORT_NAMES.get(_loinc(reading), reading.name)


def main_value(result: Result) -> str:
    """`LDL 148 mg/dL`, `Positive`, `9 normal`, `report`, `benign`; of a note its author."""
    if result.kind is Kind.NOTE:
        return result.author
    if not result.readings:
        return _summary(result.conclusion) or "report"
    chosen = headline(result)
    if chosen is None:
        return _counted(result)
    value = value_text(chosen)
    return value if len(result.readings) == 1 or chosen.quantity is None else f"{short_name(chosen)} {value}"


def _rank(reading: Reading) -> int:
    order = tuple(SHORT_NAMES)
    loinc = _loinc(reading)
    return order.index(loinc) if loinc in SHORT_NAMES else len(order)


def _loinc(reading: Reading) -> str:
    return reading.code.rpartition("|")[2]


def _counted(result: Result) -> str:
    """`9 normal` only where every test says so itself; otherwise how many values there are."""
    number = len(result.readings)
    called = [r for r in result.readings if r.word and r.flag is Flag.NORMAL]
    return f"{number} normal" if len(called) == number else f"{number} values"


def _summary(conclusion: str) -> str:
    """A conclusion of a few words as it is; a longer one does not fit a list."""
    words = conclusion.strip().rstrip(".")
    return words if 0 < len(words) <= 16 and "\n" not in words else ""
