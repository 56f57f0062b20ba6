"""The inbox on the real client and the real mock: what a person sees and presses, at every size."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.screens.messages.inbox.screen import InboxScreen
from tests.portal.test_messages import add_threads
from tests.screens.signed_in import BOTH_ENDS, Session, session

Open = Callable[..., AbstractAsyncContextManager[Session]]
DANIEL_ID = "12742301"


@pytest.fixture
def opened(mock: Mock, transport: httpx.ASGITransport) -> Open:
    """Opens the app at a size, on somebody's inbox."""

    @asynccontextmanager
    async def run(
        size: tuple[int, int] = (80, 24), *, patient: str = "you", username: str = "daniel.reyes"
    ) -> AsyncIterator[Session]:
        async with session(mock, transport, size=size, username=username, patient=patient, place="inbox") as app:
            await app.until(lambda: isinstance(app.app.screen, InboxScreen))
            await app.until(lambda: "✓" in app.lines[0] or "Can't" in app.text)
            yield app

    return run


def inbox(app: Session) -> InboxScreen:
    screen = app.app.screen
    assert isinstance(screen, InboxScreen)
    return screen


def subjects(app: Session) -> list[str]:
    return [row.subject for row in inbox(app).list.rows]


# the list


async def test_the_newest_conversation_comes_first_and_unread_ones_have_their_mark(opened: Open) -> None:
    async with opened() as app:
        async for size in app.sizes():
            first = app.line("20 Nov")
            assert first.startswith("▌•")
            assert "Blood pressure readings" in app.text
            assert "Inbox •1  Sent" in app.text
            assert len(app.lines) == size[1]
            assert all(len(line) <= size[0] for line in app.lines)
            assert ("Dr. Anna Okafor" in first) is (size != (40, 10))


@pytest.mark.rule("MSG-5", "MSG-10")
async def test_states_stand_at_the_right(opened: Open) -> None:
    async with opened() as app:
        for size in ((45, 50), (80, 24), (120, 40)):
            await app.pilot.resize_terminal(*size)
            for subject, state in (
                ("Knee brace: which size?", "due Wed"),
                ("Renewal of naproxen", "overdue"),
                ("Skin biopsy: benign", "closed"),
            ):
                line = app.line(subject)
                assert state in line[line.index(subject) :]


async def test_one_row_an_item_at_80(opened: Open) -> None:
    async with opened() as app:
        line = app.line("Knee brace")
        assert line == "   Fort Belvoir Family Me… Knee brace: which size?              due Wed  20 Nov"


async def test_list_and_thread_stand_side_by_side_from_120(opened: Open) -> None:
    async with opened((120, 40)) as app:
        await app.expect("Thank you, that is useful.")
        assert app.line("Dr. Anna Okafor").index("│") == 46
        assert "•" in app.line("Dr. Anna Okafor → you")


# folders


async def test_folders_change_by_arrow(opened: Open) -> None:
    async with opened() as app:
        everything = subjects(app)
        await app.press("right")
        await app.until(lambda: "Skin biopsy: benign" not in app.text and "✓" in app.lines[0])
        assert subjects(app)
        assert set(subjects(app)) < set(everything)
        await app.press("left")
        await app.until(lambda: "Skin biopsy: benign" in app.text)
        assert subjects(app) == everything


async def test_an_empty_folder_says_so(opened: Open) -> None:
    async with opened(patient="Mateo") as app:
        assert "Of this record, you see messages that you wrote or received." in app.text
        await app.press("right")
        await app.expect("Nothing sent yet")


# reading


@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_enter_opens_the_thread_and_what_was_unread_is_read(opened: Open, size: tuple[int, int]) -> None:
    async with opened(size) as app:
        assert "3 Inbox •1" in app.text or "Inbox•1" in app.text or size[0] < 60
        await app.press("enter")
        await app.expect("Thank you, that is useful." if size[0] > 45 else "Thank you")
        await app.until(lambda: inbox(app).counts()["inbox"] == 0, "the count stayed")
        assert inbox(app).in_detail
        async for _, height in app.sizes():
            if height > 10:
                await app.expect("• Dr. Anna Okafor → you")
                await app.expect("You can reply until Mon 4 Jan 2027.")
        await app.pilot.resize_terminal(*size)
        await app.press("escape")
        await app.until(lambda: not inbox(app).in_detail)
        assert "Inbox •" not in app.text


