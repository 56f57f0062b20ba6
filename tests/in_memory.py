"""Where tests keep files in memory: to make and remove one on a disk costs more than what is done with it."""

import os
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3
"""Bytes; a run needs half of them."""


def folder_in_memory() -> str | None:
    """A file system in memory with room, in which programs can be started; None where there is none."""
    if not _MEMORY.is_dir() or not os.access(_MEMORY, os.W_OK):
        return None
    found = os.statvfs(_MEMORY)
    usable = found.f_bavail * found.f_frsize > _ROOM and not found.f_flag & os.ST_NOEXEC
    return str(_MEMORY) if usable else None
