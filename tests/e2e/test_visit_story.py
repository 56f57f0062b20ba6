"""Parents in Germany book their daughter's visits, lose the network over her clipboard, and never see what is their
son's alone: the father in a usual terminal, the mother in a narrow one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.terminal import Terminal
from tests.e2e.aftermath import left_wrong
from tests.e2e.conftest import DAUGHTER, SPONSOR, Start
from tests.e2e.stories import Portal, go, signed_in

SON, LEO, MAYA = "5", "12742305", "12742306"
DERMATOLOGY = "21000003"
NOT_THERE = "kept here, not at the clinic yet"
PRIVATE = "adolescent counseling"
"""In the name of Leo's visit that is the patient's alone; the letters may stand nowhere a proxy looks."""


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """Its scheduling teams answer when a tester says so."""
    made = Portal(tmp_path / "portal.db")
    made.tell("PUT", "staff/scheduling", {"automatic": False})
    yield made
    made.stop()


@dataclass(frozen=True)
class Walk:
    """Who walks through it, in a window of what size; texts that the window cuts are looked for as far as they show."""

    key: str
    name: str
    size: tuple[int, int]

    @property
    def narrow(self) -> bool:
        return self.size[0] < 60

    def seen(self, wide: str, narrow: str) -> str:
        """What is to be seen in this window."""
        return narrow if self.narrow else wide


FATHER = Walk(SPONSOR, "DANIEL REYES", (80, 24))
MOTHER = Walk("5", "ELENA REYES", (45, 50))


def come(start: Start, portal: Portal, walk: Walk) -> Terminal:
    """At Maya's agenda, on a computer in Germany."""
    app = signed_in(start, portal, walk.key, walk.name, size=walk.size, TZ="Europe/Berlin")
    go(app, ("f", "Whose record"), (DAUGHTER, "MAYA REYES · "), ("4", "UPCOMING  2"))
    return app


def book_the_acute_visit(app: Terminal, walk: Walk) -> None:
    go(app, ("n", "9 clinics book it"), ("enter", "Landstuhl Pediatrics"), *[("down", "")] * 4)
    go(
        app,
        ("enter", walk.seen("Landstuhl Pediatrics                                     books it ✓", "a day, then a")),
    )
    go(app, ("enter", walk.seen(" 1 of ", "choose a slot")), ("enter", "What it is about"))
    go(app, ("She has a fever.", "16/250"), ("ctrl+r", "Check before it is booked"))
    app.expect("MAYA REYES  daughter, 8", "CET", "Your time", "EST", "She has a fever.")
    go(app, ("y", "✓ Booked."))
    app.expect("Zone         Europe/Berlin", "Your time    ", "(America/New_York)")


def fill_the_clipboard_through_a_cut(app: Terminal, portal: Portal, walk: Walk) -> None:
    go(app, ("b", "What troubles you most?"), ("Fever", "Fever"), ("tab", "Since when?"))
    go(app, ("2026-11-22", walk.seen("4 of 10 answered · ✓ saved", "4 of 10")), ("", "✓"), ("tab", "Where is it?"))
    portal.stop()
    go(
        app,
        (" ", "[x] head or neck"),
        ("enter", "How bad is the pain now"),
        ("", walk.seen(NOT_THERE, "offline")),
    )
    portal.come_back()
    go(app, ("3", "▌3"), ("tab", "Have you had a fever?"), ("ctrl+r", "STILL MISSING  1"))
    go(app, ("enter", walk.seen("question 5", "Have you had a fever?")), ("down", "▌   ( ) no"), (" ", "(x) no"))
    go(app, ("", walk.seen("7 of 10 answered · ✓ saved", "7 of 10")), ("", "✓"))
    go(app, ("ctrl+r", "Check before it is submitted"), ("y", "✓ Submitted."), ("", "CLIPBOARD"))


def move(app: Terminal) -> None:
    go(app, ("m", "now Tue 24 Nov 2026 08:10"))
    go(app, ("enter", "12:50"), ("enter", "Move this appointment"))
    app.expect("If the new time is gone you keep the old", "06:50 EST")
    go(app, ("y", "When         Tue 24 Nov 2026 12:50 CET"))


