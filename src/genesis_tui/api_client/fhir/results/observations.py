"""Observation to reading, and what a row needs to know around it. The hot path of Results: kept tight."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import NamedTuple, TypeVar

import msgspec

from genesis_tui.api_client.fhir.attachments.markup import text_of_markup
from genesis_tui.api_client.fhir.elements.slips import decoder
from genesis_tui.api_client.fhir.linked.references import name_of as name_in_words
from genesis_tui.api_client.fhir.linked.references import nowhere_else
from genesis_tui.api_client.fhir.paths import Tree
from genesis_tui.api_client.fhir.results.ranges import Person, RangeOption, chosen, options_of
from genesis_tui.api_client.fhir.structs import (
    CodeableConcept,
    Extension,
    FhirPeriod,
    FhirQuantity,
    Measured,
    Meta,
    Narrative,
    Observation,
    Reference,
    ReferenceRange,
)
from genesis_tui.api_client.fhir.values import (
    NONE_RECORDED,
    NOT_JUDGED,
    NOT_OF_THIS_PATIENT,
    URN,
    BadEntry,
    Interpretation,
    Value,
    absent,
    code_of,
    id_in,
    instant,
    interpretation_of,
    measured_value,
    moment,
    name_of,
    text_value,
    unmeasured_value,
)
from genesis_tui.models.base.dates import Moment
from genesis_tui.models.results.result import DIASTOLIC, SYSTOLIC, Range, Reading, reading_text
from genesis_tui.sanitize import one_line, plain

REVIEWED = "/StructureDefinition/reviewed-by-clinician"
ORIGIN = "/CodeSystem/origin"
IMPORTED = "/StructureDefinition/imported"
SHOWN = frozenset({"final", "amended", "corrected", "appended"})
"""REL-3: everything else never shows, and takes an earlier version away with it."""
_HIDDEN = frozenset({"registered", "partial", "preliminary", "cancelled", "entered-in-error", "unknown", "superseded"})
CORRECTED = frozenset({"amended", "corrected", "appended"})
_NAMELESS = "Unnamed test"

T = TypeVar("T")
_LARGEST = 4096
"""Bytes of what is remembered; larger ones are decoded each time."""
_concept = decoder(CodeableConcept)
_concepts = decoder(list[CodeableConcept])
_quantity = decoder(FhirQuantity)
_ranges = decoder(list[ReferenceRange])
_raws = decoder(list[msgspec.Raw])
_narrative = decoder(Narrative)
_observation = decoder(Observation)
_trees = decoder(list[Tree])


class Labels(NamedTuple):
    """What the server says about a resource, beside its content."""

    reviewed: bool | None
    community: bool
    updated: datetime | None
    partner: str = ""
    """Whom a community record came from, where the resource itself names them."""
    imported: datetime | None = None


class ReadingContext(NamedTuple):
    """Whose record is read, and by whose clock."""

    patient_id: str
    person: Person | None = None
    """Sex and birth date, for reference ranges; None while they are not known."""
    zone: tzinfo | None = None
    """What times are put into; None leaves them in the zone that they were recorded in."""
    elsewhere: Callable[[str], bool] = nowhere_else
    """Whether a reference names something of another server."""


class Member(NamedTuple):
    """What a report or a panel names as part of it."""

    id: str
    reference: str
    display: str


class Inside(NamedTuple):
    """People, places and orders that travel inside a resource, by `#id`."""

    trees: dict[str, Tree]

    @classmethod
    def of(cls, contained: msgspec.Raw) -> "Inside":
        """What is contained, where anything is."""
        with suppress(msgspec.DecodeError):
            return cls({f"#{tree.get('id')}": tree for tree in _trees(contained)} if contained else {})
        return cls({})

    def named(self, references: list[Reference]) -> tuple[Reference, ...]:
        """The references, each with the name of what it leads to within."""
        return tuple(self._named(one) for one in references) if self.trees else tuple(references)

    def requesters(self, orders: list[Reference]) -> tuple[Reference, ...]:
        """Who asked for these, where they travel inside."""
        found = (self.trees[one.reference].get("requester") for one in orders if one.reference in self.trees)
        return self.named([msgspec.convert(one, Reference) for one in found if isinstance(one, dict)])

    def _named(self, one: Reference) -> Reference:
        """The reference as `Type/#id`, so that a place is still told from a person."""
        tree = self.trees.get(one.reference or "")
        if tree is None:
            return one
        return Reference(f"{tree.get('resourceType')}/{one.reference}", one.display or name_in_words(tree))


class People(NamedTuple):
    """Whom and what a result refers to beside its values."""

    by: tuple[Reference, ...] = ()
    read_by: tuple[Reference, ...] = ()
    orders: tuple[Reference, ...] = ()
    place: tuple[Reference, ...] = ()
    specimen: tuple[Reference, ...] = ()
    ordered_by: tuple[Reference, ...] = ()
    """Who asked, where the order travels inside."""


class Lab(NamedTuple):
    """One laboratory Observation: the reading, and what makes it a row where no report does."""

    reading: Reading
    status: str
    labels: Labels
    issued: Moment | None
    based_on: str
    order: str
    """What was ordered, in words; empty where that is not told."""
    members: tuple[Member, ...]
    specimen: str
    people: People
    inside: tuple["Lab", ...] = ()
    """Members that travel inside it."""
    undecided: bool = False
    """Whether its reference range takes a person who was not known yet."""


_NOTHING_INSIDE = Inside({})


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
    own = "Patient/" + patient_id
    if reference == own:
        return
    literal = reference.partition("/_history/")[0]
    if literal != own and not literal.endswith("/" + own):
        raise BadEntry(NOT_OF_THIS_PATIENT)


def stated(status: str) -> str:
    """The status itself.

    Raises:
        BadEntry: it is none that FHIR knows, so that nobody can say whether it may show.
    """
    if status not in SHOWN and status not in _HIDDEN:
        raise BadEntry("an invalid status")
    return status


def when(date_time: str | None, period: FhirPeriod | None, *others: str | None) -> Moment:
    """When it was collected: the time itself, a period's start, or the next best that is given."""
    span = (period.start or period.end) if period else None
    return moment(date_time or span or next(filter(None, others), None))


