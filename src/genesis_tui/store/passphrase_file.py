"""Secrets in a file that the person's passphrase opens, for where no keyring answers: over SSH, in cron."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from genesis_tui.models.base.errors import ApiError
from genesis_tui.sanitize import one_line
from genesis_tui.store.private_files import only_mine, private_folder, state_folder
from genesis_tui.store.sealed import Passphrase, WrongPassphraseError, seal, unseal

VARIABLE = "GENESIS_TUI_PASSPHRASE_FILE"
"""Names a file with the passphrase, for scripts; it must be its owner's alone."""
SHORTEST = 12
_LOCK_SECONDS = 30.0
_FOLDER, _FILE = "sign-in", "secrets.sealed"
Ask = Callable[[bool], str]
"""Asks for the passphrase; True when a new one is to be chosen. Empty where nobody can be asked."""


class PassphraseFile:
    """Name -> secret. Read and written whole; the passphrase is asked for once, and kept in memory only."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._passphrase = Passphrase("")

    def read(self, name: str) -> str:
        """The secret of that name; empty where there is none.

        Raises:
            ApiError: the passphrase does not open the file, nobody can be asked for it, or others could have read it.
        """
        return self._all().get(name, "") if _path().exists() else ""

    def write(self, name: str, content: str) -> None:
        """Keep a secret in place of the one before; an empty one is taken out. Raises ApiError, OSError."""
        with _alone():
            kept = self._all() if _path().exists() else {}
            if kept.get(name, "") == content:
                return
            rest = {known: value for known, value in kept.items() if known != name}
            if content:
                private_folder(_FOLDER)
            self._seal(rest | ({name: content} if content else {}))

    def take_out(self, name: str) -> bool:
        """Keep a secret no longer, also where others could have read the file; whether it is known to be out.

        A file that can't be opened now is left as it is: others may be kept in it.
        """
        path = _path()
        try:
            with _alone():
                kept = self._opened() if path.exists() else {}
                if kept.pop(name, None) is not None:
                    mode = stat.S_IMODE(path.stat().st_mode)
                    self._seal(kept)
                    if kept:
                        path.chmod(mode)  # that others could have read it is still to be told
        except (ApiError, OSError):
            return False
        return True

    def names(self) -> tuple[str, ...]:
        """What else is kept, as far as the file is open already: nobody is asked."""
        try:
            return tuple(self._opened()) if self._passphrase.words and _path().exists() else ()
        except (ApiError, OSError):
            return ()

    def _seal(self, kept: dict[str, str]) -> None:
        if kept:
            seal(_path(), json.dumps(kept).encode(), self._opened_by(new=not _path().exists()))
        else:
            remove()

    def _all(self) -> dict[str, str]:
        path = _path()
        only_mine(path.parent, 0o700)
        only_mine(path, 0o600)
        return self._opened()

    def _opened(self) -> dict[str, str]:
        path = _path()
        try:
            return dict(json.loads(unseal(path, self._opened_by(new=False))))
        except WrongPassphraseError:
            self._passphrase = Passphrase("")
            raise ApiError(
                "The passphrase does not open the saved sign-ins.",
                next=f"Try again. Whoever forgot it removes the file, and signs in anew: {path}",
                reason="wrong-passphrase",
            ) from None

    def _opened_by(self, *, new: bool) -> Passphrase:
        if not self._passphrase.words:
            self._passphrase = Passphrase(_of_variable() or self._ask(new))
        if not self._passphrase.words:
            raise ApiError(
                "Nobody can be asked for the passphrase.",
                next=f"Name a file with it, readable by you alone, in {VARIABLE}.",
                reason="no-passphrase",
            )
        if new and len(self._passphrase.words) < SHORTEST:
            self._passphrase = Passphrase("")
            raise ApiError(f"The passphrase needs at least {SHORTEST} characters.", reason="invalid")
        return self._passphrase


def remove() -> None:
    """Take the file away, opened or not."""
    with suppress(OSError):
        _path().unlink(missing_ok=True)


def place() -> str:
    """Where the file is, for whoever is told of it."""
    return one_line(str(_path()))


@contextmanager
def _alone() -> Iterator[None]:
    """No other process changes the file meanwhile: it is read and written whole. Raises OSError, ApiError."""
    from filelock import FileLock

    with FileLock(private_folder("locks") / "secrets.lock", mode=0o600, thread_local=False, timeout=_LOCK_SECONDS):
        yield


def is_there() -> bool:
    """Whether something is kept so."""
    return _path().exists()


def has_variable() -> bool:
    """Whether a file with the passphrase is named, so that nobody has to be asked."""
    return bool(os.environ.get(VARIABLE))


def _of_variable() -> str:
    named = os.environ.get(VARIABLE, "")
    if not named:
        return ""
    path = Path(named)
    try:
        only_mine(path, 0o600)
        return path.read_text("utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError):
        raise ApiError(f"{path} can't be read.", next=f"Check {VARIABLE}.", reason="no-passphrase") from None


def _path() -> Path:
    return state_folder(_FOLDER) / _FILE
