"""What a measured value says to a person (REC-3 to REC-6). Pure functions of decoded FHIR."""

import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

import msgspec

from genesis_tui.api_client.fhir.structs import (
    CodeableConcept,
    Coding,
    FhirQuantity,
    Measured,
    Ratio,
    Reference,
)
from genesis_tui.api_client.http import bounds
from genesis_tui.models.base.dates import NEVER, Moment, Precision, long_time, span_text
from genesis_tui.models.results import result
from genesis_tui.models.results.result import Flag
from genesis_tui.sanitize import one_line, plain

NONE_RECORDED = "None recorded"
_LOINC = "http://loinc.org"
NOT_OF_THIS_PATIENT = "it is not of this patient"
_MOST_DECIMALS = 6
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
URN = "urn:uuid:"
_UNITS = {"mm[Hg]": "mmHg", "Cel": "°C", "[degF]": "°F", "[lb_av]": "lb", "[in_i]": "in"}
"""UCUM codes that nobody writes."""

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


class NoNumber(ValueError):
    """Something else stands where a number should; the message is what."""


@lru_cache(maxsize=4096)
def moment(text: str | None) -> Moment:
    """A FHIR date as precise as it was given (REC-6); a missing one sorts first, and so does what is no date, as
    written."""
    if not text:
        return NEVER
    try:
        if len(text) > 10:
            parsed = datetime.fromisoformat(text)
            zoned = parsed.tzinfo is not None
            return _within(Moment(parsed if zoned else parsed.replace(tzinfo=UTC), zoned=zoned), text)
        precision = {4: Precision.YEAR, 7: Precision.MONTH, 10: Precision.DAY}[len(text)]
        day = datetime.fromisoformat(text + "-01-01"[: 10 - len(text)] if len(text) != 7 else text + "-01")
    except (ValueError, KeyError):
        return replace(NEVER, written=one_line(text))
    return _within(Moment(day.replace(tzinfo=UTC), precision), text)


def _within(at: Moment, text: str) -> Moment:
    return at if bounds.within(at.instant) else replace(NEVER, written=one_line(text))


def instant(text: str | None) -> datetime | None:
    """An instant; None where there is none, or only a partial date, or a time that is in no zone."""
    at = moment(text)
    return at.instant if at.precision is Precision.TIME and at.zoned else None


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
    """The digits as sent; in quotes they count too.

    Raises:
        NoNumber: the value is not a number.
        BadEntry: it is one beyond all measure.
    """
    digits = bytes(quantity.value).decode("utf-8", "replace")
    if digits[:1] == '"':
        digits = str(msgspec.json.decode(quantity.value)).strip()
    if not _NUMBER.fullmatch(digits):
        raise NoNumber(digits)
    if bounds.number(digits) is None:
        raise BadEntry("a number that no measurement is")
    return digits


def quantity_of(source: FhirQuantity) -> result.Quantity:
    """Comparator, value and unit (REC-3)."""
    digits = number(source)
    comparator = plain(source.comparator) if source.comparator else ""
    unit = unit_of(source)
    return result.Quantity(float(digits), comparator + _measured(digits, unit), unit, comparator)


def _measured(digits: str, unit: str) -> str:
    """The digits as sent, but for those that no instrument has: a conversion left them behind."""
    _, _, decimals = digits.partition(".")
    if len(decimals) <= _MOST_DECIMALS or not decimals.isdecimal():
        return digits
    exact = Decimal(digits)
    return f"{exact:.0f}" if unit == "mmHg" else f"{exact:.2f}" if abs(exact) >= 1 else f"{exact:.3g}"


def unit_of(source: FhirQuantity) -> str:
    """The unit as written for people, else its UCUM code, unless that only says that there is none."""
    if source.unit:
        return _UNITS.get(source.unit) or one_line(source.unit)
    code = source.code or ""
    return "" if code == "1" or code.startswith("{") else _UNITS.get(code) or one_line(code)


def limit_of(end: FhirQuantity | None) -> result.Quantity | None:
    """An end of a range; None where it is open."""
    with suppress(NoNumber):
        return quantity_of(end) if end is not None and end.value else None
    return None


def limits_text(low: FhirQuantity | None, high: FhirQuantity | None) -> str:
    """`5 - 10 mg`, `>= 5 mg`, `<= 10 mg`; empty where there is no limit (REC-3)."""
    ends = [limit_of(end) for end in (low, high)]
    first, last = ends
    if first is None or last is None:
        one = first or last
        return f"{'>=' if first else '<='} {result.quantity_text(one)}" if one else ""
    unit = "" if first.unit in ("", last.unit) else f" {first.unit}"
    return f"{first.text}{unit} - {result.quantity_text(last)}" if last.unit else f"{first.text} - {last.text}{unit}"


