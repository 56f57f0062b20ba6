"""What the app and the command line show of resources: the lines of the detail, and the JSON of `record show`."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from genesis_tui.api_client.fhir.record.sections import PLANS, shelf_for
from genesis_tui.api_client.fhir.results.patient_results import PatientResults
from genesis_tui.cli.base.json_parts import also_json
from genesis_tui.cli.record.output import entry_json
from genesis_tui.cli.results import result_json
from genesis_tui.models.base.also_recorded import AlsoRecorded
from genesis_tui.models.record import Entry, of_result
from genesis_tui.screens.record.detail import EntryDetailView, EntrySpace, told
from genesis_tui.screens.results.detail import ResultFacts, ResultSpace, blocks
from tests.api_client.record_of import page
from tests.coverage.resources import Body

SECTION_OF = {kind: section for section, plan in PLANS.items() for kind in plan.types if kind != "Observation"}
MEASURED = tuple(section for section, plan in PLANS.items() if "Observation" in plan.types)


RESULTS = ("Observation", "DiagnosticReport", "DocumentReference")


class Place(NamedTuple):
    """One place where resources show."""

    name: str
    keys: frozenset[str]
    """`Type/id` of the resources that it says it stands for."""
    text: str


def places_of(patient: str, bodies: Iterable[Body], width: int = 80) -> Iterator[Place]:
    """Every detail and every JSON document of these resources of one patient."""
    bodies = list(bodies)
    kinds = {str(body["resourceType"]) for body in bodies}
    sections = {SECTION_OF.get(kind, "other") for kind in kinds} - (
        {"other"} if kinds <= {"DiagnosticReport"} else set()
    )
    if "Observation" in kinds:
        sections |= set(MEASURED)
    shown = page(*bodies)
    for section in sections:
        shelf = shelf_for(patient, section)
        more = [kind for kind in kinds - SECTION_OF.keys() - set(RESULTS) if section == "other"]
        for kind in (*PLANS[section].types, *more):
            shelf.take(kind, shown)
        for entry in shelf.entries().rows:
            yield from _of_entry(entry, shelf.also(entry), width)
    if kinds & set(RESULTS):
        yield from _of_results(patient, bodies, width)


def _of_entry(entry: Entry, also: tuple[AlsoRecorded, ...], width: int) -> Iterator[Place]:
    keys = frozenset({entry.key, *(f"Observation/{one.id}" for one in entry.readings)})
    rows = told(entry, EntrySpace(width), also)
    view = EntryDetailView()
    lines = [line for row in rows for line in view.draw(row, width)]
    yield Place("detail in Record", keys, _text(lines, width))
    document = {**entry_json(entry), "also": [*map(also_json, also)]}
    yield Place("record show --json", keys, _strings(document))


def _of_results(patient: str, bodies: list[Body], width: int) -> Iterator[Place]:
    chart = PatientResults(patient)
    shown = page(*bodies)
    for kind in RESULTS:
        chart.take(kind, shown)
    for row in chart.results().rows:
        keys = frozenset({row.key, *(f"Observation/{one.id}" for one in row.readings)})
        found = blocks(ResultFacts(row, also=chart.also(row)), ResultSpace(width))
        yield Place("detail in Results", keys, _text([line for one in found for line in one.lines], width))
        yield Place("results --json", keys, _strings(result_json(row, chart.also(row), new=False)))
        entry = of_result(row)
        for place in _of_entry(entry, chart.also_in_record(entry), width):
            yield place._replace(keys=keys)


def _text(lines: Iterable[Iterable[tuple[str, str]]], width: int) -> str:
    """As the screen has it: what is longer than a row is cut."""
    return "\n".join("".join(text for text, _ in line)[:width] for line in lines)


def _strings(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(map(_strings, value.values()))
    if isinstance(value, list):
        return "\n".join(map(_strings, value))
    return value if isinstance(value, str) else json.dumps(value)
