"""`genesis-tui` called as its console script calls it, in the process of the tests.

A process for each command costs three quarters of a second of imports; the tests start hundreds. What a process has of
its own is given to each call: arguments, environment, standard streams, the chosen keyring.
"""

import fcntl
import gc
import io
import os
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, TextIO

import keyring.core
import pytest

from genesis_tui.__main__ import main


def called(
    arguments: tuple[str, ...], environment: Mapping[str, str], stdin: TextIO
) -> "subprocess.CompletedProcess[str]":
    """Exit code and output of a command. An exception that it lets through is the test's: no traceback is printed."""
    out, err = _stream(b"", "surrogateescape"), _stream(b"", "backslashreplace")
    code = exit_code_of(arguments, environment, stdin, out, err)
    return subprocess.CompletedProcess(["genesis-tui", *arguments], code, _written(out), _written(err))


def called_on_terminal(
    arguments: tuple[str, ...], environment: Mapping[str, str], *, typed: str = "", columns: int = 120, rows: int = 40
) -> tuple[int, bytes]:
    """Exit code of a command that has all three streams on a terminal, and the bytes that came there."""
    near, far = os.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    os.write(near, typed.encode())
    with ThreadPoolExecutor(1) as reader:
        output = reader.submit(_everything, near)
        with open(far, encoding="utf-8") as stdin, _onto(far) as out, _onto(far) as err:
            code = exit_code_of(arguments, environment, stdin, out, err)
        return code, output.result()


def _onto(terminal: int) -> TextIO:
    return open(os.dup(terminal), "w", encoding="utf-8", errors="surrogateescape", buffering=1)


def _everything(near: int) -> bytes:
    """What arrives at a terminal until nobody has it open any more, which Linux tells as an error."""
    found = b""
    with suppress(OSError):
        while got := os.read(near, 1 << 16):
            found += got
    os.close(near)
    return found


def piped(text: str) -> TextIO:
    """Standard input that is no terminal."""
    return _stream(text.encode(), "surrogateescape")


def exit_code_of(
    arguments: tuple[str, ...], environment: Mapping[str, str], stdin: TextIO, out: TextIO, err: TextIO
) -> int:
    """Exit code of a command with these for its standard streams."""
    code: object = 0
    with pytest.MonkeyPatch.context() as patch, _environment(environment), _collecting():
        patch.setattr(sys, "argv", ["genesis-tui", *arguments])
        for name, stream in (("stdin", stdin), ("stdout", out), ("stderr", err)):
            patch.setattr(sys, name, stream)
        patch.setattr(keyring.core, "_keyring_backend", None)  # chosen once a process, by the environment
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
    assert isinstance(code, int), f"words for stderr: {code}"
    return code


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    _replace_environment(variables)
    try:
        yield
    finally:
        _replace_environment(before)


def _replace_environment(variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)


@contextmanager
def _collecting() -> Iterator[None]:
    """`main` turns the collector off while modules load."""
    try:
        yield
    finally:
        gc.enable()


def _stream(content: bytes, errors: str) -> TextIO:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", errors=errors, write_through=True)


def _written(stream: Any) -> str:
    content: bytes = stream.buffer.getvalue()
    return content.decode("utf-8", stream.errors)
