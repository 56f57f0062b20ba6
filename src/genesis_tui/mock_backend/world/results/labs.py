"""Laboratory results: a DiagnosticReport with its Observations, or a bedside test as one Observation."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from msgspec.structs import replace as altered

from genesis_tui.mock_backend.world.authored.catalogue import LabTest, Panel, RangeRow
from genesis_tui.mock_backend.world.authored.read import catalogue
from genesis_tui.mock_backend.world.authored.records import AuthoredLabs
from genesis_tui.mock_backend.world.base.builder import RecordBuilder, due_at
from genesis_tui.mock_backend.world.base.world import Resource, due_resource
from genesis_tui.mock_backend.world.results.collection import Collection, Measurement
from genesis_tui.mock_backend.world.results.formulas import FORMULAS
from genesis_tui.mock_backend.world.results.observations import lab_report, observations
from genesis_tui.mock_backend.world.results.series import interpretation, measured, range_for, rounded

_FIRST_LOOK = 5
"""Hours until a culture that is still growing has its preliminary report."""


def add_labs(record: RecordBuilder) -> None:
    """Writes every draw of the record, and what is still to come of it."""
    panels = catalogue().panels
    for draw in record.authored.draws:
        for day in draw.days:
            _file(_collect(record, draw, panels[draw.panel], day))


def _collect(record: RecordBuilder, draw: AuthoredLabs, panel: Panel, day: int) -> Collection:
    collected = record.at(day, draw.at, draw.marks.partner or draw.facility)
    measurements = tuple(_measure(record, draw, panel, day, collected))
    return Collection(
        record,
        draw,
        panel,
        day,
        collected,
        collected + timedelta(hours=min(panel.hours, _FIRST_LOOK) if draw.marks.final_in else panel.hours),
        draw.marks,
        measurements,
        "" if draw.alone else record.builder.new_id("DiagnosticReport"),
        tuple(record.builder.new_id("Observation") for _ in measurements),
    )


def _file(collection: Collection) -> None:
    builder = collection.record.builder
    builder.resources.extend(resources_of(collection))
    for at, later in _later_versions(collection):
        builder.due.extend(due_resource(at, resource) for resource in resources_of(later))


def resources_of(collection: Collection) -> Iterator[Resource]:
    """The Observations of a collection, then the report that holds them (unless the draw stands alone)."""
    bodies = list(observations(collection))
    if not collection.draw.alone:
        bodies.append(lab_report(collection))
    patient_id, final_at, reviewed_at = collection.record.person.id, collection.issued, collection.reviewed_at
    return (Resource(body, patient_id, final_at=final_at, reviewed_at=reviewed_at) for body in bodies)


def _later_versions(collection: Collection) -> Iterator[tuple[datetime, Collection]]:
    """What the laboratory and the clinic do after the start: make it final, correct it, review it."""
    record, marks = collection.record, collection.marks
    if marks.final_in is not None:
        at = due_at(record, marks.final_in)
        final = altered(marks, status="final", final_in=None, review_days=None, note="")
        collection = replace(collection, marks=final, issued=at)
        yield at, collection
    if marks.correct_in is not None:
        at = due_at(record, marks.correct_in)
        collection = _corrected(collection, at)
        yield at, collection
    if marks.review_in is not None:
        at = due_at(record, marks.review_in)
        days = (at - collection.issued) / timedelta(days=1)
        yield at, replace(collection, marks=altered(collection.marks, review_days=days))


def _corrected(collection: Collection, at: datetime) -> Collection:
    fixes = collection.marks.corrects
    measurements = tuple(
        _judged(m.key, m.test, _fixed(m, fixes), m.bounds) if m.key in fixes else m for m in collection.measurements
    )
    old = {m.key: m.value for m in collection.measurements}
    note = "; ".join(f"{m.test.name} was reported as {old[m.key]}" for m in measurements if m.key in fixes)
    text = f"Corrected by the laboratory: {note}."
    marks = altered(collection.marks, status="corrected", note=text, review_days=None)
    return replace(collection, marks=marks, issued=at, measurements=measurements)


def _fixed(measured: Measurement, fixes: dict[str, float | str]) -> float | str:
    value = fixes[measured.key]
    return value if isinstance(value, str) else rounded(value, measured.test.digits)


def _measure(
    record: RecordBuilder, draw: AuthoredLabs, panel: Panel, day: int, moment: datetime
) -> Iterator[Measurement]:
    age, sex = record.age(moment), record.person.sex
    judged = {key: bounds_for(key, sex, age) for key in panel.tests}
    answers = _authored(draw, judged)
    for key, (test, bounds) in judged.items():
        if key not in answers and not test.formula:
            answers[key] = _word(record, test) if test.words else _number(record, key, test, bounds, day)
    numbers = {key: answer for key, answer in answers.items() if not isinstance(answer, str)}
    for key, (test, bounds) in judged.items():
        if test.formula and (bounds is not None or not test.ranges):
            answers[key] = numbers[key] = rounded(FORMULAS[test.formula](numbers, age, sex), test.digits)
    for key, (test, bounds) in judged.items():
        if key in answers:
            yield _judged(key, test, answers[key], bounds)


def _authored(draw: AuthoredLabs, judged: dict[str, tuple[LabTest, RangeRow | None]]) -> dict[str, float | str]:
    return {
        key: answer if isinstance(answer, str) else rounded(answer, judged[key][0].digits)
        for key, answer in draw.values.items()
    }


def _number(record: RecordBuilder, key: str, test: LabTest, bounds: RangeRow | None, day: int) -> float:
    anchors = record.authored.values.get(key, [])
    if not anchors and test.follows:
        other, factor = test.follows
        anchors = [(at, value * factor) for at, value in record.authored.values.get(other, [])]
    return rounded(measured(test, anchors, day, bounds, record.noise), test.digits)


@lru_cache(maxsize=8192)
def bounds_for(key: str, sex: str, age: int) -> tuple[LabTest, RangeRow | None]:
    """A test of the catalogue with its range for a sex and an age in whole years."""
    test = catalogue().tests[key]
    return test, range_for(test, sex, age)


def _word(record: RecordBuilder, test: LabTest) -> str:
    return test.words[0] if record.noise.random() < 0.8 else record.noise.choice(test.words)


def _judged(key: str, test: LabTest, value: float | str, bounds: RangeRow | None) -> Measurement:
    if isinstance(value, str):
        negative = "NEG" if test.positive else "N"
        flag = negative if value in test.words else ("POS" if value == test.positive else "A")
        return Measurement(key, test, value, None, flag)
    return Measurement(key, test, value, bounds, interpretation(test, value, bounds))
