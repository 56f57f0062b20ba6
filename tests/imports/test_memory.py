"""Memory stays flat: ten times the observations take no more of it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.imports.conftest import Json, entry, lab, patient

PROGRAM = """
import resource, sys
from pathlib import Path
from genesis_tui.mock_backend.imports.files import SourceFile
from genesis_tui.mock_backend.imports.run import import_source
from genesis_tui.mock_backend.mock import Mock
path = Path(sys.argv[1])
mock = Mock.create(f"sqlite:///{path.parent}/mock.db")
for pragma in ("cache_size=-2048", "mmap_size=0"):  # SQLite's own cache has its own bound, and would fill meanwhile
    with mock.database.begin() as conn:
        conn.exec_driver_sql(f"PRAGMA {pragma}")
report = import_source(mock, "clinic", [SourceFile(path, path.name)])
mock.close()
print(report.taken["Observation"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _labs(count: int) -> Iterator[Json]:
    yield patient()
    for number in range(count):
        yield lab(str(number), valueQuantity={"value": number}, note=[{"text": "as it was measured, twice"}])


def _lines(path: Path, count: int) -> None:
    with path.open("w") as file:
        file.writelines(f"{json.dumps(one)}\n" for one in _labs(count))


def _bundle(path: Path, count: int) -> None:
    with path.open("w") as file:
        file.write('{"resourceType": "Bundle", "type": "collection", "entry": [')
        for number, one in enumerate(_labs(count)):
            url = f"http://x.example/{one['resourceType']}/{one['id']}"
            file.write(("," if number else "") + json.dumps(entry(url, one)))
        file.write("]}")


def _measured(path: Path, count: int) -> int:
    """Peak memory of a process that imports a file, in KiB."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, path], capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stderr
    taken, peak = map(int, ran.stdout.split())
    assert taken == count
    return peak


@pytest.mark.long
@pytest.mark.parametrize(
    ("write", "name"),
    [
        pytest.param(_lines, "x.ndjson", id="lines"),
        pytest.param(_bundle, "x.json", id="bundle"),
    ],
)
def test_memory_does_not_grow_with_the_file(tmp_path: Path, write: object, name: str) -> None:
    peaks = []
    for count in (12_000, 60_000):
        path = tmp_path / str(count) / name
        path.parent.mkdir()
        write(path, count)  # type: ignore[operator]
        peaks.append(_measured(path, count))
    assert peaks[1] < peaks[0] * 1.25, f"{peaks} KiB"
