"""Whose record: the quick switcher, place 7, giving and ending access."""

from datetime import date

import httpx
import pytest
from textual.widgets import Input

from genesis_tui.mock_backend.database.family.audit import AuditEvent
from genesis_tui.mock_backend.database.family.grants import put_request
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.family import Access, FamilyMember, Grant
from genesis_tui.screens.family.access_log import AccessLogScreen
from genesis_tui.screens.family.rows import FamilyView, GrantRow, PersonRow, PersonView, RequestRow
from genesis_tui.screens.family.screen import FamilyScreen
from genesis_tui.screens.family.switcher import FamilySwitcher
from genesis_tui.screens.results.screen import ResultsScreen
from genesis_tui.widgets.drawing.lines import text_of
from genesis_tui.widgets.virtual_list import VirtualList
from tests.screens.conftest import Start
from tests.screens.signed_in import Session, session
from tests.session.faulty_link import FaultyLink

DANIEL = "daniel.reyes"
ELENA = "elena.reyes"


async def switcher(stage: Session) -> FamilySwitcher:
    await stage.until(lambda: stage.app.people is not None)
    await stage.press("f")
    await stage.until(lambda: isinstance(stage.app.screen, FamilySwitcher))
    assert isinstance(stage.app.screen, FamilySwitcher)
    return stage.app.screen


def numbers(stage: Session) -> dict[str, int]:
    assert stage.app.people is not None
    return {person.given: person.number for person in stage.app.people.people}


async def test_the_switcher_names_everybody_with_access_and_reason(start: Start) -> None:
    async with start(username=DANIEL) as stage:
        await switcher(stage)
        async for size in stage.sizes():
            await stage.expect("Whose record", "DANIEL REYES", "full access")
            assert "enter open  esc stay" in stage.text
            if size == (40, 10):
                continue
            await stage.expect("MAYA REYES", "daughter, 8", "under 12", "LEO REYES", "limited access", "ages 12 to 17")


