"""`genesis-tui mock …`, and a mock process that never outlives the one that started it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from genesis_tui.cli.testing.process import MockProcess
from tests.cli.conftest import command, process

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
    assert json.loads(listed.stdout) == json.loads(fresh.stdout)
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
        ("", 1),
        ("http://127.0.0.1:1", 1),
        ("https://127.0.0.1:8801", 2),
        ("http://localhost:8801", 2),
        ("http://mock.example:8801", 2),
        ("http://127.0.0.1:8801/x", 2),
        ("http://user@127.0.0.1:8801", 2),
        ("http://127.0.0.1:x", 2),
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


def test_serve_tells_when_its_port_is_taken(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = process(home, "mock", "serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "in use" in done.stderr
