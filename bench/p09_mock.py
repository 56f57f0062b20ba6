"""P9: the mock answers pages of 50 labs by patient and category, newest first, sign-in and rules on."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import HERE, PYTHON, Row, milliseconds
from bench.imported import fill_by_import
from bench.population import Population, fill
from bench.server import serving

_FEW, _MANY = 10_000, 1_000_000
_ROUNDS, _SECONDS, _CONNECTIONS = 5, 4.0, 8
_BAR, _P99 = 2_000, 0.020


class Side:
    """One size of database with its server and the load on it."""

    def __init__(self, population: Population, port: int, token: str) -> None:
        search = "/fhir/r4/Observation?category=laboratory&_count=50&patient="
        paths = [search + patient for patient in population.patients]
        job = {"port": port, "token": token, "paths": paths, "connections": _CONNECTIONS}
        self._job = job
        self.rates: list[float] = []
        self.p99s: list[float] = []
        self.run(1.0)
        self.rates, self.p99s = [], []

    def run(self, seconds: float) -> None:
        """One burst of load from a process of its own."""
        job = json.dumps({**self._job, "seconds": seconds})
        ran = subprocess.run([PYTHON, HERE / "load.py"], input=job, capture_output=True, text=True, check=True)
        told = json.loads(ran.stdout)
        if told["failures"]:
            raise RuntimeError(f"{told['failures']} of {told['requests']} requests failed")
        self.rates.append(told["requests"] / told["seconds"])
        self.p99s.append(told["p99"])


def measure() -> Iterator[Row]:
    """On copies of a real record, then on an imported population."""
    yield from _rows("observations", _copied)
    yield from _rows("imported observations", _imported)


def _rows(what: str, make: Callable[[Path, int], Population]) -> Iterator[Row]:
    """Both sizes side by side, in bursts that take turns; the middle burst counts."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="genesis-bench-")))
        sides = []
        for size in (_FEW, _MANY):
            population = make(folder / f"{size}.db", size)
            server = stack.enter_context(serving("--db", population.url))
            sides.append(Side(population, server.port, server.token(population.username, population.password)))
        sides.append(Side(population, stack.enter_context(_bare(folder / f"{_MANY}.db")), ""))
        for _ in range(_ROUNDS):
            for side in sides:
                side.run(_SECONDS)
    few, many, bare = sides
    rate, other, peer = (_middle(side.rates) for side in (many, few, bare))
    p99 = _middle(many.p99s)
    beside = f"{rate / peer:.2f} x bare Starlette + SQLite {peer:,.0f}/s"
    yield Row("P9", f"pages of 50 labs at 1,000,000 {what}", f">= {_BAR:,}/s", _a_second(rate), rate >= _BAR, beside)
    yield Row("P9", "the same, p99", "< 20 ms", milliseconds(p99), p99 < _P99)
    yield Row(
        "P9",
        "the same against 10,000",
        "within 20%",
        _a_second(rate),
        rate >= 0.8 * other,
        f"{rate / other:.2f} x {other:,.0f}/s",
    )


def _copied(file: Path, size: int) -> Population:
    started = time.perf_counter()
    population = fill(file, size)
    print(f"     ({population.observations:,} observations in {time.perf_counter() - started:.0f} s)")
    return population


def _imported(file: Path, size: int) -> Population:
    made = fill_by_import(file, size)
    told = f"{made.population.observations:,} observations imported in {made.seconds:.0f} s, {made.rate:,.0f}/s"
    print(f"     ({told}; the file has {made.file_bytes / 2**20:,.0f} MiB)")
    return made.population


@contextmanager
def _bare(file: Path) -> Iterator[int]:
    """The peer's port."""
    argv = [PYTHON, "-m", "bench.bare_server", str(file)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=HERE.parent) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _a_second(rate: float) -> str:
    return f"{rate:,.0f}/s"


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
