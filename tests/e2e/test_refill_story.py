"""A father in Germany gets more for two sons in one go and follows it; his anticoagulant is not forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.terminal import Terminal
from tests.e2e.aftermath import left_wrong
from tests.e2e.conftest import Start, enter_as
from tests.e2e.stories import Portal, go, signed_in

FATHER = "8"
NIKLAS, JONAS = "4", "5"
NOTHING_YET = "Apixaban 5 mg tablet    runs out Sat 28 Nov: nothing asked yet"
NOTE, DENIAL = "School wants a second inhaler.", "Please come in first: I listen to his lungs."


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """Its pharmacies and providers work when a tester says so."""
    made = Portal(tmp_path / "portal.db")
    made.tell("PUT", "staff/pharmacy", {"automatic": False})
    yield made
    made.stop()


def request_of(portal: Portal, drug: str) -> str:
    """Id of what was asked for of a drug last."""
    query = (
        "SELECT pharmacy_request.id FROM pharmacy_request JOIN resource ON resource.id = prescription_id"
        " WHERE type = 'MedicationRequest' AND CAST(body AS TEXT) LIKE ? ORDER BY asked DESC"
    )
    return str(portal.rows(query, f"%{drug}%")[0][0])


def wait(app: Terminal, portal: Portal, days: int, stage: str) -> None:
    """Days go by, and with them the sign-in; what the sons get has reached its next stage."""
    portal.tell("POST", "clock/advance", {"days": days})
    for drug in ("Montelukast", "Cetirizine"):
        portal.tell("POST", "staff/refills", {"request": request_of(portal, drug), "stage": stage})
    go(app, ("f5", "session has ended"))
    enter_as(app, FATHER, "MARCUS HALL  you", "NIKLAS HALL")


def mark_for_both_sons(app: Terminal) -> None:
    go(app, ("f", "Whose record"), (NIKLAS, "NIKLAS HALL · "), ("5", "Montelukast"), ("", "✓"))
    go(app, (" ", "1 marked, 1 person"), (" ", "2 marked, 1 person"))
    go(app, ("f", "Whose record"), (JONAS, "JONAS HALL · "), ("", "too soon: from Wed 2 Dec 2026"), ("", "✓"))
    go(app, (" ", "3 marked, 2 people"), (" ", "4 marked, 2 people"))


def ask_in_one_go(app: Terminal) -> None:
    """Two refills and a renewal with a note; what is too soon says from when, and is not sent."""
    go(app, ("r", "Check before it is sent"))
    app.expect(
        "NIKLAS HALL  son, 10 · by you",
        "JONAS HALL  son, 5 · by you",
        "Montelukast 5 mg chewable   refill    90 days; 2 left after it",
        "Albuterol inhaler 90 mcg    renewal   none left: Dr. Adler decides,",
        "Fluoride 0.25 mg chewable   not now   too soon: from Wed 2 Dec 2026",
        "Pick up at │Landstuhl Pharmacy                           as last time",
        "y ask for 3",
    )
    go(
        app,
        ("tab", "enter choose"),
        ("tab", "Note ▌"),
        (NOTE, "30/250"),
        ("enter", "y ask for 3"),
        ("y", "Asked for"),
    )
    app.expect("by Marcus Hall", "✓ Montelukast", "✓ Albuterol", "with Dr. Adler", "✓ Cetirizine")
    assert app.text.count("request ") == 3
    app.expect("Fluoride 0.25 mg chewable   not now   too soon: from Wed 2 Dec 2026")


def ask_for_the_anticoagulant(app: Terminal) -> None:
    """At a pharmacy that tells of no steps: the screen says so, and Home no longer that nothing was asked for."""
    go(app, ("1", NOTHING_YET), *[("j", "")] * 7, ("enter", "5 days left, runs out Sat 28 Nov 2026"))
    go(app, ("r", "y ask for 1"), ("tab", "enter choose"), ("enter", "Pick up where?"), ("naples", "Naples Pharmacy"))
    go(app, ("enter", "Pick up at ▌Naples Pharmacy"), ("y", "requested, Naples Pharmacy"))
    go(app, ("t", "◉  Requested"), ("", "call it, 011-39-081-555-0143."))
    go(app, ("1", "refill asked for"))
    assert "nothing asked yet" not in app.text


def look(app: Terminal, son: str, *steps: tuple[str, str]) -> None:
    """Somebody's refills."""
    go(app, ("f", "Whose record"), (son, "full access"), ("5", "NOT NOW"), ("", "✓"), *steps)


@pytest.mark.rule("RX-3", "RX-6", "RX-7", "RX-8", "RX-11", "RX-12")
def test_three_drugs_for_two_children_from_home_to_pick_up(start: Start, portal: Portal) -> None:
    app = signed_in(start, portal, FATHER, "MARCUS HALL", TZ="Europe/Berlin")
    app.expect(NOTHING_YET)
    mark_for_both_sons(app)
    ask_in_one_go(app)
    go(app, ("t", "◉  Requested"), ("", "by you, 90 days"))
    ask_for_the_anticoagulant(app)

    wait(app, portal, 1, "in-process")
    denied = {"request": request_of(portal, "Albuterol"), "decision": "deny", "reason": DENIAL}
    portal.tell("POST", "staff/renewals", denied)
    look(app, NIKLAS, ("", "renewal denied 24 Nov; can be asked"), ("t", f"“{NOTE}”"), ("", DENIAL))
    go(app, ("]", "◉  In process        Tue 24 Nov"))

    wait(app, portal, 1, "ready")
    look(app, JONAS, ("t", "◉  Ready for pick-up Wed 25 Nov"), ("", "Mon to Fri 08:00 to 12:00 and 13:00 to 17:00 CET"))
    app.expect("○  Picked up         by Wed 9 Dec", "then returned to stock")

    wait(app, portal, 2, "picked-up")
    for son, *to in ((NIKLAS, ("j", "▌  –")), (JONAS,)):
        look(app, son, *to, ("t", "●  Picked up         Fri 27 Nov"))
    app.press("ctrl+q")
    assert app.wait(20) == 0
    assert left_wrong(app) == []
