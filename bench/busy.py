"""Whether what this process started still has something to do, as Linux tells it; elsewhere nothing is known."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_APART = 0.002
"""Seconds between two looks: one alone can miss work that is handed on behind it."""


def started_are_busy() -> bool:
    """Tells whether a thread of any process below this one runs, wants to, or waits for a disk."""
    if any(map(_is_busy, _below(os.getpid()))):
        return True
    time.sleep(_APART)
    return any(map(_is_busy, _below(os.getpid())))


def bytes_read(pid: int) -> int:
    """What a process, and those below it, have read so far, of terminals and files."""
    told = [_io(one) for one in (pid, *_below(pid))]
    return sum(int(line.split()[1]) for line in told if line)


def _io(pid: int) -> str:
    """`rchar: 4096`; empty for a process that has ended."""
    try:
        return (_PROC / str(pid) / "io").read_text().partition("\n")[0]
    except OSError:
        return ""


def _below(pid: int) -> Iterator[int]:
    for told in _read_each(pid, "children"):
        for child in map(int, told.split()):
            yield child
            yield from _below(child)


def _is_busy(pid: int) -> bool:
    return any(told.rpartition(")")[2].split()[0] in "RD" for told in _read_each(pid, "stat"))


def _read_each(pid: int, name: str) -> Iterator[str]:
    """That file of each thread; a thread that has ended meanwhile has none."""
    for file in (_PROC / str(pid) / "task").glob(f"*/{name}"):
        try:
            yield file.read_text()
        except OSError:
            continue
