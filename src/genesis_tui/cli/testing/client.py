"""Calls to the tester API of a mock on this computer."""

import http.client
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import click

from genesis_tui.cli.base.diagnostics import (
    EXIT_FAILED,
    EXIT_HOST,
    EXIT_NOT_FOUND,
    EXIT_REFUSED,
    EXIT_UNREACHABLE,
)

SECONDS = 30.0
LONG_SECONDS = 3600.0
_TOKEN = "X-Tester-Token"  # noqa: S105 - the header's name
_BUFFER = 1024 * 1024
_LARGEST = 64 * 1024 * 1024


class MockError(click.ClickException):
    """Why the tester API did not do it, with the exit code that stands for that everywhere."""

    def __init__(self, words: str, code: int = EXIT_FAILED) -> None:
        super().__init__(words)
        self.exit_code = code  # type: ignore[misc]


_CODES: dict[int, int] = {
    HTTPStatus.UNAUTHORIZED: EXIT_REFUSED,
    HTTPStatus.FORBIDDEN: EXIT_REFUSED,
    HTTPStatus.NOT_FOUND: EXIT_NOT_FOUND,
}


def call(method: str, url: str, path: str, token: str, body: Mapping[str, object] | None = None) -> Any:
    """The JSON that a mock answers, to `body` where one is sent; its token goes to loopback only (HOST-1).

    `url` is its address.

    Raises MockError when there is no answer, or a refusal.
    """
    connection = http.client.HTTPConnection(*_loopback(url), timeout=SECONDS)
    try:
        kind = {"Content-Type": "application/json"} if body is not None else {}
        content = json.dumps(body) if body is not None else None
        connection.request(method, path, content, {_TOKEN: token, **kind})
        return _answer(connection)
    except (OSError, http.client.HTTPException) as error:
        raise MockError(f"No mock answers at {url}: {error}", EXIT_UNREACHABLE) from None
    finally:
        connection.close()


def send_files(url: str, token: str, path: str, query: Mapping[str, str], files: Iterable[tuple[Path, str]]) -> Any:
    """The JSON that a mock answers to a stream of files, each with the name to go by. Raises as `call` does."""
    connection = http.client.HTTPConnection(*_loopback(url), timeout=LONG_SECONDS)
    try:
        connection.putrequest("POST", f"{path}?{urlencode(query)}")
        for name, value in ((_TOKEN, token), ("Content-Type", "application/x-tar"), ("Transfer-Encoding", "chunked")):
            connection.putheader(name, value)
        connection.endheaders()
        with suppress(BrokenPipeError, ConnectionResetError):  # it may answer before it has read everything
            _stream(connection, files)
        return _answer(connection)
    except (OSError, http.client.HTTPException) as error:
        raise MockError(f"The files could not be sent to {url}: {error}", EXIT_UNREACHABLE) from None
    finally:
        connection.close()


def _answer(connection: http.client.HTTPConnection) -> Any:
    answer = connection.getresponse()
    body = answer.read(_LARGEST)
    try:
        tree = json.loads(body) if "json" in answer.getheader("content-type", "") else {}
    except (ValueError, RecursionError):
        raise MockError("The mock's answer can't be read.") from None
    if answer.status >= 400:
        title = tree.get("title") if isinstance(tree, dict) else None
        code = _CODES.get(answer.status, EXIT_FAILED)
        if title == "There is nothing at this address.":
            title = "The mock has nothing of this name."
        raise MockError(str(title or f"The mock answered {answer.status}."), code)
    return tree


class _Chunks:
    """Where a tar is written to: each piece goes out as one chunk of the request."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self._connection = connection

    def write(self, piece: bytes) -> int:
        if piece:
            self._connection.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        return len(piece)


def _stream(connection: http.client.HTTPConnection, files: Iterable[tuple[Path, str]]) -> None:
    import tarfile

    with tarfile.open(mode="w|", fileobj=_Chunks(connection), bufsize=_BUFFER) as tar:  # type: ignore[call-overload]
        for path, name in files:
            tar.add(path.resolve(), arcname=name, recursive=False)
    connection.send(b"0\r\n\r\n")


def _loopback(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
    except ValueError:
        host, port = "", 0
    if url != f"http://{f'[{host}]' if ':' in host else host}:{port}" or host not in ("127.0.0.1", "::1"):
        raise MockError("--url is the address that the mock printed, such as http://127.0.0.1:8801", EXIT_HOST)
    return host, port
