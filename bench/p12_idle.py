"""P12: CPU and wake-ups of the app while nobody does anything, against a stock Textual app."""

import time
from collections.abc import Iterator

from bench.figure import HERE, PYTHON, Row, cpu_seconds, empty_home, wake_ups
from bench.signed_in import results
from bench.terminal import Terminal, environment

_SECONDS = 20


def _rest(terminal: Terminal) -> tuple[float, float]:
    """CPU milliseconds and wake-ups a second."""
    pid = terminal.process.pid
    cpu, wakes, start = cpu_seconds(pid), wake_ups(pid), time.perf_counter()
    terminal.settle(_SECONDS, most=_SECONDS)
    took = time.perf_counter() - start
    return (cpu_seconds(pid) - cpu) * 1000 / took, (wake_ups(pid) - wakes) / took


def measure() -> Iterator[Row]:
    """On Results at 120x40, everything loaded."""
    with results() as terminal:
        cpu, wakes = _rest(terminal)
    with empty_home() as home:
        stock = Terminal([PYTHON, HERE / "stock_app.py"], env=environment(home), columns=120, rows=40)
        with stock:
            stock.expect("stock label")
            stock.settle(1.0)
            their_cpu, their_wakes = _rest(stock)
    peer = f"{cpu / their_cpu:.2f} x stock {their_cpu:.2f}"
    yield Row("P12", "idle CPU", "<= 2.5 ms/s", f"{cpu:.2f} ms/s", cpu <= 2.5, peer)
    peer = f"{wakes / their_wakes:.2f} x stock {their_wakes:.1f}"
    yield Row("P12", "idle wake-ups", "<= 12/s", f"{wakes:.1f}/s", wakes <= 12, peer)
