"""Getting more: what the preview and the receipt say (RX-11, RX-8, MOCKUPS-2 §3)."""

import re
from dataclasses import replace

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.acts import ActStage
from genesis_tui.models.base.dates import in_zone
from genesis_tui.models.refills.get_more import Way
from genesis_tui.screens.home.screen import HomeList
from genesis_tui.screens.refills.actions import READING
from genesis_tui.screens.refills.points import PointPicker, PointView
from genesis_tui.screens.refills.receipt import receipt_paras
from genesis_tui.screens.refills.request import NOTHING, item_lines
from genesis_tui.widgets.drawing.lines import text_of
from genesis_tui.widgets.page import para_lines
from tests.portal.prescribing import prescribe
from tests.screens.more_of import ASKED, JONAS, LANDSTUHL, LOCKER, NOW, POINTS, RAMSTEIN, RECEIPTS
from tests.screens.signed_in import Session, password_of, session
from tests.session.faulty_link import FaultyLink
from tests.session.test_acts_through_faults import Losing


@pytest.mark.rule("RX-11")
@pytest.mark.parametrize("width", [39, 41, 60, 71])
def test_neither_drug_nor_what_asking_means_is_ever_cut(width: int) -> None:
    long = "Norgestimate and ethinyl estradiol 0.25/0.035 mg tablet"
    for way in Way:
        told = item_lines(long, way, "none left: Dr. Adler decides, no visit needed", width, sign="!")
        lines = text_of(told).split("\n")
        assert all(len(line) <= width for line in lines)
        assert " ".join(lines[0].split()).startswith("! Norgestimate")
        said = " ".join(" ".join(lines).split())
        for words in ("estradiol", "0.25/0.035", way.value.split()[0], "decides,", "needed"):
            assert words in said


@pytest.mark.rule("RX-5")
def test_a_point_says_until_when_it_is_open_or_why_it_cant_be_chosen() -> None:
    niklas, jonas = (PointView(one, NOW) for one in ASKED)
    rows = [text_of(jonas.draw(point, 72)) for point in POINTS]
    assert "open until 17:00 CET" in rows[0]
    assert "not at a locker: refrigerated" in rows[1]
    assert [jonas.selectable(point) for point in POINTS] == [True, False, True]
    assert niklas.selectable(LOCKER)
    assert text_of(jonas.draw(LOCKER, 42)).split("\n")[1] == "   not at a locker: refrigerated"


@pytest.mark.rule("RX-5")
def test_points_begin_with_the_chosen_one_and_say_where_a_locker_is() -> None:
    far = replace(RAMSTEIN, id="far", name="Naples Pharmacy", facility="Naples")
    near = replace(LOCKER, facility="Ramstein", place="Exchange lobby, hall 2")
    asked = replace(ASKED[0], points=(far, near, LANDSTUHL, RAMSTEIN), point=RAMSTEIN)
    assert PointPicker(asked, NOW, lambda _: None).candidates("") == [RAMSTEIN, near, far, LANDSTUHL]
    view = PointView(asked, NOW)
    assert text_of(view.draw(near, 72)).startswith(" Exchange locker, Exchange lobby, h… open until")
    mail = replace(far, kind="mail", hours=(), place="sent to your DEERS address")
    assert [text_of(view.draw(mail, width)).split()[-1] for width in (72, 42)] == ["address", "address"]


@pytest.mark.rule("RX-8")
@pytest.mark.parametrize("width", [71, 40])
def test_the_receipt_tells_of_each_what_became_of_it(width: int) -> None:
    paras = receipt_paras(ASKED, RECEIPTS, width, by="Marcus Hall", at=in_zone(NOW, "Europe/Berlin"))
    said = " ".join(text_of(line for para in paras for line in para_lines(para, width + 2)).split())
    for words in (
        "Mon 30 Nov 2026 15:42 CET · by Marcus Hall",
        "NIKLAS HALL son, 10",
        "✓ Montelukast 5 mg chewable refill requested, Landstuhl Pharmacy request 7f3a-91c2",
        "? Albuterol inhaler 90 mcg renewal not known yet: asking the server",
        "! Fluoride 0.25 mg chewable refused too soon: from Wed 9 Dec 2026 rule RX-7, not asked for",
    ):
        assert words in said
    assert said.count("Fluoride") == 1


