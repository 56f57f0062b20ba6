"""Which processes use a kept sign-in, and when its person was last there: an empty file for each sign-in.

Every process that uses the sign-in holds a shared lock on the file, which the system lets go of however the process
ends. The time of the file is when the person was last seen.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from genesis_tui.models.base.errors import ApiError
from genesis_tui.store.private_files import only_mine, private_folder, state_folder

_FOLDER = "sign-ins"


class SignInUse:
    """The use that this process makes of one sign-in. What can't be written is as if nobody had been there."""

    def __init__(self, name: str) -> None:
        """Nothing is read or written yet. `name` tells the sign-in from all others."""
        self._file = f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.used"
        self._held = -1

    def last_active(self) -> float | None:
        """When the person was last there, by the wall clock; None where nobody wrote it down."""
        path = self._path()
        try:
            only_mine(path.parent, 0o700)
            only_mine(path, 0o600)
            return path.stat().st_mtime or None
        except (OSError, ApiError):
            return None

    def begin(self) -> None:
        """This process uses the sign-in from now on. It does not say that anybody is there."""
        if self._held >= 0:
            return
        try:
            import fcntl

            path = private_folder(_FOLDER) / self._file
            new = not path.exists()
            self._held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            if new:
                os.utime(self._held, (0, 0))
            fcntl.flock(self._held, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except (ImportError, OSError, ApiError):
            self.close()

    def active(self, at: float) -> None:
        """The person was there at that time of the wall clock."""
        if self._held >= 0:
            with suppress(OSError):
                os.utime(self._held, (at, at))

    def end(self) -> bool:
        """This process uses the sign-in no longer; whether another one does. Without another the file goes, too."""
        if self._held < 0:
            return False
        try:
            import fcntl

            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._path().unlink(missing_ok=True)
            return False
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            self.close()

    def close(self) -> None:
        """This process uses the sign-in no longer; when somebody was last there stays known."""
        if self._held >= 0:
            os.close(self._held)
        self._held = -1

    def _path(self) -> Path:
        return state_folder(_FOLDER) / self._file
