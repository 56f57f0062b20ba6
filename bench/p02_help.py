"""P2: `genesis-tui --help` against `python -c "import click"`, CPU time."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench.figure import PROGRAM, PYTHON, Row, empty_home, milliseconds, ratio_of
from bench.terminal import environment


def _cpu(argv: list[str | Path], home: Path) -> float:
    process = subprocess.Popen(argv, env=environment(home), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{argv} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def measure() -> Iterator[Row]:
    """One row."""
    with empty_home() as home:
        ours, theirs, ratio = ratio_of(
            lambda: _cpu([PROGRAM, "--help"], home), lambda: _cpu([PYTHON, "-c", "import click"], home), runs=25
        )
    yield Row(
        "P2",
        "--help against `import click`, CPU",
        "<= 1.5 x",
        milliseconds(ours),
        ratio <= 1.5,
        f"{ratio:.2f} x {milliseconds(theirs)}",
    )
