"""Ends the app with its terminal: signals, a terminal that is gone without one, and a screen that is left empty."""

import asyncio
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.driver import Driver

SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_TO_CLOSE = 3.0
_CLEAR = "\x1b[H\x1b[2J"
_GIVE_BACK = f"\x1b[?1000;1003;1006;1004;2004;2026l{_CLEAR}\x1b[<u\x1b[?1049l\x1b[?7;25h".encode()
"""What a driver sends at its end: mouse, focus, paste and keyboard as before, the shell's screen, a cursor."""


def clearing(kind: Any, emptied: Callable[[], None]) -> "type[Driver]":
    """That driver, which empties the terminal's other screen before it leaves it.

    Terminals whose window has changed its size meanwhile (tmux, screen) put rows of it among those of the shell.

    Args:
        kind: the driver.
        emptied: called where it enters that screen, which is empty then.
    """

    class ClearingDriver(kind):  # type: ignore[misc]
        _is_drawn = False

        def start_application_mode(self) -> None:
            emptied()
            super().start_application_mode()
            self._is_drawn = True

        def stop_application_mode(self) -> None:
            if self._is_drawn:  # once: what another program has drawn meanwhile is not ours to clear
                self._is_drawn = False
                self.write(_CLEAR)
            super().stop_application_mode()

        def _sigcont_application(self, *signals: Any) -> None:
            """Take the terminal again: with one reader of its input, and not for an app that ends.

            A terminal that goes away sends SIGCONT too. A reader that is started over another, or after the end, would
            run for ever, and hold the process.
            """
            if self._app._exit:
                return
            if self._auto_restart and not self._must_signal_resume:  # stopped from outside, by SIGSTOP
                self.suspend_application_mode()
            super()._sigcont_application(*signals)

    return ClearingDriver


def on_signals(end: Callable[[int], None]) -> None:
    """Call `end(exit code)` on SIGTERM and SIGHUP, which leave a terminal broken where nobody handles them.

    The process ends soon even where its loop is too busy to hear of it.
    """
    loop = asyncio.get_running_loop()

    def received(number: int, frame: object) -> None:
        end_within(SECONDS_TO_CLOSE, 128 + number)
        with suppress(RuntimeError):  # the app has ended, and says good-bye
            loop.call_soon_threadsafe(end, 128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, received)


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
    deadline = threading.Timer(seconds, _end_at_once, (code,))
    deadline.daemon = True
    deadline.start()


def _end_at_once(code: int) -> None:
    """The terminal gets back what it takes of it without waiting."""
    import termios

    with suppress(OSError, ValueError, termios.error):
        terminal = _descriptor()
        modes = termios.tcgetattr(terminal)
        modes[0] |= termios.ICRNL | termios.IXON
        modes[3] |= termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG
        termios.tcsetattr(terminal, termios.TCSANOW, modes)
        os.set_blocking(terminal, False)
        try:
            os.write(terminal, _GIVE_BACK)
        finally:
            os.set_blocking(terminal, True)  # the shell shares it
    os._exit(code)


def _descriptor() -> int:
    if sys.__stdin__ is None:
        raise ValueError("no standard input")
    return sys.__stdin__.fileno()


def report(error: BaseException | None) -> str:
    """The place of a failure as file, line and function, innermost last; no message, no variables, no source text."""
    error = getattr(error, "error", error)  # Textual wraps what a worker raised
    name = type(error).__name__ if error else "an unknown error"
    frames = traceback.extract_tb(error.__traceback__) if error else []
    where = [f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
    return "\n".join(
        [
            f"genesis-tui stopped because of a fault of its own: {name}",
            *where,
            "Nothing of a record is in this message. Please report it with these lines.",
        ]
    )


def _short(path: str) -> str:
    """The path from the package on; the folders above it can name a person."""
    parts = path.replace("\\", "/").split("/")
    for anchor in ("genesis_tui", "site-packages"):
        if anchor in parts:
            return "/".join(parts[parts.index(anchor) :]).removeprefix("site-packages/")
    return parts[-1]
