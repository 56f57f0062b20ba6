"""Home: the family's news by person, on the real client and mock; and its rows, cell by cell."""

from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.family import Access, FamilyMember
from genesis_tui.models.home import AwaitedAnswer, NewItem, PersonNews, SupplyAhead, UpcomingAppointment
from genesis_tui.screens.home.aside import aside_lines, fitted_lines
from genesis_tui.screens.home.rows import (
    AccessRow,
    Account,
    HomeView,
    NewsRow,
    SupplyRow,
    TextRow,
    UpcomingRow,
    counted,
    home_rows,
)
from genesis_tui.screens.home.screen import HomeList, HomeScreen
from genesis_tui.testing.plugin import SignIn
from genesis_tui.widgets.drawing.lines import text_of
from genesis_tui.widgets.virtual_list import VirtualList
from tests.screens.signed_in import session

READ = (Permission("results.read", allowed=True),)
CLOSED = (Permission("results.read", allowed=False, title="Results are his own from 12 to 17.", rule="FAM-3"),)
DANIEL = FamilyMember("1", 1, "Daniel Reyes", "Daniel", "Reyes", "you", 38, Access.FULL, "your own record", can=READ)
LEO = FamilyMember("4", 4, "Leo Reyes", "Leo", "Reyes", "son", 14, Access.LIMITED, "ages 12 to 17", can=CLOSED)
SOFIA = FamilyMember(
    "5", 5, "Sofia Reyes", "Sofia", "Reyes", "daughter", 18, Access.NONE, "adult since 3 Nov 2026",
    next="Turned 18, so her record is hers. She can grant access.",
)  # fmt: skip
LIPIDS = NewItem(
    "results", "DiagnosticReport/1", "Lipid panel: LDL 148", "high", datetime(2026, 11, 20, 17, tzinfo=UTC)
)
VISIT = UpcomingAppointment(
    datetime(2026, 12, 2, 20, tzinfo=UTC), "America/New_York", "Sports physical, Adolescent Clinic", "Belvoir", "booked"
)


def drawn(width: int, *people: tuple[FamilyMember, PersonNews | str | None], two_rows: bool = False) -> list[str]:
    view = HomeView(two_rows=two_rows)
    rows = home_rows(people, gaps=False)
    return text_of(line for row in rows for line in view.draw(row, width)).split("\n")


def test_the_rows_of_the_mockup_at_80() -> None:
    found = drawn(79, (DANIEL, PersonNews(DANIEL, (LIPIDS,))), (LEO, PersonNews(LEO, (), (VISIT,))), (SOFIA, None))
    assert found == [
        "▎ DANIEL REYES  you                                               full access",
        "▎ • Results    Lipid panel: LDL 148                  ▲ High            20 Nov",
        "▎ LEO REYES  son, 14                            limited access: ages 12 to 17",
        "▎   Appts      Sports physical, Adolescent Clinic    booked       2 Dec 15:00",
        "▎   Results are his own from 12 to 17.",
        "▎ SOFIA REYES  daughter, 18                 no access: adult since 3 Nov 2026",
        "▎   Turned 18, so her record is hers. She can grant access.",
    ]