class Interpretation(NamedTuple):
    """What an interpretation means for the eye, in words, and by its codes."""

    flag: Flag
    word: str
    code: str = ""


NOT_JUDGED = Interpretation(Flag.NORMAL, "")


def interpretation_of(concepts: list[CodeableConcept]) -> Interpretation:
    """The gravest interpretation, in words, and what else is said that a grave one does not say too; an unknown code
    prints as it is (REC-4)."""
    best = NOT_JUDGED
    besides: list[Interpretation] = []
    for concept in concepts:
        found = _interpreted(concept)
        besides += [found] if found.flag is Flag.UNKNOWN else []
        if not best.word or found.flag.severity > best.flag.severity:
            best = found
    told = dict.fromkeys([best, *besides])
    codes = ", ".join(one.code for one in told if one.code)
    return Interpretation(best.flag, ", ".join(dict.fromkeys(one.word for one in told)), codes)


def _interpreted(concept: CodeableConcept) -> Interpretation:
    for coding in concept.coding:
        if coding.code in INTERPRETATIONS:
            return Interpretation(*INTERPRETATIONS[coding.code], coding.code)
    code = next((one_line(c.code) for c in concept.coding if c.code), "")
    said = one_line(concept.text or "") or code
    known = next((one for one, pair in INTERPRETATIONS.items() if pair[1].casefold() == said.casefold()), None)
    if known is not None:
        return Interpretation(*INTERPRETATIONS[known], known)
    return Interpretation(Flag.UNKNOWN if said else Flag.NORMAL, said, code)


def absent(reason: CodeableConcept | None) -> str:
    """Why there is no value, in words (REC-6)."""
    said = one_line(name_of(reason)).replace("-", " ")
    return said[:1].upper() + said[1:] if said else NONE_RECORDED


class Value(NamedTuple):
    """A value as it prints without its unit; the quantity where it is one; a text of several lines also as it came."""

    text: str
    quantity: result.Quantity | None = None
    lines: str = ""


def unmeasured_value(source: Measured) -> Value:
    """The value where it is no Quantity, or why there is none (REC-6)."""
    if source.value_codeable_concept is not None:
        return text_value(name_of(source.value_codeable_concept))
    if source.value_string is not None:
        return text_value(source.value_string)
    return Value(_rare_value(source) or absent(source.data_absent_reason))


def measured_value(source: FhirQuantity) -> Value:
    """A number, or what stands where it should."""
    try:
        quantity = quantity_of(source)
    except NoNumber as error:
        return text_value(f"{error} {unit_of(source)}")
    return Value(quantity.text, quantity)


def text_value(text: str) -> Value:
    """A value in words."""
    lines = plain(text, lines=True).strip("\n")
    return Value(one_line(text) or NONE_RECORDED, lines=lines if "\n" in lines else "")


def _rare_value(source: Measured) -> str:
    if source.value_integer:
        try:
            return number(FhirQuantity(source.value_integer))
        except NoNumber as error:
            return one_line(str(error))
    if source.value_boolean is not None:
        return "Yes" if source.value_boolean else "No"
    if source.value_ratio is not None:
        return _ratio(source.value_ratio)
    if source.value_range is not None:
        return limits_text(source.value_range.low, source.value_range.high)
    if source.value_period is not None:
        start, end = source.value_period.start, source.value_period.end
        return span_text(moment(start) if start else None, moment(end) if end else None)
    if source.value_date_time:
        return long_time(moment(source.value_date_time))
    if source.value_time:
        return one_line(source.value_time)
    return _value_elsewhere(source)


def _value_elsewhere(source: Measured) -> str:
    """What is said of a value that takes more than words."""
    if source.value_sampled_data:
        return "A curve of measurements, which can't be shown here"
    if source.value_attachment:
        return "A file, which can't be shown here"
    reference = source.value_reference
    return one_line(reference.display or reference.reference or "") if reference is not None else ""


def _ratio(ratio: Ratio) -> str:
    """`1:128`; with units `5 mg : 24 h`."""
    sides = [limit_of(side) for side in (ratio.numerator, ratio.denominator)]
    said = [result.quantity_text(side) if side else "?" for side in sides]
    return (" : " if any(side and side.unit for side in sides) else ":").join(said)


def names(references: list[Reference]) -> str:
    """The displays of references, in one line."""
    if len(references) == 1:
        return one_line(references[0].display or "")
    return ", ".join(one_line(r.display) for r in references if r.display)


def id_in(reference: Reference) -> str:
    """The id that a literal reference ends in, without a version; of a `urn:uuid:` the UUID, its id on many servers."""
    path = (reference.reference or "").partition("/_history/")[0]
    return plain(path.rpartition("/")[2].removeprefix(URN))
