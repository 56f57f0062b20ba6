"""The app on a mock of its own, with the sponsor signed in."""

from collections.abc import Iterator
from contextlib import contextmanager

from bench.figure import PROGRAM, empty_home
from bench.server import serving
from bench.terminal import Terminal, environment


@contextmanager
def results(columns: int = 120) -> Iterator[Terminal]:
    """Results of the sponsor, 40 rows high, everything loaded and drawn; from 120 columns with the detail beside it."""
    with empty_home() as home, serving("--frozen", "--start", "2026-11-23T14:42:00+00:00") as server:
        env = environment(home, GENESIS_TUI_MOCK_TOKEN=server.tester_token)
        with Terminal([PROGRAM, "--server", server.url], env=env, columns=columns, rows=40) as terminal:
            terminal.expect("OR AS A TEST PERSON", seconds=60)
            terminal.press("4")
            terminal.expect("DANIEL REYES", "Lipid panel", seconds=60)
            terminal.press("2")
            terminal.expect("DANIEL REYES · your record", "Family medicine visit", seconds=60)
            terminal.settle(1.5)
            yield terminal
