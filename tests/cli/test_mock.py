"""`genesis-tui mock …`, and a mock process that never outlives the one that started it."""

import asyncio
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import Response
from starlette.types import ASGIApp

from genesis_tui.cli.testing.process import MockProcess
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.loading import LoadingApp
from tests.cli.conftest import command, process
from tests.small_world import START, small_world

STARTER = """
import sys, time
from genesis_tui.cli.testing.process import MockProcess
with MockProcess() as mock:
    print(mock._process.pid, mock.url, flush=True)
    time.sleep(60)
"""


def gone(pid: int, seconds: float = 8.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def discovered(url: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{url}/fhir/r4/.well-known/smart-configuration", timeout=30) as answer:
        told: dict[str, object] = json.load(answer)
    return told


def test_a_mock_ends_with_its_with() -> None:
    with MockProcess() as mock:
        assert discovered(mock.url)["issuer"] == mock.url
        pid = mock._process.pid
    assert gone(pid, 0.5)
    assert mock.complaint == ""


def test_the_token_of_the_process_opens_the_tester_api() -> None:
    with MockProcess() as mock:
        request = urllib.request.Request(f"{mock.url}/mock/v1/clock", headers={"X-Tester-Token": mock.token})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.status == 200


@pytest.mark.parametrize("wait_for_it", [False, True], ids=["while it loads", "when it serves"])
def test_a_mock_dies_with_a_parent_that_was_killed(wait_for_it: bool) -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, url = parent.stdout.readline().split()
        if wait_for_it:
            discovered(url)
        os.kill(parent.pid, signal.SIGKILL)
    assert gone(int(pid))


def asked(mock: MockProcess, path: str) -> dict[str, object]:
    request = urllib.request.Request(f"{mock.url}/mock/v1/{path}", headers={"X-Tester-Token": mock.token})
    with urllib.request.urlopen(request, timeout=30) as answer:
        told: dict[str, object] = json.load(answer)
    return told


def test_a_mock_of_the_day_keeps_its_world_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    start = ("--of-the-day", "--start", "2026-11-23T14:42:00Z", "--frozen")
    told: list[object] = []
    kept: list[list[tuple[object, ...]]] = []
    for _ in range(2):
        with MockProcess(*start) as mock:
            told.append((asked(mock, "personas"), asked(mock, "clock")))
        assert mock.complaint == ""
        found = [(path, path.stat()) for path in tmp_path.rglob("*")]
        kept.append([(path, seen.st_mode & 0o777, seen.st_ino, seen.st_mtime_ns) for path, seen in found])
    assert told[0] == told[1]
    assert '"start": "2026-11-23T14:42:00Z"' in json.dumps(told[0])
    assert kept[0] == kept[1], "the second start opened what the first one left"
    folder = tmp_path / "cache/genesis-tui/worlds"
    modes = {path: mode for path, mode, *_ in kept[0]}
    assert (modes[folder], modes[folder / "7.world"]) == (0o700, 0o600)
    assert set(modes) == {folder / "7.world", *list(folder.parents)[:3], folder} - {tmp_path}


def test_a_mock_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(SystemExit), MockProcess("--db", f"sqlite:///{tmp_path}/none/such.db") as mock:
        time.sleep(20)
    assert mock.complaint.startswith("The mock could not start: ")
    assert "unable to open database file" in mock.complaint


def test_the_world_begins_where_it_is_told(served: dict[str, str], home: Path) -> None:
    listed = command(home, "mock", "personas", "--url", served["url"], "--token", served["tester_token"], "--json")
    fresh = command(home, "mock", "personas", "--json")
    served_people, people = (json.loads(done.stdout)["personas"] for done in (listed, fresh))
    for one, other in zip(served_people, people, strict=True):  # a PIV may have been registered there meanwhile
        assert one | {"method": other["method"]} == other
    assert {"name", "story", "method", "level", "username", "password", "state"} == set(
        json.loads(fresh.stdout)["personas"][0]
    )


def test_personas_are_a_table_for_people(home: Path) -> None:
    table = command(home, "mock", "personas").stdout.splitlines()
    assert table[0].split("  ")[0] == "Name"
    assert any(line.startswith("Daniel Reyes") and "daniel.reyes" in line for line in table)


def test_a_reset_takes_the_world_back(served: dict[str, str], home: Path) -> None:
    done = command(home, "mock", "reset", "--url", served["url"], GENESIS_TUI_MOCK_TOKEN=served["tester_token"])
    assert (done.returncode, done.stdout) == (0, "")
    assert "begins again" in done.stderr


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", 3),
        ("http://127.0.0.1:1", 5),
        ("https://127.0.0.1:8801", 6),
        ("http://localhost:8801", 6),
        ("http://mock.example:8801", 6),
        ("http://127.0.0.1:8801/x", 6),
        ("http://user@127.0.0.1:8801", 6),
        ("http://127.0.0.1:x", 6),
    ],
)
def test_the_token_goes_to_a_mock_on_this_computer_alone(
    served: dict[str, str], home: Path, url: str, code: int
) -> None:
    done = command(home, "mock", "reset", "--url", url or served["url"], "--token", "wrong")
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_serve_tells_its_address_first_and_ends_by_ctrl_c(home: Path) -> None:
    program = [sys.executable, "-m", "genesis_tui", "mock", "serve", "--port", "0", "--start", "2025-11-01T12:00"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        told = json.loads(server.stdout.readline())
        request = urllib.request.Request(
            f"{told['url']}/mock/v1/clock", headers={"X-Tester-Token": told["tester_token"]}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert json.load(answer)["start"] == "2025-11-01T12:00:00Z"
        server.send_signal(signal.SIGINT)
        assert server.wait(10) == 0
        assert server.stderr.read() == ""


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--start", "yesterday"), "is no instant"),
        (("--start", "9999-01-01"), "between 1950 and 2150"),
        (("--start", "1949-12-31"), "between 1950 and 2150"),
        (("--db", "x"), "is no database's address"),
        (("--db", "nosuch://x"), "is no database's address"),
        (("--db", "mysql+pymysql://x/y"), "not installed"),
        (("--port", "65536"), "--port"),
        (("--port", "-1"), "--port"),
        (("--port", "x"), "--port"),
        (("--seed", "x"), "--seed"),
        (("--host", "0.0.0.0"), "--public-url"),
        (("--host", "::"), "--allow-host"),
        (("--host", "0.0.0.0", "--public-url", "mock"), "no address"),
        (("--host", "0.0.0.0", "--public-url", "http://mock/x"), "no address"),
        (("--host", "0.0.0.0", "--public-url", "http://mock:65536"), "no address"),
        (("--host", "0.0.0.0", "--allow-host", "a b"), "no host name"),
        (("--host", "a" * 64, "--allow-host", "a"), "no socket"),
    ],
)
def test_what_it_can_not_be_started_with_ends_with_2_and_a_sentence(
    home: Path, options: tuple[str, ...], words: str
) -> None:
    done = command(home, "mock", "serve", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "--fd" not in done.stderr


def test_a_database_that_can_not_be_opened_ends_with_2_and_a_sentence(home: Path, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database" * 100)
    done = process(home, "mock", "serve", "--port", "0", "--db", f"sqlite:///{tmp_path}/text.db")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "file is not a database" in done.stderr


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("ALTER TABLE grants DROP COLUMN receiver_name", "grants.receiver_name"),
        ("DROP TABLE audit_head", "audit_head."),
        ("ALTER TABLE person ADD COLUMN later TEXT", "person.later"),
    ],
    ids=["a column less", "a table less", "a column more"],
)
def test_a_database_of_another_version_is_left_alone(home: Path, tmp_path: Path, change: str, named: str) -> None:
    file = tmp_path / "old.db"
    Mock.create(f"sqlite:///{file}", start=START, world=small_world()).close()
    with closing(sqlite3.connect(file)) as old:
        old.execute(change)
    before = file.read_bytes()
    records = tmp_path / "one.json"
    records.write_text('{"resourceType": "Patient", "id": "1"}')
    db = ("--db", f"sqlite:///{file}")
    served = process(home, "mock", "serve", "--port", "0", *db)
    for done, code in ((served, 2), (command(home, "mock", "import", str(records), *db), 1)):
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1)
        assert "made by another version of genesis-tui" in done.stderr
        assert named in done.stderr
    assert file.read_bytes() == before