def test_what_could_not_be_asked_for_at_all_says_why() -> None:
    failed = [replace(one, stage=ActStage.REFUSED, outcomes=(), why="No.") for one in RECEIPTS[2:]]
    paras = receipt_paras(ASKED[1:], failed, 71, by="Marcus Hall", at=in_zone(NOW, "Europe/Berlin"))
    said = " ".join(text_of(line for para in paras for line in para_lines(para, 73)).split())
    assert "! Cetirizine 1 mg/mL syrup refill No." in said
    assert JONAS.name.upper() in said


# on the mock


async def refills_of(running: Session, given: str) -> None:
    await running.open(given, "refills")
    await running.until(lambda: "✓" in running.lines[0] and "WHAT CAN BE DONE" in running.text)


@pytest.mark.rule("RX-8", "RX-11", "RX-12", "FAM-9")
async def test_two_people_get_more_in_one_go(mock: Mock, transport: httpx.ASGITransport) -> None:
    """Marks outlive a change of person; the note is kept over a lock; what is asked for is marked no longer."""
    async with session(mock, transport) as running:
        await running.expect("nothing asked yet")
        await refills_of(running, "Daniel")
        await running.press("j", "space")
        assert "[x] Lisinopril 10 mg tablet" in running.line("Lisinopril")
        assert "nothing asked yet" in running.line("Lisinopril")
        await running.expect("1 marked, 1 person  r get more")
        await refills_of(running, "Maya")
        await running.expect("1 marked, 1 person  r get more")
        await running.press("space", "escape")
        await running.until(lambda: "1 marked, 1 person  r get more" in running.text and "unmark" not in running.text)
        await running.press("space")
        await running.expect("[x] Amoxicillin", "2 marked, 2 people  r get more  esc unmark")
        await running.press("r")
        await running.expect("DANIEL REYES  your record", "MAYA REYES  daughter, 8 · by you", "y ask for 2")
        assert "refill    90 days; 1 left after it" in running.line("Lisinopril")
        await running.expect("tab pharmacy, note  esc don't send")
        await scrolls_where_it_is_low(running)
        await running.press("tab")
        await running.expect("enter choose  tab pharmacy, note")
        await running.press("enter")
        await running.expect("Pick up where?", "open until")
        await running.press(*"locker", "enter")
        await running.until(lambda: "Pick up where?" not in running.text)
        assert "as last time" not in running.line("Pick up at")
        await running.press("tab", *"yes")
        await running.expect("tab pharmacy, note  esc done")
        await running.press("enter")
        await running.expect("3/250", "y ask for 2")
        await lock_and_unlock(running, mock)
        await running.expect("3/250", "y ask for 2", "MAYA REYES")
        assert "Locker" in running.line("Pick up at")
        await running.press("y")
        await running.expect("Asked for", "by Daniel Reyes", "✓ Lisinopril", "✓ Amoxicillin", "with Capt. Ortega")
        await lock_and_unlock(running, mock)
        await running.expect("Asked for", "by Daniel Reyes", "✓ Lisinopril")
        assert len(re.findall(r" request [0-9a-f]{8}-[0-9a-f]{8} ", running.text)) == 2, "no id is broken in two"
        await running.press("t")
        await running.expect("DANIEL REYES", "Lisinopril", "Requested", "by you, 90 days", "request ")
        await refills_of(running, "Maya")
        assert "marked" not in running.text
        assert "renewal asked" in running.line("Amoxicillin")


async def scrolls_where_it_is_low(running: Session) -> None:
    await running.pilot.resize_terminal(45, 16)
    await running.expect("y ask for 2  j k scroll  esc don't send", "to Capt. Ortega", "DANIEL REYES")
    await running.press("G")
    await running.until(lambda: "undone." in running.text and "DANIEL REYES" not in running.text)
    await running.pilot.resize_terminal(80, 12)
    await running.press("g")
    await running.expect("% ──", "y ask for 2  j k scroll  tab pharmacy, note  esc", "DANIEL REYES")
    await running.press("G")
    await running.expect(" end ──", "undone.")
    await running.pilot.resize_terminal(80, 24)
    await running.until(lambda: "j k scroll" not in running.text and "undone." in running.text)


