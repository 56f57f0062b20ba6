"""`f4`: the text in the person's own editor, in a file that is theirs alone, in memory where there is such a place."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported

from genesis_tui.session.errors import ApiError
from genesis_tui.text import plain

if TYPE_CHECKING:
    from textual.app import App

_USUAL = ("nano", "vim", "vi")
_LONGEST = 1_000_000


def edited(app: App[Any], text: str) -> str:
    """What the person made of it, made harmless.

    Raises:
        ApiError: there is no editor, it failed, or the terminal can't be lent to it.
    """
    command = _command()
    folder = Path(tempfile.mkdtemp(prefix="genesis-tui-", dir=_in_memory()))
    try:
        file = folder / "message.txt"
        file.touch(mode=0o600)
        file.write_text(text, "utf-8")
        with app.suspend():
            code = subprocess.call([*command, str(file)])
        if code:
            raise ApiError(
                f"{Path(command[0]).name} ended with {code}.", next="The text is as it was.", reason="editor"
            )
        return plain(file.read_text("utf-8", "replace")[:_LONGEST].removesuffix("\n"), lines=True)
    except (OSError, SuspendNotSupported) as error:
        why = getattr(error, "strerror", None) or "this terminal can't be lent to it"
        raise ApiError(f"{Path(command[0]).name} could not be used: {why}.", next="The text is as it was.") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _command() -> list[str]:
    """`$VISUAL`, `$EDITOR`, or what is usually there."""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or next(filter(shutil.which, _USUAL), "")
    try:
        command = shlex.split(named)
    except ValueError:
        command = []
    if not command or shutil.which(command[0]) is None:
        raise ApiError("There is no editor.", next="Name one in the variable EDITOR.", reason="editor")
    return command


def _in_memory() -> str | None:
    """A folder that never reaches a disk; None where there is none: then the usual one for short-lived files."""
    for folder in (os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm"):  # noqa: S108 - a folder of its own is made there
        if folder and os.access(folder, os.W_OK):
            return folder
    return None
