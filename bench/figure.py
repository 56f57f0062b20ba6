"""What every bench shares: a row of the table, quantiles, and CPU clocks of other processes."""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
PYTHON = sys.executable
PROGRAM = Path(PYTHON).parent / "genesis-tui"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a figure of QUALITY, its bar, what was measured, and the ratio taken in the same run."""

    figure: str
    what: str
    bar: str
    measured: str
    held: bool
    ratio: str = ""


def milliseconds(seconds: float) -> str:
    """A duration as it prints."""
    return f"{seconds * 1000:.1f} ms"


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def ratio_of(ours: Callable[[], float], theirs: Callable[[], float], runs: int) -> tuple[float, float, float]:
    """Runs both in turn; the median of each and the median of the ratios of neighbours."""
    pairs = [(ours(), theirs()) for _ in range(runs)]
    return (
        statistics.median(mine for mine, _ in pairs),
        statistics.median(other for _, other in pairs),
        statistics.median(mine / other for mine, other in pairs),
    )


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used so far, to the nanosecond (Linux: the CPU clock of `pid`)."""
    return time.clock_gettime((~pid << 3) | 2)


def wake_ups(pid: int) -> int:
    """How often the threads of a process have gone to sleep by themselves so far."""
    return sum(
        int(line.split()[1])
        for task in Path(f"/proc/{pid}/task").iterdir()
        for line in (task / "status").read_text().splitlines()
        if line.startswith("voluntary_ctxt_switches")
    )


@contextmanager
def empty_home() -> Iterator[Path]:
    """A home directory that nothing has written to, removed afterwards."""
    with TemporaryDirectory(prefix="genesis-bench-") as folder:
        yield Path(folder)


def machine() -> str:
    """How many cores there are and how loaded they are: a busy machine explains a missed bar."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}"
