"""Messages that could not be sent when they should have been: kept, sent once, taken back (MSG-12)."""

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from genesis_tui.cli.base import diagnostics
from genesis_tui.cli.testing.client import call
from genesis_tui.mock_backend.mock import Mock as Backend
from tests.cli.conftest import DANIEL, Run, command, environment, log_in
from tests.cli.in_process import called
from tests.cli.test_schemas import fits
from tests.cli.written import drafts, loaded, refusal, subjects, terminal

WORDS = ("--to", "Okafor", "--subject", "Kept", "--category", "other")


class Mock:
    """A mock on one address that can go away and come back with the same world."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._world = f"sqlite:///{folder}/world.db"
        self.process: subprocess.Popen[str] | None = None

    def come(self) -> None:
        program = [
            sys.executable,
            "-m",
            "genesis_tui.mock_backend.server.serve",
            "--port",
            str(self.port),
            "--with-parent",
        ]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen([*program, "--db", self._world], text=True, **pipes)  # type: ignore[call-overload]
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("tester-token\n")
        self.process.stdin.flush()
        assert json.loads(self.process.stdout.readline())["url"] == self.url

    def go(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            with process:
                process.kill()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the world, to be copied."""
    file = tmp_path_factory.mktemp("world") / "world.db"
    Backend.create(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def mock(tmp_path: Path, world: Path) -> Iterator[Mock]:
    shutil.copy(world, tmp_path)
    mock = Mock(tmp_path)
    mock.come()
    yield mock
    mock.go()


@pytest.fixture
def here(mock: Mock, home: Path) -> Run:
    """`genesis-tui` on that mock, with Daniel logged in."""

    def run(*arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return command(home, "--server", mock.url, *arguments, **more)

    assert log_in(run, *DANIEL).returncode == 0
    return run


@pytest.fixture
def kept(mock: Mock, here: Run, home: Path) -> dict[str, Any]:
    """What a `send` told during which the network went."""
    return cut_off(mock, home, "send", *WORDS)


def cut_off(mock: Mock, home: Path, *words: str) -> dict[str, Any]:
    """Write a message; the editor is what makes the network go."""
    assert mock.process is not None
    editor = home.with_name("editor")
    editor.write_text(f'#!/bin/sh\nkill -9 {mock.process.pid}\necho "Is it kept?" > "$1"\n')
    editor.chmod(0o700)
    done = impatient(mock, home, *words, "--yes", "--json", EDITOR=str(editor))
    assert refusal(done) == ("", "waits", diagnostics.EXIT_UNREACHABLE)
    assert "genesis-tui inbox outbox" in done.stderr
    told = json.loads(done.stdout)
    assert list(told) == ["version", "state", "thread", "due", "key"]
    assert (told["state"], told["thread"], told["due"]) == ("unknown", None, None)
    mock.go()
    return dict(told)


def impatient(mock: Mock, home: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """`genesis-tui inbox` on a terminal, which waits a second for a message to go."""
    with pytest.MonkeyPatch.context() as patch, terminal() as stdin:
        patch.setattr("genesis_tui.cli.messages.review.PATIENCE", 1.0)
        return called(("--server", mock.url, "inbox", *arguments), environment(home, **variables), stdin)


@pytest.mark.rule("MSG-12")
def test_what_could_not_be_sent_is_kept_and_goes_out_once(
    mock: Mock, here: Run, home: Path, kept: dict[str, Any]
) -> None:
    sealed = b"".join(path.read_bytes() for path in home.rglob("*.sealed"))
    assert b"Is it kept?" not in sealed
    gone = here("inbox", "outbox")
    assert (gone.returncode, gone.stdout) == (diagnostics.EXIT_UNREACHABLE, "")
    mock.come()
    assert drafts(here) == [], "what is on its way is a draft no longer"
    assert here("inbox", "outbox").returncode == 0
    assert subjects(here).count("Kept") == 1


@pytest.mark.rule("MSG-12")
def test_after_a_day_it_asks_and_goes_when_it_is_told_to(
    mock: Mock, here: Run, home: Path, kept: dict[str, Any]
) -> None:
    mock.come()
    with pytest.MonkeyPatch.context() as a_day_later:
        a_day_later.setattr("genesis_tui.session.acts.outbox.ASK_AFTER", timedelta(0))
        done = impatient(mock, home, "outbox", "--json")
    assert done.returncode == diagnostics.EXIT_UNREACHABLE, done.stderr
    [message] = fits("outbox", done.stdout)["messages"]
    names = "key state patient to subject asked why thread due draft"
    assert list(message) == names.split()
    assert (message["key"], message["state"], message["subject"]) == (kept["key"], "asks", "Kept")
    assert subjects(here).count("Kept") == 0
    table = here("inbox", "outbox").stdout
    assert "asks whether to send it" in table
    sent = here("inbox", "outbox", "--again", kept["key"], "--json")
    assert sent.returncode == 0, sent.stderr
    assert [one["state"] for one in json.loads(sent.stdout)["messages"]] == ["sent"]
    assert subjects(here).count("Kept") == 1


@pytest.mark.rule("MSG-8")
def test_it_is_taken_back_while_it_has_not_arrived(mock: Mock, here: Run, home: Path, kept: dict[str, Any]) -> None:
    assert here("inbox", "outbox", "--take-back", kept["key"]).returncode == diagnostics.EXIT_UNREACHABLE
    mock.come()
    told = fits("taken-back", here("inbox", "outbox", "--take-back", kept["key"][:8], "--json").stdout)
    [draft] = drafts(here)
    assert (draft["id"], draft["body"]) == (told["draft"], "Is it kept?")
    assert loaded(here, "outbox") == {"zone": "America/New_York", "messages": [], "acts": []}
    assert subjects(here).count("Kept") == 0
    for option in ("--take-back", "--again"):
        done = here("inbox", "outbox", option, kept["key"])
        assert (done.returncode, "No message on its way" in done.stderr) == (diagnostics.EXIT_NOT_FOUND, True)
    both = here("inbox", "outbox", "--take-back", "x", "--again", "y")
    assert both.returncode == diagnostics.EXIT_USAGE


def test_without_the_network_a_draft_is_kept_here(mock: Mock, here: Run, tmp_path: Path) -> None:
    mock.go()
    done = here("inbox", "draft", "save", *WORDS)
    assert (done.returncode, done.stdout) == (diagnostics.EXIT_UNREACHABLE, ""), "its key comes with the sign-in"
    sent = here("inbox", "send", *WORDS, "--body-file", "-", "--yes", stdin="Hello.")
    assert (sent.returncode, sent.stdout) == (diagnostics.EXIT_UNREACHABLE, "")


@pytest.mark.rule("MSG-10")
def test_what_is_refused_by_then_is_a_draft_again(mock: Mock, here: Run, home: Path) -> None:
    row = next(row for row in loaded(here, "list")["threads"] if row["reply"]["allowed"])
    cut_off(mock, home, "reply", row["id"])
    mock.come()
    call("POST", mock.url, "/mock/v1/clock/advance", "tester-token", {"days": 50})
    assert log_in(lambda *words, **more: here(*words, **more), *DANIEL).returncode == 0
    done = here("inbox", "outbox", "--json")
    assert done.returncode == diagnostics.EXIT_REFUSED, done.stderr
    [message] = json.loads(done.stdout)["messages"]
    assert (message["state"], "45 days" in message["why"]) == ("refused", True)
    [draft] = drafts(here)
    assert (draft["id"], draft["thread"], draft["body"]) == (message["draft"], row["id"], "Is it kept?")
    assert draft["refused"] == message["why"]
    again = here("inbox", "draft", "send", draft["id"], "--yes", "--json")
    assert refusal(again) == ("MSG-10", "reply-window-closed", diagnostics.EXIT_REFUSED)
    assert f"send --quote {row['id']}" in again.stderr
