"""What every command takes: `-h`, `--no-input`, `--quiet`, the server's variable; names that are nearly right."""

import csv
import io
import json
from pathlib import Path

import pytest

from genesis_tui.cli.base import diagnostics, output
from tests.cli.conftest import Run, command, environment
from tests.cli.in_process import called_on_terminal
from tests.cli.written import HELLO, served

__all__ = ["served"]
LISTED = {"people", "prescriptions", "pharmacies", "threads", "sections", "entries", "types", "messages", "drafts"}


def test_the_short_option_helps(run: Run) -> None:
    for words in ((), ("results",), ("inbox", "draft", "save")):
        assert run(*words, "-h").stdout == run(*words, "--help").stdout


@pytest.mark.parametrize(
    ("words", "near"), [(("resluts",), "results"), (("inbox", "serach"), "search"), (("results", "--jsno"), "--json")]
)
def test_a_slip_of_the_pen_is_told_what_was_meant(run: Run, words: tuple[str, ...], near: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (diagnostics.EXIT_USAGE, "")
    assert near in done.stderr.splitlines()[0]
    assert "Usage:" not in done.stderr


def test_a_variable_names_the_server(served: dict[str, str], home: Path, daniel: Run) -> None:
    by_variable = command(home, "whoami", GENESIS_TUI_SERVER=served["url"])
    assert by_variable.stdout == daniel("whoami").stdout
    chosen = command(home, "--server", served["url"], "whoami", GENESIS_TUI_SERVER="http://127.0.0.1:9")
    assert chosen.returncode == 0
    assert command(home, "whoami", GENESIS_TUI_SERVER="http://127.0.0.1:9").returncode != 0


def test_quiet_leaves_words_out_and_tells_faults(daniel: Run) -> None:
    loud, quiet = daniel("results"), daniel("results", "--quiet")
    assert ("Daniel Reyes" in loud.stderr, quiet.stderr, quiet.stdout == loud.stdout) == (True, "", True)
    assert "means several people" in daniel("--quiet", "results", "--patient", "son").stderr


@pytest.mark.parametrize(
    "words", [("inbox", *HELLO[:-2], "--no-input"), ("login", "--no-input"), ("--no-input", "login", "--username", "x")]
)
def test_nothing_is_asked_where_that_was_said(served: dict[str, str], tmp_path: Path, words: tuple[str, ...]) -> None:
    code, told = called_on_terminal(("--server", served["url"], *words), environment(tmp_path / "home"))
    assert code in (diagnostics.EXIT_USAGE, diagnostics.EXIT_SIGNED_OUT), told
    assert b"Password" not in told


def test_cells_wrap_between_words() -> None:
    assert output.wrapped("Comprehensive metabolic panel", 14) == ["Comprehensive", "metabolic", "panel"]
    assert output.wrapped("DocumentReference/198000000", 5) == ["DocumentReference/198000000"]
    assert output.wrapped("", 5) == [""]


def test_a_table_fits_the_terminal_and_loses_nothing(served: dict[str, str], daniel: Run, home: Path) -> None:
    words = ("--server", served["url"], "appointments")
    code, told = called_on_terminal(words, environment(home, COLUMNS="80"))
    shown = told.decode()
    whole = daniel("appointments").stdout
    assert code == 0
    assert max(map(len, whole.splitlines())) > 80
    lines = shown.replace("\r", "").splitlines()
    assert max(len(line) for line in lines) <= 80
    assert set(whole.split()) <= set(shown.split())


LISTS = [
    ("results",),
    ("family",),
    ("appointments",),
    ("refills", "list"),
    ("refills", "pharmacies"),
    ("inbox", "list"),
    ("inbox", "search", "knee"),
    ("inbox", "search", "zzqq"),
    ("inbox", "draft", "list"),
    ("inbox", "outbox"),
    ("record",),
    ("record", "allergies"),
    ("record", "ledger"),
]


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_a_list_comes_as_a_document_as_lines_and_as_csv(daniel: Run, words: tuple[str, ...]) -> None:
    document = json.loads(daniel(*words, "--json").stdout)
    [rows] = [value for name, value in document.items() if name == words[0] or name in LISTED]
    lines = [json.loads(line) for line in daniel(*words, "--jsonl").stdout.splitlines()]
    assert document["version"] == 1
    whose = {"patient": document["patient"]["id"]} if "patient" in document else {}
    assert lines == [{"version": 1, **whose, **row} for row in rows]
    heads, *table = csv.reader(io.StringIO(daniel(*words, "--csv").stdout))
    assert len(table) >= len(rows)
    assert {len(row) for row in table} <= {len(heads)}
    if words[:2] == ("inbox", "search"):
        assert {"patient", "subject", "answer.due"} < set(heads)
        assert "answer" not in heads
    assert daniel(*words, "--json", "--csv").returncode == diagnostics.EXIT_USAGE


@pytest.mark.parametrize(
    "words",
    [
        ("check", "--csv"),
        ("whoami", "--jsonl"),
        ("record", "show", "Condition/6000001", "--csv"),
        ("family", "accept", "x", "--json"),
        ("logout", "--json"),
        ("inbox", "outbox", "--take-back", "x", "--csv"),
    ],
    ids=" ".join,
)
def test_a_format_that_a_command_does_not_have_is_refused(daniel: Run, words: tuple[str, ...]) -> None:
    done = daniel(*words)
    assert (done.returncode, done.stdout) == (diagnostics.EXIT_USAGE, "")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("results", "--patient", "zaphod"), 7),
        (("results", "--patient", "son"), 2),
        (("results", "--code", "none"), 0),
        (("record", "nothing"), 7),
        (("record", "show", "Nothing/1"), 7),
        (("record", "save", "Condition/6000001"), 7),
        (("family", "end", "nothing", "--yes"), 7),
        (("family", "refuse", "nothing", "--yes"), 7),
        (("inbox", "read", "nothing"), 7),
        (("inbox", "list", "--folder", "nothing"), 7),
        (("inbox", "search", "zzzzzz"), 0),
        (("inbox", "move", "thread-1", "--to", "nothing"), 7),
        (("inbox", "attach-save", "thread-1"), 7),
        (("inbox", "draft", "show", "abcd"), 7),
        (("inbox", "outbox", "--again", "x"), 7),
        (("appointments", "--from", "1990-01-01", "--to", "1990-01-02"), 0),
        (("login", "--card", "none"), 7),
        (("offline", "fill"), 1),
        (("schema", "nothing"), 7),
        (("--server", "http://127.0.0.1:9", "results"), 5),
        (("--server", "http://example.com", "results"), 6),
        (("--profile", "nothing", "results"), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_one_rule_for_exit_codes(daniel: Run, words: tuple[str, ...], code: int) -> None:
    done = daniel(*words)
    assert (done.returncode, "Usage:" in done.stderr) == (code, False), done.stderr


def test_a_fault_is_told_as_json_with_lines(daniel: Run) -> None:
    done = daniel("results", "--jsonl", "--patient", "Zaphod")
    assert json.loads(done.stderr)["error"]["reason"] == "not-found"


def test_a_group_lists_where_no_command_is_named(daniel: Run) -> None:
    for group in ("family", "appointments", "record"):
        assert daniel(group).stdout == daniel(group, "list").stdout != ""
        assert daniel(group, "-h").stdout.startswith(f"Usage: genesis-tui {group} [OPTIONS] COMMAND")
    assert daniel("record", "allergies", "--csv").stdout == daniel("record", "list", "allergies", "--csv").stdout
    assert "accept" in daniel("family", "acept").stderr
