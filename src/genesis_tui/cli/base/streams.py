"""The one place that everything passes on its way to standard output and error: the streams of `installed`.

Whoever prints, click and the interpreter among them, prints to these streams. What could do more in a terminal than be
read shows as a symbol (S1). What the encoding does not have is written in ASCII. A stream that takes nothing any more
(a full disk, a closed pipe) stops nobody in the middle of an act: the rest is left out, and the process ends with 1.
"""

import errno
import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from genesis_tui.sanitize import harmless

_ASCII = str.maketrans({"✓": "+", "·": "-", "…": "...", "–": "-", "“": '"', "”": '"', "’": "'", "→": "->"})
"""Our own symbols, where an encoding lacks them; everything else gets its number."""
_STANDARD = ("stdin", "stdout", "stderr")
FAILED = 1


class HarmlessStream(io.TextIOBase):
    """A text stream in front of another. It never raises; `fault` keeps what the other one raised first."""

    def __init__(self, inner: TextIO | None) -> None:
        """`inner` is None where the process began without it."""
        self._inner = inner
        self.fault: OSError | None = None

    def write(self, text: str | bytes) -> int:
        if isinstance(text, bytes):  # click writes completions so
            text = text.decode()
        if self._inner is not None and self.fault is None:
            try:
                self._inner.write(self._written(text))
            except OSError as error:
                self.fault = error
        return len(text)

    def flush(self) -> None:
        if self._inner is not None and self.fault is None:
            try:
                self._inner.flush()
            except OSError as error:
                self.fault = error

    def isatty(self) -> bool:
        return self._inner is not None and self._inner.isatty()

    def fileno(self) -> int:
        if self._inner is None:
            raise io.UnsupportedOperation("fileno")
        return self._inner.fileno()

    def writable(self) -> bool:
        return True

    @property
    def unicode(self) -> bool:
        """Whether every character can be written."""
        return _is_unicode(self._inner)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """What is written at last can be in any encoding; click would go around this stream for one that is ASCII."""
        return "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return "strict"

    def discard(self) -> None:
        """What the other one still holds goes nowhere, so that the interpreter does not try again at its end."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)

    def _written(self, text: str) -> str:
        shown = harmless(text)
        if shown.isascii() or self.unicode:
            return shown
        encoding = self._inner.encoding if self._inner is not None and not _draws_ascii(self._inner) else "ascii"
        return "".join(_encodable(char, encoding) for char in shown)


def unicode_out() -> bool:
    """Whether standard output takes every character; a program that reads it gets ASCII otherwise."""
    return sys.stdout.unicode if isinstance(sys.stdout, HarmlessStream) else _is_unicode(sys.stdout)


def _is_unicode(stream: TextIO | None) -> bool:
    written = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "").startswith("utf")
    return written and not _draws_ascii(stream)


def _draws_ascii(stream: TextIO | None) -> bool:
    """Whether it is a terminal whose locale is not UTF-8 (`LC_ALL=C`): the interpreter would write UTF-8 there too."""
    chosen = os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    return bool(chosen) and "UTF" not in chosen.upper() and stream is not None and stream.isatty()


def _encodable(char: str, encoding: str) -> str:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return char.translate(_ASCII) if ord(char) in _ASCII else f"<U+{ord(char):04X}>"
    return char


@contextmanager
def installed() -> Iterator[None]:
    """Standard output and error as they should be, for as long as the process runs.

    Raises:
        SystemExit: with 1, where something of what was printed did not get anywhere and the code would have been 0.
    """
    _open_missing()
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - as long as the process
    out, err = (one if isinstance(one, HarmlessStream) else HarmlessStream(one) for one in (sys.stdout, sys.stderr))
    sys.stdout, sys.stderr = out, err
    code: Any = 0
    try:
        yield
    except SystemExit as end:
        code = end.code
        raise
    finally:
        if _ended((out, err)) and code in (0, None):
            raise SystemExit(FAILED)


def _ended(streams: Iterable[HarmlessStream]) -> bool:
    """Whether anything that was printed got lost; says so, where it was not for want of a reader."""
    lost = False
    for stream in streams:
        stream.flush()
        if stream.fault is None:
            continue
        lost = True
        stream.discard()
        if stream.fault.errno != errno.EPIPE:
            sys.stderr.write(f"Not everything could be printed: {stream.fault.strerror or 'the output is closed'}.\n")
            sys.stderr.flush()
    return lost


def _open_missing() -> None:
    """A file that is opened later must not take the place of a standard stream that was closed before the start."""
    for number in range(len(_STANDARD)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
