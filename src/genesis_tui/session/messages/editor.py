"""A text in the person's own editor: in a file that is theirs alone, in memory where there is such a place, and gone
afterwards."""

import os
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

from genesis_tui.models.base.errors import ApiError
from genesis_tui.sanitize import one_line, written
from genesis_tui.store.short_lived import ShortLivedFolder

_USUAL = ("nano", "vim", "vi")
_LONGEST = 1_000_000
_OURS = "GENESIS_TUI"


def edited(text: str, run: Callable[[list[str], dict[str, str]], int], *, unchanged: str, otherwise: str = "") -> str:
    """What the person made of it, made harmless.

    Args:
        text: what they begin with.
        run: runs a command in an environment, on the terminal; its exit code.
        unchanged: what holds where nothing came of it, in words.
        otherwise: another way than an editor, in words.

    Raises:
        ApiError: there is no editor, or it failed.
    """
    command = _command(otherwise)
    name = one_line(Path(command[0]).name)
    try:
        folder = ShortLivedFolder(in_memory=True)
    except OSError as error:
        raise _not_used(name, error, unchanged) from None
    try:
        file = folder.path / "message.txt"
        file.touch(mode=0o600)
        file.write_text(text, "utf-8")
        kept = {known: value for known, value in os.environ.items() if not known.startswith(_OURS)}
        if code := run([*command, str(file)], kept):
            raise ApiError(f"{name} ended with {code}.", next=unchanged, reason="editor")
        return written(file.read_text("utf-8", "replace")[:_LONGEST].removesuffix("\n"), lines=True)
    except OSError as error:
        raise _not_used(name, error, unchanged) from None
    finally:
        folder.remove()


def _not_used(name: str, error: OSError, unchanged: str) -> ApiError:
    why = error.strerror or "it can't be started"
    return ApiError(f"{name} could not be used: {why}.", next=unchanged, reason="editor")


def _command(otherwise: str) -> list[str]:
    """`$VISUAL`, `$EDITOR`, or what is usually there."""
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or next(filter(shutil.which, _USUAL), "")
    try:
        command = shlex.split(named)
    except ValueError:
        command = []
    if not command or shutil.which(command[0]) is None:
        words = f"Name one in the variable EDITOR{otherwise}."
        raise ApiError("There is no editor.", next=words, reason="editor")
    return command
