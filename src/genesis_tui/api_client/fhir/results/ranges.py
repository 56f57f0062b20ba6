"""Reference ranges: the one for this person, or every one that may be (REC-3)."""

from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from msgspec import structs

from genesis_tui.api_client.fhir.structs import (
    CodeableConcept,
    FhirQuantity,
    PatientHead,
    QuantityRange,
    ReferenceRange,
)
from genesis_tui.api_client.fhir.values import NoNumber, limits_text, moment, name_of, number
from genesis_tui.models.base.dates import Moment, Precision
from genesis_tui.models.results import result
from genesis_tui.sanitize import one_line

_SEXES = {
    **dict.fromkeys(("male", "m", "males", "man", "men", "boys", "248153007"), "male"),
    **dict.fromkeys(("female", "f", "females", "woman", "women", "girls", "248152002"), "female"),
}
"""What says for which sex a range is: codes of SNOMED CT and of v3 AdministrativeGender, and words."""
_DAYS = {
    **dict.fromkeys(("a", "y", "yr", "yrs", "year", "years"), 365.2425),
    **dict.fromkeys(("mo", "month", "months"), 30.436875),
    **dict.fromkeys(("wk", "w", "week", "weeks"), 7.0),
    **dict.fromkeys(("d", "day", "days"), 1.0),
    **dict.fromkeys(("h", "hr", "hour", "hours"), 1 / 24),
}
_SHORT = {"a": "years", "mo": "months", "wk": "weeks", "d": "days", "h": "hours"}


class Person(NamedTuple):
    """Whom ranges are chosen for; empty where that is not known."""

    sex: str = ""
    born: datetime | None = None

    @classmethod
    def of(cls, patient: PatientHead) -> "Person":
        """What their record says of them."""
        born = moment(patient.birth_date or None)
        return cls(patient.gender, born.instant if born.precision is Precision.DAY else None)

    def days_at(self, at: Moment) -> float | None:
        """Their age in days; None where either date is not known to the day."""
        if self.born is None or at.precision not in (Precision.DAY, Precision.TIME):
            return None
        return (at.instant - self.born).total_seconds() / 86_400


class RangeOption(NamedTuple):
    """One range, with whom it is for."""

    range: result.Range
    what: str
    """Its type where that is not the normal one, and conditions that are neither sex nor age."""
    sex: str
    youngest: float | None
    oldest: float | None
    """Ages in days; None for any."""
    whom: str
    """All its conditions, in words."""
    normal: bool

    @property
    def depends(self) -> bool:
        """Whether it takes the person to choose it."""
        return bool(self.sex) or self.youngest is not None or self.oldest is not None

    def fits(self, person: Person, at: Moment) -> bool | None:
        """Whether it is for this person; None where that is not known."""
        if self.sex and person.sex in _SEXES.values() and self.sex != person.sex:
            return False
        aged = self.youngest is not None or self.oldest is not None
        days = person.days_at(at) if aged else None
        if days is not None and not (self.youngest or 0) <= days < (self.oldest or days + 1):
            return False
        return None if (aged and days is None) or (self.sex and person.sex not in _SEXES.values()) else True


def options_of(ranges: list[ReferenceRange]) -> tuple[RangeOption, ...]:
    """Every range that says something."""
    return tuple(one for one in map(_option, map(_sound, ranges)) if one is not None)


def _sound(source: ReferenceRange) -> ReferenceRange:
    """Without ends that are no numbers."""
    age = source.age and QuantityRange(_end(source.age.low), _end(source.age.high))
    return structs.replace(source, low=_end(source.low), high=_end(source.high), age=age)


def _end(quantity: FhirQuantity | None) -> FhirQuantity | None:
    with suppress(NoNumber):
        if quantity is not None and quantity.value:
            number(quantity)
        return quantity
    return None