@pytest.mark.rule("FAM-2", "FAM-9")
async def test_a_digit_opens_that_record_at_once(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await switcher(stage)
        await stage.press(str(numbers(stage)["Maya"]))
        await stage.until(lambda: "MAYA REYES · daughter, 8 · full access" in stage.lines[0])
        assert isinstance(stage.app.screen, ResultsScreen)
        assert stage.app.portal.record is not None
        assert stage.app.portal.record.patient.given == "Maya"


@pytest.mark.rule("FAM-9")
async def test_opening_another_record_closes_the_old_one_and_removes_its_screens(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.press("2")
        await stage.until(lambda: "DANIEL REYES" in stage.lines[0])
        await stage.press("p")
        await stage.expect("DoD ID")
        old_record = stage.app.portal.record
        old_screens = [s for m, stack in stage.app._screen_stacks.items() if "@" in m for s in stack]
        assert len(old_screens) == 2
        await switcher(stage)
        await stage.press(str(numbers(stage)["Maya"]))
        await stage.until(lambda: "MAYA REYES" in stage.lines[0])
        await stage.until(lambda: all(not screen.is_attached for screen in old_screens))
        assert old_record is not None
        assert old_record.closed
        assert "DANIEL" not in stage.text


@pytest.mark.rule("FAM-3")
async def test_a_record_with_limited_access_opens_at_what_is_open(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await switcher(stage)
        await stage.press(str(numbers(stage)["Leo"]))
        await stage.expect("LEO REYES", "limited access", "DoD ID")
        await stage.press("2")
        await stage.expect("Can't show Leo's results", "FAM-3")


@pytest.mark.rule("FAM-6")
async def test_people_without_access_stay_listed_and_enter_explains(start: Start) -> None:
    async with start((80, 24), ELENA) as stage:
        sheet = await switcher(stage)
        await stage.expect("DANIEL REYES", "no access")
        await stage.press(str(numbers(stage)["Daniel"]))
        await stage.expect("record is not open to you", "Rule FAM-6")
        assert stage.app.screen is sheet
        assert stage.app.portal.record is None


async def test_letters_filter_and_esc_stays(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await switcher(stage)
        await stage.press("m", "a", "y")
        people = stage.app.screen.query_one("#candidates", VirtualList)
        await stage.until(lambda: [row.person.given for row in people.rows] == ["Maya"])
        await stage.expect("/ may", "MAYA REYES")
        await stage.press("backspace", "backspace", "backspace", "d", "a", "u")
        await stage.expect("daughter, 8", "daughter, 19")
        await stage.press("x")
        await stage.expect("Nobody of that name")
        await stage.press("escape")
        await stage.until(lambda: len(stage.app.screen_stack) == 1)
        assert stage.app.portal.record is None


async def test_the_place_lists_people_grants_and_who_opened_the_record(start: Start) -> None:
    async with start(username=DANIEL) as stage:
        await stage.press("7")
        await stage.until(lambda: isinstance(stage.app.screen, FamilyScreen) and "✓" in stage.lines[0])
        async for size in stage.sizes():
            await stage.expect("DANIEL REYES", "full access")
            if size[1] >= 40:
                await stage.expect("ACCESS GIVEN TO YOU", "Elena Reyes", "until 30 Jun 2027", "WHO OPENED MY RECORD")


async def opened_log(stage: Session, *keys: str) -> AccessLogScreen:
    await stage.press("7")
    await stage.until(lambda: isinstance(stage.app.screen, FamilyScreen) and "✓" in stage.lines[0])
    await stage.press(*keys)
    await stage.until(lambda: isinstance(stage.app.screen, AccessLogScreen) and "✓" in stage.lines[0])
    assert isinstance(stage.app.screen, AccessLogScreen)
    return stage.app.screen


@pytest.mark.rule("AUD-1")
async def test_the_log_is_told_in_words_to_its_first_entry(start: Start, mock: Mock) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.until(lambda: stage.app.people is not None)
        assert stage.app.people is not None
        me, elena = (person.id for person in stage.app.people.people[:2])
        now = mock.clock.micros()
        mock.audit.add(AuditEvent(now, elena, me, "book", "allowed", "APPT-4", "aaaa-0001"))
        for _ in range(119):
            mock.audit.add(AuditEvent(now, elena, me, "search Observation", "no-grant", "FAM-6", "aaaa-0002"))
        mock.audit.add(AuditEvent(now, elena, me, "appointments", "allowed", "FAM-5", "aaaa-0003"))
        screen = await opened_log(stage, "G", "enter")
        assert len(screen.list.rows) == 122
        await stage.expect("121 in 90 days", "NOVEMBER 2026", "Elena Reyes", "looked at the appointments", "by grant")
        await stage.press("G")
        await stage.expect("booked an appointment")
        await stage.press("right")
        await stage.expect("1 in 90 days", "looked at the appointments")
        await stage.press("right", "right")
        await stage.expect("119 in 90 days", "was refused the results and notes")
        await stage.press("enter")
        await stage.expect(
            "For whom", "Daniel Reyes", "Outcome", "refused", "no grant, FAM-6", "aaaa-0002", "09:42 EST"
        )
        await stage.press("escape", "slash", *"nobody")
        await stage.expect("Nothing with “nobody” among 119")


@pytest.mark.rule("AUD-1")
async def test_the_log_says_what_there_is_not_and_fits_every_window(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await opened_log(stage, "o")
        await stage.expect("Nobody but you in 90 days")
        await stage.press("left")
        async for _size in stage.sizes():
            await stage.expect("you signed in" if stage.app.size.width < 60 else "signed in")


@pytest.mark.rule("AUD-1", "FAM-3")
async def test_a_log_that_is_not_open_says_the_rule(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.until(lambda: stage.app.people is not None)
        await stage.press("7")
        await stage.until(lambda: isinstance(stage.app.screen, FamilyScreen) and "✓" in stage.lines[0])
        people = stage.app.screen.query_one("#family", VirtualList)
        people.cursor = numbers(stage)["Leo"] - 1
        await stage.press("o")
        await stage.expect("Can't show Leo's access log", "FAM-3")


def test_no_day_of_an_access_is_cut() -> None:
    grant = Grant("1", "Elena Reyes", "Daniel Reyes", Access.LIMITED, "legal", date(2026, 1, 9), until=date(2027, 7, 7))
    for width in (40, 45, 74, 80):
        text = " ".join(text_of(FamilyView().draw(GrantRow(grant), width)).split())
        assert text == "Elena Reyes limited access since 9 Jan 2026, guardian, until 7 Jul 2027"


def test_no_day_of_a_persons_access_is_cut_in_the_switcher() -> None:
    why = "by grant until 30 Jun 2027"
    elena = FamilyMember("2", 2, "ELENA REYES", "Elena", "Reyes", "spouse", 36, Access.FULL, why)
    for width in (40, 43, 60, 74, 78):
        assert "until 30 Jun 2027" in text_of(PersonView().draw(PersonRow(elena), width))


async def test_enter_opens_the_person_under_the_cursor(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await stage.press("7")
        await stage.until(lambda: isinstance(stage.app.screen, FamilyScreen) and "✓" in stage.lines[0])
        await stage.press("j", "enter")
        await stage.until(lambda: "ELENA REYES" in stage.lines[0])
        assert "spouse, 36 · full access" in stage.lines[0]


async def fill(stage: Session, receiver: str, until: str = "") -> None:
    await stage.press("7")
    await stage.until(lambda: isinstance(stage.app.screen, FamilyScreen) and "✓" in stage.lines[0])
    await stage.press("n")
    await stage.expect("Give access to your record", "DANIEL REYES  your record")
    stage.app.screen.query_one("#receiver", Input).value = receiver
    stage.app.screen.query_one("#until", Input).value = until


@pytest.mark.rule("FAM-5", "FAM-9")
async def test_access_is_given_after_a_preview_that_names_the_patient(start: Start, mock: Mock) -> None:
    async with start((80, 24), DANIEL) as stage:
        await fill(stage, "elena.reyes", "2027-06-30")
        await stage.press("enter", "enter", "enter")
        await stage.expect("Check before it is done", "DANIEL REYES  your record", "Give full access to elena.reyes")
        await stage.expect("Until        30 Jun 2027", "y give access")
        before = len(stage.app.people.grants) if stage.app.people else 0
        await stage.press("enter")
        await stage.pilot.pause()
        await stage.expect("Check before it is done")
        await stage.press("y", "y")
        await stage.expect("Offered to elena.reyes, who has to accept it.")
        await stage.until(lambda: bool(stage.app.people) and len(stage.app.people.grants) == before + 1)  # type: ignore[union-attr]
        await stage.expect("elena.reyes", "full access, waits to be accepted, until 30 Jun 2027")


@pytest.mark.rule("FAM-5")
async def test_access_that_was_given_is_ended_after_asking_once(start: Start) -> None:
    async with start((120, 40), DANIEL) as stage:
        await fill(stage, "elena.reyes")
        await stage.press("ctrl+r")
        await stage.expect("Check before it is done", "you end it")
        await stage.press("y")
        await stage.expect("Offered to elena.reyes")
        await stage.expect("no end", "✓ 09:42")
        people = stage.app.screen.query_one("#family", VirtualList)
        mine = [i for i, row in enumerate(people.rows) if getattr(getattr(row, "grant", None), "mine", False)]
        assert "d end access" not in stage.keys
        people.cursor = mine[0]
        await stage.expect("d end access")
        await stage.press("d")
        await stage.expect("DANIEL REYES  your record", "End the access of elena.reyes", "y end access")
        await stage.press("y")
        await stage.expect("elena.reyes no longer has access.")


@pytest.mark.rule("FAM-5")
async def test_what_was_not_waited_for_shows_by_itself(mock: Mock, transport: httpx.ASGITransport) -> None:
    link = FaultyLink(transport)
    async with session(mock, link) as stage:
        await fill(stage, "elena.reyes")
        await stage.press("ctrl+r")
        await stage.expect("y give access")
        link.flows.clear()
        await stage.press("y")
        await stage.expect("go on without waiting")
        await stage.press("escape", "escape")
        await stage.until(lambda: isinstance(stage.app.screen, FamilyScreen))
        assert "elena.reyes" not in stage.text
        link.flows.set()
        await stage.expect("Done. Give full access to elena.reyes", "full access, waits to be accepted, no end")


@pytest.mark.rule("FAM-5")
async def test_a_grant_that_is_refused_says_why_and_keeps_what_was_typed(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        await fill(stage, "Daniel.Reyes", "2027-06-30")
        await stage.expect("Full", "everything in your record", "Limited", "appointments, immunizations and allergies")
        await stage.press("enter", "right", "enter", "enter")
        await stage.expect("Check before it is done", "Give limited access to Daniel.Reyes")
        await stage.press("y")
        await stage.until(lambda: "Sending" not in stage.text and "y give access" not in stage.text)
        await stage.expect("request ", "esc don't")
        await stage.press("escape")
        await stage.expect("Give access to your record", "Daniel.Reyes", "(x) limited", "2027-06-30")


async def test_a_form_that_can_not_be_sent_says_why(start: Start) -> None:
    async with start((80, 24), DANIEL) as stage:
        for receiver, until, words in (
            ("", "", "To whom?"),
            ("elena.reyes", "30 June", "year-month-day"),
            ("elena.reyes", "2026-11-22", "in the past"),
        ):
            await fill(stage, receiver, until)
            await stage.press("ctrl+r")
            await stage.expect(words)
            await stage.press("escape")
            await stage.until(lambda: len(stage.app.screen_stack) == 1)


async def waiting(stage: Session) -> None:
    """The cursor on what waits for an answer, in Family."""
    await stage.press("7")
    await stage.until(lambda: isinstance(stage.app.screen, FamilyScreen) and "✓" in stage.lines[0])
    people = stage.app.screen.query_one("#family", VirtualList)
    rows = [i for i, row in enumerate(people.rows) if isinstance(row, RequestRow) or _waits(row)]
    people.cursor = rows[0]


def _waits(row: object) -> bool:
    return isinstance(row, GrantRow) and row.grant.waits_for_me


@pytest.mark.rule("FAM-5", "FAM-9", "FAM-12")
async def test_access_that_is_offered_is_accepted_after_a_preview(start: Start) -> None:
    async with start((120, 40), "derrick.young") as stage:
        await waiting(stage)
        await stage.expect("WAITING FOR YOUR ANSWER", "minji.young", "offers you full access")
        assert "d end access" not in stage.keys
        await stage.press("enter")
        await stage.expect("DERRICK YOUNG  your record", "Accept full access to minji.young's record", "y accept")
        await stage.expect("n refuse", "esc later")
        await stage.press("y")
        await stage.expect("minji.young's record is open to you.", "ACCESS GIVEN TO YOU", "Min-ji Young")
        assert "WAITING FOR YOUR ANSWER" not in stage.text


@pytest.mark.rule("FAM-12")
async def test_access_that_is_offered_is_refused_and_access_is_asked_for(start: Start, mock: Mock) -> None:
    async with start((120, 40), "derrick.young") as stage:
        await waiting(stage)
        await stage.press("enter")
        await stage.expect("Accept full access to minji.young's record", "n refuse")
        await stage.press("n")
        await stage.expect("You refused the access that minji.young offered.", "full access, refused")
        await stage.press("a")
        await stage.expect("Ask for access to a record", "They alone see that you ask.", "everything in their record")
        stage.app.screen.query_one("#receiver", Input).value = "Minji.Young"
        await stage.press("enter", "enter")
        await stage.expect("Ask Minji.Young for full access", "y ask for access")
        await stage.press("y")
        await stage.expect("If the user name Minji.Young exists, its owner has been asked.")
    with mock.database.begin() as conn:
        assert conn.exec_driver_sql("SELECT asked_name, scope FROM access_request").all() == [("minji.young", "full")]


@pytest.mark.rule("FAM-12")
async def test_who_is_asked_sees_it_and_refuses_it_or_offers_access_from_there(start: Start, mock: Mock) -> None:
    with mock.database.begin() as conn:
        ids = conn.exec_driver_sql("SELECT id FROM person WHERE given IN ('Daniel', 'Elena', 'Min-ji') ORDER BY given")
        daniel, elena, minji = ids.scalars()
        put_request(conn, elena, DANIEL, daniel, "limited", now=mock.clock.micros())
        put_request(conn, minji, DANIEL, daniel, "full", now=mock.clock.micros() + 1)
    async with start((120, 40), DANIEL) as stage:
        await waiting(stage)
        await stage.expect("elena.reyes", "asks for limited access, asked 23 Nov 2026", "minji.young")
        await stage.press("enter")
        await stage.expect("minji.young asks for full access to your record", "n refuse", "esc later")
        await stage.press("n")
        await stage.expect("minji.young gets no access.")
        await stage.until(lambda: "asks for full access" not in stage.text)
        await stage.press("enter")
        await stage.expect("elena.reyes asks for limited access to your record", "y give access")
        await stage.press("y")
        await stage.expect("Give access to your record", "elena.reyes", "(x) limited")
        await stage.press("ctrl+r")
        await stage.expect("Give limited access to elena.reyes")
        await stage.press("y")
        await stage.expect("Offered to elena.reyes", "limited access, waits to be accepted")
        assert "asks for" not in stage.text
