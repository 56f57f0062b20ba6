"""`genesis-tui record` as scripts use it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run


def loaded(run: Run, *arguments: str) -> Any:
    done = run(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.mark.rule("REC-1")
def test_sections_come_with_their_counts(daniel: Run) -> None:
    tree = loaded(daniel, "record", "--json")
    assert tree["patient"]["name"] == "Daniel Reyes"
    counts = {one["id"]: one["count"] for one in tree["sections"]}
    assert (counts["immunizations"], counts["vitals"], counts["dental"]) == (24, 6, 0)
    assert [one["id"] for one in tree["sections"] if one["closed"]] == []


@pytest.mark.rule("FAM-3")
def test_a_closed_section_says_by_which_rule(daniel: Run) -> None:
    tree = loaded(daniel, "record", "--json", "--patient", "Leo")
    closed = {one["id"]: one["closed"]["rule"] for one in tree["sections"] if one["closed"]}
    assert closed["medications"] == "FAM-3"
    assert {"immunizations", "allergies", "appointments"}.isdisjoint(closed)
    done = daniel("record", "medications", "--patient", "Leo")
    assert done.returncode == 3
    assert "Rule FAM-3" in done.stderr
    assert done.stdout == ""


def test_a_section_is_a_table_json_and_csv(daniel: Run) -> None:
    tree = loaded(daniel, "record", "immunizations", "--json")
    assert [entry["section"] for entry in tree["entries"]] == ["immunizations"] * 24
    rows = list(csv.DictReader(io.StringIO(daniel("record", "immunizations", "--csv").stdout)))
    assert [row["key"] for row in rows] == [entry["key"] for entry in tree["entries"]]
    table = daniel("record", "immunizations").stdout.splitlines()
    assert (table[0].split()[0], len(table)) == ("Date", 25)


def test_an_entry_is_shown_whole(daniel: Run) -> None:
    key = loaded(daniel, "record", "allergies", "--json")["entries"][0]["key"]
    entry = loaded(daniel, "record", "show", key, "--json")["entry"]
    assert (entry["key"], entry["title"]) == (key, "Peanut")
    assert "Oral itching" in daniel("record", "show", key).stdout


@pytest.mark.rule("REC-8")
def test_the_ledger_tells_of_every_type_what_became_of_it(daniel: Run) -> None:
    tree = loaded(daniel, "record", "ledger", "--json")
    immunizations = next(one for one in tree["types"] if one["type"] == "Immunization")
    assert (immunizations["given"], immunizations["shown"], immunizations["missing"]) == (24, 24, [])
    lines = daniel("record", "ledger").stdout.splitlines()
    assert any(line.split() == ["Immunizations", "all", "24"] for line in lines)
    rows = list(csv.DictReader(io.StringIO(daniel("record", "ledger", "--csv").stdout)))
    assert [row["type"] for row in rows] == [one["type"] for one in tree["types"]]


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (("nosuch",), "Choose one of: notes, labs", 7),
        (("show",), "Missing argument 'KEY'", 2),
        (("labs", "Condition/1"), "unexpected extra argument (Condition/1)", 2),
        (("show", "Condition/none"), "No entry 'Condition/none' is open", 7),
        (("save", "Condition/none"), "No entry 'Condition/none' is open", 7),
        (("labs", "--to", "/tmp"), "No such option '--to'", 2),
        (("save", "Condition/6000001", "--to", "/no/such"), "--to: /no/such is no folder.", 2),
        (("--json", "--csv"), "exclude each other", 2),
    ],
)
def test_what_makes_no_sense_is_told(daniel: Run, arguments: tuple[str, ...], words: str, code: int) -> None:
    done = daniel("record", *arguments)
    assert done.returncode == code
    assert words in done.stderr


def test_an_entry_without_files_has_none_to_save(daniel: Run, tmp_path: Path) -> None:
    key = loaded(daniel, "record", "allergies", "--json")["entries"][0]["key"]
    done = daniel("record", "save", key, "--to", str(tmp_path))
    assert done.returncode == 7
    assert "no files" in done.stderr


def test_the_files_of_a_note_are_saved_and_its_text_is_shown(daniel: Run, tmp_path: Path) -> None:
    (entry, *_) = [e for e in loaded(daniel, "record", "notes", "--json")["entries"] if e["attachments"]]
    (attachment,) = entry["attachments"]
    assert (attachment["title"], attachment["content_type"]) == ("After-visit summary", "application/pdf")
    shown = daniel("record", "show", entry["key"]).stdout
    assert "FAMILY MEDICINE VISIT" in shown
    assert "After-visit summary" in shown
    done = daniel("record", "save", entry["key"], "--to", str(tmp_path))
    path = tmp_path / "After-visit summary.pdf"
    assert (done.returncode, done.stdout) == (0, f"{path}\n")
    assert len(path.read_bytes()) == attachment["size"]
