"""Secrets in a file that the person's passphrase opens, for where no keyring answers: over SSH, in cron."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from genesis_tui.models.base.errors import ApiError
from genesis_tui.store.private_files import only_mine, private_folder, state_folder
from genesis_tui.store.sealed import Passphrase, WrongPassphraseError, seal, unseal

VARIABLE = "GENESIS_TUI_PASSPHRASE_FILE"
"""Names a file with the passphrase, for scripts; it must be its owner's alone."""
SHORTEST = 12
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
        kept = self._all() if _path().exists() else {}
        if kept.get(name, "") == content:
            return
        kept = {known: value for known, value in kept.items() if known != name} | ({name: content} if content else {})
        if not kept:
            remove()
            return
        folder = private_folder(_FOLDER)
        seal(folder / _FILE, json.dumps(kept).encode(), self._opened_by(new=not _path().exists()))

    def _all(self) -> dict[str, str]:
        path = _path()
        only_mine(path.parent, 0o700)
        only_mine(path, 0o600)
        try:
            return dict(json.loads(unseal(path, self._opened_by(new=False))))
        except WrongPassphraseError:
            self._passphrase = Passphrase("")
            raise ApiError(
                "The passphrase does not open the saved sign-ins.",
                next="Try again, or clear them: genesis-tui logout --forget",
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
