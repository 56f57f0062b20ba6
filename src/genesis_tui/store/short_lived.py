"""Folders for files that are not to outlast their process: what one that was killed has left goes with the next."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from genesis_tui.models.base.errors import ApiError
from genesis_tui.store.private_files import only_mine

_PREFIX = "genesis-tui-"


class ShortLivedFolder:
    """A folder that nobody else may look into. The process holds a lock on it, which ends however the process does."""

    def __init__(self, *, in_memory: bool = False) -> None:
        """`in_memory`: in a place that never reaches a disk, where there is one. Raises OSError."""
        remove_left()
        place = next(_in_memory(), None) if in_memory else None
        for _ in range(3):
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
            self._held = _hold(self.path)
            if self.path.exists():  # else another process took it for one that was left
                break

    def remove(self) -> None:
        """It goes, with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._held >= 0:
            os.close(self._held)
        self._held = -1


def remove_left() -> None:
    """Remove the folders of one's own that no process holds any more."""
    for place in {*_in_memory(), tempfile.gettempdir()}:
        with suppress(OSError), os.scandir(place) as found:
            for path in [Path(one.path) for one in found if one.name.startswith(_PREFIX)]:
                with suppress(OSError, ApiError):
                    _remove_if_left(path)


def _remove_if_left(path: Path) -> None:
    only_mine(path, 0o700)
    held = _hold(path)
    if held >= 0:
        shutil.rmtree(path, ignore_errors=True)
        os.close(held)


def _hold(folder: Path) -> int:
    """Locks a folder until the number that it gives is closed; negative where that can't be done."""
    held = -1
    try:
        import fcntl

        held = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        if held >= 0:
            os.close(held)
        return -1
    return held


def _in_memory() -> Iterator[str]:
    """Folders that never reach a disk."""
    for folder in (os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm"):  # noqa: S108 - folders of one's own are made there
        if folder and os.access(folder, os.W_OK):
            yield folder
