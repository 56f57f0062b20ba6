"""S1 before anybody signs in: what a server says of itself, and how it refuses, reaches the terminal as symbols."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from genesis_tui.mock_backend.oauth.discovery import PATH, configuration
from genesis_tui.sanitize import harmless, plain
from tests.cli.conftest import environment
from tests.cli.in_process import called_on_terminal
from tests.e2e.attacks import ATTACKS, EVERYTHING, together

ATTACK = together(ATTACKS)
RAW = b"HTTP/1.1 " + EVERYTHING.encode() + b"\r\n\r\n"


class Hostile(BaseHTTPRequestHandler):
    """Describes itself with the attack in every text, and refuses everything with it."""

    methods: Any = ()
    raw = False

    def _answer(self) -> None:
        if self.raw and self.path != PATH:
            self.wfile.write(RAW)
            return
        url = f"http://127.0.0.1:{self.server.server_address[1]}"
        known = self.path == PATH
        refused = dict.fromkeys(("title", "detail", "next", "rule", "reason", "error_description"), EVERYTHING)
        tree = configuration(url) | {"sign_in_methods": self.methods} if known else refused
        body = json.dumps(tree).encode()
        self.send_response(200 if known else 403)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Request-Id", "id\x9b31m")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = _answer

    def log_message(self, format: str, *args: object) -> None:
        """It says nothing."""


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    """The address of such a server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Hostile) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def poisoned(id: str) -> dict[str, str]:
    return {"id": id, "title": EVERYTHING, "kind": "password", "note": EVERYTHING}


METHODS = ([poisoned(EVERYTHING)], [poisoned("ds-logon"), poisoned(EVERYTHING)], [poisoned("ds-logon\x1b[2J")])
TESTER = (
    ("reset",),
    ("personas",),
    ("personas", "--json"),
    ("mailbox",),
    ("staff", "answer", "t", "--body", "b"),
    ("staff", "automatic", "on"),
    ("card", "--for", "daniel.reyes", "--out", "card.pem"),
)


@pytest.mark.parametrize("raw", [False, True])
def test_no_command_before_a_sign_in_lets_it_through(
    hostile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, raw: bool
) -> None:
    monkeypatch.setattr(Hostile, "raw", raw)
    monkeypatch.chdir(tmp_path)
    sign_ins = [
        ("login", "--method", "x"),
        ("login", "--method", "x", "--json"),
        ("login", "--username", "a", "--password-stdin"),
    ]
    commands = [("mock", command[0], *command[1:], "--url", hostile, "--token", "t") for command in TESTER]
    for methods in METHODS:
        monkeypatch.setattr(Hostile, "methods", methods)
        for command in [*(("--server", hostile, *words) for words in sign_ins), *commands]:
            code, output = called_on_terminal(command, environment(tmp_path / "home"), typed="word\nword\n")
            assert code in (1, 2, 3, 5), f"{command}: {output.decode()}"
            assert ATTACK.found(output) == [], f"{command}: {output!r}"
            assert b"Traceback" not in output


TYPED = (("--profile", EVERYTHING), (EVERYTHING,), ("record", EVERYTHING), ("login", EVERYTHING))


@pytest.mark.parametrize("words", TYPED)
def test_what_was_typed_is_repeated_as_symbols(tmp_path: Path, words: tuple[str, ...]) -> None:
    command = [word.replace("\x00", "") for word in words]
    code, output = called_on_terminal(tuple(command), environment(tmp_path / "home"))
    assert code in (2, 4, 5)
    assert ATTACK.found(output) == []


def test_what_is_harmless_goes_out_as_it_is() -> None:
    for text in ("", "a\nb\n", "Zoë 37.2 °C", '{"a": "\\u200c\u0301"}', plain(EVERYTHING, lines=True)):
        assert harmless(text) == text
    assert harmless("a\rb\tc\x1b[2J\u202e") == "a␍b c␛[2J⟨U+202E⟩"
