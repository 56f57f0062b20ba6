"""P4 in Inbox: keys in a list of 100,000 conversations and of 1,000, and where scrolling loads page after page."""

import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import HERE, PYTHON, Row, empty_home, milliseconds, quantile
from bench.inbox import FEW, MANY, inbox, loaded
from bench.terminal import Terminal, environment

_MOVES, _PAGES, _REST = 60, 15, 0.15
_SCROLLING = 30.0
"""Seconds of scrolling."""


def _keys(terminal: Terminal, key: str, count: int) -> list[float]:
    """First bytes of keys, each pressed when the answer to the one before is whole, the detail included."""
    times = []
    for _ in range(count):
        times.append(terminal.first_byte(key))
        terminal.settle(_REST)
    return times


def _scroll(terminal: Terminal, seconds: float) -> tuple[int, list[float]]:
    """To the end of what is there, over and over; how many rows are there then, and how long each page took."""
    times: list[float] = []
    rows, start = 0, time.perf_counter()
    until = start + seconds
    while (now := time.perf_counter()) < min(until, start + 3):
        terminal.press("end")
        terminal.settle(0.01)
        if loaded(terminal) > rows:
            times.append(now - start)
            rows, start = loaded(terminal), now
    terminal.settle(_REST)
    return rows, times


def _table() -> list[float]:
    """The peer's cursor keys."""
    with empty_home() as home:
        argv: list[str | Path] = [PYTHON, HERE / "table_app.py", str(MANY)]
        with Terminal(argv, env=environment(home), columns=120, rows=40) as terminal:
            terminal.expect("first rows 20", seconds=120)
            terminal.settle(1.0)
            return _keys(terminal, "down", _MOVES)


def measure() -> Iterator[Row]:
    """With all rows in the list, two sizes in turn; then as they come from the server."""
    many: tuple[list[float], list[float]] = ([], [])
    few: tuple[list[float], list[float]] = ([], [])
    for _ in range(2):
        for rows, kept in ((MANY, many), (FEW, few)):
            with inbox(MANY, held=rows) as terminal:
                kept[0].extend(_keys(terminal, "j", _MOVES))
                kept[1].extend(_keys(terminal, "pagedown", _PAGES))
    p50, p95, page = quantile(many[0], 0.5), quantile(many[0], 0.95), quantile(many[1], 0.5)
    ratio, beside = p50 / quantile(few[0], 0.5), p50 / quantile(_table(), 0.5)
    table = f"{beside:.2f} x DataTable"
    yield Row("P4", "Inbox of 100,000 rows, cursor key, p50", "<= 5 ms", milliseconds(p50), p50 <= 0.005, table)
    yield Row("P4", "the same, p95", "<= 16 ms", milliseconds(p95), p95 <= 0.016)
    yield Row("P4", "the same against 1,000 rows, p50", "within 20%", milliseconds(p50), ratio <= 1.2, f"{ratio:.2f} x")
    yield Row("P4", "page key, p50", "<= 20 ms", milliseconds(page), page <= 0.020)
    for threads, seconds in ((FEW, 60.0), (MANY, _SCROLLING)):
        yield from _scrolled(threads, seconds)


def _scrolled(threads: int, seconds: float) -> Iterator[Row]:
    with inbox(threads) as terminal:
        at_first = quantile(_keys(terminal, "j", _MOVES // 3), 0.5)
        rows, times = _scroll(terminal, seconds)
        keys = _keys(terminal, "k", _MOVES)
    p50, p95 = quantile(keys, 0.5), quantile(keys, 0.95)
    what = f"{threads:,} on the server, {rows:,} rows scrolled to, cursor key"
    yield Row("P4", f"{what}, p50", "<= 5 ms", milliseconds(p50), p50 <= 0.005, f"{p50 / at_first:.2f} x at 50 rows")
    yield Row("P4", "the same, p95", "<= 16 ms", milliseconds(p95), p95 <= 0.016)
    first, last = quantile(times[:10], 0.5), quantile(times[-10:], 0.5)
    beside = f"{last / first:.2f} x the first ones"
    yield Row(
        "P4", "the last pages of 50, key to rows, p50", "within 20%", milliseconds(last), last <= 1.2 * first, beside
    )
