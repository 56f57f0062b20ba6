"""Real processes in a real terminal, each test with a home of its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.terminal import Terminal, environment

PROGRAM = Path(sys.executable).parent / "genesis-tui"
START = "2026-11-23T14:42:00+00:00"
SPONSOR, SPONSORS_NAME = "4", "DANIEL REYES"
DAUGHTER = "6"

Start = Callable[..., Terminal]


@dataclass(frozen=True, slots=True)
class Server:
    """A mock process: where it listens, and what a tester shows it."""

    url: str
    tester_token: str
    pid: int = 0


@contextmanager
def serving(*options: str) -> Iterator[Server]:
    """A mock on a free port, which ends with this process at the latest."""
    argv = [sys.executable, "-m", "genesis_tui.mock_backend.server.serve", "--port", "0", "--with-parent", *options]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        told = json.loads(process.stdout.readline())
        try:
            yield Server(told["url"], told["tester_token"], process.pid)
        finally:
            process.stdin.close()
            process.wait(10)


def tell(portal: Server, method: str, path: str, body: dict[str, Any]) -> httpx.Response:
    """A tester has something happen on the mock, below `/mock/v1`."""
    headers = {"Authorization": f"Bearer {portal.tester_token}"}
    answer = httpx.request(
        method, f"{portal.url}/mock/v1/{path}", json=body, headers=headers, trust_env=False, timeout=60
    )
    assert answer.is_success, answer.text
    return answer


@pytest.fixture(scope="session")
def standing() -> Iterator[Server]:
    """A mock whose clock stands still."""
    with serving("--start", START, "--frozen") as served:
        yield served


@pytest.fixture(scope="module")
def server(standing: Server) -> Server:
    """The mock whose clock stands still, with a fresh world for the tests of one file."""
    tell(standing, "POST", "scenario/reset", {})
    return standing


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home directory."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Starts a program under a terminal of its own; whatever still runs at the end of the test is ended."""
    with ExitStack() as stack:

        def begin(*argv: str | Path, columns: int = 80, rows: int = 24, **env: str) -> Terminal:
            terminal = Terminal(argv, env=environment(home, **env), columns=columns, rows=rows)
            return stack.enter_context(terminal)

        yield begin


def choose_a_person(terminal: Terminal) -> Terminal:
    """Waits for the sign-in screen with the mock's people on it."""
    terminal.expect("SIGN IN WITH", "OR AS A TEST PERSON", seconds=40)
    return terminal


def enter_as(terminal: Terminal, key: str, *home: str) -> Terminal:
    """Chooses a test person and looks at Home: keys struck together with that one are for nothing."""
    choose_a_person(terminal).press(key)
    terminal.expect(*home, "New ", seconds=40)
    terminal.settle()
    return terminal
