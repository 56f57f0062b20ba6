"""The app at the Inbox of somebody with many conversations, on a mock of its own; the mocks are filled once a run."""

import atexit
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.conversations import START, Conversations, fill
from bench.figure import PROGRAM, PYTHON, empty_home
from bench.server import Server, serving
from bench.terminal import Terminal, environment

FEW, MANY = 1_000, 100_000
_ROOT = Path(__file__).parent.parent
_SUBJECT = re.compile(r"[▌▎ ] {2}[a-z ]+ (\d+) *$")
_PERSONA = {"daniel.reyes": "4"}
"""User name -> the key that signs in as this test person."""


@cache
def mock_of(threads: int) -> Conversations:
    """A filled database; it is removed when the run ends."""
    folder = TemporaryDirectory(prefix="genesis-bench-")
    atexit.register(folder.cleanup)
    start = time.perf_counter()
    made = fill(Path(folder.name) / "mock.db", threads)
    print(f"     ({threads:,} conversations in {time.perf_counter() - start:.0f} s)", file=sys.stderr)
    return made


@contextmanager
def server_of(threads: int) -> Iterator[Server]:
    """The mock that holds as many conversations, listening."""
    with serving("--db", mock_of(threads).url, "--frozen", "--start", START.isoformat()) as server:
        yield server


@contextmanager
def signed_in(threads: int, *, held: int = 0) -> Iterator[Terminal]:
    """Results on 120x40, everything drawn; with `held`, Inbox will hold that many rows from the first."""
    with empty_home() as home, server_of(threads) as server:
        argv = [PYTHON, "-m", "bench.inbox_app", str(held)] if held else [PROGRAM]
        env = environment(home, GENESIS_TUI_MOCK_TOKEN=server.tester_token)
        with Terminal([*argv, "--server", server.url], env=env, columns=120, rows=40, cwd=_ROOT) as terminal:
            terminal.expect("OR AS A TEST PERSON", seconds=60)
            terminal.press(_PERSONA[mock_of(threads).username])
            terminal.expect("DANIEL REYES", "Lipid panel", seconds=60)
            terminal.settle(1.0)
            yield terminal


@contextmanager
def inbox(threads: int, *, held: int = 0) -> Iterator[Terminal]:
    """Inbox, its first row told beside the list."""
    with signed_in(threads, held=held) as terminal:
        terminal.press("3")
        terminal.expect("Maya Okafor", "2 messages", seconds=120)
        terminal.settle(1.0)
        yield terminal


def loaded(terminal: Terminal) -> int:
    """How many rows there are down to the last one on the screen, by the numbers that `conversations` gave them."""
    found = (_SUBJECT.match(line[:46]) for line in terminal.lines)
    return max((int(one[1]) + 1 for one in found if one), default=0)


def shown(terminal: Terminal, key: str, text: str, *, there: bool = True, seconds: float = 30) -> float:
    """Seconds from a key until `text` stands on the screen, or no longer does.

    Raises:
        AssertionError: it does not come, or does not go.
    """
    start = time.perf_counter()
    terminal.press(key)
    while (text in terminal.text) is not there:
        assert time.perf_counter() - start < seconds, f"{text!r} after {seconds} s; the screen:\n{terminal.text}"
        terminal.read(0.05)
    return time.perf_counter() - start
