"""A mock that is reached at another port than its own, as through `ssh -L`: it works by the name it was given, or says
why it does not (HOST-1)."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.cli.conftest import DANIEL, command, log_in


@contextmanager
def tunnel(ports: list[int]) -> Iterator[int]:
    """A port of this computer that leads to the port that is in the list by then."""
    with ExitStack() as open_, socket.create_server(("127.0.0.1", 0)) as door:

        def pass_on(one: socket.socket, other: socket.socket) -> None:
            with suppress(OSError):
                while part := one.recv(65_536):
                    other.sendall(part)
            with suppress(OSError):
                other.shutdown(socket.SHUT_WR)

        def lead() -> None:
            with suppress(OSError):
                while True:
                    here = open_.enter_context(door.accept()[0])
                    there = open_.enter_context(socket.create_connection(("127.0.0.1", ports[0])))
                    for pair in ((here, there), (there, here)):
                        threading.Thread(target=pass_on, args=pair, daemon=True).start()

        leading = threading.Thread(target=lead, daemon=True)
        leading.start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)
        leading.join(10)


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


@pytest.mark.rule("HOST-1")
def test_at_another_port_it_says_why_it_does_not_answer(served: dict[str, str], home: Path) -> None:
    with tunnel([port_of(served["url"])]) as port:
        done = command(home, "--server", f"http://127.0.0.1:{port}", "whoami")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"The server at http://127.0.0.1:{port} does not go by that name." in done.stderr
    assert f"--public-url http://127.0.0.1:{port}" in done.stderr


@pytest.mark.rule("HOST-1")
def test_at_the_port_that_it_gives_out_everything_works_and_at_its_own_it_says_why_not(home: Path) -> None:
    ports: list[int] = []
    with tunnel(ports) as port:
        name = f"http://127.0.0.1:{port}"
        program = [sys.executable, "-m", "genesis_tui", "mock", "serve", "--port", "0", "--public-url", name]
        with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as server:
            ports.append(listening_port(server.pid))
            assert server.stdout is not None
            assert json.loads(server.stdout.readline())["url"] == name
            signed_in = log_in(lambda *words, **more: command(home, "--server", name, *words, **more), *DANIEL)
            assert (signed_in.returncode, "Signed in as Daniel Reyes" in signed_in.stderr) == (0, True)
            read = command(home, "--server", name, "results", "--json")
            assert (read.returncode, json.loads(read.stdout)["patient"]["id"]) == (0, "12742301")
            own = command(home, "--server", f"http://127.0.0.1:{ports[0]}", "whoami")
            assert (own.returncode, own.stdout) == (6, "")
            assert f"its authorization_challenge_endpoint is at {name}" in own.stderr
            assert "it must name the address that you use (a mock: --public-url)" in own.stderr
            server.terminate()


def listening_port(pid: int) -> int:
    """The port that a process listens on, once it does."""
    from tests.cli.test_mock import listening_port as now

    for _ in range(600):
        with suppress(AssertionError, OSError):
            return now(pid)
        threading.Event().wait(0.05)
    raise AssertionError("it listens nowhere")
