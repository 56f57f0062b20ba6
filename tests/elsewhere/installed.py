"""What `install` put beside these tests; a test that needs more than that is skipped, and says what is missing."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

HERE = Path(__file__).parent
INSTALLED = HERE / ".installed"
SHARED = Path(os.environ.get("GENESIS_SHARED", HERE.parent.parent.parent / "shared"))
SYNTHEA = SHARED / "data/fhir/synthea-2019-r4"
US_CORE = SHARED / "data/fhir/us-core-6.1.0-examples"
PATIENCE = 60.0
"""Seconds that a server of others may take to come up."""


def program(name: str) -> str:
    """A program of the virtual environment there, such as `python`; skips the test where it is not installed."""
    found = INSTALLED / "venv/bin" / name
    if not found.exists():
        pytest.skip(f"{name}: not installed (tests/elsewhere/install)")
    return str(found)


def node(package: str) -> tuple[str, dict[str, str]]:
    """Node and the environment in which it finds the installed packages; skips where either is missing."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("node: not installed")
    if not (INSTALLED / "node_modules" / package).is_dir():
        pytest.skip(f"{package}: not installed (tests/elsewhere/install)")
    return found, {"PATH": os.environ["PATH"], "NODE_PATH": str(INSTALLED / "node_modules")}


def bundles() -> list[Path]:
    """The Synthea patients, a transaction Bundle each."""
    found = sorted(SYNTHEA.glob("*.json.gz"))
    if not found:
        pytest.skip("synthea-2019-r4: the shared data is not beside the clone (GENESIS_SHARED)")
    return found


@contextmanager
def sekmet(folder: Path) -> Iterator[str]:
    """The FHIR server sekmet-fhir, empty, on a free loopback port: its base URL."""
    port = _free_port()
    base = f"http://127.0.0.1:{port}/fhir"
    settings = {
        "base_url": base,
        "host": "127.0.0.1",
        "port": port,
        "data_dir": str(folder / "data"),
        "simulator": {"enabled": False},
        "validation": {"inbound": "off"},
    }
    (folder / "settings.yaml").write_text(json.dumps(settings))
    with _process(folder, f"{base}/metadata", "sekmet", "serve", "--config", str(folder / "settings.yaml")):
        yield base


@contextmanager
def radicale(folder: Path) -> Iterator[str]:
    """The CalDAV server Radicale, empty, on a free loopback port, where any name signs in: its base URL."""
    port = _free_port()
    settings = {
        "server": {"hosts": f"127.0.0.1:{port}"},
        "auth": {"type": "none"},
        "storage": {"filesystem_folder": str(folder / "collections")},
    }
    options = [f"--{part}-{name}={value}" for part, own in settings.items() for name, value in own.items()]
    base = f"http://127.0.0.1:{port}"
    with _process(folder, f"{base}/.web/", "radicale", "--config", "", *options):
        yield base


@contextmanager
def medplum() -> Iterator[str]:
    """The FHIR router of Medplum on its in-memory repository, empty, on a free loopback port: its base URL."""
    with node_server("@medplum/fhir-router", "medplum.cjs") as port:
        yield f"http://127.0.0.1:{port}/fhir/R4"


def us_core() -> Path:
    """The folder of the US Core examples, a resource a file."""
    if not US_CORE.is_dir():
        pytest.skip("us-core-6.1.0-examples: the shared data is not beside the clone (GENESIS_SHARED)")
    return US_CORE


@contextmanager
def fhir_works() -> Iterator[str]:
    """The router of FHIR Works on AWS with the US Core examples, on a free loopback port: its base URL."""
    with node_server("fhir-works-on-aws-routing", "fhir_works.cjs", us_core()) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def asymmetrik() -> Iterator[str]:
    """Asymmetrik's FHIR server core with the US Core examples, on a free loopback port: its base URL."""
    with node_server("@asymmetrik/node-fhir-server-core", "asymmetrik.cjs", us_core()) as port:
        yield f"http://127.0.0.1:{port}/4_0_1"


@contextmanager
def node_server(package: str, script: str, *arguments: Path) -> Iterator[int]:
    """A server in a script of this folder, which tells its port in JSON and ends with its standard input: the port."""
    found, environment = node(package)
    command = [found, str(HERE / script), *map(str, arguments)]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            yield json.loads(server.stdout.readline())["port"]
        finally:
            server.stdin.close()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def _process(folder: Path, url: str, name: str, *arguments: str) -> Iterator[None]:
    """A server in that folder, which is up once `url` answers."""
    command = [program(name), *arguments]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as server:
        try:
            _wait_for(url, server)
            yield
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} never answered (exit code {server.poll()})")
