"""How times, values and flags are written, the same on every screen and on the command line. Pure functions."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from genesis_tui.models.base.dates import DAYS, MONTHS, clock, day
from genesis_tui.models.base.moment import Moment, Precision
from genesis_tui.models.results.results import Flag, Kind, Quantity, Range, Reading, Result

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


def short_day(moment: Moment) -> str:
    """`20 Nov 26`, ` 3 Sep 26`: nine cells; partial dates as given (`Sep 2026`, `2026`), `no date` for none (REC-6)."""
    if moment.precision is Precision.NONE:
        return "no date"
    if moment.precision in (Precision.YEAR, Precision.MONTH):
        return day(moment)
    when = moment.instant
    return f"{when.day:2d} {MONTHS[when.month - 1]} {when.year % 100:02d}"


def long_day(moment: Moment) -> str:
    """`Fri 20 Nov 2026`; partial dates as given, `None recorded` for none (REC-6)."""
    whole = moment.precision in (Precision.DAY, Precision.TIME)
    return f"{DAYS[moment.instant.weekday()]} {day(moment)}" if whole else day(moment)


def long_time(moment: Moment, zone: str | None = None) -> str:
    """`Fri 20 Nov 2026 07:40 EST`, with as much of it as was recorded.

    Args:
        moment: what to write.
        zone: IANA name of the zone to write it in; the offset it was recorded with (`UTC-05:00`) when None or unknown.
    """
    if moment.precision is not Precision.TIME:
        return long_day(moment)
    return instant_text(moment.instant, zone)


def instant_text(instant: datetime, zone: str | None = None) -> str:
    """An aware instant as `long_time` writes it."""
    there = _zone(zone)
    local = instant.astimezone(there) if there else instant
    return f"{long_day(Moment(local))} {clock(local)} {zone_name(local)}"


def _zone(name: str | None) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_name(local: datetime) -> str:
    """`EST`, `JST`; `UTC+05:30` where its zone has no name of its own."""
    name = local.tzname() or "UTC"
    if name[0] not in "+-" and not name.startswith("UTC"):
        return name
    offset = f"{local:%z}"
    return "UTC" if int(offset[:5]) == 0 else f"UTC{offset[:3]}:{offset[3:5]}"


def quantity_text(quantity: Quantity) -> str:
    """Comparator, value, unit (REC-3): `<5 mg/dL`."""
    return f"{quantity.text} {quantity.unit}".rstrip()


def range_text(range: Range | None, unit: str = "") -> str:
    """The reference range (REC-3); without its unit where a column beside it shows the same one."""
    text = range.text if range else ""
    return text.removesuffix(f" {unit}") if unit else text


def reading_text(reading: Reading) -> str:
    """A value with its unit: `148 mg/dL`, `Positive`, `None recorded`."""
    return quantity_text(reading.quantity) if reading.quantity else reading.text


def flag_word(flag: Flag, *, short: bool = False) -> str:
    """`High`, `Critical low` …; `Critical` for all critical ones when short; empty for normal and unknown."""
    return "Critical" if short and flag.severity == 2 else _WORDS.get(flag, "")


def reading_word(reading: Reading) -> str:
    """The interpretation as it stands beside a value (REC-4): nothing for what is normal, an unknown code as it is."""
    return "" if reading.flag is Flag.NORMAL else reading.word or flag_word(reading.flag)


def result_word(result: Result) -> str:
    """The gravest reading's word as lists show it: `High`, `Critical`, `Positive`; empty where all is normal."""
    worst = gravest(result)
    if worst is None or not worst.flag.severity:
        return ""
    return flag_word(worst.flag, short=True) if worst.flag is not Flag.ABNORMAL else worst.word or "Abnormal"


def gravest(result: Result) -> Reading | None:
    """The reading that the list speaks of: of the gravest the best known, else the first; None without readings."""
    return max(result.readings, key=lambda r: (r.flag.severity, _loinc(r) in _LEADS), default=None)


def short_name(reading: Reading) -> str:
    """What clinicians call the test: `LDL`, `K`; its own name where none is known."""
    return SHORT_NAMES.get(_loinc(reading), reading.name)


def _loinc(reading: Reading) -> str:
    return reading.code.rpartition("|")[2]


def main_value(result: Result) -> str:
    """The one value of a list row: `LDL 148 mg/dL`, `9 normal`, `5.4 %`, `Positive`, `benign`, `report`, an author."""
    if result.kind is Kind.NOTE:
        return _short_author(result.author)
    worst = gravest(result)
    if worst is None:
        brief = result.conclusion.strip().rstrip(".")
        return brief if brief and len(brief) <= SHORT_CONCLUSION and "\n" not in brief else "report"
    if len(result.readings) == 1:
        return reading_text(worst)
    if worst.flag.severity:
        return f"{short_name(worst)} {reading_text(worst)}"
    judged = all(r.flag is Flag.NORMAL and (r.word or r.range) for r in result.readings)
    return f"{len(result.readings)} {'normal' if judged else 'tests'}"


def _short_author(author: str) -> str:
    words = author.partition(",")[0].split()
    if len(words) > 2 and words[0].endswith("."):
        return f"{words[0]} {words[-1]}"
    return author or "note"
