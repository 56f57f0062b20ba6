"""P1: process start to the first painted frame, against a stock Textual app with one Label, CPU time."""

from collections.abc import Iterator
from pathlib import Path

from bench.figure import HERE, PROGRAM, PYTHON, Row, cpu_seconds, empty_home, milliseconds, ratio_of
from bench.terminal import Terminal, environment


def cpu_to_first_frame(argv: list[str | Path], home: Path, mark: bytes) -> float:
    """CPU seconds when `mark` has reached the terminal."""
    with Terminal(argv, env=environment(home), columns=120, rows=40) as terminal:
        if not terminal.wait_until(lambda: mark in terminal.output, 20):
            raise RuntimeError(f"{argv} painted no {mark!r}:\n{terminal.text}")
        return cpu_seconds(terminal.process.pid)


def measure() -> Iterator[Row]:
    """One row."""
    with empty_home() as home:
        ours, theirs, ratio = ratio_of(
            lambda: cpu_to_first_frame([PROGRAM], home, b"HOST"),
            lambda: cpu_to_first_frame([PYTHON, HERE / "stock_app.py"], home, b"stock label"),
            runs=15,
        )
    yield Row(
        "P1",
        "start to first frame against a stock app, CPU",
        "<= 1.1 x",
        milliseconds(ours),
        ratio <= 1.1,
        f"{ratio:.2f} x {milliseconds(theirs)}",
    )