async def test_what_was_read_is_read_on_the_server_and_in_every_place(
    mock: Mock, transport: httpx.ASGITransport
) -> None:
    async with session(mock, transport) as app:
        await app.open("you", "inbox")
        await app.until(lambda: isinstance(app.app.screen, InboxScreen) and "✓" in app.lines[0])
        await app.press("enter")
        await app.until(lambda: inbox(app).counts()["inbox"] == 0)
        await app.press("1")
        await app.until(lambda: "FAMILY" in app.lines[0] and "✓" in app.lines[0])
        assert app.app.people is not None
        assert app.app.people.people[0].unread == 0
        assert (await app.app.portal.family.load()).people[0].unread == 0


async def test_what_the_server_was_not_told_stays_unread(opened: Open, transport: httpx.ASGITransport) -> None:
    async with opened() as app:
        carried = transport.handle_async_request

        async def cut(request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/seen"):
                raise httpx.ConnectError("cut")
            return await carried(request)

        transport.handle_async_request = cut  # type: ignore[method-assign]
        await app.press("enter")
        await app.until(lambda: bool(app.app.notes), "no word of it")
        assert inbox(app).counts()["inbox"] == 1
        assert inbox(app).list.rows[0].unread == 1
        transport.handle_async_request = carried  # type: ignore[method-assign]


async def test_moving_over_a_thread_reads_nothing(opened: Open) -> None:
    async with opened((120, 40)) as app:
        await app.expect("Thank you, that is useful.")
        await app.press("j")
        await app.expect("The brace I was given slips down")
        assert (await app.app.portal.family.load()).people[0].unread == 1


async def test_a_long_thread_opens_at_its_first_unread_message(mock: Mock, opened: Open) -> None:
    with mock.database.begin() as conn:
        conn.exec_driver_sql(
            "UPDATE message SET opened = NULL WHERE thread_id ="
            " (SELECT id FROM thread WHERE subject = 'Knee exercises: how far?') AND id LIKE '%-12'"
        )
    async with opened() as app:
        inbox(app).list.cursor = subjects(app).index("Knee exercises: how far?")
        await app.press("enter")
        await app.expect("• Lt. Col. Helen Brandt → you", "Very good. Keep the bicycle")
        assert "12 messages" not in app.text, "the top has scrolled away"
        await app.press("g")
        await app.expect("12 messages", "You → Lt. Col. Helen Brandt")


@pytest.mark.rule("MSG-5")
async def test_an_overdue_question_says_what_to_do(opened: Open) -> None:
    """Sent on Tuesday 10 November; Wednesday is Veterans Day."""
    async with opened() as app:
        inbox(app).list.cursor = subjects(app).index("Renewal of naproxen")
        await app.press("enter")
        await app.expect("Overdue: an answer was due by Mon 16 Nov 2026.", "Call the clinic")


@pytest.mark.rule("MSG-10")
async def test_a_closed_conversation_says_why_and_what_to_do(opened: Open) -> None:
    async with opened() as app:
        inbox(app).list.cursor = subjects(app).index("Travel form for Germany")
        await app.press("enter")
        await app.expect("This conversation is closed", "Write a new message; the old one can be quoted.")
        await app.expect("Answered late")


@pytest.mark.rule("FAM-10")
async def test_a_parents_thread_names_both(opened: Open) -> None:
    async with opened((120, 40), patient="Maya") as app:
        await app.expect("You, for Maya Reyes → Fort Belvoir Pediatrics")
        await app.expect("Fort Belvoir Pediatrics → you, for Maya Reyes")


@pytest.mark.rule("FAM-3")
async def test_a_parent_of_a_teen_sees_what_they_wrote_or_received(opened: Open) -> None:
    async with opened(patient="Leo") as app:
        assert subjects(app) == ["Sports clearance date"]


@pytest.mark.rule("ID-5")
async def test_basic_is_told_why_not(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, username="nadia.haddad") as app:
        await app.press("3")
        await app.expect("Can't show your messages", "Rule ID-5", "Upgrade")


# paging


async def test_pages_come_as_the_cursor_nears_the_end(mock: Mock, opened: Open) -> None:
    add_threads(mock, DANIEL_ID, 1_200)
    async with opened() as app:
        total = 1_200 + 10
        assert f"50 of {total:,}" in app.text
        assert len(subjects(app)) == 50
        for many in (100, 150, 200):
            await app.press(*["pagedown"] * 3)
            await app.until(lambda many=many: len(subjects(app)) >= many, "the next page never came")
        assert inbox(app).list.key
        assert len({row.id for row in inbox(app).list.rows}) == len(subjects(app)) < 400
        assert f"of {total:,}" in app.text
        assert app.lines[2].endswith(f" of {total:,} ━")
        assert app.lines[-2].endswith("↓")
        await app.press("G")
        await app.until(lambda: len(subjects(app)) == total, "G never reached the last one")
        assert "↓" not in app.text
        key = inbox(app).list.key
        await app.press("f5")
        await app.until(lambda: "✓" in app.lines[0])
        assert key


async def test_moving_down_row_by_row_reaches_the_next_page(mock: Mock, opened: Open) -> None:
    add_threads(mock, DANIEL_ID, 60)
    async with opened() as app:
        await app.press(*["j"] * 30)
        await app.until(lambda: len(subjects(app)) == 70)
        assert inbox(app).list.cursor == 30
        assert " of 70" not in app.line("Trash"), "all of it is here"


# search


async def test_typing_narrows_and_enter_looks_into_every_message(opened: Open) -> None:
    async with opened() as app:
        await app.press("slash", *"brace")
        await app.until(lambda: subjects(app) == ["Knee brace: which size?"])
        await app.press(*["backspace"] * 5, *"meniscus")
        await app.expect("No subject or sender here with “meniscus”.", "enter")
        await app.press("enter")
        await app.until(lambda: subjects(app) == ["Knee X-ray result"])
        assert "1 found" in app.text
        await app.press("enter")
        await app.expect("Fluid after a twist")
        await app.press("escape")
        assert subjects(app) == ["Knee X-ray result"]
        await app.press("escape")
        await app.until(lambda: len(subjects(app)) > 5)


async def test_nothing_found_says_what_was_looked_for(opened: Open) -> None:
    async with opened() as app:
        await app.press("slash", *"unicorn", "enter")
        await app.expect("No conversation holds “unicorn”.", "shows all")
        await app.press("escape")
        await app.expect("Blood pressure readings")


async def test_escape_while_typing_shows_everything(opened: Open) -> None:
    async with opened() as app:
        before = subjects(app)
        await app.press("slash", *"brace", "escape")
        await app.until(lambda: subjects(app) == before)
        assert inbox(app).list.has_focus


async def test_the_row_is_copied_as_one_line(opened: Open) -> None:
    async with opened() as app:
        await app.press("y")
        assert app.app.clipboard == "Fri 20 Nov 2026 14:05 EST · Dr. Anna Okafor · Blood pressure readings"


async def test_a_conversation_asked_for_elsewhere_is_opened(opened: Open, mock: Mock) -> None:
    async with opened() as app:
        key = inbox(app).list.rows[2].key
        await app.press("1")
        await app.until(lambda: "FAMILY" in app.lines[0])
        assert app.app.people is not None
        app.app.open_record(app.app.people.people[0], "inbox", key)
        await app.until(lambda: isinstance(app.app.screen, InboxScreen) and inbox(app).in_detail)
        assert inbox(app).list.key == key
