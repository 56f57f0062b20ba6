"""What tests of written messages share: a mock of their own, a terminal to ask on, and what stands there afterwards."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from genesis_tui.cli.testing.process import MockProcess
from tests.cli.conftest import Run

NOTICE = "Not for emergencies"
PDF = b"%PDF-1.4 made for a test"
HELLO = ("send", "--to", "Okafor", "--subject", "Hello", "--category", "other", "--body-file", "-")
Typed = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, str]]:
    """A mock of this file's own: what is written here is in nobody else's way."""
    with MockProcess() as mock:
        yield {"url": mock.url, "tester_token": mock.token}


def environment(home: Path, **variables: str) -> dict[str, str]:
    """As `command` has it."""
    passphrase = home.with_name("passphrase")
    passphrase.touch(mode=0o600)
    passphrase.write_text("only for these tests\n")
    return {
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "PATH": os.environ["PATH"],
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "GENESIS_TUI_PASSPHRASE_FILE": str(passphrase),
        **variables,
    }


@pytest.fixture
def typed(served: dict[str, str], home: Path, daniel: Run) -> Typed:
    """Runs `genesis-tui inbox` with a terminal to ask on, and Daniel logged in."""

    def run(*arguments: str, answers: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        near, far = pty.openpty()
        program = [sys.executable, "-m", "genesis_tui", "--server", served["url"], "inbox", *arguments]
        places = environment(home, **variables)
        try:
            os.write(near, answers.encode())
            return subprocess.run(
                program, stdin=far, capture_output=True, text=True, env=places, timeout=60, check=False
            )
        finally:
            os.close(near)
            os.close(far)

    return run


def loaded(run: Run, *arguments: str, stdin: str = "") -> Any:
    done = run("inbox", *arguments, "--json", stdin=stdin)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def subjects(run: Run, folder: str = "sent", *patient: str) -> list[str]:
    return [row["subject"] for row in loaded(run, "list", "--folder", folder, "--limit", "0", *patient)["threads"]]


def drafts(run: Run) -> list[Any]:
    return list(loaded(run, "draft", "list")["drafts"])


def refusal(done: "subprocess.CompletedProcess[str]") -> tuple[str, str, int]:
    """Rule, reason and exit code of the last line on stderr."""
    error = json.loads(done.stderr.splitlines()[-1])["error"]
    assert error["exit"] == done.returncode
    return error["rule"], error["reason"], done.returncode
