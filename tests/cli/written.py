"""What tests of written messages share: a fresh world, a terminal to ask on, and what stands there afterwards."""

import json
import os
import pty
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import pytest

from genesis_tui.cli.testing.client import call
from tests.cli.conftest import Run, environment
from tests.cli.in_process import called

NOTICE = "Not for emergencies"
PDF = b"%PDF-1.4 made for a test"
HELLO = ("send", "--to", "Okafor", "--subject", "Hello", "--category", "other", "--body-file", "-")
Typed = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def served(served: dict[str, str]) -> dict[str, str]:
    """The mock with a fresh world: what other files have written is gone."""
    call("POST", served["url"], "/mock/v1/scenario/reset", served["tester_token"])
    return served


@pytest.fixture
def typed(served: dict[str, str], home: Path, daniel: Run) -> Typed:
    """Runs `genesis-tui inbox` with a terminal to ask on, and Daniel logged in."""

    def run(*arguments: str, answers: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        with terminal(answers) as stdin:
            return called(("--server", served["url"], "inbox", *arguments), environment(home, **variables), stdin)

    return run


@contextmanager
def terminal(answers: str = "") -> Iterator[TextIO]:
    """Standard input that is a terminal where somebody has typed already."""
    near, far = pty.openpty()
    try:
        os.write(near, answers.encode())
        with open(far, encoding="utf-8") as stdin:
            yield stdin
    finally:
        os.close(near)


def loaded(run: Run, *arguments: str, stdin: str = "") -> Any:
    """The document without its version."""
    done = run("inbox", *arguments, "--json", stdin=stdin)
    assert done.returncode == 0, done.stderr
    tree = json.loads(done.stdout)
    assert tree.pop("version") == 1
    return tree


def subjects(run: Run, folder: str = "sent", *patient: str) -> list[str]:
    return [row["subject"] for row in loaded(run, "list", "--folder", folder, "--limit", "0", *patient)["threads"]]


def drafts(run: Run) -> list[Any]:
    return list(loaded(run, "draft", "list")["drafts"])


def refusal(done: "subprocess.CompletedProcess[str]") -> tuple[str, str, int]:
    """Rule, reason and exit code of the last line on stderr."""
    error = json.loads(done.stderr.splitlines()[-1])["error"]
    assert error["exit"] == done.returncode
    return error["rule"], error["reason"], done.returncode
