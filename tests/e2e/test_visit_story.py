"""A sponsor in Germany books his daughter's visits, loses the network over her clipboard, and never sees what is his
son's alone."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bench.terminal import Terminal
from tests.e2e.aftermath import left_wrong
from tests.e2e.conftest import DAUGHTER, PROGRAM, SPONSOR, START, Server, Start, choose_a_person, serving, tell

SON, LEO, MAYA = "5", "12742305", "12742306"
DERMATOLOGY = "21000003"
PRIVATE = "counseling"
"""In the name of Leo's visit that is the patient's alone; the letters may stand nowhere a proxy looks."""


class Portal:
    """A portal that can go away and come back, at the same address with the same database."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._stack = ExitStack()
        self.server = self._served("0")

    def _served(self, port: str) -> Server:
        options = ("--start", START, "--frozen", "--db", f"sqlite:///{self._database}", "--port", port)
        return self._stack.enter_context(serving(*options))

    def stop(self) -> None:
        self._stack.close()

    def come_back(self) -> None:
        self.server = self._served(str(urlsplit(self.server.url).port))

    def tell(self, method: str, path: str, body: dict[str, Any]) -> Any:
        answer = tell(self.server, method, path, body)
        return answer.json() if answer.content else None

    def appointments(self, patient: str) -> list[dict[str, Any]]:
        """What the database has of somebody, in the order in which it came."""
        query = "SELECT body FROM resource WHERE type = 'Appointment' AND patient_id = ? ORDER BY row"
        with sqlite3.connect(f"file:{self._database}?mode=ro", uri=True) as file:
            return [json.loads(body) for (body,) in file.execute(query, (patient,))]

    def forms_of(self, appointment: str) -> list[dict[str, Any]]:
        query = "SELECT body FROM resource WHERE type = 'QuestionnaireResponse' AND patient_id = ?"
        with sqlite3.connect(f"file:{self._database}?mode=ro", uri=True) as file:
            rows = [json.loads(body) for (body,) in file.execute(query, (MAYA,))]
        return [row for row in rows if f"Appointment/{appointment}" in json.dumps(row)]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """Its scheduling teams answer when a tester says so."""
    made = Portal(tmp_path / "portal.db")
    made.tell("PUT", "staff/scheduling", {"automatic": False})
    yield made
    made.stop()


def go(app: Terminal, *steps: tuple[str, str]) -> None:
    """Press a key or type a text, and wait for what it brings, step by step."""
    for typed, then in steps:
        app.press(typed)
        app.expect(then, seconds=20)


def come(start: Start, portal: Portal) -> Terminal:
    """At Maya's agenda, on a computer in Germany."""
    app = start(
        PROGRAM, "--server", portal.server.url, TZ="Europe/Berlin", GENESIS_TUI_MOCK_TOKEN=portal.server.tester_token
    )
    choose_a_person(app).press(SPONSOR)
    app.expect("New since", "DANIEL REYES", seconds=30)
    go(app, ("f", "Whose record"), (DAUGHTER, "MAYA REYES · daughter"), ("4", "UPCOMING  2"))
    return app


def book_the_acute_visit(app: Terminal) -> None:
    go(app, ("n", "9 clinics book it"), ("enter", "Landstuhl Pediatrics"), *[("down", "")] * 4)
    go(app, ("enter", "Landstuhl Pediatrics                                     books it ✓"))
    go(app, ("enter", " 1 of "), ("enter", "What it is about"), ("She has a fever.", "16/250"))
    go(app, ("ctrl+r", "Check before it is booked"))
    app.expect("MAYA REYES  daughter, 8", "CET", "Your time", "EST", "She has a fever.")
    go(app, ("y", "✓ Booked."))
    app.expect("Zone         Europe/Berlin", "Your time    ", "(America/New_York)")


