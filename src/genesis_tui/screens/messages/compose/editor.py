"""`f4`: the text in the person's own editor, with the terminal lent to it meanwhile."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported

from genesis_tui.models.base.session_errors import ApiError
from genesis_tui.session.messages import editor as editing

if TYPE_CHECKING:
    from textual.app import App

_UNCHANGED = "The text is as it was."


def edited(app: App[Any], text: str) -> str:
    """What the person made of it, made harmless.

    Raises:
        ApiError: there is no editor, it failed, or the terminal can't be lent to it.
    """

    def run(command: list[str], environment: dict[str, str]) -> int:
        with app.suspend():
            return subprocess.call(command, env=environment)

    try:
        return editing.edited(text, run, unchanged=_UNCHANGED)
    except SuspendNotSupported:
        raise ApiError("This terminal can't be lent to an editor.", next=_UNCHANGED, reason="editor") from None
