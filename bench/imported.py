"""A mock's file database filled by the import itself: generated FHIR of many people, taken in again and again.

What a bench measures on it was written by the same code that takes in anybody's records.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from bench.population import START, Population
from genesis_tui.mock_backend.database.schema.family import grants
from genesis_tui.mock_backend.database.schema.sign_in import sign_in
from genesis_tui.mock_backend.imports.files import SourceFile
from genesis_tui.mock_backend.imports.run import import_source
from genesis_tui.mock_backend.mock import Mock

_EACH = 500
"""Observations of one person."""
_AT_ONCE = 50_000
"""Observations of one import; each is a source of its own."""
_READABLE = 200
_TESTS = (
    *(("4548-4", "Hemoglobin A1c", "%"), ("2093-3", "Cholesterol", "mg/dL"), ("718-7", "Hemoglobin", "g/dL")),
    *(("2160-0", "Creatinine", "mg/dL"), ("2823-3", "Potassium", "mmol/L"), ("2951-2", "Sodium", "mmol/L")),
)


@dataclass(frozen=True, slots=True)
class Imported:
    """A filled database: who reads what of it, how long the imports took, and how large the file became."""

    population: Population
    seconds: float
    file_bytes: int

    @property
    def rate(self) -> float:
        """Observations a second."""
        return self.population.observations / self.seconds


def fill_by_import(file: Path, observations: int) -> Imported:
    """Makes `file` hold `observations` laboratory observations or a few more, all of them imported as NDJSON.

    The seconds are those of the imports alone, not of writing what they read. Each of the first people granted the
    reader full access, so that a read passes the same rules as in a family.
    """
    mock = Mock.create(f"sqlite:///{file}", start=START)
    seconds, people, total = 0.0, list[str](), 0
    lines = file.with_suffix(".ndjson")
    while total < observations:
        copies = -(-min(_AT_ONCE, observations - total) // _EACH)
        with lines.open("w") as out:
            out.writelines(f"{json.dumps(one)}\n" for one in _records(copies))
        started = time.perf_counter()
        report = import_source(mock, f"bench {total}", [SourceFile(lines, lines.name)])
        seconds += time.perf_counter() - started
        total += report.taken["Observation"]
        people += [f"{report.namespace}-{number}" for number in range(copies)]
    lines.unlink()
    username, password = _let_read(mock, people[:_READABLE])
    mock.close()
    population = Population(f"sqlite:///{file}", username, password, tuple(people[:_READABLE]), total)
    return Imported(population, seconds, file.stat().st_size)


def _let_read(mock: Mock, people: list[str]) -> tuple[str, str]:
    """Gives somebody with Premium a grant of each; returns their user name and password."""
    given = {"scope": "full", "kind": "proxy", "since": 0, "accepted": 0}
    with mock.database.begin() as conn:
        reader = conn.execute(select(sign_in).where(sign_in.c.level == 2)).mappings().first()
        if reader is None:
            raise RuntimeError("the world has nobody with Premium")
        rows = [{**given, "id": f"bench-{one}", "giver_id": one, "receiver_id": reader["person_id"]} for one in people]
        conn.execute(insert(grants), rows)
    return str(reader["username"]), str(reader["password"])


def _records(people: int) -> Iterator[dict[str, Any]]:
    """People and their labs, the labs first: order is nothing to rely on."""
    for number in range(people):
        yield from (_lab(number, place) for place in range(_EACH))
        name = [{"family": f"Person{number}", "given": ["Bench"]}]
        yield {
            "resourceType": "Patient",
            "id": str(number),
            "name": name,
            "gender": "female",
            "birthDate": "1980-01-02",
        }


def _lab(person: int, place: int) -> dict[str, Any]:
    code, name, unit = _TESTS[place % len(_TESTS)]
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    quantity = {"unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
    return {
        "resourceType": "Observation",
        "id": f"{person}-{place}",
        "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab"]},
        "status": "final",
        "category": [
            {"coding": [{"system": system, "code": "laboratory", "display": "Laboratory"}], "text": "Laboratory"}
        ],
        "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": name}], "text": name},
        "subject": {"reference": f"Patient/{person}", "display": f"Bench Person{person}"},
        "effectiveDateTime": f"{2010 + place % 16}-{1 + place % 12:02d}-{1 + person % 28:02d}T08:{place % 60:02d}:00Z",
        "valueQuantity": {"value": 1 + place % 97 / 10, **quantity},
        "referenceRange": [{"low": {"value": 4.0, **quantity}, "high": {"value": 5.6, **quantity}}],
    }
