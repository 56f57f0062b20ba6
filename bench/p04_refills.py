"""P4 in Refills: 2,000 prescriptions with 20,000 fills, from the answer to the first rows, and a cursor key there."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figure import PYTHON, Row, cpu_seconds, empty_home, milliseconds, quantile
from bench.inbox import shown
from bench.server import serving
from bench.terminal import Terminal, environment

_ROOT = Path(__file__).parent.parent
_FEW, _MANY = 10, 2_000
_OPENINGS, _MOVES, _PAGES = 5, 150, 20
_PERSONA = "4"
"""The key that signs in as Daniel."""


@dataclass(frozen=True, slots=True)
class _Times:
    """Seconds from the answer to the first rows, on the clock and of the CPU, and for moves and pages there."""

    first: float
    cpu: float
    moves: tuple[float, ...] = ()
    pages: tuple[float, ...] = ()


@contextmanager
def _signed_in(prescriptions: int) -> Iterator[tuple[Terminal, Path]]:
    with empty_home() as home, serving("--frozen") as server:
        stamp = home / "answered"
        argv = [PYTHON, "-m", "bench.refills_app", str(prescriptions), str(stamp), "--server", server.url]
        env = environment(home, GENESIS_TUI_MOCK_TOKEN=server.tester_token)
        with Terminal(argv, env=env, columns=120, rows=40, cwd=_ROOT) as terminal:
            terminal.expect("OR AS A TEST PERSON", seconds=60)
            terminal.press(_PERSONA)
            terminal.expect("DANIEL REYES", "Lipid panel", seconds=60)
            terminal.settle(1.0)
            yield terminal, stamp


def _one(terminal: Terminal, key: str) -> float:
    seconds = terminal.first_byte(key)
    terminal.settle(0.02)
    return seconds


def _times(prescriptions: int) -> _Times:
    with _signed_in(prescriptions) as (terminal, stamp):
        start = time.perf_counter()
        there = start + shown(terminal, "5", "WHAT CAN BE DONE")
        used = cpu_seconds(terminal.process.pid)
        answered, cpu = map(float, stamp.read_text().split())
        terminal.settle(1.0)
        if prescriptions < _MANY:
            return _Times(there - answered, used - cpu)
        moves = tuple(_one(terminal, "j") for _ in range(_MOVES))
        return _Times(there - answered, used - cpu, moves, tuple(_one(terminal, "pagedown") for _ in range(_PAGES)))


def measure() -> Iterator[Row]:
    """Two sizes in turn."""
    rounds = [(_times(_MANY), _times(_FEW)) for _ in range(_OPENINGS)]
    many, few = [one for one, _ in rounds], [one for _, one in rounds]
    first, cpu = quantile([one.first for one in many], 0.5), quantile([one.cpu for one in many], 0.5)
    least = quantile([one.first for one in few], 0.5)
    moves = [seconds for one in many for seconds in one.moves]
    pages = [seconds for one in many for seconds in one.pages]
    p50, p95, page = quantile(moves, 0.5), quantile(moves, 0.95), quantile(pages, 0.5)
    what = "Refills, 2,000 with 20,000 fills, answer to first rows"
    beside = f"{milliseconds(cpu)} of CPU; {first / least:.1f} x {_FEW}"
    yield Row("P4", what, "<= 100 ms", milliseconds(first), first <= 0.1, beside)
    yield Row("P4", "cursor key to first byte there, p50", "<= 5 ms", milliseconds(p50), p50 <= 0.005)
    yield Row("P4", "the same, p95", "<= 16 ms", milliseconds(p95), p95 <= 0.016)
    yield Row("P4", "page key to first byte there, p50", "<= 20 ms", milliseconds(page), page <= 0.020)
