"""`genesis-tui export` as people and scripts use it: what is in the files, and that nothing is lost or replaced."""

import csv
import hashlib
import json
import re
import stat
import zlib
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.gate.judge import judge


def pages(body: bytes) -> str:
    """The words of a PDF with a font of its own, as they stand in its streams."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", body, re.DOTALL)
    return "\n".join(zlib.decompress(one).decode("latin-1") for one in streams)


@pytest.mark.rule("REC-2")
def test_the_immunization_record_has_every_dose_with_what_a_school_asks_for(daniel: Run, tmp_path: Path) -> None:
    tree = json.loads(daniel("record", "immunizations", "--json").stdout)
    to = tmp_path / "doses.pdf"
    done = daniel("export", "immunizations", "--to", str(to))
    assert (done.returncode, done.stdout) == (0, f"{to}\n")
    assert "24 of 24 doses go in." in done.stderr
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")] == []
    said = pages(to.read_bytes())
    for words in ("Immunization record", "Daniel Reyes, born ", "an unofficial client", "Page 1 of "):
        assert words in said
    for entry in tree["entries"]:
        told = {fact["label"]: fact["text"] for fact in entry["facts"]}
        assert [part for part in (told["Lot"], told["Site"], told["Given by"].split()[0]) if part not in said] == []
    assert said.count("None recorded") == 0, "each dose has all of it"


@pytest.mark.rule("REC-2")
def test_a_section_as_csv_has_a_column_for_each_kind_of_fact(daniel: Run, tmp_path: Path) -> None:
    tree = json.loads(daniel("record", "immunizations", "--json").stdout)
    to = tmp_path / "doses.csv"
    assert daniel("export", "immunizations", "--as", "csv", "--to", str(to)).returncode == 0
    rows = list(csv.DictReader(to.read_text("utf-8-sig").splitlines()))
    assert [row["key"] for row in rows] == [entry["key"] for entry in tree["entries"]]
    assert [row["at"] for row in rows] == [entry["at"] for entry in tree["entries"]]
    lots = [next(fact["text"] for fact in entry["facts"] if fact["label"] == "Lot") for entry in tree["entries"]]
    assert [row["Lot"] for row in rows] == lots


@pytest.mark.rule("REC-2")
def test_a_test_has_a_line_for_each_of_its_values(daniel: Run, tmp_path: Path) -> None:
    tree = json.loads(daniel("record", "vitals", "--json").stdout)
    assert daniel("export", "vitals", "--as", "csv", "--to", str(tmp_path / "v.csv")).returncode == 0
    rows = list(csv.DictReader((tmp_path / "v.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == sum(len(entry["readings"]) for entry in tree["entries"]) > len(tree["entries"])


@pytest.mark.rule("REC-2")
def test_a_section_as_fhir_has_the_resources_that_the_entries_are_made_of(daniel: Run, tmp_path: Path) -> None:
    for section, kinds in (("immunizations", {"Immunization"}), ("labs", {"Observation", "DiagnosticReport"})):
        keys = {entry["key"] for entry in json.loads(daniel("record", section, "--json").stdout)["entries"]}
        to = tmp_path / f"{section}.json"
        done = daniel("export", section, "--as", "fhir", "--to", str(to), "--json")
        told = json.loads(done.stdout)
        assert (told["entries"], told["whole"], told["without_original"]) == (len(keys), len(keys), 0)
        assert told["sha256"] == hashlib.sha256(to.read_bytes()).hexdigest()
        bundle = json.loads(to.read_text())
        assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
        resources = [entry["resource"] for entry in bundle["entry"]]
        assert keys <= {f"{one['resourceType']}/{one['id']}" for one in resources}
        assert {one["resourceType"] for one in resources} <= kinds
        assert all(entry["fullUrl"].endswith(f"/{entry['resource']['id']}") for entry in bundle["entry"])


@pytest.mark.rule("REC-2")
def test_the_gate_passes_what_was_exported(daniel: Run, tmp_path: Path) -> None:
    files = [tmp_path / f"{section}.json" for section in ("immunizations", "medications", "vitals")]
    counts = []
    for file in files:
        assert daniel("export", file.stem, "--as", "fhir", "--to", str(file)).returncode == 0
        counts.append(len(json.loads(file.read_text())["entry"]))
    verdict = judge(files)
    assert (verdict.code, verdict.findings, verdict.resources) == (0, (), sum(counts))


@pytest.mark.rule("REC-2")
def test_nothing_is_replaced(daniel: Run, tmp_path: Path, home: Path) -> None:
    to = tmp_path / "mine.csv"
    to.write_text("mine")
    done = daniel("export", "allergies", "--as", "csv", "--to", str(to))
    assert (done.returncode, done.stdout, to.read_text()) == (1, "", "mine")
    assert "is there already, and is not replaced" in done.stderr
    assert daniel("export", "allergies", "--to", str(tmp_path)).returncode == 1
    (home / "Downloads").mkdir()
    names = [Path(daniel("export", "allergies", "--as", "csv").stdout.strip()).name for _ in range(2)]
    assert re.fullmatch(r"daniel-allergies-\d{4}-\d\d-\d\d\.csv", names[0])
    assert names[1] == names[0].replace(".csv", "-2.csv")
    assert {one.name for one in (home / "Downloads").iterdir()} == set(names)


@pytest.mark.rule("FAM-3", "REC-8")
def test_what_is_closed_is_refused_or_named(daniel: Run, tmp_path: Path) -> None:
    to = tmp_path / "leo.pdf"
    done = daniel("export", "medications", "--patient", "Leo", "--to", str(to))
    assert (done.returncode, done.stdout, to.exists()) == (3, "", False)
    assert "Rule FAM-3" in done.stderr
    told = json.loads(daniel("export", "community", "--patient", "Leo", "--to", str(to), "--json").stdout)
    assert "medications (rule FAM-3)" in told["closed"]
    assert daniel("export", "nothing").returncode == 7
    assert daniel("export", "labs", "--as", "doc").returncode == 2
    assert daniel("export", "allergies", "--to", str(tmp_path / "none" / "a.pdf")).returncode == 1
