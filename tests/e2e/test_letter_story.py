"""A parent writes about the daughter's result, loses network and laptop, and it is sent once all the same."""

import os
import signal
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.terminal import Terminal
from tests.e2e.aftermath import left_wrong
from tests.e2e.conftest import DAUGHTER, PROGRAM, SPONSOR, START, Server, Start, enter_as, serving, tell

QUESTION, THANKS = "Is this too low for her age?", "Thank you, we will."


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "portal.db"


@pytest.fixture
def portal(database: Path) -> Iterator[Server]:
    """A portal of its own, whose clinics answer when a tester says so."""
    with serving("--start", START, "--frozen", "--db", f"sqlite:///{database}") as served:
        tell(served, "PUT", "staff/answering", {"automatic": False})
        yield served


def picture(folder: Path) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)

    head = chunk(b"IHDR", (1).to_bytes(4) + (1).to_bytes(4) + b"\x08\x00\x00\x00\x00")
    body = chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    (folder / "arm.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + body)


def letters(database: Path, text: str) -> list[str]:
    """Ids of the conversations in which a message with this text was sent."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as file:
        rows = file.execute("SELECT thread_id FROM message WHERE body LIKE ?", (f"%{text}%",)).fetchall()
    return [str(row[0]) for row in rows]


def come(start: Start, portal: Server, home: Path) -> Terminal:
    """At Maya's record."""
    app = start(PROGRAM, "--server", portal.url, GENESIS_TUI_MOCK_TOKEN=portal.tester_token)
    enter_as(app, SPONSOR, "DANIEL REYES", "New since")
    app.press("f")
    app.expect("Whose record")
    app.press(DAUGHTER)
    app.expect("MAYA REYES · daughter", "✓")
    return app


def write(app: Terminal) -> None:
    """Ask about the result under the cursor, with a picture; up to the preview."""
    app.expect("Iron studies")
    app.settle(0.5)
    app.press("a")
    app.expect("Not for emergencies: call 911", "Maya Reyes", "> ", "Dr. Grace Kim")
    app.settle(0.6)
    app.type(QUESTION)
    app.expect(QUESTION, "draft saved")
    app.press("ctrl+o")
    app.expect("Attach a file: 0 of 4")
    app.type("arm")
    app.expect("arm.png")
    app.settle(0.3)
    app.press("enter")
    app.expect("1 of 4 files", "arm.png")
    app.press("ctrl+r")
    app.expect("Check before it is sent", "Dr. Grace Kim", "Reply by", "Fri 27 Nov 2026", "y send", seconds=20)


def leave(app: Terminal) -> None:
    app.press("ctrl+q")
    assert app.wait(20) == 0
    assert left_wrong(app) == []


def send_into_the_void(app: Terminal, portal: Server) -> None:
    """The portal stands still while it is sent, and the terminal goes; then the portal does what it was told."""
    write(app)
    os.kill(portal.pid, signal.SIGSTOP)
    try:
        app.press("y")
        app.expect("Sending")
        app.settle(0.5)
        app.process.send_signal(signal.SIGHUP)
        app.wait(20)
    finally:
        os.kill(portal.pid, signal.SIGCONT)


@pytest.mark.rule("MSG-5", "MSG-9", "MSG-10", "MSG-12", "FAM-10")
def test_it_is_sent_once_answered_and_closed_at_last(
    start: Start, portal: Server, home: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    picture(home)
    send_into_the_void(come(start, portal, home), portal)
    app = come(start, portal, home)
    app.press("3")
    app.expect("Dr. Grace Kim", "due Fri", seconds=30)
    [thread] = letters(database, QUESTION)
    leave(app)

    tell(portal, "POST", "clock/advance", {"days": 2})
    tell(portal, "POST", "staff/messages", {"thread": thread, "body": "Please repeat the test in eight weeks."})
    app = come(start, portal, home)
    app.press("3")
    app.expect("About")
    app.press("enter")
    app.expect("Please repeat the test in eight weeks.", "Dr. Grace Kim → you, for Maya Reyes", "arm.png")
    app.press("r")
    app.expect("Not for emergencies", "Dr. Grace Kim")
    app.type(THANKS)
    app.expect("draft saved")
    app.press("ctrl+r")
    app.expect("Check before it is sent", "Daniel Reyes, for Maya Reyes", seconds=20)
    app.press("y")
    app.expect("Sent to", seconds=20)
    leave(app)
    assert letters(database, THANKS) == [thread] == letters(database, QUESTION)

    tell(portal, "POST", "clock/advance", {"days": 46})
    app = come(start, portal, home)
    app.press("3")
    app.expect("closed")
    app.press("r")
    app.expect("Write a new message instead", "more than 45")
    app.press("y")
    app.expect("Not for emergencies", f"> {THANKS}", "MAYA REYES")
    leave(app)
    assert letters(database, THANKS) == [thread]
