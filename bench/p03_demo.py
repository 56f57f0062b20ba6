"""P3: `genesis-tui demo` to its sign-in screen, and with scripted keys to Home with data, against a stock app."""

import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import HERE, PROGRAM, PYTHON, Row, empty_home, ratio_of
from bench.terminal import Terminal, environment

_SPONSOR = "4"


def _stock(home: Path) -> float:
    with Terminal([PYTHON, HERE / "stock_app.py"], env=environment(home), columns=120, rows=40) as terminal:
        terminal.expect("stock label")
        return time.perf_counter() - terminal.started


def _demo(home: Path, *, to_home: bool) -> float:
    with Terminal([PROGRAM, "demo"], env=environment(home), columns=120, rows=40) as terminal:
        terminal.expect("OR AS A TEST PERSON", seconds=60)
        if to_home:
            terminal.press(_SPONSOR)
            terminal.expect("DANIEL REYES", "Lipid panel", seconds=60)
        took = time.perf_counter() - terminal.started
        terminal.press("ctrl+q")
        terminal.wait()
    return took


def measure() -> Iterator[Row]:
    """Two rows."""
    with empty_home() as home:
        yield _row("demo to the sign-in screen", home, to_home=False, bar=2)
        yield _row("demo to Home with data", home, to_home=True, bar=5)


def _row(what: str, home: Path, *, to_home: bool, bar: int) -> Row:
    ours, theirs, ratio = ratio_of(lambda: _demo(home, to_home=to_home), lambda: _stock(home), runs=7)
    return Row("P3", what, f"<= {bar} x", f"{ours:.2f} s", ratio <= bar, f"{ratio:.2f} x stock app {theirs:.2f} s")
