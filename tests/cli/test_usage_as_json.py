"""What click itself would tell in words: with `--json` it is JSON as any other error, for every command."""

import json
from pathlib import Path
from typing import Any

import pytest

from genesis_tui.cli.base import diagnostics
from tests.cli.conftest import Run
from tests.cli.written import Typed, served, typed

__all__ = ["served", "typed"]
SHAPE = ["kind", "title", "detail", "next", "rule", "reason", "request_id", "exit"]


def fault(stderr: str) -> Any:
    (line,) = stderr.splitlines()
    return json.loads(line)["error"]


@pytest.mark.parametrize(
    ("words", "title", "command"),
    [
        (("inbox", "list", "--json", "--no-such"), "No such option", "genesis-tui inbox list"),
        (("inbox", "list", "--limit", "few", "--json"), "--limit", "genesis-tui inbox list"),
        (("inbox", "read", "--json"), "Missing argument", "genesis-tui inbox read"),
        (("inbox", "nothing", "--json"), "No such command", "genesis-tui inbox"),
        (("inbox", "outbox", "--again", "a", "--take-back", "b", "--json"), "exclude", "genesis-tui inbox outbox"),
        (("inbox", "draft", "save", "--json"), "Say what to keep", "genesis-tui inbox draft save"),
        (("results", "--json", "--csv"), "exclude each other", "genesis-tui results"),
        (("results", "--since", "yesterday", "--json"), "--since takes", "genesis-tui results"),
        (("record", "--to", ".", "--json"), "No such option", "genesis-tui record list"),
        (("appointments", "--from", "soon", "--json"), "--from takes", "genesis-tui appointments list"),
        (("refills", "list", "more", "--json"), "unexpected extra argument", "genesis-tui refills list"),
        (("mock", "import", "--json"), "Missing argument", "genesis-tui mock import"),
        (("login", "--json", "--offline=everything"), "--offline", "genesis-tui login"),
        (("--json", "whoami"), "No such option", "genesis-tui"),
        (("whoami", "--json=yes"), "does not take a value", "genesis-tui"),
        (("nothing", "--json"), "No such command", "genesis-tui"),
    ],
)
def test_a_fault_of_usage_has_the_shape_of_every_error(
    run: Run, words: tuple[str, ...], title: str, command: str
) -> None:
    done = run(*words)
    told = fault(done.stderr)
    assert (done.stdout, done.returncode, told["exit"]) == ("", diagnostics.EXIT_USAGE, diagnostics.EXIT_USAGE)
    assert list(told) == SHAPE
    assert title in told["title"]
    assert (told["kind"], told["reason"], told["next"]) == ("UsageError", "usage", f"See: {command} --help")


def test_what_is_not_there_has_it_too(daniel: Run) -> None:
    for words in (("results", "--patient", "nobody"), ("inbox", "list", "--folder", "nowhere"), ("record", "nothing")):
        done = daniel(*words, "--json")
        assert (fault(done.stderr)["reason"], done.returncode) == ("not-found", diagnostics.EXIT_NOT_FOUND)


def test_choices_stand_in_the_detail(daniel: Run) -> None:
    new = ("--to", "dermatology", "--subject", "a", "--category", "other", "--body-file", "-")
    told = fault(daniel("inbox", "send", *new, "--json", stdin="Hello.").stderr)
    assert told["title"].endswith(":")
    assert "Dr. Miriam Sato (Dermatology)\n" in told["detail"]


def test_other_failures_of_a_command_have_it(run: Run) -> None:
    done = run("mock", "personas", "--url", "http://127.0.0.1:1", "--json")
    told = fault(done.stderr)
    assert (list(told), told["reason"], done.returncode) == (SHAPE, "failed", diagnostics.EXIT_UNREACHABLE)


def test_settings_that_can_not_be_used_have_it(run: Run) -> None:
    done = run("--profile", "none", "inbox", "list", "--json")
    told = fault(done.stderr)
    assert (list(told), told["reason"], done.returncode) == ([*SHAPE, "where"], "settings", diagnostics.EXIT_USAGE)


def test_a_question_that_is_answered_with_no_has_it(typed: Typed, daniel: Run, tmp_path: Path) -> None:
    kept = json.loads(daniel("inbox", "draft", "save", "--subject", "Log", "--json").stdout)["draft"]["id"]
    done = typed("draft", "delete", kept, "--json", answers="n\n")
    told = json.loads(done.stderr.splitlines()[-1])["error"]
    assert (list(told), told["reason"], done.returncode) == (SHAPE, "aborted", diagnostics.EXIT_FAILED)
    assert daniel("inbox", "draft", "delete", kept, "--yes").returncode == 0


def test_nothing_of_it_could_move_a_cursor(run: Run) -> None:
    told = run("inbox", "list", "--json", "--\x9b2J\u202e").stderr
    assert json.loads(told)["error"]["reason"] == "usage"
    assert not {"\x9b", "\u202e"} & set(told)


def test_without_it_words_are_words_and_help_is_help(run: Run) -> None:
    plain = run("inbox", "read")
    assert plain.stderr == "Missing argument 'ID'.\nSee: genesis-tui inbox read --help\n"
    words = run("inbox", "search", "--no-such", "--", "--json")
    assert ("Usage: " in words.stderr, words.returncode) == (False, diagnostics.EXIT_USAGE)
    helped = run("inbox", "list", "--json", "--help")
    assert (helped.returncode, helped.stderr, helped.stdout[:6]) == (0, "", "Usage:")


def test_the_exit_code_of_a_command_stays_its_own(daniel: Run) -> None:
    assert daniel("check", "--json").returncode == 10
    assert daniel("inbox", "outbox", "--json").returncode == 0
