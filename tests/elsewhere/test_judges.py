"""Judges that nobody here wrote, on everything that the mock has to serve."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.mock import Mock
from tests.elsewhere.installed import HERE, node, program

UCUM = "http://unitsofmeasure.org"
PATIENCE = 60


@pytest.fixture
def bodies(mock: Mock) -> list[bytes]:
    """Every resource as it is served."""
    with mock.database.begin() as conn:
        return [bytes(body) for body in conn.execute(select(resource.c.body)).scalars()]


def _said(command: list[str], told: bytes, environment: dict[str, str] | None = None) -> Any:
    done = subprocess.run(command, input=told, capture_output=True, timeout=PATIENCE, check=False, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def _units(tree: Any) -> Iterator[str]:
    if isinstance(tree, list):
        for one in tree:
            yield from _units(one)
    elif isinstance(tree, dict):
        if tree.get("system") == UCUM:
            yield tree["code"]
        for one in tree.values():
            yield from _units(one)


def test_every_unit_is_ucum(bodies: list[bytes]) -> None:
    found, environment = node("@lhncbc/ucum-lhc")
    units = sorted({unit for body in bodies for unit in _units(json.loads(body))})
    assert len(units) > 20
    command = [found, str(HERE / "ucum.cjs")]
    assert _said(command, json.dumps([*units, "tablets a day"]).encode(), environment) == ["tablets a day"]


def test_fhirkit_finds_no_fault(bodies: list[bytes]) -> None:
    judge = [program("python"), str(HERE / "fhirkit_judge.py")]
    wrong = b'{"resourceType":"Patient","id":"wrong","gender":"x y "}'
    assert len(bodies) > 1000
    (fault,) = _said(judge, b"\n".join([*bodies, wrong]))
    assert fault.startswith("Patient/wrong: ")
