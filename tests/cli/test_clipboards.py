"""`clipboards`: listed, shown, filled in half, and handed in once."""

import json
from pathlib import Path
from typing import Any

import pytest

from genesis_tui.cli.base import diagnostics
from tests.cli.conftest import Run, environment
from tests.cli.in_process import called
from tests.cli.test_schemas import fits
from tests.cli.written import served, terminal

__all__ = ["served"]
MAYA = ("--patient", "maya")
ANSWERS = {
    "control": "well",
    "missed": "no",
    "nights": "only on Sundays",
    "peak-flow": "210",
    "pet": "yes",
    "which-pet": ["cat", "dog"],
    "other-name": "Vitamin D",
    "other-amount": "5 drops",
    "other-name#2": "Zinc",
    "other-amount#2": "10 mg",
}


def asthma(run: Run) -> str:
    rows = fits("clipboards", run("clipboards", *MAYA, "--json").stdout)["clipboards"]
    return str(next(row["id"] for row in rows if row["title"] == "Asthma follow-up"))


def by_key(document: Any) -> dict[str, Any]:
    return {one["key"]: one for one in document["questions"]}


@pytest.mark.rule("CLIP-1", "CLIP-2")
def test_it_is_filled_in_half_and_handed_in_once(daniel: Run, tmp_path: Path) -> None:
    id = asthma(daniel)
    half = daniel("clipboards", "fill", id, *MAYA, "--set", "missed=yes", "--set", "days-off=3", "--json")
    document = fits("clipboard", half.stdout)
    asked = by_key(document)
    assert (asked["missed"]["answers"], asked["days-off"]["answers"], document["kept_here"]) == (["yes"], ["3"], False)
    assert document["bring"] == ["A photo of your asthma action plan"]
    early = daniel("clipboards", "fill", id, *MAYA, "--submit", "--yes", "--json")
    assert (early.returncode, json.loads(early.stderr.splitlines()[-1])["error"]["rule"]) == (3, "CLIP-2")
    assert "Best peak flow this week" in early.stderr
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(ANSWERS))
    unasked = daniel("clipboards", "fill", id, *MAYA, "--from", str(file), "--submit")
    assert unasked.returncode == diagnostics.EXIT_USAGE, "days-off is no longer asked, and nobody can agree"
    done = daniel("clipboards", "fill", id, *MAYA, "--from", str(file), "--clear", "days-off", "--submit", "--yes")
    assert (done.returncode, done.stdout.strip()) == (0, id), done.stderr
    assert "Patient    Maya Reyes" in done.stderr
    shown = fits("clipboard", daniel("clipboards", "show", id, *MAYA, "--json").stdout)
    assert shown["clipboard"]["submitted"]["by"] == "Daniel Reyes"
    told = {key: one["answers"] for key, one in by_key(shown).items() if key in ANSWERS}
    assert told == {
        **{key: value if isinstance(value, list) else [value] for key, value in ANSWERS.items()},
        "peak-flow": ["210 L/min"],
    }
    again = daniel("clipboards", "fill", id, *MAYA, "--set", "missed=yes")
    assert (again.returncode, "Submitted" in again.stderr) == (diagnostics.EXIT_REFUSED, True)
    assert "Submitted" in daniel("clipboards", "show", id, *MAYA).stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--set", "pain"), "QUESTION=ANSWER"),
        (("--set", "nothing=1"), "no question 'nothing'"),
        (("--set", "pain=11"), "0 to 10"),
        (("--set", "photo=x"), "bring it to the visit"),
        (("--set", "pain=1", "--set", "pain=2"), "takes one answer"),
        (("--set", "pain=1", "--set", "wakes=yes"), "hangs on another answer"),
        (("--set", f"main={'x' * 1001}"), "At most 1,000 characters; this has 1,001"),
        (("--from", "/nowhere.json"), "can't be read"),
        ((), "no terminal to ask on"),
    ],
)
def test_what_is_no_answer_says_why_and_keeps_nothing(daniel: Run, words: tuple[str, ...], told: str) -> None:
    rows = json.loads(daniel("clipboards", "--json").stdout)["clipboards"]
    row = next(one for one in rows if one["title"] == "New symptoms")
    done = daniel("clipboards", "fill", row["id"], *words)
    assert (done.returncode, told in done.stderr) == (diagnostics.EXIT_USAGE, True), done.stderr
    assert json.loads(daniel("clipboards", "show", row["id"], "--json").stdout)["clipboard"]["version"] == 0


def test_a_file_is_taken_whole_or_every_fault_of_it_is_named(daniel: Run, tmp_path: Path) -> None:
    rows = json.loads(daniel("clipboards", "--json").stdout)["clipboards"]
    row = next(one for one in rows if one["title"] == "New symptoms")
    file = tmp_path / "answers.json"
    for words, told in (
        (
            '{"main": "My knee",\n "pain": 11,\n "nothing": 1,\n "photo": "x"}',
            ("line 2: 'pain': It must be 0 to 10", "line 3: There is no question", "line 4: 'photo' can't be"),
        ),
        ('{"main": "My knee",\n "pain": }', ("line 2: it is no JSON",)),
        ('{"pain": 1, "pain": 2}', ("'pain' stands there twice",)),
        ('{"pain": {"value": 1}}', ("line 1: 'pain': an answer is a text",)),
        ("[" * 100_000, ("is no JSON",)),
        ("[]", ("must hold an object",)),
    ):
        file.write_text(words)
        done = daniel("clipboards", "fill", row["id"], "--from", str(file))
        assert done.returncode == diagnostics.EXIT_USAGE
        assert all(one in done.stderr for one in told), done.stderr
    assert json.loads(daniel("clipboards", "show", row["id"], "--json").stdout)["clipboard"]["version"] == 0


def test_a_terminal_asks_one_after_the_other(served: dict[str, str], home: Path, daniel: Run) -> None:
    rows = json.loads(daniel("clipboards", "--json").stdout)["clipboards"]
    id = next(one["id"] for one in rows if one["title"] == "New symptoms")
    answers = "My knee\nyesterday\n2026-11-01\narms or legs; 4\n5\nyes\n\n"
    with terminal(answers + "\n" * 20) as stdin:
        done = called(("--server", served["url"], "clipboards", "fill", id, "--json"), environment(home), stdin)
    asked = by_key(fits("clipboard", done.stdout))
    assert [asked[key]["answers"] for key in ("main", "since", "where", "pain", "wakes")] == [
        ["My knee"],
        ["2026-11-01"],
        ["arms or legs", "back"],
        ["5"],
        ["yes"],
    ]
    assert "Type a day as year-month-day" in done.stderr


def test_what_is_not_there(daniel: Run) -> None:
    assert daniel("clipboards", "show", "nothing").returncode == diagnostics.EXIT_NOT_FOUND
    assert daniel("clipboards", "--patient", "leo").returncode == diagnostics.EXIT_REFUSED
    assert "Id" in daniel("clipboards").stdout