def asked_as(port: int, host: str) -> tuple[int, str]:
    """Status and issuer of the configuration, asked for under a name."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/.well-known/openid-configuration", headers={"Host": host})
    answer = connection.getresponse()
    tree = json.load(answer)
    connection.close()
    return answer.status, str(tree.get("issuer"))


def test_beyond_loopback_it_goes_by_the_names_that_it_was_given() -> None:
    names = ("--public-url", "http://mock.test:9000/", "--allow-host", "Portal", "--allow-host", "other.test")
    program = [sys.executable, "-m", "genesis_tui", "mock", "serve", "--host", "0.0.0.0", "--port", "0", *names]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            assert json.loads(server.stdout.readline())["url"] == "http://mock.test:9000"
            port = listening_port(server.pid)
            for host in ("mock.test:9000", "MOCK.test:9000", *(f"{name}:{port}" for name in ("portal", "other.test"))):
                assert asked_as(port, host) == (200, "http://mock.test:9000")
            assert asked_as(port, f"localhost:{port}") == (200, "http://mock.test:9000")
            for host in ("mock.test", "portal", f"evil.example:{port}", "mock.test:9001"):
                assert asked_as(port, host)[0] == 421
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(10) == 0


def listening_port(pid: int) -> int:
    """The port that a process listens on."""
    sockets = set()
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it has closed it meanwhile
            sockets.add(os.readlink(one))
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = row.split()
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
            return int(fields[1].rpartition(":")[2], 16)
    raise AssertionError("it listens nowhere")


async def test_it_is_ready_when_it_answers_and_not_before() -> None:
    begun, made, told = threading.Event(), threading.Event(), threading.Event()

    async def world(scope: Any, receive: Any, send: Any) -> None:
        await Response("there")(scope, receive, send)

    def make(opening: LoadingApp) -> ASGIApp:
        begun.set()
        made.wait(20)
        return world

    app = LoadingApp("http://127.0.0.1:1", make, told.set, lambda: None)
    life: asyncio.Queue[Any] = asyncio.Queue()
    life.put_nowait({"type": "lifespan.startup"})

    async def nothing(message: Any) -> None:
        pass

    running = asyncio.create_task(app({"type": "lifespan"}, life.get, nothing))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:1") as client:
        waiting = asyncio.create_task(client.get("/x"))
        assert await asyncio.to_thread(begun.wait, 20)
        early = await client.head("/fhir/r4/.well-known/smart-configuration")
        assert (early.status_code, early.content, told.is_set(), waiting.done()) == (200, b"", False, False)
        made.set()
        assert (await waiting).text == "there"
        assert told.is_set()
    life.put_nowait({"type": "lifespan.shutdown"})
    await running


def test_serve_tells_when_its_port_is_taken(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = process(home, "mock", "serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "in use" in done.stderr
