"""Observation to reading, and what a row needs to know around it. The hot path of Results: kept tight."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, TypeVar

import msgspec

from genesis_tui.api_client.fhir.structs import (
    CodeableConcept,
    Extension,
    FhirPeriod,
    Measured,
    Meta,
    Observation,
    Reference,
    ReferenceRange,
)
from genesis_tui.api_client.fhir.values import (
    NONE_RECORDED,
    NOT_OF_THIS_PATIENT,
    BadEntry,
    code_of,
    id_in,
    instant,
    interpretation_of,
    moment,
    name_of,
    names,
    range_of,
    value_of,
)
from genesis_tui.models.base.dates import Moment
from genesis_tui.models.results.result import Flag, Range, Reading
from genesis_tui.sanitize import one_line, plain

REVIEWED = "/StructureDefinition/reviewed-by-clinician"
ORIGIN = "/CodeSystem/origin"
IMPORTED = "/StructureDefinition/imported"
SHOWN = frozenset({"final", "amended", "corrected", "appended"})
"""REL-3: everything else never shows, and takes an earlier version away with it."""
_HIDDEN = frozenset({"registered", "partial", "preliminary", "cancelled", "entered-in-error", "unknown", "superseded"})
CORRECTED = frozenset({"amended", "corrected", "appended"})
BLOOD_PRESSURE = "http://loinc.org|85354-9"
_NAMELESS = "Unnamed test"

T = TypeVar("T")
_LARGEST = 4096
"""Bytes of what is remembered; larger ones are decoded each time."""
_concept = msgspec.json.Decoder(CodeableConcept)
_concepts = msgspec.json.Decoder(list[CodeableConcept])
_ranges = msgspec.json.Decoder(list[ReferenceRange])


class Labels(NamedTuple):
    """What the server says about a resource, beside its content."""

    reviewed: bool | None
    community: bool
    updated: datetime | None
    partner: str = ""
    """Whom a community record came from, where the resource itself names them."""
    imported: datetime | None = None


class Lab(NamedTuple):
    """One laboratory Observation: the reading, and what makes it a row where no report does."""

    reading: Reading
    status: str
    labels: Labels
    issued: datetime | None
    based_on: str
    order: str
    """What was ordered, in words; empty where that is not told."""
    members: tuple[str, ...]
    specimen: str
    performer: str


def labels(meta: Meta, extensions: list[Extension]) -> Labels:
    """Review state (REL-4), community origin (JHIE-1) and when the server last changed the resource."""
    reviewed = imported = None
    for extension in extensions:
        if extension.url.endswith(REVIEWED):
            reviewed = extension.valueBoolean
        elif extension.url.endswith(IMPORTED):
            imported = extension.valueInstant
    updated = instant(meta.lastUpdated)
    for tag in meta.tag:
        if tag.code == "community" and (tag.system or "").endswith(ORIGIN):
            return Labels(reviewed, True, updated, one_line(tag.display or ""), instant(imported))
    return Labels(reviewed, False, updated)


def owned(subject: Reference, patient_id: str) -> None:
    """Nothing of one patient ever comes into another's chart (FAM-9).

    Raises:
        BadEntry: the resource names another subject, or none.
    """
    reference = subject.reference or ""
    if reference != "Patient/" + patient_id and not reference.endswith("/Patient/" + patient_id):
        raise BadEntry(NOT_OF_THIS_PATIENT)


def stated(status: str) -> str:
    """The status itself.

    Raises:
        BadEntry: it is none that FHIR knows, so that nobody can say whether it may show.
    """
    if status not in SHOWN and status not in _HIDDEN:
        raise BadEntry("a status that is none")
    return status


def when(date_time: str | None, period: FhirPeriod | None, *others: str | None) -> Moment:
    """When it was collected: the time itself, a period's start, or the next best that is given."""
    return moment(date_time or (period.start if period else None) or next(filter(None, others), None))


def lab_of(source: Observation, patient_id: str) -> Lab:
    """The reading and its surroundings.

    Raises:
        BadEntry: it can't be shown, or is not of this patient.
    """
    owned(source.subject, patient_id)
    at = when(source.effective_date_time, source.effective_period, source.effective_instant, source.issued)
    order = source.based_on[0] if source.based_on else None
    return Lab(
        _reading(source, source.id, at, _notes(source), source.component),
        stated(source.status),
        labels(source.meta, source.extension),
        instant(source.issued) if source.issued else None,
        (order.reference or "") if order else "",
        _ordered(source, order) if order else "",
        tuple(id_in(r) for r in source.has_member),
        one_line(source.specimen.display) if source.specimen and source.specimen.display else "",
        names(source.performer),
    )


def _ordered(source: Observation, order: Reference) -> str:
    inside = next((c for c in source.contained if order.reference == f"#{c.id}"), None)
    return one_line(order.display or name_of(inside.code if inside else None))


def _reading(source: Measured, id: str, at: Moment, note: str, components: list[Measured]) -> Reading:
    text, quantity = value_of(source)
    flag, word = judged(source.interpretation) if source.interpretation else (Flag.NORMAL, "")
    parts = tuple(_part(c, f"{id}.{n}", at) for n, c in enumerate(components)) if components else ()
    code, name = coded(source.code) if source.code else ("", "")
    if parts and text == NONE_RECORDED:
        text = _joined(code, parts)
    limits = limited(source.reference_range) if source.reference_range else None
    return Reading(plain(id), code, name or _NAMELESS, at, text, quantity, flag, word, limits, note, parts)


def _part(component: Measured, id: str, at: Moment) -> Reading:
    return _reading(component, id, at, "", [])


def _joined(code: str, parts: tuple[Reading, ...]) -> str:
    """Blood pressure prints as one value, systolic over diastolic (REC-5); other parts one after the other."""
    units = {p.unit for p in parts}
    unit = f" {units.pop()}" if len(units) == 1 and parts[0].unit else ""
    if code == BLOOD_PRESSURE:
        ordered = sorted(parts, key=lambda p: not p.code.endswith("|8480-6"))
        return "/".join(p.text for p in ordered) + unit
    return ", ".join(f"{p.name} {p.text}{p.unit and ' ' + p.unit}" for p in parts)


def _notes(source: Observation) -> str:
    return "\n".join(plain(n.text, lines=True) for n in source.note) if source.note else ""


def _remembered(decode: Callable[[bytes], T]) -> Callable[[msgspec.Raw], T]:
    known = lru_cache(maxsize=2048)(decode)

    def look_up(raw: msgspec.Raw) -> T:
        content = bytes(raw)
        return known(content) if len(content) <= _LARGEST else decode(content)

    return look_up


@_remembered
def coded(raw: bytes) -> tuple[str, str]:
    """`system|code` and name of a CodeableConcept."""
    concept = _concept.decode(raw)
    return code_of(concept), name_of(concept)


@_remembered
def judged(raw: bytes) -> tuple[Flag, str]:
    """The gravest of a list of interpretations (REC-4)."""
    return interpretation_of(_concepts.decode(raw))


@_remembered
def limited(raw: bytes) -> Range | None:
    """The normal one of a list of reference ranges (REC-3)."""
    return range_of(_ranges.decode(raw))
