"""P4: a cursor key to the first byte of the answer, in a list of 100,000 rows and in one of 1,000."""

from collections.abc import Iterator
from pathlib import Path

from bench.figure import PYTHON, Row, empty_home, milliseconds, quantile
from bench.terminal import Terminal, environment

_ROOT = Path(__file__).parent.parent
_MOVES, _PAGES = 150, 20


def _times(home: Path, rows: int) -> tuple[list[float], list[float]]:
    """Seconds for cursor moves and for pages."""
    with Terminal(
        [PYTHON, "-m", "bench.list_app", str(rows)], env=environment(home), columns=120, rows=40, cwd=_ROOT
    ) as terminal:
        terminal.expect("▌", seconds=60)
        terminal.settle(0.5)
        moves = [_one(terminal, "j") for _ in range(_MOVES)]
        pages = [_one(terminal, "pagedown") for _ in range(_PAGES)]
    return moves, pages


def _one(terminal: Terminal, key: str) -> float:
    seconds = terminal.first_byte(key)
    terminal.settle(0.02)
    return seconds


def measure() -> Iterator[Row]:
    """Two sizes, interleaved."""
    many: tuple[list[float], list[float]] = ([], [])
    few: tuple[list[float], list[float]] = ([], [])
    with empty_home() as home:
        for _ in range(3):
            for rows, kept in ((100_000, many), (1_000, few)):
                for times, more in zip(kept, _times(home, rows), strict=True):
                    times.extend(more)
    p50, p95, page = quantile(many[0], 0.5), quantile(many[0], 0.95), quantile(many[1], 0.5)
    ratio = p50 / quantile(few[0], 0.5)
    yield Row("P4", "cursor key to first byte, 100,000 rows, p50", "<= 5 ms", milliseconds(p50), p50 <= 0.005)
    yield Row("P4", "the same, p95", "<= 16 ms", milliseconds(p95), p95 <= 0.016)
    yield Row("P4", "the same against 1,000 rows, p50", "within 20%", milliseconds(p50), ratio <= 1.2, f"{ratio:.2f} x")
    yield Row("P4", "page key to first byte, 100,000 rows, p50", "<= 20 ms", milliseconds(page), page <= 0.020)
