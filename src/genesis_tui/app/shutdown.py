"""Ends the app with its terminal: signals, and a terminal that is gone without one."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable

SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_TO_CLOSE = 3.0


def on_signals(end: Callable[[int], None]) -> None:
    """Call `end(exit code)` on SIGTERM and SIGHUP, which leave a terminal broken where nobody handles them."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        try:
            loop.add_signal_handler(number, end, 128 + number)
        except (RuntimeError, ValueError):
            return


def terminal_is_gone() -> bool:
    """True when the program was started on a terminal that no longer answers."""
    import termios

    try:
        termios.tcgetattr(_descriptor())
    except (termios.error, OSError, ValueError):
        return True
    return False


def has_terminal() -> bool:
    """True when there is a terminal to watch."""
    return sys.__stdin__ is not None and not sys.__stdin__.closed and sys.__stdin__.isatty()


def end_within(seconds: float, code: int) -> None:
    """End the process at the latest then: closing may wait for a terminal that will never answer."""
    deadline = threading.Timer(seconds, os._exit, (code,))
    deadline.daemon = True
    deadline.start()


def _descriptor() -> int:
    if sys.__stdin__ is None:
        raise ValueError("no standard input")
    return sys.__stdin__.fileno()
