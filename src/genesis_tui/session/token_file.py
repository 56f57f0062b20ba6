"""A sign-in to a mock in a file that nobody else can read: 0600 in a folder of 0700, or not at all."""

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path

from genesis_tui.api_client.errors import ApiError

_CHECKED = sys.platform != "win32"


def write(name: str, content: str) -> str:
    """Write it, whole or not at all; why it could not be, or nothing."""
    folder = _folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _only_mine(folder, 0o700)
        handle, draft = tempfile.mkstemp(dir=folder, prefix=".new-")
        try:
            with open(handle, "w", encoding="utf-8") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(_path(name))
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        return f"The sign-in can't be written to {folder} ({error.strerror}), so it ends with this process."
    except ApiError as error:
        return f"{error.title} {error.next}"
    return ""


def read(name: str) -> str:
    """What was written; empty where there is nothing.

    Raises:
        ApiError: others could read or change the file or its folder.
    """
    path = _path(name)
    if not path.exists():
        return ""
    _only_mine(path.parent, 0o700)
    _only_mine(path, 0o600)
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def remove(name: str) -> None:
    """Take it away, if it is there."""
    with contextlib.suppress(OSError):
        _path(name).unlink(missing_ok=True)


def _folder() -> Path:
    from platformdirs import user_state_path

    return user_state_path("genesis-tui") / "sign-in"


def _path(name: str) -> Path:
    return _folder() / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.json"


def _only_mine(path: Path, widest: int) -> None:
    found = path.lstat()
    loose = stat.S_IMODE(found.st_mode) & ~widest
    if _CHECKED and (loose or stat.S_ISLNK(found.st_mode) or found.st_uid != os.getuid()):
        raise ApiError(
            f"{path} could be read or changed by others, so the sign-in in it is not used.",
            next=f"Clear it (genesis-tui logout --forget) and set the folder's mode: chmod {widest:o} {path}",
            reason="loose-mode",
        )
