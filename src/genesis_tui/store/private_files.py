"""Files of this program that nobody else may read or change: 0600 in a folder of 0700, or not used at all."""

import os
import stat
import sys
from pathlib import Path

from genesis_tui.models.base.errors import ApiError

_CHECKED = sys.platform != "win32"


def private_folder(name: str) -> Path:
    """A folder of that name in the platform's folder for state; made when it is not there. Raises OSError, ApiError."""
    folder = state_folder(name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    only_mine(folder, 0o700)
    return folder


def state_folder(name: str) -> Path:
    """Where that folder is, there or not."""
    from platformdirs import user_state_path

    return user_state_path("genesis-tui") / name


def only_mine(path: Path, widest: int, *, rule: str = "") -> None:
    """Go on only if nobody else could have read or changed it.

    Raises:
        ApiError: mode, owner or kind (a link) say otherwise.
    """
    found = path.lstat()
    loose = stat.S_IMODE(found.st_mode) & ~widest
    if _CHECKED and (loose or stat.S_ISLNK(found.st_mode) or found.st_uid != os.getuid()):
        raise ApiError(
            f"{path} could be read or changed by others, so it is not used.",
            next=f"Make sure that it is your own, and set its mode: chmod {widest:o} {path}",
            rule=rule,
            reason="loose-mode",
        )