def lab_of(source: Observation, context: ReadingContext, *, part_of: str = "") -> Lab:
    """The reading and its surroundings.

    Args:
        source: the Observation.
        context: whose it must be.
        part_of: id of the resource that it travelled in, which was checked for its owner.

    Raises:
        BadEntry: it can't be shown, or is not of this patient.
    """
    if not part_of or source.subject.reference:
        owned(source.subject, context.patient_id)
    id = f"{part_of}#{source.id}" if part_of else source.id
    times = source.effective_timing.event if source.effective_timing else []
    at = when(source.effective_date_time, source.effective_period, source.effective_instant, *times[:1], source.issued)
    at = at.on_clock(context.zone)
    inside = inside_of(source.contained) if source.contained and source.has_member else ()
    within = Inside.of(source.contained) if source.contained else _NOTHING_INSIDE
    order = source.based_on[0] if source.based_on else None
    reading = _reading(source, id, at, context)
    if source.note or source.text or source.status != "final" or source.effective_period or len(times) > 1:
        reading = _whole(reading, source, times, context)
    return Lab(
        reading,
        stated(source.status),
        labels(source.meta, source.extension),
        moment(source.issued).on_clock(context.zone) if source.issued else None,
        (order.reference or "") if order else "",
        _ordered(order, within) if order else "",
        members_of(source.has_member, part_of or id, context.elsewhere) if source.has_member else (),
        named(source.specimen) if source.specimen else "",
        People(
            within.named(source.performer),
            (),
            tuple(source.based_on),
            (),
            within.named([source.specimen]) if source.specimen else (),
            within.requesters(source.based_on) if source.based_on else (),
        ),
        labs_inside(inside, context, id) if inside else (),
        context.person is None and bool(source.reference_range or source.component) and _depends(source),
    )


def members_of(references: list[Reference], id: str, elsewhere: Callable[[str], bool]) -> tuple[Member, ...]:
    """What the resource `id`, or one inside it, refers to, each with the id that it is known by here; what another
    server has is known by its address."""
    return tuple(_member(one, id, elsewhere) for one in references)


def _member(one: Reference, id: str, elsewhere: Callable[[str], bool]) -> Member:
    literal = one.reference or ""
    if elsewhere(literal):
        return Member(literal, literal, named(one))
    if literal.startswith("#"):
        return Member(id + literal, literal, named(one))
    id = id_in(one)
    return Member(id, f"Observation/{id}" if literal.startswith(URN) else literal, named(one))


def named(reference: Reference) -> str:
    """The display of a reference."""
    return one_line(reference.display) if reference.display else ""


def labs_inside(inside: tuple[msgspec.Raw, ...], context: ReadingContext, id: str) -> tuple[Lab, ...]:
    """The Observations among contained resources; what can't be read or may not show is left out."""
    found: list[Lab] = []
    for raw in inside:
        with suppress(msgspec.DecodeError, BadEntry):
            source = _observation(raw)
            if source.resource_type == "Observation":
                lab = lab_of(source, context, part_of=id)
                found += [lab] if lab.status in SHOWN else []
    return tuple(found)


def inside_of(contained: msgspec.Raw) -> tuple[msgspec.Raw, ...]:
    """Contained resources, not decoded yet."""
    with suppress(msgspec.DecodeError):
        return tuple(_raws(contained))
    return ()