def fill_the_clipboard_through_a_cut(app: Terminal, portal: Portal) -> None:
    go(app, ("b", "What troubles you most?"), ("Fever", "Fever"), ("tab", "Since when?"))
    go(app, ("2026-11-22", "4 of 10 answered · ✓ saved"), ("tab", "Where is it?"))
    portal.stop()
    go(app, (" ", "[x] head or neck"), ("enter", "How bad is the pain now"), ("", "kept here, not at the clinic yet"))
    portal.come_back()
    go(app, ("3", "▌3"), ("tab", "Have you had a fever?"), ("ctrl+r", "STILL MISSING  1"))
    go(app, ("enter", "question 5"), ("down", "▌   ( ) no"), (" ", "(x) no"), ("", "7 of 10 answered · ✓ saved"))
    go(app, ("ctrl+r", "Check before it is submitted"), ("y", "✓ Submitted."), ("", "CLIPBOARD"))


def move_and_export(app: Terminal, folder: Path) -> None:
    go(app, ("m", "now Tue 24 Nov 2026 08:10 CET"), ("enter", "▌  12:50"), ("enter", "Move this appointment"))
    app.expect("If the new time is gone you keep the old one.", "06:50 EST")
    go(app, ("y", "When         Tue 24 Nov 2026 12:50 CET"), ("i", "Save to which folder?"), ("enter", "✓ Saved"))
    [file] = folder.glob("Acute visit*.ics")
    content = file.read_text()
    assert "DTSTART;TZID=Europe/Berlin:20261124T125000" in content
    assert "STATUS:CONFIRMED" in content
    assert "SEQUENCE:0" not in content, "it was moved"


def ask_for_a_skin_check(app: Terminal, portal: Portal) -> None:
    """No slot is there to book; the scheduling team books one."""
    go(app, ("n", "9 clinics book it"), *[("down", "")] * 4, ("enter", "Fort Belvoir Dermatology"))
    go(app, ("enter", "ASK FOR A TIME"), (" ", "Mon 30 Nov morning"), ("enter", "The clinic needs it"))
    go(app, ("The rash is back.", "17/250"), ("ctrl+r", "Ask for an appointment"), ("y", "✓ Asked for."))
    asked = portal.appointments(MAYA)[-1]
    assert asked["status"] == "proposed"
    opened = {"clinic": DERMATOLOGY, "visit_type": "skin-check", "start": "2026-11-30T09:00:00-05:00"}
    slot = portal.tell("POST", "staff/slots", opened)["id"]
    portal.tell("POST", "staff/requests", {"request": asked["id"], "act": "book", "slots": [slot]})
    go(app, ("escape", "REQUESTED  1"), ("f5", "UPCOMING  4"))
    app.expect("Mon 30 Nov 09:00 EST Skin check")


def look_at_the_son(app: Terminal, folder: Path) -> None:
    """Lists, month, search, counts and calendar file of Leo, and the family's page."""
    go(app, ("f", "Whose record"), (SON, "LEO REYES · son, 15"), ("", "UPCOMING  1"), ("M", "December 2026"))
    app.expect("1 appointment, 2 days asked for")
    go(
        app,
        ("escape", "UPCOMING  1"),
        ("/", "what, who, where, month"),
        (PRIVATE[:5], "Nothing with"),
        ("escape", "UPCOMING  1"),
    )
    go(app, ("I", "✓ Saved"), ("1", "FAMILY · 6 people"))
    [file] = folder.glob("Appointments of Leo*.ics")
    assert "Sports physical" in file.read_text()


@pytest.mark.rule("APPT-6", "APPT-8", "APPT-9", "CLIP-1", "CLIP-2", "FAM-7")
def test_a_visit_from_booking_to_the_calendar(
    start: Start, portal: Portal, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    assert any("ounseling" in json.dumps(row) for row in portal.appointments(LEO))
    app = come(start, portal)
    book_the_acute_visit(app)
    fill_the_clipboard_through_a_cut(app, portal)
    move_and_export(app, home)
    ask_for_a_skin_check(app, portal)
    look_at_the_son(app, home)
    app.press("ctrl+q")
    assert app.wait(20) == 0
    assert left_wrong(app) == []
    assert PRIVATE.encode() not in bytes(app.output).lower()
    assert not [file for file in home.rglob("*.ics") if PRIVATE in file.read_text().lower()]
    new = portal.appointments(MAYA)[-2:]
    assert sorted(row["status"] for row in new) == ["booked", "booked"]
