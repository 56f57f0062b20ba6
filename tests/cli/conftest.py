"""The real console command against the real mock on a socket: called in this process, or in one of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.in_process import called, piped

Run = Callable[..., "subprocess.CompletedProcess[str]"]
DANIEL = ("daniel.reyes", "Walnut-Harbor-2041-Daniel")


@pytest.fixture(scope="session")
def served() -> Iterator[dict[str, str]]:
    """A mock on a free loopback port: its `url` and `tester_token`. It ends when its standard input does."""
    command = [sys.executable, "-m", "genesis_tui.mock_backend.server.serve", "--port", "0", "--with-parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write("tester-token\n")
        server.stdin.flush()
        yield json.loads(server.stdout.readline())
        server.stdin.close()
        server.wait(10)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home directory where nothing is yet."""
    return tmp_path / "home"


@pytest.fixture
def run(served: dict[str, str], home: Path) -> Run:
    """Runs `genesis-tui` with the mock as its server, and no keyring."""
    return lambda *arguments, **more: command(home, "--server", served["url"], *arguments, **more)


@pytest.fixture
def run_process(served: dict[str, str], home: Path) -> Run:
    """`run`, each command a process of its own."""
    return lambda *arguments, **more: process(home, "--server", served["url"], *arguments, **more)


@pytest.fixture(scope="module")
def signed_in(served: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home directory in which Daniel has logged in, for the tests of one file: some of them end the sign-in."""
    first = tmp_path_factory.mktemp("daniel") / "home"
    done = log_in(lambda *words, **more: command(first, "--server", served["url"], *words, **more), *DANIEL)
    assert done.returncode == 0, done.stderr
    return first


@pytest.fixture
def daniel(run: Run, home: Path, signed_in: Path) -> Run:
    """`run`, with Daniel logged in."""
    shutil.copytree(signed_in, home)
    return run


def command(home: Path, *arguments: str, stdin: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
    """`genesis-tui` in a fresh environment, with a passphrase for what it keeps."""
    return called(arguments, environment(home, **variables), piped(stdin))


def process(home: Path, *arguments: str, stdin: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
    """`command` as a process of its own."""
    program = [sys.executable, "-m", "genesis_tui", *arguments]
    return subprocess.run(
        program,
        input=stdin,
        capture_output=True,
        text=True,
        env=environment(home, **variables),
        timeout=60,
        check=False,
    )


def environment(home: Path, **variables: str) -> dict[str, str]:
    """The variables of a person who has no keyring, and whose files are all below `home`."""
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


def log_in(run: Run, username: str, password: str, *options: str) -> "subprocess.CompletedProcess[str]":
    """`login` with the password on standard input."""
    return run("login", "--username", username, "--password-stdin", *options, stdin=password + "\n")