def _ordered(order: Reference, within: Inside) -> str:
    tree = within.trees.get(order.reference or "")
    return named(order) or (name_in_words(tree) if tree else "")


def _reading(source: Measured, id: str, at: Moment, context: ReadingContext) -> Reading:
    text, quantity, lines = value_of(source)
    flag, word, judgement = judged(source.interpretation) if source.interpretation else NOT_JUDGED
    code, name = coded(source.code) if source.code else ("", "")
    reading = Reading(
        plain(id),
        code,
        name or _NAMELESS,
        at,
        text,
        quantity,
        flag,
        word,
        judgement,
        _range(source.reference_range, at, context) if source.reference_range else None,
        lines=lines,
        modified=bool(source.modifier_extension),
    )
    return _with_parts(reading, source, context) if isinstance(source, Observation) and source.component else reading


def value_of(source: Measured) -> Value:
    """The value, or why there is none (REC-6)."""
    measured = _measurement(source.value_quantity) if source.value_quantity else None
    return measured or unmeasured_value(source)


def _with_parts(reading: Reading, source: Observation, context: ReadingContext) -> Reading:
    """With its components, the gravest of which speaks for the whole."""
    parts = tuple(_reading(c, f"{reading.id}.{n}", reading.at, context) for n, c in enumerate(source.component))
    worst = max((reading, *parts), key=lambda one: one.flag.severity)
    joined = reading.text == absent(source.data_absent_reason)
    return reading._replace(
        text=_joined(parts) if joined else reading.text,
        flag=worst.flag,
        word=worst.word,
        interpretation=worst.interpretation,
        parts=parts,
        joined=joined,
        modified=reading.modified or any(part.modified for part in parts),
    )


def _whole(reading: Reading, source: Observation, times: list[str], context: ReadingContext) -> Reading:
    """With what few readings have: a note, a status of its own, an end, and words that say what no element does."""
    period = source.effective_period
    last = (period.end if period and period.start else None) or next(iter(times[1:][-1:]), None)
    reading = reading._replace(
        note=_notes(source),
        status=plain(source.status),
        until=moment(last).on_clock(context.zone) if last else None,
    )
    if source.text and (reading.text == NONE_RECORDED or b'"additional"' in bytes(source.text)):
        reading = _told(reading, narrative_text(_narrative(source.text)))
    return reading


def _told(reading: Reading, narrative: str) -> Reading:
    """The narrative as the value where there is none, else as a remark."""
    if not narrative:
        return reading
    if reading.text != NONE_RECORDED:
        return reading._replace(note="\n".join(filter(None, (reading.note, narrative))))
    value = text_value(narrative)
    return reading._replace(text=value.text, lines=value.lines)


def narrative_text(narrative: Narrative) -> str:
    """What a resource says in words, line by line."""
    return plain(text_of_markup(narrative.div, html=True), lines=True) if narrative.status != "empty" else ""


def _joined(parts: tuple[Reading, ...]) -> str:
    """Blood pressure prints as one value, systolic over diastolic (REC-5); other parts one after the other."""
    systolic, diastolic = (next((p for p in parts if p.code == code), None) for code in (SYSTOLIC, DIASTOLIC))
    if len(parts) == 2 and systolic and diastolic and systolic.unit == diastolic.unit:
        return f"{systolic.text}/{reading_text(diastolic)}"
    return ", ".join(f"{part.name} {reading_text(part)}" for part in parts)


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
    with suppress(msgspec.ValidationError):
        concept = _concept(raw)
        return code_of(concept), name_of(concept)
    return "", ""


@_remembered
def _measurement(raw: bytes) -> Value | None:
    """A Quantity; None where it has no value."""
    with suppress(msgspec.ValidationError):
        source = _quantity(raw)
        return None if bytes(source.value) in (b"", b"null") else measured_value(source)
    return None


@_remembered
def judged(raw: bytes) -> Interpretation:
    """The gravest of a list of interpretations (REC-4)."""
    return interpretation_of(_concepts(raw))


class _Limits(NamedTuple):
    options: tuple[RangeOption, ...]
    depends: bool
    """Whether it takes the person to choose."""
    plain: Range | None
    """What prints where it does not depend on the person."""


@_remembered
def _limits(raw: bytes) -> _Limits:
    options = options_of(_ranges(raw))
    depends = any(one.depends for one in options)
    return _Limits(options, depends, None if depends else chosen(options, Person(), moment(None)))


def _range(raw: msgspec.Raw, at: Moment, context: ReadingContext) -> Range | None:
    """The reference range for the person (REC-3)."""
    limits = _limits(raw)
    return chosen(limits.options, context.person or Person(), at) if limits.depends else limits.plain


def _depends(source: Observation) -> bool:
    if source.reference_range and _limits(source.reference_range).depends:
        return True
    return any(_limits(one.reference_range).depends for one in source.component if one.reference_range)