def export(app: Terminal, folder: Path) -> None:
    go(app, ("i", "Save to which folder?"), ("enter", "✓ Saved"))
    [file] = folder.glob("Acute visit*.ics")
    content = file.read_text()
    assert "DTSTART;TZID=Europe/Berlin:20261124T125000" in content
    assert "STATUS:CONFIRMED" in content
    assert "SEQUENCE:0" not in content, "it was moved"


def ask_for_a_skin_check(app: Terminal, portal: Portal, walk: Walk) -> None:
    """No slot is there to book; the scheduling team books one."""
    go(app, ("n", "9 clinics book it"), *[("down", "")] * 4, ("enter", "Fort Belvoir Dermatology"))
    go(app, ("enter", walk.seen("ASK FOR A TIME", "Mon 30 Nov")), (" ", "Mon 30 Nov morning"))
    go(app, ("enter", "clinic needs it."))
    go(app, ("The rash is back.", "17/250"), ("ctrl+r", "Ask for an appointment"), ("y", "✓ Asked for."))
    asked = portal.appointments(MAYA)[-1]
    assert asked["status"] == "proposed"
    opened = {"clinic": DERMATOLOGY, "visit_type": "skin-check", "start": "2026-11-30T09:00:00-05:00"}
    slot = portal.tell("POST", "staff/slots", opened)["id"]
    portal.tell("POST", "staff/requests", {"request": asked["id"], "act": "book", "slots": [slot]})
    go(app, ("escape", "REQUESTED  1"), ("f5", "UPCOMING  4"))
    app.expect("Mon 30 Nov 09:00 EST Skin check")


def look_at_the_son(app: Terminal, walk: Walk) -> None:
    """Lists, month, search and counts of Leo, and those of the whole family."""
    go(app, ("f", "Whose record"), (SON, walk.seen("LEO REYES · son, 15", "LEO REYES · 15")), ("", "UPCOMING  1"))
    go(app, ("M", "December 2026"), ("", walk.seen("1 appointment, 2 days asked for", "12")))
    go(app, ("escape", "UPCOMING  1"), ("/", "what, who, where, month"), (PRIVATE[:5], "Nothing with"))
    go(app, ("escape", "UPCOMING  1"), ("F", "FAMILY · 6 people"), ("/", "who, what, where"), ("leo", "UPCOMING  1"))
    go(app, ("escape", "Maya"), ("escape", "LEO REYES"))


@pytest.mark.rule("APPT-6", "APPT-8", "APPT-9", "CLIP-1", "CLIP-2", "FAM-7")
@pytest.mark.parametrize("walk", [FATHER, MOTHER], ids=["father-80", "mother-45"])
def test_a_visit_from_booking_to_the_calendar(
    start: Start, portal: Portal, home: Path, monkeypatch: pytest.MonkeyPatch, walk: Walk
) -> None:
    monkeypatch.chdir(home)
    assert any("ounseling" in json.dumps(row) for row in portal.appointments(LEO))
    app = come(start, portal, walk)
    book_the_acute_visit(app, walk)
    fill_the_clipboard_through_a_cut(app, portal, walk)
    move(app)
    if not walk.narrow:
        export(app, home)
    ask_for_a_skin_check(app, portal, walk)
    look_at_the_son(app, walk)
    if not walk.narrow:
        go(app, ("I", "✓ Saved"))
    go(app, ("1", "FAMILY · 6 people"))
    app.press("ctrl+q")
    assert app.wait(20) == 0
    assert left_wrong(app) == []
    assert PRIVATE.encode() not in bytes(app.output).lower()
    saved = {file.name: file.read_text() for file in home.rglob("*.ics")}
    assert walk.narrow or "Sports physical" in saved["Appointments of Leo Reyes.ics"]
    assert not [name for name, text in saved.items() if PRIVATE in text.lower()]
    new = portal.appointments(MAYA)[-2:]
    assert sorted(row["status"] for row in new) == ["booked", "booked"]
