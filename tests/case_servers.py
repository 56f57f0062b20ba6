"""The shared programs that serve a case over a loopback port, run as they are."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.gate.judge import SHARED

CASES = SHARED / "cases"
_PATIENCE = 20.0


@contextmanager
def running(program: str, *words: str) -> Iterator[str]:
    """A program of the cases on a free port, with these words after the port: the base of its FHIR API."""
    path = CASES / program
    if not path.is_file():
        pytest.skip("shared cases: the folder of cases is not beside the clone (GENESIS_SHARED names it)")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, path, str(port), *words]
    with subprocess.Popen(command, cwd=CASES, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}/fhir"
        finally:
            server.terminate()
            server.wait(10)


def case_bytes(name: str) -> bytes:
    """A document of the cases, as it is."""
    path = CASES / "fhir" / f"{name}.json"
    if not path.is_file():
        pytest.skip("shared cases: the folder of cases is not beside the clone (GENESIS_SHARED names it)")
    return path.read_bytes()


def case_file(name: str) -> str:
    """A file of the cases by its name, as the programs take it."""
    return str(Path("fhir") / name)


def _wait_for(port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with socket.socket() as link:
            if link.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail("the server of the case did not come up")
