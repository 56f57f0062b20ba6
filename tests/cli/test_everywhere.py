"""What every command takes: `-h`, `--no-input`, `--quiet`, the server's variable; names that are nearly right."""

from pathlib import Path

import pytest

from genesis_tui.cli.base import diagnostics, output
from tests.cli.conftest import Run, command, environment
from tests.cli.in_process import called_on_terminal
from tests.cli.written import HELLO, served

__all__ = ["served"]


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
