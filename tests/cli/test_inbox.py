"""`genesis-tui inbox` as scripts use it."""

import json
from pathlib import Path
from typing import Any

import pytest

from genesis_tui.cli.base import diagnostics
from tests.cli.conftest import Run, log_in

NADIA = ("nadia.haddad", "Pepper-Avenue-9035-Nadia")


def loaded(run: Run, *arguments: str) -> Any:
    done = run("inbox", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_list_is_a_table_for_people(daniel: Run) -> None:
    done = daniel("inbox", "list")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["Id", "Date", "Unread", "With", "Subject", "State"]
    assert any("Knee brace: which size?" in line and " due " in line for line in lines)
    assert any(line.endswith("closed") for line in lines)
    assert "Daniel Reyes" in done.stderr


def test_the_list_in_json_holds_what_is_promised(daniel: Run) -> None:
    told = loaded(daniel, "list", "--patient", "Maya")
    assert told["patient"]["name"] == "Maya Reyes"
    assert [folder["id"] for folder in told["folders"]] == ["inbox", "sent", "drafts", "trash"]
    assert (told["more"], told["unreadable"]["count"]) == (False, 0)
    first = told["threads"][0]
    names = "id subject category with for at count unread files state answer reply"
    assert list(first) == names.split()
    assert list(first["reply"]) == ["allowed", "until", "rule", "reason", "title", "next"]


def test_a_limit_says_that_there_is_more(daniel: Run) -> None:
    told = loaded(daniel, "list", "--limit", "2")
    assert (len(told["threads"]), told["more"]) == (2, True)
    assert "--limit 0" in daniel("inbox", "list", "--limit", "2").stderr
    assert len(loaded(daniel, "list", "--limit", "0")["threads"]) > 5


def test_sent_holds_what_one_wrote(daniel: Run) -> None:
    everything, sent = (
        {row["id"] for row in loaded(daniel, "list", "--folder", folder)["threads"]} for folder in ("inbox", "sent")
    )
    assert sent
    assert sent < everything


@pytest.mark.rule("FAM-10")
def test_reading_prints_both_names_and_what_is_due(daniel: Run) -> None:
    (row, *_) = loaded(daniel, "search", "peak", "flow", "--patient", "Maya")["threads"]
    text = daniel("inbox", "read", row["id"], "--patient", "Maya").stdout
    assert "You, for Maya Reyes → Dr. Grace Kim" in text
    assert "An answer is due by" in text or "Overdue" in text
    assert "You can reply until" in text
    told = loaded(daniel, "read", row["id"], "--patient", "Maya")["thread"]
    assert list(told["messages"][0]) == ["id", "from", "to", "for", "at", "body", "unread", "files", "answer"]


def test_reading_marks_nothing_unless_it_is_asked_to(daniel: Run) -> None:
    row = next(row for row in loaded(daniel, "list", "--patient", "Maya")["threads"] if row["unread"])
    for words, left in (((), row["unread"]), (("--mark-read",), 0)):
        assert daniel("inbox", "read", row["id"], "--patient", "Maya", *words).returncode == 0
        rows = loaded(daniel, "list", "--patient", "Maya")["threads"]
        assert next(one["unread"] for one in rows if one["id"] == row["id"]) == left


@pytest.mark.rule("FAM-8")
def test_what_is_not_there_is_refused(daniel: Run) -> None:
    done = daniel("inbox", "read", "no-such-thread", "--json")
    assert (done.returncode, done.stdout) == (diagnostics.EXIT_NOT_FOUND, "")
    assert json.loads(done.stderr)["error"]["rule"] == "FAM-8"


@pytest.mark.rule("ID-5")
def test_basic_is_told_why_not(run: Run, home: Path) -> None:
    assert log_in(run, *NADIA).returncode == 0
    done = run("inbox", "list")
    assert done.returncode == diagnostics.EXIT_REFUSED
    assert "Rule ID-5" in done.stderr


def test_nothing_found_is_no_fault(daniel: Run) -> None:
    done = daniel("inbox", "search", "unicorn")
    assert (done.returncode, done.stdout) == (0, "")
    assert "No messages of Daniel Reyes match." in done.stderr


def test_a_search_needs_words(daniel: Run) -> None:
    assert daniel("inbox", "search").returncode == diagnostics.EXIT_USAGE
