"""P5 in Inbox: opening a folder of 100,000 conversations, from the server and from what is held, and memory a row."""

from collections.abc import Iterator
from pathlib import Path

from bench.figure import Row, milliseconds, quantile
from bench.inbox import FEW, MANY, inbox, shown, signed_in
from bench.terminal import Terminal

_OPENINGS, _TURNS = 5, 10
_FOLDERS = 2
"""Folders that are held whole in the end, each with rows of its own."""


def _resident(terminal: Terminal) -> int:
    """KiB that the app holds."""
    status = Path(f"/proc/{terminal.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def _opening(threads: int) -> float:
    with signed_in(threads) as terminal:
        return shown(terminal, "3", f"of {threads:,}")


def _turns(held: int) -> tuple[list[float], list[float], int]:
    """From the empty Drafts to Sent, and from there to Drafts; and the memory at the end, Inbox and Sent held."""
    to_rows, to_nothing = [], []
    with inbox(MANY, held=held) as terminal:
        terminal.press("right")
        terminal.settle(1.0)
        for _ in range(_TURNS):
            to_nothing.append(shown(terminal, "right", "Maya Okafor", there=False))
            terminal.settle(0.4)
            to_rows.append(shown(terminal, "left", "Maya Okafor"))
            terminal.settle(0.4)
        return to_rows, to_nothing, _resident(terminal)


def measure() -> Iterator[Row]:
    """Two sizes in turn."""
    times: dict[int, list[float]] = {FEW: [], MANY: []}
    for _ in range(_OPENINGS):
        for threads, kept in times.items():
            kept.append(_opening(threads))
    first, least = quantile(times[MANY], 0.5), quantile(times[FEW], 0.5)
    beside = f"{first / least:.2f} x 1,000"
    more = first - least
    yield Row(
        "P5",
        "Inbox opens, 100,000 on the server, key to rows",
        "<= 100 ms beyond",
        milliseconds(first),
        more <= 0.1,
        beside,
    )
    there, empty, kib = _turns(MANY)
    least_kib = _turns(FEW)[2]
    p50, nothing = quantile(there, 0.5), quantile(empty, 0.5)
    beside = f"{p50 / nothing:.2f} x the empty list"
    yield Row(
        "P5",
        "folder of 100,000 held rows, key to rows",
        "<= 100 ms beyond",
        milliseconds(p50),
        p50 - nothing <= 0.1,
        beside,
    )
    each = (kib - least_kib) / (_FOLDERS * (MANY - FEW))
    yield Row("P5", "memory a row", "<= 0.5 KiB", f"{each:.2f} KiB", each <= 0.5, f"{kib / least_kib:.2f} x 1,000 rows")
