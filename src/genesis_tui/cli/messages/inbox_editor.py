"""The text of a message in the person's own editor, on the terminal that the command was started from."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from genesis_tui.session.messages import editor as editing


def edited(text: str) -> str:
    """What the person made of it, made harmless. Standard input must be a terminal.

    Raises:
        ApiError: there is no editor, or it failed.
    """
    with _cleaned_up_on_signals():
        otherwise = ", or give the text with --body-file"
        return editing.edited(text, _run, unchanged="Nothing was sent.", otherwise=otherwise)


def _run(command: list[str], environment: dict[str, str]) -> int:
    """On the terminal itself, wherever the output of this command goes."""
    with open(os.ttyname(sys.stdin.fileno()), "r+b", buffering=0) as terminal:
        return subprocess.call(command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment)


@contextmanager
def _cleaned_up_on_signals() -> Iterator[None]:
    """A terminal that is closed, or an end that is asked for, leaves no text behind."""
    before = {number: signal.signal(number, _leave) for number in (signal.SIGHUP, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
