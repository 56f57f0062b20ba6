"""`python -m bench [P1 P4 …]`: measures the figures of QUALITY and prints a table. A missed bar never fails the run."""

import sys
import time
from importlib import import_module
from pathlib import Path

from bench.figure import Row, machine

_FIGURES = sorted(path.stem for path in Path(__file__).parent.glob("p[0-9][0-9]_*.py"))


def _chosen(wanted: list[str]) -> list[str]:
    numbers = {int(name.upper().removeprefix("P")) for name in wanted}
    return [name for name in _FIGURES if not numbers or int(name[1:3]) in numbers]


def _line(row: Row) -> str:
    return (
        f"{'ok  ' if row.held else 'MISS'} {row.figure:<4} {row.what:<58} {row.bar:<20} {row.measured:<26} {row.ratio}"
    )


def main(wanted: list[str]) -> None:
    """Prints the table, a figure at a time."""
    print(machine())
    print(f"     {'':<4} {'figure':<58} {'bar':<20} {'measured':<26} ratio")
    for name in _chosen(wanted):
        start = time.perf_counter()
        for row in import_module(f"bench.{name}").measure():
            print(_line(row), flush=True)
        print(f"     ({name}: {time.perf_counter() - start:.0f} s)", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
