"""`genesis-tui mock import` in a process of its own, into a database file and into a mock that runs."""

import json
import shutil
from pathlib import Path

import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.cli.conftest import command
from tests.imports.conftest import bundle, lab, patient
from tests.small_world import START, small_world


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A folder with a patient, a lab, and something that the mock does not serve."""
    folder = tmp_path / "clinic"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(bundle(lab(), {"resourceType": "Claim", "id": "c"})))
    (folder / "b.ndjson").write_text(json.dumps(patient()))
    return folder


@pytest.fixture(scope="module")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the small world, to be copied."""
    file = tmp_path_factory.mktemp("small") / "small.db"
    Mock.create(f"sqlite:///{file}", start=START, world=small_world()).close()
    return file


@pytest.fixture
def small(small_file: Path, tmp_path: Path) -> str:
    """The address of a database that has a world already."""
    return f"sqlite:///{shutil.copy(small_file, tmp_path / 'mine.db')}"


def test_into_a_file_that_mock_serve_takes_up(home: Path, tmp_path: Path, records: Path) -> None:
    db = f"sqlite:///{tmp_path}/mine.db"
    done = command(home, "mock", "import", str(records), "--db", db, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    (report,) = json.loads(done.stdout)["sources"]
    assert (report["source"], report["people"], report["whole"]) == ("clinic", 1, True)
    assert {one["type"]: one["taken"] for one in report["types"]} == {"Claim": 0, "Observation": 1, "Patient": 1}
    again = command(home, "mock", "import", str(records), "--db", db, "--sign-ins")
    assert again.returncode == 0
    lines = again.stdout.splitlines()
    assert lines[0].split() == ["Type", "Taken", "Replaced", "Never", "shown", "Not", "taken", "Why", "First", "at"]
    assert [line.split()[:2] for line in lines[2:]] == [["Observation", "1"], ["Patient", "1"]]
    assert "the mock serves no such type" in lines[1]
    assert lines[1].endswith("a.json, entry 2")
    assert "clinic: 2 files, 0 new people" in again.stderr
    assert ", 1 sign-in, " in again.stderr


def test_into_a_mock_that_runs(home: Path, served: dict[str, str], records: Path) -> None:
    options = "--url", served["url"], "--token", served["tester_token"]
    done = command(home, "mock", "import", str(records), *options, "--source", "by wire", "--sign-ins", "--json")
    assert done.returncode == 0, done.stderr
    (report,) = json.loads(done.stdout)["sources"]
    assert (report["source"], report["namespace"], report["files"], report["sign_ins"]) == ("by wire", "bywire", 2, 1)
    listed = command(home, "mock", "personas", *options, "--json")
    assert "imported from by wire" in {one["story"] for one in json.loads(listed.stdout)["personas"]}
    refused = command(home, "mock", "import", str(records), "--url", served["url"], "--token", "wrong")
    assert (refused.returncode, "tester token" in refused.stderr) == (3, True)


def test_a_broken_file_is_named_and_the_rest_is_taken(home: Path, records: Path, small: str) -> None:
    (records / "cut.json").write_text('{"resourceType": "Bundle",\n "entry": [')
    (records / "c.ndjson").write_text(json.dumps(lab("b")) + "\n{broken\n")
    done = command(home, "mock", "import", str(records), "--db", small)
    assert done.returncode == 1
    assert "Nothing was taken of cut.json, line 2: not JSON" in done.stderr
    assert "(none) 1 not JSON c.ndjson, line 2" in [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "Traceback" not in done.stderr
    assert [line.split()[1] for line in done.stdout.splitlines() if line.startswith("Observation")] == ["2"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("{records}",), 2, "Say where to"),
        (("{records}", "--db", "sqlite://", "--url", "http://127.0.0.1:1"), 2, "Say where to"),
        (("{records}/none.json", "--db", "sqlite://"), 2, "none.json"),
        (("{records}", "--url", "http://mock.example:8801"), 6, "--url is the address"),
        (("{records}", "--url", "http://127.0.0.1:1"), 5, "could not be sent"),
        (("{records}", "--db", "sqlite:////none/such/folder/x.db"), 1, "unable to open database file"),
        (("{records}", "--db", "nonsense"), 1, "The database can't be used"),
        (("--db", "sqlite://"), 2, "PATH"),
    ],
)
def test_what_cannot_be_done_is_said(
    home: Path, records: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = command(home, "mock", "import", *(one.format(records=records) for one in arguments))
    assert (done.returncode, said in done.stderr, "Traceback" in done.stderr) == (code, True, False)


@pytest.mark.parametrize(
    ("paths", "sources"),
    [
        (("clinic",), ["clinic"]),
        (("clinic/a.json", "clinic/b.ndjson"), ["clinic"]),
        (("clinic/b.ndjson",), ["b"]),
        (("clinic", "other.json"), ["clinic", "other"]),
    ],
)
def test_where_a_sources_name_comes_from(
    home: Path, records: Path, small: str, paths: tuple[str, ...], sources: list[str]
) -> None:
    (records.parent / "other.json").write_text(json.dumps(patient()))
    found = [str(records.parent / path) for path in paths]
    done = command(home, "mock", "import", *found, "--db", small, "--json")
    assert [one["source"] for one in json.loads(done.stdout)["sources"]] == sources
