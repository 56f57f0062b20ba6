"""The FHIR bodies of laboratory results."""

from collections.abc import Iterator
from functools import lru_cache

from genesis_tui.mock_backend.world.authored.catalogue import LabTest, RangeRow
from genesis_tui.mock_backend.world.base.builder import origin
from genesis_tui.mock_backend.world.base.elements import (
    LOINC,
    TERMS,
    concept,
    meta,
    named,
    plain_number,
    quantity,
    reference,
    reviewed,
    stamp,
)
from genesis_tui.mock_backend.world.base.world import Json
from genesis_tui.mock_backend.world.results.collection import Collection, Measurement

_CATEGORY = [concept(f"{TERMS}/observation-category", "laboratory", "Laboratory")]
_LAB_REPORT = concept(f"{TERMS}/v2-0074", "LAB", "Laboratory")
_FLAGS = {
    "N": "Normal",
    "L": "Low",
    "H": "High",
    "LL": "Critical low",
    "HH": "Critical high",
    "A": "Abnormal",
    "POS": "Positive",
    "NEG": "Negative",
}


def observations(collection: Collection) -> Iterator[Json]:
    """Each test of a panel with its value, flag and range. What all of them say alike is made once."""
    head, marks = _alike(collection), collection.marks
    for measured, identity in zip(collection.measurements, collection.ids, strict=True):
        code = concept(LOINC, measured.test.loinc, measured.test.display, measured.test.name)
        body: Json = {"resourceType": "Observation", "id": identity, "code": code, **head}
        _answer(body, measured)
        if marks.note and measured.key in marks.corrects:
            body["note"] = [{"text": marks.note}]
        yield body


def _alike(collection: Collection) -> Json:
    record, marks = collection.record, collection.marks
    reviewed_at = collection.reviewed_at
    partner, extension = origin(record, collection.issued, marks)
    if collection.draw.alone or reviewed_at is None:
        extension = reviewed(by_clinician=reviewed_at is not None) + extension
    head: Json = {
        **meta(partner=partner),
        "status": "amended" if marks.status == "appended" else marks.status,
        "category": _CATEGORY,
        "subject": record.subject,
        "effectiveDateTime": stamp(collection.collected),
        "issued": stamp(collection.issued),
        "performer": [record.builder.directory.laboratory(collection.facility)],
    }
    if extension:
        head["extension"] = extension
    if collection.draw.alone and len(collection.ids) > 1:
        _ordered_together(head, collection)
    return head


def _ordered_together(body: Json, collection: Collection) -> None:
    """Bedside tests of one order share it; nothing else holds them together."""
    identity = f"order-{collection.ids[0]}"
    order = {"resourceType": "ServiceRequest", "id": identity, "status": "completed", "intent": "order"}
    body["contained"] = [{**order, "code": {"text": collection.panel.name}, "subject": collection.record.subject}]
    body["basedOn"] = [{"reference": f"#{identity}"}]


def _answer(body: Json, measured: Measurement) -> None:
    test, value = measured.test, measured.value
    if isinstance(value, str):
        body["valueString"] = value
    else:
        body["valueQuantity"] = quantity(value, test.unit, test.ucum)
    if measured.flag:
        body["interpretation"] = _interpretation(measured.flag)
    if measured.bounds is not None:
        body["referenceRange"] = range_of(measured.key, test, measured.bounds)
    elif test.words:
        body["referenceRange"] = [{"text": test.words[0]}]


@lru_cache(maxsize=16)
def _interpretation(flag: str) -> list[Json]:
    return [concept(f"{TERMS}/v3-ObservationInterpretation", flag, _FLAGS[flag])]


_ranges: dict[tuple[str, int], list[Json]] = {}


def range_of(key: str, test: LabTest, bounds: RangeRow) -> list[Json]:
    """The range as FHIR; one-sided ones carry the text that prints (`< 130`), since `high` alone would say `<=`."""
    known = _ranges.get((key, id(bounds)))
    if known is not None:
        return known
    high = bounds.under if bounds.high is None else bounds.high
    body: Json = {}
    if bounds.low is not None:
        body["low"] = _end(test, bounds.low)
    if high is not None:
        body["high"] = _end(test, high)
    if bounds.under is not None:
        body["text"] = f"< {bounds.under:.{test.digits}f}"
    return _ranges.setdefault((key, id(bounds)), [body])


def _end(test: LabTest, value: float) -> Json:
    return quantity(round(value, test.digits) if test.digits else plain_number(value), test.unit, test.ucum)


def lab_report(collection: Collection) -> Json:
    """The report that stands for a panel."""
    record, marks, panel = collection.record, collection.marks, collection.panel
    partner, extension = origin(record, collection.issued, marks)
    body: Json = {
        "resourceType": "DiagnosticReport",
        "id": collection.report_id,
        **meta(partner=partner),
        "extension": reviewed(by_clinician=collection.reviewed_at is not None) + extension,
        "status": marks.status,
        "category": [_LAB_REPORT],
        "code": named(LOINC, panel.loinc, panel.display, panel.name),
        "subject": record.subject,
        "effectiveDateTime": stamp(collection.collected),
        "issued": stamp(collection.issued),
        "performer": [record.builder.directory.laboratory(collection.facility)],
        "specimen": [{"display": panel.specimen}],
        "result": [
            reference("Observation", identity, m.test.name)
            for m, identity in zip(collection.measurements, collection.ids, strict=True)
        ],
    }
    for number, name in enumerate(marks.missing, start=1):
        body["result"].append(reference("Observation", f"{collection.report_id}-{number}", name))
    _ordered(body, collection)
    if marks.conclusion or marks.note:
        body["conclusion"] = marks.conclusion or marks.note
    return body


def _ordered(body: Json, collection: Collection) -> None:
    """Who asked for it gets it back to read; where a visit led to it, that visit."""
    by = collection.draw.by or collection.record.person.pcm
    if by and not collection.marks.partner:
        body["resultsInterpreter"] = [collection.record.builder.directory.who(by)]
    visit = collection.record.encounters.get(collection.day)
    if visit is not None:
        body["encounter"] = visit
