"""A real program in a real terminal: starts it in a pty, types, reads the bytes it sends and the screen they make."""

import fcntl
import os
import resource
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

from bench.busy import bytes_read, started_are_busy

_LETTERS = {f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"}
_NAMED = (
    "enter \r|escape \x1b[27u|tab \t|backspace \x7f|up \x1b[A|down \x1b[B|right \x1b[C|left \x1b[D|home \x1b[H|"
    "end \x1b[F|f1 \x1bOP|f5 \x1b[15~|f12 \x1b[24~|pagedown \x1b[6~|pageup \x1b[5~|shift+tab \x1b[Z"
)
KEYS = _LETTERS | dict(pair.split(" ") for pair in _NAMED.split("|"))
"""Names of keys -> what a terminal sends for them; escape as kitty and others do, since a lone ESC waits for more."""
_LOOK_SECONDS = 0.02


class Terminal:
    """One program under a pty of `columns` x `rows`; as a context manager it ends the program for certain."""

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        columns: int = 80,
        rows: int = 24,
        cwd: Path | None = None,
    ) -> None:
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.cooked = termios.tcgetattr(self.slave)
        self.output = bytearray()
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._drawn = 0
        self._to_read = 0
        """How much the program has read, once it has read all that was typed."""
        self.usage: resource.struct_rusage | None = None
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [str(part) for part in argv],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            env=dict(env),
            cwd=cwd,
            preexec_fn=self._take_terminal,
        )

    @staticmethod
    def _take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell's background job ignores ctrl+c, and so would we

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.code is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.wait(5)
        self.hang_up()
        if self.slave >= 0:
            os.close(self.slave)
            self.slave = -1

    def hang_up(self) -> None:
        """Closes the terminal under the program, as a lost connection does."""
        if self.slave >= 0 and self.code is None:
            os.close(self.slave)
            self.slave = -1
        if self.master >= 0:
            os.close(self.master)
            self.master = -1

    # -- typing and reading

    def type(self, text: str) -> None:
        """Sends `text` as it is."""
        typed = text.encode()
        self._to_read = max(self._to_read, bytes_read(self.process.pid)) + len(typed)
        os.write(self.master, typed)

    def press(self, *keys: str) -> None:
        """Sends keys by name (`enter`, `ctrl+p`) or the character itself."""
        for key in keys:
            self.type(KEYS.get(key, key))

    def resize(self, columns: int, rows: int) -> None:
        """Makes the window larger or smaller, as its user does."""
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._screen.resize(rows, columns)

    def paste(self, text: str) -> None:
        """Sends `text` as a terminal in bracketed-paste mode would."""
        self.type(f"\x1b[200~{text}\x1b[201~")

    def read(self, seconds: float) -> bytes:
        """What arrives within `seconds`, at the first byte; empty where nothing does or the program has gone."""
        if self.master < 0 or not select.select([self.master], [], [], max(seconds, 0))[0]:
            return b""
        try:
            got = os.read(self.master, 1 << 16)
        except OSError:
            return b""
        self.output += got
        return got

    def settle(self, quiet: float = 0.15, most: float = 10.0) -> bytes:
        """Everything until, for `quiet` seconds, nothing has come and nothing that this process started was at work.

        Time alone would tell less the busier the machine is.
        """
        before, now = len(self.output), time.perf_counter()
        end, since = now + most, now
        while now < min(end, since + quiet):
            if self.read(min(quiet, _LOOK_SECONDS)) or self._has_unread() or started_are_busy():
                since = time.perf_counter()
            now = time.perf_counter()
        return bytes(self.output[before:])

    def _has_unread(self) -> bool:
        """Whether what was typed is on its way to a program that reads keys as they come."""
        if self.slave < 0 or self.code is not None or termios.tcgetattr(self.slave)[3] & termios.ICANON:
            return False
        return 0 < bytes_read(self.process.pid) < self._to_read

    def wait_until(self, true: Callable[[], bool], seconds: float = 15.0) -> bool:
        """Reads on until `true()`, for `seconds` at most; tells whether it came true."""
        end = time.perf_counter() + seconds
        while not true():
            if time.perf_counter() > end or (self.code is not None and not self.read(0.01)):
                return true()
            self.read(0.02)
        return True

    def expect(self, *texts: str, seconds: float = 15.0) -> None:
        """Waits until every one of `texts` stands on the screen.

        Raises:
            AssertionError: they do not come; the message is the screen.
        """
        if not self.wait_until(lambda: all(text in self.text for text in texts), seconds):
            missing = [text for text in texts if text not in self.text]
            raise AssertionError(f"{missing} did not appear in {seconds} s; the screen:\n{self.text}")

    def first_byte(self, key: str, *, seconds: float = 2.0) -> float:
        """Seconds from sending `key` to the first byte of the answer.

        Raises:
            AssertionError: nothing comes.
        """
        start = time.perf_counter()
        self.press(key)
        assert self.read(seconds), f"no answer to {key!r} in {seconds} s; the screen:\n{self.text}"
        return time.perf_counter() - start

    # -- the screen

    @property
    def lines(self) -> list[str]:
        """The rows of the screen now."""
        self._stream.feed(bytes(self.output[self._drawn :]))
        self._drawn = len(self.output)
        return list(self._screen.display)

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.lines)

    # -- the end

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while the program runs."""
        if self.process.returncode is None:
            pid, status, usage = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                self.usage, self.process.returncode = usage, os.waitstatus_to_exitcode(status)
        return self.process.returncode

    def wait(self, seconds: float = 10.0) -> int | None:
        """Reads until the program ends; its code, or None where it does not end in time."""
        end = time.perf_counter() + seconds
        while self.code is None and time.perf_counter() < end:
            if not self.read(0.02):
                time.sleep(0.005)
        while self.read(0.02):
            pass
        return self.code

    def cpu_seconds(self) -> float:
        """User and system time of the program that has ended."""
        return self.usage.ru_utime + self.usage.ru_stime if self.usage else 0.0

    def modes(self) -> list[int]:
        """The terminal's flags: input, output, control and local."""
        return termios.tcgetattr(self.slave)[:4]


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a program at a terminal, with `home` as an empty home directory."""
    return {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        **more,
    }
