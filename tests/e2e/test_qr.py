"""The code for another device: what a phone would read off a real 80x24 terminal leads to the page (RFC 8628)."""

import re
import signal

import pytest
import zxingcpp

from bench.terminal import Terminal
from tests.e2e.conftest import PROGRAM, Server, Start, choose_a_person

MODULE = 6
"""Pixels of a module: a phone's picture has more."""


def decoded(lines: list[str]) -> str:
    """What a QR reader finds in rows of a terminal: each cell is two modules, filled ones are light."""
    width = max(len(line) for line in lines)
    rows: list[list[int]] = []
    for line in lines:
        cells = line.ljust(width)
        rows.append([255 if cell in "\u2588\u2580" else 0 for cell in cells])
        rows.append([255 if cell in "\u2588\u2584" else 0 for cell in cells])
    pixels = bytes(value for row in rows for _ in range(MODULE) for value in row for _ in range(MODULE))
    image = memoryview(pixels).cast("B", (len(rows) * MODULE, width * MODULE))
    found = zxingcpp.read_barcodes(image)
    return str(found[0].text) if found else ""


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (45, 50)])
def test_the_code_on_the_screen_leads_to_the_page(start: Start, server: Server, size: tuple[int, int]) -> None:
    columns, rows = size
    app = start(PROGRAM, "--server", server.url, columns=columns, rows=rows, GENESIS_TUI_MOCK_TOKEN=server.tester_token)
    choose_a_person(app)
    app.press("d")
    app.expect("PHONE OR ANOTHER", "\u2588\u2588")
    app.settle(0.3)
    address = decoded(app.lines)
    assert re.fullmatch(re.escape(server.url) + r"/oauth/device\?user_code=[A-Z]{4}-[A-Z]{4}", address), app.text
    code = address.rpartition("=")[2]
    assert " ".join(code) in app.text
    app.press("escape")
    app.expect("SIGN IN WITH")
    _leave(app)


def test_a_window_with_no_room_for_it_shows_the_words(start: Start, server: Server) -> None:
    app = start(PROGRAM, "--server", server.url, columns=40, rows=12)
    app.expect("SIGN IN WITH", seconds=40)
    app.press("d")
    app.expect("/oauth/device")
    assert "\u2588" not in app.text
    app.press("escape")
    _leave(app)


def _leave(app: Terminal) -> None:
    app.press("ctrl+q")
    assert app.wait() == 0


def test_the_command_line_shows_it_too(start: Start, server: Server) -> None:
    terminal = start(PROGRAM, "--server", server.url, "login", "--method", "device", columns=80, rows=40)
    terminal.expect("type this code")
    assert decoded(terminal.lines).startswith(f"{server.url}/oauth/device?user_code=")
    terminal.process.send_signal(signal.SIGINT)
    terminal.wait()
