"""Over a real SSH connection, without keyring and without display: signing in, every step by keyboard at 80x24."""

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bench.terminal import Terminal, environment
from tests.e2e.aftermath import left_wrong
from tests.e2e.conftest import PROGRAM, Server
from tests.e2e.sshd import Ssh, ssh_server
from tests.e2e.test_qr import decoded

DANIEL = ("daniel.reyes", "Walnut-Harbor-2041-Daniel")


@pytest.fixture
def ssh(tmp_path: Path, home: Path, server: Server) -> Iterator[Ssh]:
    """A server whose sessions know the mock's people, and have neither keyring nor display."""
    settings = {name: value for name, value in environment(home).items() if name != "TERM"}
    with ssh_server(tmp_path, settings | {"GENESIS_TUI_MOCK_TOKEN": server.tester_token}) as running:
        yield running


@pytest.fixture
def app(ssh: Ssh, home: Path, server: Server) -> Iterator[Terminal]:
    command = ssh.running(str(PROGRAM), "--server", server.url)
    with Terminal(command, env=environment(home), columns=80, rows=24) as terminal:
        terminal.expect("SIGN IN WITH", "OR AS A TEST PERSON", seconds=60)
        yield terminal


def leave(app: Terminal) -> None:
    app.press("ctrl+q")
    assert app.wait(20) == 0
    assert left_wrong(app) == []


def type_in(app: Terminal, username: str, password: str) -> None:
    app.press("3")
    app.expect("User name", "Password")
    app.settle(0.2)
    fill_in(app, username, password)


def fill_in(app: Terminal, *texts: str) -> None:
    """A field after the other, at the pace of somebody who looks."""
    for text in texts:
        app.type(text)
        app.settle(0.1)
        app.press("enter")
        app.settle(0.1)


@pytest.mark.rule("HOST-2", "ID-1", "ID-4", "LOCK-3", "SUP-1")
def test_typed_here_with_a_wrong_password_first(app: Terminal) -> None:
    rows = app.lines
    assert next(i for i, row in enumerate(rows) if "loopback address" in row) < next(
        i for i, row in enumerate(rows) if "SIGN IN WITH" in row
    )
    assert all(way in app.text for way in ("CAC", "PIV", "DS Logon", "Browser", "Device", "Register", "Forgot"))
    type_in(app, DANIEL[0], "not the password")
    app.expect("4 tries left", "LOCK-1")
    fill_in(app, DANIEL[1])
    app.expect("New since", "DANIEL REYES", seconds=30)
    app.expect("memory only")
    app.press("ctrl+l")
    app.expect("LOCKED", "Daniel Reyes is locked")
    assert "New since" not in app.text
    app.press("2")
    app.expect("New since", "DANIEL REYES")
    app.press("f1")
    app.expect("1-800-600-9332")
    app.press("escape")
    app.settle(0.3)
    app.press("p")
    app.expect("DEERS", "Daniel Reyes", "DS Logon")
    leave(app)


def test_on_another_device_which_is_where_a_browser_is(app: Terminal, server: Server) -> None:
    app.press("d")
    app.expect("PHONE OR ANOTHER", "\u2588\u2588")
    app.settle(0.3)
    address = decoded(app.lines)
    with httpx.Client(base_url=server.url) as phone:
        page = phone.get(address)

        def send(path: str, **fields: str) -> httpx.Response:
            hidden = dict(re.findall(r'name="(ticket|seal)" value="([^"]+)"', page.text))
            return phone.post(path, data=hidden | fields)

        page = send("/oauth/device", user_code=address.rpartition("=")[2], choice="code")
        page = send("/oauth/authorize", choice="method:ds-logon")
        page = send("/oauth/authorize", username=DANIEL[0], password=DANIEL[1], choice="sign-in")
        page = send("/oauth/authorize", choice="approve")
        assert "Signed in" in page.text
    app.expect("New since", "DANIEL REYES", seconds=30)
    leave(app)


def test_the_browser_is_not_what_it_begins_with(app: Terminal) -> None:
    app.press("b")
    app.expect("Open this address in a browser", "ssh -L", "choose Device")
    app.press("escape")
    app.expect("SIGN IN WITH")
    leave(app)


@pytest.mark.rule("LOCK-4", "ID-7")
def test_a_forgotten_password_is_replaced(app: Terminal, server: Server) -> None:
    app.press("f")
    app.expect("FORGOT PASSWORD", "User name")
    app.settle(0.2)
    fill_in(app, "marcus.hall")
    app.expect("a code has been sent", "Code", "15 characters")
    asked = urllib.request.Request(f"{server.url}/mock/v1/mailbox", headers={"X-Tester-Token": server.tester_token})
    with urllib.request.urlopen(asked) as answer:
        (mail, *_) = json.load(answer)["mails"]
    code = re.search(r"\b(\d{6})\b", mail["body"])
    assert code is not None
    app.settle(0.2)
    fill_in(app, code[1], "A-new-password-for-Marcus", "A-new-password-for-Marcus")
    app.expect("New since", "MARCUS HALL", seconds=30)
    leave(app)


@pytest.mark.rule("ID-2")
def test_without_a_card_the_way_on_is_told(app: Terminal) -> None:
    app.press("1")
    app.expect("No card was found", "card_file")
    app.press("escape")
    app.expect("SIGN IN WITH")
    leave(app)