@pytest.mark.rule("RX-12")
def test_what_runs_out_and_nobody_asked_for_is_to_do_and_never_cut() -> None:
    due = SupplyAhead("MedicationRequest/1", "Apixaban 5 mg tablet", date(2026, 12, 4), 4, due=True)
    asked = SupplyAhead("MedicationRequest/2", "Metformin 1000 mg tablet", date(2026, 12, 8), 8, asked="renewal")
    asked = replace(asked, by="Cmdr. Alan Park")
    later = replace(
        due, key="MedicationRequest/3", title="Lisinopril 10 mg", out=date(2026, 12, 12), left=12, due=False
    )
    news = PersonNews(DANIEL, (LIPIDS,), supplies=(due, asked, later))
    assert drawn(79, (DANIEL, news))[1:] == [
        "▎ • Results    Lipid panel: LDL 148                  ▲ High            20 Nov",
        "▎ ! Refills    Apixaban 5 mg tablet     runs out Fri 4 Dec: nothing asked yet",
        "▎   Refills    Metformin 1000 mg tablet              renewal, with Cmdr. Park",
        "▎   Refills    Lisinopril 10 mg                           runs out Sat 12 Dec",
    ]
    long = replace(news, items=(), supplies=(replace(due, title="Levothyroxine sodium 50 mcg tablet"),))
    assert drawn(79, (DANIEL, long))[1:] == [
        "▎ ! Refills    Levothyroxine sodium 50 mcg tablet",
        "▎                                       runs out Fri 4 Dec: nothing asked yet",
    ]
    assert drawn(44, (DANIEL, news), two_rows=True)[3:5] == [
        "▎ ! Apixaban 5 mg tablet",
        "▎   runs out Fri 4 Dec: nothing asked yet",
    ]
    assert all(len(line) <= 39 for line in drawn(39, (DANIEL, news))[1:])
    assert counted([(DANIEL, news)]) == "1 person · 1 new · 1 to do"
    denied = replace(news, items=(), supplies=(replace(due, denied=date(2026, 11, 28)),))
    assert drawn(79, (DANIEL, denied))[1].endswith("runs out Fri 4 Dec: renewal denied 28 Nov")
    roles = [HomeView().draw(SupplyRow(DANIEL, replace(due, left=left)), 79)[0][-1][1] for left in (2, 1, 0)]
    assert roles == ["pending bold", "critical bold", "critical bold"]
    ready = NewItem("refills", asked.key, asked.title, "ready", datetime(2026, 11, 20, tzinfo=UTC), date(2026, 12, 4))
    fetched = PersonNews(DANIEL, (ready,), supplies=(asked,))
    shown = drawn(79, (DANIEL, fetched))
    assert shown[1:] == ["▎ ! Refills    Metformin 1000 mg tablet              ready           by 4 Dec"]
    assert counted([(DANIEL, fetched)]) == "1 person · nothing new · 1 to do"


@pytest.mark.rule("CLIP-1")
def test_a_visit_says_whether_its_clipboard_is_filled_in() -> None:
    for state, words in (("to-fill-in", "to fill in"), ("begun", "half filled"), ("submitted", "booked")):
        assert words in drawn(79, (LEO, PersonNews(LEO, (), (replace(VISIT, clipboard=state),))))[1]


@pytest.mark.rule("APPT-6")
def test_a_request_that_was_answered_says_how_and_a_visit_stands_there_once() -> None:
    offered, declined, booked = (
        NewItem("appointments", f"Appointment/{n}", title, state, datetime(2026, 11, 23, tzinfo=UTC))
        for n, (title, state) in enumerate(
            (("Skin check: 3 slots offered", "offered"), ("Skin check: By referral only.", "declined"), ("X", "booked"))
        )
    )
    news = PersonNews(DANIEL, (offered, declined, booked), (replace(VISIT, key=booked.key),))
    assert drawn(79, (DANIEL, news))[1:] == [
        "▎ ! Appts      Skin check: 3 slots offered           choose one        23 Nov",
        "▎ • Appts      Skin check: By referral only.         declined          23 Nov",
        "▎ • Appts      X                                     booked            23 Nov",
    ]
    assert counted([(DANIEL, news)], access=1) == "1 person · 2 new · 2 to do"


@pytest.mark.rule("APPT-9")
def test_an_hour_that_is_not_the_viewers_own_names_its_zone() -> None:
    there = UpcomingAppointment(VISIT.at, "Europe/Berlin", "Hearing test", "Landstuhl", "booked")
    for zone, words in (("Europe/Berlin", " Hearing test"), ("America/New_York", " CET: Hearing test")):
        (line,) = HomeView(zone=zone).draw(UpcomingRow(DANIEL, there), 79)
        assert words in text_of([line])
        assert " 2 Dec 21:00" in text_of([line])
    pane = text_of(aside_lines([PersonNews(DANIEL, (), (there,))], Account("", "", zone="America/New_York"), 45))
    assert "21:00 Daniel CET: Hearing test" in pane


