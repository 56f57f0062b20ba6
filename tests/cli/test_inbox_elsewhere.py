"""A draft on two computers: what one of them makes of it while the other still writes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from genesis_tui.cli.base import diagnostics
from tests.cli.conftest import DANIEL, Run, command, environment, log_in
from tests.cli.written import HELLO, drafts, loaded, refusal, served, subjects

__all__ = ["served"]
Meanwhile = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def elsewhere(served: dict[str, str], tmp_path: Path) -> Run:
    """`genesis-tui` on another computer, with Daniel logged in there too."""
    home = tmp_path / "elsewhere" / "home"
    home.parent.mkdir()

    def run(*arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return command(home, "--server", served["url"], *arguments, **more)

    assert log_in(run, *DANIEL).returncode == 0
    return run


@pytest.fixture
def meanwhile(served: dict[str, str], home: Path, daniel: Run, tmp_path: Path) -> Meanwhile:
    """Changes a draft's text here, and does something elsewhere once it was looked up and before it is kept."""

    def change(id: str, act: Callable[[], object], *options: str) -> "subprocess.CompletedProcess[str]":
        text = tmp_path / "text"
        os.mkfifo(text)
        words = ("inbox", "draft", "save", id, "--body-file", str(text), *options)
        program = [sys.executable, "-m", "genesis_tui", "--server", served["url"], *words]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(
            program,
            stdin=subprocess.DEVNULL,
            text=True,
            env=environment(home),
            **pipes,  # type: ignore[call-overload]
        ) as process:
            with text.open("w") as pipe:  # opens when the command does
                act()
                pipe.write("Second")
            stdout, stderr = process.communicate(timeout=60)
        return subprocess.CompletedProcess(program, process.returncode, stdout, stderr)

    return change


@pytest.fixture
def begun(daniel: Run) -> str:
    """A draft that could be sent."""
    words = ("--subject", "Twice", "--body-file", "-")
    return str(loaded(daniel, "draft", "save", *HELLO[1:3], *HELLO[5:7], *words, stdin="First")["draft"]["id"])


def sent_by(run: Run, id: str) -> Callable[[], object]:
    return lambda: loaded(run, "draft", "send", id, "--yes")


@pytest.mark.rule("MSG-8")
def test_what_was_sent_from_elsewhere_is_told_and_can_be_deleted(
    daniel: Run, elsewhere: Run, meanwhile: Meanwhile, begun: str
) -> None:
    done = meanwhile(begun, sent_by(elsewhere, begun), "--json")
    assert refusal(done) == ("MSG-8", "sent-is-final", diagnostics.EXIT_REFUSED)
    error = json.loads(done.stderr)["error"]
    assert error["title"] == "This message was sent from elsewhere meanwhile."
    assert f"genesis-tui inbox draft delete {begun}" in error["next"].splitlines()
    assert json.loads(done.stdout)["draft"]["body"] == "Second"
    assert loaded(daniel, "draft", "delete", begun, "--yes") == {"deleted": begun}
    assert (drafts(daniel), subjects(daniel).count("Twice")) == ([], 1)


@pytest.mark.rule("MSG-8")
def test_or_it_can_be_sent_as_another_message(daniel: Run, elsewhere: Run, meanwhile: Meanwhile, begun: str) -> None:
    before = subjects(daniel).count("Twice")
    done = meanwhile(begun, sent_by(elsewhere, begun))
    assert (done.returncode, done.stdout) == (diagnostics.EXIT_REFUSED, f"{begun}\n")
    title, kept, *way = done.stderr.splitlines()
    assert title == "This message was sent from elsewhere meanwhile."
    assert kept.startswith("It is kept on this computer.")
    assert way[0] == f"genesis-tui inbox draft send {begun}"
    thread = loaded(daniel, "draft", "send", begun, "--yes")["thread"]
    assert loaded(daniel, "read", thread)["thread"]["messages"][0]["body"] == "Second"
    assert (drafts(daniel), subjects(daniel).count("Twice")) == ([], before + 2)


@pytest.mark.rule("MSG-9")
def test_what_was_changed_elsewhere_is_a_choice(elsewhere: Run, meanwhile: Meanwhile, begun: str) -> None:
    def change() -> object:
        return loaded(elsewhere, "draft", "save", begun, "--body-file", "-", stdin="Theirs")

    done = meanwhile(begun, change, "--json")
    assert refusal(done)[0::2] == ("MSG-9", diagnostics.EXIT_REFUSED)
    assert "changed elsewhere too" in done.stderr
