"""What a measured value says to a person (REC-3 to REC-6). Pure functions of decoded FHIR."""

from datetime import UTC, datetime
from functools import lru_cache

from genesis_tui.api_client.fhir.structs import (
    CodeableConcept,
    Coding,
    FhirQuantity,
    Measured,
    Reference,
    ReferenceRange,
)
from genesis_tui.api_client.http import bounds
from genesis_tui.models.base.dates import NEVER, Moment, Precision
from genesis_tui.models.results import result
from genesis_tui.models.results.result import Flag
from genesis_tui.sanitize import one_line, plain

NONE_RECORDED = "None recorded"
_LOINC = "http://loinc.org"
_NO_DATE = "a date that is none"
NOT_OF_THIS_PATIENT = "it is not of this patient"

INTERPRETATIONS: dict[str, tuple[Flag, str]] = {
    "N": (Flag.NORMAL, "Normal"),
    "H": (Flag.HIGH, "High"),
    "L": (Flag.LOW, "Low"),
    "HH": (Flag.CRITICAL_HIGH, "Critical high"),
    "LL": (Flag.CRITICAL_LOW, "Critical low"),
    "HU": (Flag.HIGH, "Significantly high"),
    "LU": (Flag.LOW, "Significantly low"),
    "A": (Flag.ABNORMAL, "Abnormal"),
    "AA": (Flag.CRITICAL, "Critical"),
    ">": (Flag.HIGH, "Above the scale"),
    "<": (Flag.LOW, "Below the scale"),
    "HX": (Flag.HIGH, "Above the high threshold"),
    "LX": (Flag.LOW, "Below the low threshold"),
    "POS": (Flag.ABNORMAL, "Positive"),
    "NEG": (Flag.NORMAL, "Negative"),
    "DET": (Flag.ABNORMAL, "Detected"),
    "ND": (Flag.NORMAL, "Not detected"),
    "RR": (Flag.ABNORMAL, "Reactive"),
    "WR": (Flag.ABNORMAL, "Weakly reactive"),
    "NR": (Flag.NORMAL, "Non-reactive"),
    "IND": (Flag.UNKNOWN, "Indeterminate"),
    "E": (Flag.UNKNOWN, "Equivocal"),
    "R": (Flag.ABNORMAL, "Resistant"),
    "I": (Flag.UNKNOWN, "Intermediate"),
    "S": (Flag.NORMAL, "Susceptible"),
    "B": (Flag.UNKNOWN, "Better"),
    "W": (Flag.UNKNOWN, "Worse"),
    "U": (Flag.UNKNOWN, "Significant change up"),
    "D": (Flag.UNKNOWN, "Significant change down"),
}
"""HL7 v3 ObservationInterpretation, in words (REC-4)."""


class BadEntry(ValueError):
    """An entry can't be shown; the message is one of a few fixed reasons and holds nothing of the entry."""


@lru_cache(maxsize=4096)
def moment(text: str | None) -> Moment:
    """A FHIR date as precise as it was given (REC-6); a missing one sorts first.

    Raises:
        BadEntry: it is not a FHIR date.
    """
    if not text:
        return NEVER
    try:
        if len(text) > 10:
            parsed = datetime.fromisoformat(text)
            return _within(Moment(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)))
        precision = {4: Precision.YEAR, 7: Precision.MONTH, 10: Precision.DAY}[len(text)]
        day = datetime.fromisoformat(text + "-01-01"[: 10 - len(text)] if len(text) != 7 else text + "-01")
    except (ValueError, KeyError):
        raise BadEntry(_NO_DATE) from None
    return _within(Moment(day.replace(tzinfo=UTC), precision))


def _within(at: Moment) -> Moment:
    if not bounds.within(at.instant):
        raise BadEntry(_NO_DATE)
    return at


def instant(text: str | None) -> datetime | None:
    """An instant; None where there is none or only a partial date."""
    at = moment(text)
    return at.instant if at.precision is Precision.TIME else None


def name_of(concept: CodeableConcept | None) -> str:
    """What a concept prints as: its text, else a display, else a code."""
    if concept is None:
        return ""
    if concept.text:
        return plain(concept.text)
    for coding in concept.coding:
        if coding.display:
            return plain(coding.display)
    return plain(concept.coding[0].code or "") if concept.coding else ""


def code_of(concept: CodeableConcept) -> str:
    """`system|code`, LOINC preferred; empty where there is none."""
    first: Coding | None = None
    for coding in concept.coding:
        if coding.code:
            if coding.system == _LOINC:
                return plain(f"{_LOINC}|{coding.code}")
            first = first or coding
    return plain(f"{first.system or ''}|{first.code}") if first else ""


