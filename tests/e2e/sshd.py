"""A real SSH server on a loopback port, for the person who runs the tests, and the client that logs in to it."""

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

SERVER = "/usr/sbin/sshd"
PATIENCE = 20.0
_SERVER_SETTINGS = """
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/key.pub
PidFile none
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
X11Forwarding no
SetEnv {variables}
"""


@dataclass(frozen=True, slots=True)
class Ssh:
    """How to log in."""

    command: tuple[str, ...]

    def running(self, *words: str) -> tuple[str, ...]:
        """The client's command line for a program on the other side, with a terminal there."""
        return (*self.command, " ".join(words))


@contextmanager
def ssh_server(folder: Path, environment: Mapping[str, str]) -> Iterator[Ssh]:
    """A server whose sessions have `environment` over what a login gives; it ends with the block."""
    for program in (SERVER, "ssh", "ssh-keygen"):
        if shutil.which(program) is None:
            pytest.skip(f"{Path(program).name}: not installed (openssh-server, openssh-client)")
    for name in ("host_key", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    port = _free_port()
    variables = " ".join(f'"{name}={value}"' for name, value in environment.items())
    (folder / "sshd_config").write_text(_SERVER_SETTINGS.format(port=port, folder=folder, variables=variables))
    Path("/run/sshd").mkdir(exist_ok=True)
    argv = [SERVER, "-D", "-e", "-f", str(folder / "sshd_config")]
    with (folder / "log").open("wb") as log, subprocess.Popen(argv, stdout=log, stderr=log) as server:
        try:
            _wait_for(port, server, folder / "log")
            yield Ssh(_client(folder, port))
        finally:
            server.terminate()


def _client(folder: Path, port: int) -> tuple[str, ...]:
    options = ("StrictHostKeyChecking=no", f"UserKnownHostsFile={folder / 'known'}", "LogLevel=ERROR", "BatchMode=yes")
    named = [word for option in options for word in ("-o", option)]
    where = f"{getpass.getuser()}@127.0.0.1"
    return ("ssh", "-F", "none", "-tt", "-p", str(port), "-i", str(folder / "key"), *named, where)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _wait_for(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"sshd did not come up:\n{log.read_text(errors='replace')}")