@pytest.mark.rule("MSG-5")
@pytest.mark.parametrize("width", [44, 79])
def test_what_waits_for_an_answer_is_told_by_its_subject(width: int) -> None:
    waits = AwaitedAnswer("Thread/1", "Renewal of naproxen", "Fort Belvoir Family Medicine", date(2026, 11, 20), True)
    assert "Renewal of naproxen, to F" in drawn(width, (DANIEL, PersonNews(DANIEL, waiting=(waits,))))[1]


@pytest.mark.rule("MSG-9")
def test_a_draft_is_something_to_do() -> None:
    draft = NewItem("inbox", "Draft/1", "To Belvoir Pediatrics: Spacer", "not sent", LIPIDS.at)
    found = drawn(79, (DANIEL, PersonNews(DANIEL, (draft,))))
    assert found[1] == "▎ ! Drafts     To Belvoir Pediatrics: Spacer         not sent          20 Nov"
    assert counted([(DANIEL, PersonNews(DANIEL, (draft, LIPIDS)))]) == "1 person · 1 new · 1 to do"


@pytest.mark.rule("FAM-12", "CLIP-1")
async def test_what_is_to_be_done_is_reached_from_a_wide_window_too(
    mock: Mock, transport: httpx.ASGITransport, sign_in: SignIn
) -> None:
    jordan = await sign_in("jordan.whitfield")
    key = {"Idempotency-Key": "3f1c9d2e-5a77-4d0e-9a51-0c8f7a6f2b10"}
    body = {"receiver": "daniel.reyes", "scope": "limited"}
    assert (await jordan.post("/portal/v1/family/grants", json=body, headers=key)).status_code == 201
    async with session(mock, transport, size=(120, 40), username="daniel.reyes") as app:
        await app.expect("jordan.whitfield offers you a", "to answer", "to fill in", "9 to do")
        rows = app.app.screen.query_one(HomeList)
        rows.cursor = next(n for n, row in enumerate(rows.rows) if isinstance(row, AccessRow))
        await app.press("enter")
        await app.until(lambda: app.app.current_mode == "family")
        await app.press("1")
        await app.until(lambda: app.app.current_mode == "home")
        rows.cursor = next(
            n for n, row in enumerate(rows.rows) if isinstance(row, UpcomingRow) and row.person.given == "Maya"
        )
        await app.press("enter")
        await app.expect("MAYA REYES", "Asthma follow-up", "b fills it in.")


