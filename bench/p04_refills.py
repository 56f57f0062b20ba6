"""P4 in Refills: 2,000 prescriptions with 20,000 fills, from the key to the first rows, and a cursor key among them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figure import PYTHON, Row, empty_home, milliseconds, quantile
from bench.inbox import shown
from bench.server import serving
from bench.terminal import Terminal, environment

_ROOT = Path(__file__).parent.parent
_FEW, _MANY = 10, 2_000
_OPENINGS, _MOVES, _PAGES = 5, 150, 20
_PERSONA = "4"
"""The key that signs in as Daniel."""


@contextmanager
def _signed_in(prescriptions: int) -> Iterator[Terminal]:
    with empty_home() as home, serving("--frozen") as server:
        argv = [PYTHON, "-m", "bench.refills_app", str(prescriptions), "--server", server.url]
        env = environment(home, GENESIS_TUI_MOCK_TOKEN=server.tester_token)
        with Terminal(argv, env=env, columns=120, rows=40, cwd=_ROOT) as terminal:
            terminal.expect("OR AS A TEST PERSON", seconds=60)
            terminal.press(_PERSONA)
            terminal.expect("DANIEL REYES", "Lipid panel", seconds=60)
            terminal.settle(1.0)
            yield terminal


def _one(terminal: Terminal, key: str) -> float:
    seconds = terminal.first_byte(key)
    terminal.settle(0.02)
    return seconds


def _times(prescriptions: int) -> tuple[float, list[float], list[float]]:
    """Seconds from the key to the first rows, for cursor moves, and for pages."""
    with _signed_in(prescriptions) as terminal:
        opening = shown(terminal, "5", "WHAT CAN BE DONE")
        terminal.settle(1.0)
        if prescriptions < _MANY:
            return opening, [], []
        moves = [_one(terminal, "j") for _ in range(_MOVES)]
        return opening, moves, [_one(terminal, "pagedown") for _ in range(_PAGES)]


def measure() -> Iterator[Row]:
    """Two sizes in turn."""
    times = {count: [_times(count) for _ in range(_OPENINGS)] for count in (_FEW, _MANY)}
    first, least = (quantile([one[0] for one in times[count]], 0.5) for count in (_MANY, _FEW))
    moves = [seconds for one in times[_MANY] for seconds in one[1]]
    pages = [seconds for one in times[_MANY] for seconds in one[2]]
    p50, p95, page = quantile(moves, 0.5), quantile(moves, 0.95), quantile(pages, 0.5)
    what = "Refills opens, 2,000 with 20,000 fills, key to rows"
    beside, more = f"{first / least:.2f} x {_FEW}", first - least
    yield Row("P4", what, "<= 100 ms beyond", milliseconds(first), more <= 0.1, beside)
    yield Row("P4", "cursor key to first byte there, p50", "<= 5 ms", milliseconds(p50), p50 <= 0.005)
    yield Row("P4", "the same, p95", "<= 16 ms", milliseconds(p95), p95 <= 0.016)
    yield Row("P4", "page key to first byte there, p50", "<= 20 ms", milliseconds(page), page <= 0.020)