def number(quantity: FhirQuantity) -> str:
    """The digits as sent.

    Raises:
        BadEntry: the value is not a number.
    """
    digits = bytes(quantity.value).decode("ascii", "replace")
    if not digits or digits[0] not in "-0123456789":
        raise BadEntry("a quantity without a number")
    if bounds.number(digits) is None:
        raise BadEntry("a number that no measurement is")
    return digits


def quantity_of(source: FhirQuantity) -> result.Quantity:
    """Comparator, value and unit (REC-3)."""
    digits = number(source)
    comparator = plain(source.comparator) if source.comparator else ""
    return result.Quantity(float(digits), comparator + digits, _unit(source), comparator)


def _unit(source: FhirQuantity) -> str:
    """The unit as written for people, else its UCUM code, unless that only says that there is none."""
    if source.unit:
        return one_line(source.unit)
    code = source.code or ""
    return "" if code == "1" or code.startswith("{") else one_line(code)


def range_of(ranges: list[ReferenceRange]) -> result.Range | None:
    """The normal range: its text if given, else `low - high unit`, `>= low unit`, `<= high unit` (REC-3)."""
    if not ranges:
        return None
    chosen = next((r for r in ranges if r.type is None or _is_normal(r.type)), ranges[0])
    low = _limit(chosen.low)
    high = _limit(chosen.high)
    text = one_line(chosen.text) if chosen.text else _range_text(chosen, low, high)
    if not text:
        return None
    return result.Range(text, float(low) if low else None, float(high) if high else None)


def _limit(quantity: FhirQuantity | None) -> str:
    return number(quantity) if quantity is not None and quantity.value else ""


def _is_normal(kind: CodeableConcept) -> bool:
    return not kind.coding or any(c.code == "normal" for c in kind.coding)


def _range_text(source: ReferenceRange, low: str, high: str) -> str:
    side = source.high or source.low
    unit = _unit(side) if side else ""
    if low and high:
        words = f"{low} - {high}"
    elif low or high:
        words = f">= {low}" if low else f"<= {high}"
    else:
        return ""
    return f"{words} {unit}" if unit else words


def interpretation_of(concepts: list[CodeableConcept]) -> tuple[Flag, str]:
    """The gravest interpretation, in words; an unknown code prints as it is (REC-4)."""
    best, word = Flag.NORMAL, ""
    for concept in concepts:
        flag, said = _interpreted(concept)
        if not word or flag.severity > best.severity:
            best, word = flag, said
    return best, word


def _interpreted(concept: CodeableConcept) -> tuple[Flag, str]:
    for coding in concept.coding:
        if coding.code in INTERPRETATIONS:
            return INTERPRETATIONS[coding.code]
    said = one_line(concept.text or "") or next((one_line(c.code) for c in concept.coding if c.code), "")
    known = next((pair for pair in INTERPRETATIONS.values() if pair[1].casefold() == said.casefold()), None)
    return known or (Flag.UNKNOWN if said else Flag.NORMAL, said)


def absent(reason: CodeableConcept | None) -> str:
    """Why there is no value, in words (REC-6)."""
    said = one_line(name_of(reason)).replace("-", " ")
    return said[:1].upper() + said[1:] if said else NONE_RECORDED


def value_of(source: Measured) -> tuple[str, result.Quantity | None]:
    """The value as it prints without its unit, and as a quantity where it is one."""
    if source.value_quantity is not None:
        if not source.value_quantity.value:
            return absent(source.data_absent_reason), None
        quantity = quantity_of(source.value_quantity)
        return quantity.text, quantity
    if source.value_codeable_concept is not None:
        return one_line(name_of(source.value_codeable_concept)) or NONE_RECORDED, None
    if source.value_string is not None:
        return one_line(source.value_string) or NONE_RECORDED, None
    return _rare_value(source) or absent(source.data_absent_reason), None


def _rare_value(source: Measured) -> str:
    if source.value_integer:
        return number(FhirQuantity(source.value_integer))
    if source.value_boolean is not None:
        return "Yes" if source.value_boolean else "No"
    if source.value_ratio is not None:
        return ":".join(_side(q) for q in (source.value_ratio.numerator, source.value_ratio.denominator))
    if source.value_range is not None:
        return " - ".join(_side(q) for q in (source.value_range.low, source.value_range.high))
    return one_line(source.value_date_time or source.value_time or "")


def _side(quantity: FhirQuantity | None) -> str:
    return quantity_of(quantity).text if quantity is not None and quantity.value else "?"


def names(references: list[Reference]) -> str:
    """The displays of references, in one line."""
    if len(references) == 1:
        return one_line(references[0].display or "")
    return ", ".join(one_line(r.display) for r in references if r.display)


def id_in(reference: Reference) -> str:
    """The id that a literal reference ends in, without a version."""
    path = (reference.reference or "").partition("/_history/")[0]
    return plain(path.rpartition("/")[2])