@pytest.mark.rule("MSG-9")
async def test_enter_on_a_draft_goes_on_writing(mock: Mock, transport: httpx.ASGITransport, sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    me = (await daniel.get("/portal/v1/session")).json()["person"]["id"]
    draft = {"patient": me, "subject": "Knee brace", "body": "It began on Monday."}
    id = "3f1c9d2e-5a77-4d0e-9a51-0c8f7a6f2b10"
    assert (await daniel.put(f"/portal/v1/drafts/{id}", json=draft)).status_code == 200
    async with session(mock, transport, size=(80, 24), username="daniel.reyes") as app:
        await app.expect("To nobody yet: Knee brace")
        rows = app.app.screen.query_one(HomeList)
        rows.cursor = next(
            n for n, row in enumerate(rows.rows) if isinstance(row, NewsRow) and row.item.key.endswith(id)
        )
        await app.press("enter")
        await app.expect("Not for emergencies", "It began on Monday.", "Knee brace")


def test_two_rows_an_item_on_a_phone() -> None:
    found = drawn(44, (DANIEL, PersonNews(DANIEL, (LIPIDS,))), (LEO, PersonNews(LEO)), two_rows=True)
    assert found == [
        "▎ DANIEL REYES  you             full access",
        "▎ • Lipid panel: LDL 148",
        "▎   ▲ High · 20 Nov",
        "▎ LEO REYES  son, 14         limited access",
        "▎   Results are his own from 12 to 17.",
    ]


def test_each_person_has_a_stripe_in_their_own_colour() -> None:
    rows = home_rows([(DANIEL, PersonNews(DANIEL, (LIPIDS,))), (LEO, None)], gaps=False)
    stripes = [HomeView().draw(row, 79)[0][0] for row in rows]
    assert stripes == [("▎", "sign patient-1-ink")] * 2 + [("▎", "sign patient-4-ink")] * 2


def test_a_person_whose_news_failed_has_a_line_of_their_own() -> None:
    rows = home_rows([(DANIEL, "The server can't be reached."), (LEO, None)], gaps=True)
    assert TextRow(DANIEL, "The server can't be reached.", "critical", opens=True) in rows
    assert TextRow(LEO, "Loading…", "italic muted") in rows


def test_only_what_enter_opens_takes_the_cursor() -> None:
    view = HomeView()
    rows = home_rows([(DANIEL, PersonNews(DANIEL, (LIPIDS,))), (LEO, PersonNews(LEO, (), (VISIT,)))], gaps=True)
    assert [view.key(row) for row in rows if view.selectable(row)] == ["1 DiagnosticReport/1"]
    nothing = home_rows([(DANIEL, PersonNews(DANIEL))], gaps=False)
    assert [view.key(row) for row in nothing if view.selectable(row)] == ["1"]


def test_news_are_counted() -> None:
    assert counted([(DANIEL, PersonNews(DANIEL, (LIPIDS,))), (LEO, None)]) == "2 people · 1 new"
    assert counted([(DANIEL, PersonNews(DANIEL))]) == "1 person · nothing new"


def test_the_right_pane_of_the_mockup() -> None:
    lines = text_of(aside_lines([PersonNews(LEO, (), (VISIT,))], Account("CAC", "Premium", "09:41"), 45)).split("\n")
    assert lines == [
        " COMING UP                      next 14 days",
        " Wed  2 Dec 15:00 Leo    Sports physical, A…",
        "",
        " ACCOUNT",
        " ✓ DEERS     read 09:41",
        " ✓ CAC       Premium",
        "",
        " HELP",
        " Global Service Center, 24/7",
        " 1-800-600-9332",
    ]
    assert "Nothing in the next 14 days" in text_of(aside_lines([], Account("CAC", "Premium"), 45))


# on the real mock


@pytest.mark.rule("FAM-9")
async def test_the_whole_familys_news_show_at_every_size(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport) as app:
        async for size in app.sizes():
            assert "FAMILY · 6 people" in app.lines[0]
            assert "New since Fri 20 Nov 17:05" in app.text
            assert "DANIEL REYES  you" in app.text
            assert app.line("Lipid panel").startswith("▌▎ •")
            assert ("COMING UP" in app.text) == (size[0] >= 120)
            await app.press("G")
            await app.until(lambda: "Pediatrics visit" in app.text or "Dr. Grace Kim" in app.text)
            assert all(len(line) <= size[0] for line in app.lines)
            await app.press("g")


def test_the_right_pane_says_what_it_has_no_room_for() -> None:
    lines = aside_lines((), Account("DS Logon", "Premium"), 40)
    assert fitted_lines(lines, len(lines)) == lines
    short = text_of(fitted_lines(lines, 4)).split("\n")
    assert len(short) == 4
    assert short[-1] == " ↓ 5 more rows in a higher window"


async def test_the_right_pane_tells_when_deers_was_read(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, size=(120, 40)) as app:
        await app.expect("✓ DEERS     read ", "✓ DS Logon  Premium", "1-800-600-9332")
        await app.expect("WAITING FOR AN ANSWER", "Dr. Grace Kim", "Maya Peak flow numbers")
        assert app.lines[2][:60] == "━" * 60
        assert app.lines[2][74:76] == "┬─"


@pytest.mark.rule("FAM-9", "REL-5")
async def test_enter_goes_to_that_result_as_that_person(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport) as app:
        await app.until(lambda: "·" in app.lines[3] and "new" in app.lines[3])
        home = app.app.screen
        assert isinstance(home, HomeScreen)
        rows = home.query_one(VirtualList)
        await app.press("G")
        while not (isinstance(rows.current, NewsRow) and rows.current.item.place == "results"):
            await app.press("k")
        wanted = rows.current.item.title.partition(":")[0]
        before = int(app.line(" new").split(" new")[0].rsplit(" ", 1)[-1])
        await app.press("enter")
        await app.until(lambda: "MAYA REYES" in app.lines[0] and wanted in app.lines[3])
        assert "daughter, 8" in app.lines[0]
        await app.press("1")
        await app.expect("FAMILY · 6 people", f"{before - 1} new")


@pytest.mark.rule("FAM-3")
async def test_what_is_closed_says_so_beside_the_name(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, size=(120, 40)) as app:
        assert "limited access: ages 12 to 17" in app.line("LEO REYES")
        place = app.lines.index(app.line("LEO REYES"))
        assert "Results" not in "".join(line[:14] for line in app.lines[place : place + 3])


@pytest.mark.parametrize(
    ("words", "lands"), [("Blood pressure", "2 messages"), ("Levothyroxine", "TRACKING"), ("Orthopedics", "30 minutes")]
)
async def test_enter_opens_messages_refills_and_appointments_in_their_places(
    mock: Mock, transport: httpx.ASGITransport, words: str, lands: str
) -> None:
    async with session(mock, transport) as app:
        await app.expect(words)
        rows = app.app.screen.query_one(VirtualList)
        while words not in text_of(rows._view.draw(rows.current, 79)):
            await app.press("j")
        await app.press("enter")
        await app.expect("DANIEL REYES · your record", lands)
        await app.press("escape", "escape")
        await app.expect("FAMILY · 6 people")


async def test_who_waits_for_an_answer_stands_at_the_right(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, size=(120, 40)) as app:
        await app.expect("WAITING FOR AN ANSWER")
        assert "Fort Belvoir Family" in app.line("due Wed 25 Nov")
        assert "Fort Belvoir Family" in app.line("overdue 16 Nov")


class Broken(httpx.AsyncBaseTransport):
    """Cuts the connection for the news of one person."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner
        self.person = ""
        self.all = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if (self.person and path.endswith(f"/{self.person}/news")) or (self.all and "/portal/" in path):
            raise httpx.ConnectError("cut", request=request)
        return await self.inner.handle_async_request(request)


async def test_one_persons_failure_leaves_the_others_alone(mock: Mock, transport: httpx.ASGITransport) -> None:
    line = Broken(transport)
    async with session(mock, line, size=(120, 40)) as app:
        assert app.app.people is not None
        (elena,) = app.app.people.find("spouse")
        line.person = elena.id
        await app.press("f5")
        await app.until(lambda: "can't be reached" in app.text)
        place = app.lines.index(app.line("ELENA REYES"))
        assert "can't be reached" in "".join(app.lines[place : place + 3])
        assert "Lipid panel" in app.text


async def test_old_news_stay_when_nothing_can_be_reached(mock: Mock, transport: httpx.ASGITransport) -> None:
    line = Broken(transport)
    async with session(mock, line, size=(120, 40)) as app:
        line.all = True
        await app.press("f5")
        await app.expect("Can't load the family's news", "try again", "Lipid panel")
        assert "offline since" in app.lines[0]
        line.all = False
        await app.press("full_stop")
        await app.until(lambda: "Can't load" not in app.text)
