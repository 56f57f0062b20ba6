"""However the app ends, the terminal is whole, no process is left and no record value is printed (R3)."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from bench.terminal import Terminal
from tests.e2e.aftermath import left_wrong, printed_after, survivors
from tests.e2e.conftest import PROGRAM, SPONSOR, SPONSORS_NAME, Server, Start, enter_as

CRASHING = Path(__file__).parent.parent / "programs/crashing.py"
RECORD = ("Reyes", "REYES", "canary", "148", "mg/dL")
"""What stands in the open record, on the screen or in the variables of what fails."""

MOMENTS: tuple[tuple[str, ...], ...] = (
    ("2",),
    ("2", "enter"),
    ("2", "enter", "t"),
    ("2", "/", "l"),
    ("f",),
    ("7",),
    ("p",),
    ("question_mark",),
    ("ctrl+p",),
    ("f1",),
)
"""Keys from Home on to where the app is when it ends; ten, as CI runs each end ten times."""


def each_moment(first: int, *more: object, name: str = "") -> list[ParameterSet]:
    """Every moment, with `more` values: always that of this number and the fifth after it, the others as long tests.

    The five ways to end begin with another one each, so that all ten moments are always met.
    """
    ids = ["-".join(filter(None, [*moment, name])) for moment in MOMENTS]
    return [
        pytest.param(moment, *more, marks=() if number % 5 == first else pytest.mark.long, id=ids[number])
        for number, moment in enumerate(MOMENTS)
    ]


def _open(terminal: Terminal, moment: tuple[str, ...]) -> Terminal:
    enter_as(terminal, SPONSOR, SPONSORS_NAME, "New since")
    for key in moment:
        terminal.press("?" if key == "question_mark" else key)
        terminal.settle(0.15)
    return terminal


def _assert_nothing_left(terminal: Terminal, home: Path) -> None:
    assert left_wrong(terminal) == []
    printed = re.sub(r"(?<=\.py:)\d+", "", printed_after(terminal))  # Lines of a program may have any number.
    assert [value for value in RECORD if value in printed] == []
    assert survivors(home) == []


@pytest.mark.parametrize("moment", each_moment(0))
def test_quit(start: Start, server: Server, home: Path, moment: tuple[str, ...]) -> None:
    terminal = _open(start(PROGRAM, "--server", server.url, GENESIS_TUI_MOCK_TOKEN=server.tester_token), moment)
    terminal.press("ctrl+q")
    assert terminal.wait() == 0
    _assert_nothing_left(terminal, home)


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5])
def test_quit_while_it_starts(start: Start, server: Server, home: Path, seconds: float) -> None:
    terminal = start(PROGRAM, "--server", server.url, GENESIS_TUI_MOCK_TOKEN=server.tester_token)
    assert terminal.wait_until(lambda: b"HOST" in terminal.output, 20)
    terminal.settle(seconds, most=seconds)
    terminal.press("ctrl+q")
    assert terminal.wait() == 0
    _assert_nothing_left(terminal, home)


@pytest.mark.parametrize(
    ("moment", "number"),
    [*each_moment(1, signal.SIGTERM, name="SIGTERM"), *each_moment(2, signal.SIGHUP, name="SIGHUP")],
)
def test_signal(start: Start, server: Server, home: Path, moment: tuple[str, ...], number: signal.Signals) -> None:
    terminal = _open(start(PROGRAM, "--server", server.url, GENESIS_TUI_MOCK_TOKEN=server.tester_token), moment)
    os.kill(terminal.process.pid, number)
    assert terminal.wait() == 128 + number
    _assert_nothing_left(terminal, home)


def test_a_process_that_was_stopped_from_outside_goes_on_and_ends(start: Start, server: Server, home: Path) -> None:
    """SIGCONT comes without a SIGTSTP before it, and once more while the app ends."""
    terminal = _open(start(PROGRAM, "--server", server.url, GENESIS_TUI_MOCK_TOKEN=server.tester_token), ())
    for number in (signal.SIGSTOP, signal.SIGCONT):
        os.kill(terminal.process.pid, number)
    terminal.settle(0.3)
    terminal.press("2")
    terminal.expect("Lipid panel")
    terminal.press("ctrl+q")
    before = len(terminal.output)
    assert terminal.wait_until(lambda: b"\x1b[?1049l" in terminal.output[before:], 10)
    for _ in range(200):
        if terminal.code is None:
            os.kill(terminal.process.pid, signal.SIGCONT)
            terminal.read(0.005)
    assert terminal.wait() == 0
    _assert_nothing_left(terminal, home)


@pytest.mark.parametrize("moment", each_moment(3))
def test_crash(start: Start, server: Server, home: Path, moment: tuple[str, ...]) -> None:
    terminal = start(sys.executable, CRASHING, server.url, GENESIS_TUI_MOCK_TOKEN=server.tester_token)
    _open(terminal, moment).press("ctrl+g")
    assert terminal.wait() == 1
    assert "a fault of its own: ValueError" in printed_after(terminal)
    _assert_nothing_left(terminal, home)


def test_signal_while_nothing_else_runs(start: Start, server: Server, home: Path) -> None:
    terminal = start(sys.executable, CRASHING, server.url, GENESIS_TUI_MOCK_TOKEN=server.tester_token)
    _open(terminal, ("2",)).press("f12")
    terminal.settle()
    os.kill(terminal.process.pid, signal.SIGTERM)
    assert terminal.wait() == 128 + signal.SIGTERM
    _assert_nothing_left(terminal, home)


LATE = """
import asyncio, os, signal, time
from genesis_tui.app import shutdown
async def app(): shutdown.on_signals(lambda code: None)
asyncio.run(app())
shutdown.SECONDS_TO_CLOSE = 0.1
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(10)
"""


def test_signal_after_the_app_has_ended() -> None:
    ended = subprocess.run([sys.executable, "-c", LATE], stdin=subprocess.DEVNULL, capture_output=True, timeout=9)
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGTERM, b"")


@pytest.mark.parametrize("moment", each_moment(4))
def test_vanished_terminal(start: Start, server: Server, home: Path, moment: tuple[str, ...]) -> None:
    terminal = _open(start(PROGRAM, "--server", server.url, GENESIS_TUI_MOCK_TOKEN=server.tester_token), moment)
    terminal.hang_up()
    assert _ended(lambda: terminal.code is not None)
    assert survivors(home) == []


@pytest.mark.parametrize(("columns", "rows"), [(120, 40), (60, 15)], ids=["enlarged", "shrunk"])
def test_a_window_of_another_size_is_left_empty(
    start: Start, server: Server, home: Path, columns: int, rows: int
) -> None:
    terminal = start(PROGRAM, "--server", server.url, GENESIS_TUI_MOCK_TOKEN=server.tester_token)
    _open(terminal, ("2",)).resize(columns, rows)
    terminal.settle(0.3)
    terminal.press("ctrl+q")
    assert terminal.wait() == 0
    output = bytes(terminal.output)
    left = output.rindex(b"\x1b[?1049l")
    cleared = output.rindex(b"\x1b[2J", 0, left)
    assert b"REYES" in output[:cleared]
    assert [value for value in RECORD if value.encode() in output[cleared:]] == []
    _assert_nothing_left(terminal, home)


def _ended(true: Callable[[], bool]) -> bool:
    import time

    end = time.monotonic() + 10
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


@pytest.mark.parametrize(
    ("options", "asks"),
    [((), "User name"), (("--username", "daniel.reyes"), "Password"), (("--method", "device"), "Waiting")],
    ids=["name", "password", "device"],
)
def test_one_ctrl_c_ends_a_login(start: Start, server: Server, options: tuple[str, ...], asks: str) -> None:
    method = () if options[:1] == ("--method",) else ("--method", "ds-logon")
    login = start(PROGRAM, "--server", server.url, "login", *method, *options)
    login.expect(asks)
    login.settle()
    login.press("ctrl+c")
    assert login.wait(15) == 1
    assert left_wrong(login) == []
