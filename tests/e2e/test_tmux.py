"""Inside tmux: the app draws, leaves the prefix to tmux, and gives the pane back as it was."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.terminal import environment
from genesis_tui.app.type_ahead import BURST
from tests.e2e.conftest import PROGRAM, SPONSOR, Server
from tests.e2e.test_qr import decoded

Tmux = Callable[..., str]


@pytest.fixture
def tmux(home: Path) -> Iterator[Tmux]:
    """Runs tmux commands on a server of this test's own, which ends with it."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux: not installed")

    def run(*words: str | Path) -> str:
        argv = ["tmux", "-f", "/dev/null", "-S", home / "tmux", *words]
        return subprocess.run(argv, env=environment(home), capture_output=True, text=True, check=True).stdout

    run("new-session", "-d", "-x", "80", "-y", "24", "sh")
    yield run
    run("kill-server")


def _until(tmux: Tmux, *texts: str) -> None:
    end, screen = time.monotonic() + 30, ""
    while time.monotonic() < end:
        screen = tmux("capture-pane", "-p")
        if all(text in screen for text in texts):
            return
        time.sleep(0.1)
    raise AssertionError(f"{texts} did not appear; the pane:\n{screen}")


def test_the_pane_is_given_back(tmux: Tmux, server: Server) -> None:
    tmux("send-keys", f"GENESIS_TUI_MOCK_TOKEN={server.tester_token} {PROGRAM} --server {server.url}", "Enter")
    _until(tmux, "OR AS A TEST PERSON")
    assert tmux("display-message", "-p", "#{alternate_on}").strip() == "1"
    tmux("send-keys", SPONSOR)
    _until(tmux, "New since", "DANIEL REYES")
    time.sleep(2 * BURST)
    tmux("send-keys", "2")
    _until(tmux, "DANIEL REYES · your record", "Lipid panel")
    tmux("send-keys", "C-q")
    _until(tmux, "GENESIS_TUI_MOCK_TOKEN=")
    modes = tmux("display-message", "-p", "#{alternate_on} #{mouse_any_flag} #{cursor_flag}")
    assert modes.split() == ["0", "0", "1"]
    tmux("send-keys", "echo whole-again", "Enter")
    _until(tmux, "whole-again")


def test_a_phone_reads_the_code_off_the_pane(tmux: Tmux, server: Server) -> None:
    tmux("send-keys", f"GENESIS_TUI_MOCK_TOKEN={server.tester_token} {PROGRAM} --server {server.url}", "Enter")
    _until(tmux, "OR AS A TEST PERSON")
    tmux("send-keys", "d")
    _until(tmux, "PHONE OR ANOTHER", "\u2588\u2588")
    address = decoded(tmux("capture-pane", "-p").splitlines())
    assert address.startswith(f"{server.url}/oauth/device?user_code=")
    tmux("send-keys", "Escape")
    _until(tmux, "SIGN IN WITH")
    tmux("send-keys", "C-q")
    _until(tmux, "GENESIS_TUI_MOCK_TOKEN=")


RECORD = ("REYES", "Lipid", "mg/dL", "Okafor")
"""What stands on the screens that are left here."""


@pytest.mark.parametrize("size", [("120", "40"), ("60", "15")], ids="x".join)
@pytest.mark.parametrize("key", ["C-q", "C-z", "F4"])
def test_nothing_of_a_record_stays_in_a_pane_that_changed_its_size(
    tmux: Tmux, server: Server, home: Path, key: str, size: tuple[str, str]
) -> None:
    editor = home / "editor"
    editor.write_text("#!/bin/sh\necho editing\nsleep 30\n")
    editor.chmod(0o755)
    settings = f"EDITOR={editor} GENESIS_TUI_MOCK_TOKEN={server.tester_token}"
    tmux("send-keys", f"{settings} {PROGRAM} --server {server.url}", "Enter")
    _until(tmux, "OR AS A TEST PERSON")
    tmux("send-keys", SPONSOR)
    _until(tmux, "New since", "DANIEL REYES")
    time.sleep(2 * BURST)
    tmux("send-keys", "3" if key == "F4" else "2")
    _until(tmux, "DANIEL REYES · your record", "Blood pressure" if key == "F4" else "Lipid panel")
    if key == "F4":
        tmux("send-keys", "n")
        _until(tmux, "Okafor", "Not for emergencies")
    tmux("resize-window", "-x", size[0], "-y", size[1])
    _until(tmux, "REYES", "?" if key != "F4" else "f4")
    tmux("send-keys", key)
    _until(tmux, {"F4": "editing", "C-q": "signed", "C-z": "topped"}[key])
    pane = tmux("capture-pane", "-p", "-S", "-")
    assert [words for words in RECORD if words in pane] == []
