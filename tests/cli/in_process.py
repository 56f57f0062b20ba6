"""`genesis-tui` called as its console script calls it, in the process of the tests.

A process for each command costs three quarters of a second of imports; the tests start hundreds. What a process has of
its own is given to each call: arguments, environment, standard streams, the chosen keyring.
"""

import gc
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, TextIO

import keyring.core
import pytest

from genesis_tui.__main__ import main
from genesis_tui.store.sealed import Head, _cipher


def called(
    arguments: tuple[str, ...], environment: Mapping[str, str], stdin: TextIO
) -> "subprocess.CompletedProcess[str]":
    """Exit code and output of a command. An exception that it lets through is the test's: no traceback is printed."""
    argv = ["genesis-tui", *arguments]
    with pytest.MonkeyPatch.context() as patch, _environment(environment), _collecting():
        patch.setattr(sys, "argv", argv)
        patch.setattr(sys, "stdin", stdin)
        patch.setattr(keyring.core, "_keyring_backend", None)  # chosen once a process, by the environment
        patch.setattr("genesis_tui.store.sealed._cipher", _derived_once)
        for name, errors in (("stdout", "surrogateescape"), ("stderr", "backslashreplace")):
            patch.setattr(sys, name, _stream(b"", errors))
        code = _exit_code()
        return subprocess.CompletedProcess(argv, code, _written(sys.stdout), _written(sys.stderr))


def piped(text: str) -> TextIO:
    """Standard input that is no terminal."""
    return _stream(text.encode(), "surrogateescape")


def _exit_code() -> int:
    code: object = 0
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


def _derived_once(head: Head, passphrase: str) -> Any:
    """The key of a file takes a tenth of a second, and each command opens the file of its sign-in."""
    return _derived(tuple(head.items()), passphrase)


@cache
def _derived(head: tuple[tuple[str, int | str], ...], passphrase: str) -> Any:
    return _cipher(dict(head), passphrase)