async def lock_and_unlock(running: Session, mock: Mock) -> None:
    sign_in = running.app.portal.sign_in
    await running.press("ctrl+l")
    await running.until(lambda: sign_in.locked is not None)
    await running.app.enter(await sign_in.by_password("daniel.reyes", password_of(mock, "daniel.reyes")))


@pytest.mark.rule("RX-12")
async def test_home_leads_to_what_was_not_known_when_refills_were_read(
    mock: Mock, transport: httpx.ASGITransport
) -> None:
    async with session(mock, transport) as running:
        await refills_of(running, "Daniel")
        assert "Warfarin" not in running.text
        prescribe(mock, running.app.portal.record.patient.id, "new", drug="Warfarin 5 mg tablet", fills=(-84,))
        await running.press("1", "f5")
        await running.expect("Warfarin")
        home = running.app.screen.query_one(HomeList)
        home.cursor = next(place for place, row in enumerate(home.rows) if "Warfarin" in str(row))
        await running.press("enter")
        await running.expect("Warfarin", "r get more")
        assert running.app.screen.list.current.drug.startswith("Warfarin")


@pytest.mark.rule("RX-4", "RX-7", "RX-9")
async def test_what_cant_be_asked_for_is_told_and_never_sent(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport) as running:
        await refills_of(running, "Daniel")
        await running.press("slash", *"cetirizine", "enter", "r")
        await running.expect(NOTHING, "too soon: from")
        assert "y ask" not in running.text
        await running.press("y")
        await running.expect(NOTHING)
        await running.press("escape", "escape", "slash", *"600", "enter")
        await running.until(lambda: "Ibuprofen" in running.text and NOTHING not in running.text)
        assert "r get more" not in running.keys


async def test_without_the_network_marks_stay_and_nothing_is_asked_for(
    mock: Mock, transport: httpx.ASGITransport
) -> None:
    async with session(mock, transport) as running:
        await refills_of(running, "Daniel")
        running.app.portal.offline.since = running.app.now()
        await running.press("space")
        await running.expect("1 marked, 1 person  r needs the network")
        assert "r needs the network" in running.keys
        await running.press("r")
        await running.expect("Getting more needs the network.", "1 marked, 1 person")


async def test_a_line_that_is_slow_or_gone_says_so_and_r_tries_again(
    mock: Mock, transport: httpx.ASGITransport
) -> None:
    link = FaultyLink(transport)
    async with session(mock, link) as running:
        await refills_of(running, "Daniel")
        await running.press("space")
        link.flows.clear()
        await running.press("r")
        await running.expect("↻", READING)
        await running.press("escape")
        await running.until(lambda: READING not in running.text and "✓" in running.lines[0])
        await running.expect("1 marked, 1 person  r get more  esc unmark")
        link.flows.set()
        link.down = True
        await running.press("r")
        await running.expect("offline since", "1 marked, 1 person  r needs the network", "The server can't be reached.")
        link.down = False
        await running.press("r")
        await running.expect("Check before it is sent", "1 marked, 1 person  r get more")
        await running.until(lambda: "✓" in running.lines[0])


@pytest.mark.rule("RX-8", "RX-10")
async def test_what_a_cut_link_leaves_unknown_is_filled_in_on_the_receipt(
    mock: Mock, transport: httpx.ASGITransport
) -> None:
    """The answer is lost with everything after it: the receipt says so, and then what became of it."""
    link = Losing(transport)
    async with session(mock, link) as running:
        await refills_of(running, "Daniel")
        await running.press("j", "r")
        await running.expect("Check before it is sent", "y ask for 1  tab pharmacy  esc")
        link.losing = True
        await running.press("y")
        await running.expect("Asked for", "? Lisinopril", "not known yet: asking the", "server")
        assert "t tracking" not in running.line("enter close"), "it is not known to be on its way"
        link.down = link.losing = False
        await running.expect("✓ Lisinopril", "requested,", "t tracking")
        await running.press("t")
        await running.expect("Requested", "by you")