def chosen(options: tuple[RangeOption, ...], person: Person, at: Moment) -> result.Range | None:
    """The range that fits; where several may, all of them in one text, each with whom and what it is for."""
    fitting = [one for one in options if one.fits(person, at) is not False]
    if not fitting:
        fitting, person = list(options), Person()
    normal = [one.range for one in fitting if one.normal]
    said = dict.fromkeys(_said(one, person, at, alone=len(fitting) == 1) for one in sorted(fitting, key=_after_normal))
    low, high = (normal[0].low, normal[0].high) if len(normal) == 1 else (None, None)
    return result.Range("; ".join(said), low, high) if said else None


def _after_normal(one: RangeOption) -> bool:
    return not one.normal


def _said(one: RangeOption, person: Person, at: Moment, *, alone: bool) -> str:
    whom = one.what if alone and one.fits(person, at) else one.whom
    return f"{one.range.text} ({whom})" if whom else one.range.text


def _option(source: ReferenceRange) -> RangeOption | None:
    text = _text(source)
    if not text:
        return None
    sexes = [(concept, _sex(concept)) for concept in source.applies_to]
    others = [one_line(name_of(concept)) for concept, sex in sexes if not sex]
    known = {sex for _, sex in sexes if sex}
    kind = one_line(name_of(source.type)) if source.type is not None and not _is_normal(source.type) else ""
    youngest, oldest = _days(source.age.low if source.age else None), _oldest(source.age.high if source.age else None)
    ages = _ages(source)
    if ages and youngest is None and oldest is None:
        others.append(ages)
        ages = ""
    sex = known.pop() if len(known) == 1 else ""
    return RangeOption(
        result.Range(text, _limit(source.low), _limit(source.high)),
        ", ".join(filter(None, (kind, *others))),
        sex,
        youngest,
        oldest,
        ", ".join(filter(None, (kind, sex, *others, ages))),
        not kind,
    )


def _text(source: ReferenceRange) -> str:
    """Its own words, and the limits where these words have other numbers, or none."""
    limits = limits_text(source.low, source.high)
    said = one_line(source.text) if source.text else ""
    if not (said and limits):
        return said or limits
    ends = [f"{_limit(end):g}" for end in (source.low, source.high) if end is not None and end.value]
    return said if all(end in said for end in ends) else f"{said} ({limits})"


def _sex(concept: CodeableConcept) -> str:
    said = [concept.text or "", *(word or "" for c in concept.coding for word in (c.code, c.display))]
    return next((_SEXES[word.strip().casefold()] for word in said if word.strip().casefold() in _SEXES), "")


def _is_normal(kind: CodeableConcept) -> bool:
    said = {c.code for c in kind.coding} | {(kind.text or "").strip().casefold()}
    return not said - {"", None} or "normal" in said


def _limit(quantity: FhirQuantity | None) -> float | None:
    return float(number(quantity)) if quantity is not None and quantity.value else None


def _days(age: FhirQuantity | None) -> float | None:
    if age is None or not age.value:
        return None
    each = next((_DAYS[unit.casefold()] for unit in (age.code, age.unit) if unit and unit.casefold() in _DAYS), None)
    return float(number(age)) * each if each else None


def _oldest(age: FhirQuantity | None) -> float | None:
    """The age at which it ends: `12 years` lasts until the thirteenth birthday."""
    days = _days(age)
    if age is None or days is None:
        return None
    years = float(number(age))
    return days + days / years if years and years.is_integer() else days


def _ages(source: ReferenceRange) -> str:
    """`18 years or older`, `12 years or younger`, `1 - 12 years`."""
    if source.age is None:
        return ""
    low, high = (_age(end) for end in (source.age.low, source.age.high))
    if low and high:
        return f"{low} to {high}"
    return f"{low} or older" if low else f"{high} or younger" if high else ""


def _age(quantity: FhirQuantity | None) -> str:
    if quantity is None or not quantity.value:
        return ""
    unit = quantity.unit or quantity.code or ""
    return f"{number(quantity)} {_SHORT.get(unit, one_line(unit))}".strip()
