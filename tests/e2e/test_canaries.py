"""S3: 1,000 canaries in a record stay in it: none in the server's log, temporary folders, arguments or environments,
also after both processes are killed in the middle of their work."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.mock import Mock
from tests.cli.conftest import DANIEL, environment, log_in, process
from tests.small_world import token_for

MOST = 1000
CANARY = "canary7f3a"
"""Every canary begins with it."""
PERSON = "12742301"
"""Daniel Reyes."""


@dataclass(frozen=True)
class Filled:
    """A mock process on a database of canaries, and the folders of both sides."""

    server: "subprocess.Popen[bytes]"
    url: str
    token: str
    folder: Path

    @property
    def log(self) -> bytes:
        return (self.folder / "log").read_bytes()


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Filled]:
    database = f"sqlite:///{tmp_path / 'mock.db'}"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    token = _fill(database, f"http://127.0.0.1:{port}")
    for name in ("server", "client"):
        (tmp_path / name / "tmp").mkdir(parents=True)
    serve = [sys.executable, "-m", "genesis_tui.mock_backend.server.serve", "--port", str(port), "--db", database]
    own = {"TMPDIR": str(tmp_path / "server/tmp"), "HOME": str(tmp_path / "server")}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=log, env=os.environ | own)
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["url"]
    yield Filled(process, url, token, tmp_path)
    process.kill()
    process.wait()
    process.stdout.close()


def _fill(database: str, url: str) -> str:
    """Canaries in a thousand results, the errors of the database among them; a token of the patient's."""
    mock = Mock.create(database)
    mock.issuer = url
    with mock.database.begin() as conn:
        for number in range(MOST):
            lab = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category"}]}
            lab["coding"][0]["code"] = "laboratory"
            body: dict[str, Any] = {"resourceType": "Observation", "id": f"c{number}", "status": "final"}
            body |= {
                "category": [lab],
                "code": {"text": f"{CANARY}-name-{number}"},
                "valueString": f"{CANARY}-{number}",
            }
            body |= {"subject": {"reference": f"Patient/{PERSON}"}, "effectiveDateTime": "2026-11-01"}
            put_resource(conn, body, ResourceFacts(PERSON), now=mock.clock.micros(), policy=mock.policy)
        told = f"SELECT RAISE(ABORT, 'no room for {CANARY}-error')"
        conn.exec_driver_sql(f"CREATE TRIGGER full BEFORE INSERT ON own_folder BEGIN {told}; END")
    token = token_for(mock, PERSON)
    mock.close()
    return token


def test_no_canary_leaves_the_record(filled: Filled) -> None:
    own = {"TMPDIR": str(filled.folder / "client/tmp")}
    home, server = filled.folder / "client/home", ("--server", filled.url)
    assert log_in(lambda *words, **more: process(home, *server, *words, **own, **more), *DANIEL).returncode == 0
    whole = process(home, *server, "results", "--json", **own)
    assert (whole.returncode, whole.stdout.count(f"{CANARY}-name") >= MOST) == (0, True), whole.stderr
    _fail(filled)
    command = [sys.executable, "-m", "genesis_tui", *server, "results", "--json"]
    reading = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(home, **own))
    assert reading.stdout is not None
    begun = reading.stdout.read(1)
    seen = [Path(f"/proc/{one.pid}/{what}") for one in (reading, filled.server) for what in ("cmdline", "environ")]
    said = [one.read_bytes() for one in seen if one.exists()]
    for one in (reading, filled.server):
        one.send_signal(signal.SIGKILL)
    _, errors = reading.communicate()
    assert begun
    kept = [path for name in ("client", "server") for path in (filled.folder / name).rglob("*") if path.is_file()]
    found = [one.read_bytes() for one in kept]
    assert [CANARY.encode() in one for one in (*said, *found, errors, filled.log)].count(True) == 0
    assert b"IntegrityError" in filled.log


def _fail(filled: Filled) -> None:
    """A request that the database refuses, with a canary in what it says and in what it was given."""
    asked = {"patient": PERSON, "name": f"{CANARY} mine"}
    key = "44444444-4444-4444-8444-444444444444"
    headers = {"Authorization": f"Bearer {filled.token}", "Idempotency-Key": key}
    answer = httpx.post(f"{filled.url}/portal/v1/folders", json=asked, headers=headers)
    assert (answer.status_code, CANARY in answer.text) == (500, False)
