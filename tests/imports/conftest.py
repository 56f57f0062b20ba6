"""A mock that knows a few people, and short ways to import into it and to look at what came of that."""

import gzip
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.imports.files import batches_of
from genesis_tui.mock_backend.imports.report import Report
from genesis_tui.mock_backend.imports.run import import_source
from genesis_tui.mock_backend.mock import Mock
from tests.gate.judge import SHARED
from tests.small_world import small_mock

Json = dict[str, Any]
Import = Callable[..., Report]
Write = Callable[..., Path]
decode = msgspec.json.Decoder(float_hook=Decimal).decode


@pytest.fixture
def small() -> Iterator[Mock]:
    """The small world, standing still."""
    made = small_mock()
    yield made
    made.close()


@pytest.fixture
def take(small: Mock) -> Import:
    """Imports paths into the small world as one source: `take(path, ..., source="clinic")`."""

    def run(*paths: Path, source: str = "clinic", sign_ins: bool = False) -> Report:
        (batch,) = batches_of(paths, source)
        return import_source(small, batch.source, batch.files, sign_ins=sign_ins)

    return run


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes resources to a file: NDJSON where it is named so, one resource or a list otherwise, gzip by `.gz`."""

    def run(name: str, *resources: Json | str) -> Path:
        lines = [one if isinstance(one, str) else json.dumps(one) for one in resources]
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = "\n".join(lines).encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return run


@pytest.fixture
def shared() -> Path:
    """The folder of FHIR from elsewhere; skips the test where it is absent."""
    folder = SHARED / "data/fhir"
    if not folder.is_dir():
        pytest.skip("shared data: the folder of FHIR from elsewhere is not beside the clone (GENESIS_SHARED names it)")
    return folder


def patient(patient_id: str = "1", **more: Any) -> Json:
    """A Patient."""
    name = [{"given": ["Ada"], "family": "Stone"}]
    return {"resourceType": "Patient", "id": patient_id, "name": name, "birthDate": "1980-02-03", **more}


def lab(lab_id: str = "a", whose: str = "Patient/1", **more: Any) -> Json:
    """A laboratory Observation."""
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    return {
        "resourceType": "Observation",
        "id": lab_id,
        "status": "final",
        "category": [{"coding": [{"system": system, "code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "4548-4"}]},
        "subject": {"reference": whose},
        "effectiveDateTime": "2026-05-06",
        **more,
    }


def bundle(*entries: Json, kind: str = "collection") -> Json:
    """A Bundle; an entry is a resource, or an entry with its fullUrl."""
    made = [one if "resource" in one else {"resource": one} for one in entries]
    return {"resourceType": "Bundle", "type": kind, "entry": made}


def entry(full_url: str, resource_: Json) -> Json:
    """A Bundle entry with its fullUrl."""
    return {"fullUrl": full_url, "resource": resource_}


def stored(mock: Mock, *, namespace: str = "clinic") -> dict[str, Json]:
    """Everything a source has in the mock, by `Type/id`; `_patient`, `_hidden` and `_sensitive` are the columns."""
    with mock.database.begin() as conn:
        rows = conn.execute(select(resource).where(resource.c.id.like(f"{namespace}-%"))).mappings().all()
    return {
        f"{row['type']}/{row['id']}": decode(row["body"])
        | {"_patient": row["patient_id"], "_hidden": row["hidden"], "_sensitive": row["sensitive"]}
        for row in rows
    }


def refused(report: Report) -> dict[str, int]:
    """Why things were not taken, and how many each."""
    counts: dict[str, int] = {}
    for (_, reason), count in report.refused.counts.items():
        counts[reason] = counts.get(reason, 0) + count
    return counts
