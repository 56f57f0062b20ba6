"""Appointments on the real client and the real mock: what a person sees and presses, at every size."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.screens.appointments.month import MonthScreen
from tests.screens.signed_in import BOTH_ENDS, DANIEL, Session, session

Open = Callable[..., AbstractAsyncContextManager[Session]]
PHONE, TERMINAL, WIDE = (45, 50), (80, 24), (120, 40)


@pytest.fixture
def opened(mock: Mock, transport: httpx.ASGITransport) -> Open:
    """The app on somebody's appointments."""

    @asynccontextmanager
    async def open(
        size: tuple[int, int] = TERMINAL, *, whose: str = "you", username: str = DANIEL, item: str = ""
    ) -> AsyncIterator[Session]:
        at = {"patient": whose, "place": "appointments", "item": item, "insist": True}
        async with session(mock, transport, size=size, username=username, **at) as app:
            await app.until(lambda: app.app.current_mode.startswith("appointments"))
            await app.until(lambda: "✓" in app.lines[0] or "Can't" in app.text)
            yield app

    return open


@pytest.mark.rule("APPT-9")
async def test_the_soonest_comes_first_with_the_clinic_s_time(opened: Open) -> None:
    async with opened() as app:
        async for size in app.sizes():
            assert app.lines.index(app.line("UPCOMING  7")) + 1 == app.lines.index(app.line("Fri 27 Nov 14:20 EST"))
            assert app.line("Fri 27 Nov").startswith("▌ Fri 27 Nov 14:20 EST Orthopedics: MR")
            assert "Cancelled" in (app.text if size == PHONE else app.line("Mon 30 Nov"))
            assert len(app.lines) == size[1]
            assert all(len(line) <= size[0] for line in app.lines)


async def test_columns_at_80(opened: Open) -> None:
    async with opened() as app:
        assert "Lt. Col. Brandt" in app.line("Fri 27 Nov")
        assert "by video" in app.line("Tue  1 Dec")
        assert "= 03:00 EST" in app.line("Tue 29 Dec 09:00 CET")
        assert app.lines.index(app.line("REQUESTED  1")) < app.lines.index(app.line("PAST  10"))
        assert "Requested" in app.line("Wed  2 Dec morning   Skin check")
        assert "Missed" in app.line(" 4 Nov 26")


@pytest.mark.rule("APPT-8")
@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_enter_tells_all_and_esc_goes_back(opened: Open, size: tuple[int, int]) -> None:
    async with opened(size) as app:
        await app.press("enter")
        async for now in app.sizes():
            await app.expect("Orthopedics: MRI results", "Fri 27 Nov 2026 14:20")
            if now[1] > 10:
                await app.expect("With         Lt. Col. Helen Brandt", "571-555-0123", "in person", "Wear shorts")
                await app.expect("WHAT CAN BE DONE", "You can cancel or move it until it starts")
            if now == WIDE:
                await app.expect("Booked       Mon 2 Nov 2026 09:42 EST", "UPCOMING")
        await app.pilot.resize_terminal(*size)
        await app.press("escape")
        await app.expect("UPCOMING  7")


@pytest.mark.rule("APPT-9")
async def test_an_appointment_abroad_is_told_on_both_clocks(opened: Open) -> None:
    async with opened() as app:
        await app.press(*"jjjjjj", "enter")
        await app.expect("When         Tue 29 Dec 2026 09:00 CET, 20 minutes", "Zone         Europe/Berlin")
        await app.expect("Your time    Tue 29 Dec 2026 03:00 EST (America/New_York)")


@pytest.mark.rule("APPT-6", "APPT-7")
async def test_a_request_tells_what_was_asked_for_and_why_it_can_t_be_moved(opened: Open) -> None:
    async with opened() as app:
        await app.press(*"jjjjjjjj", "enter")
        await app.expect("Requested", "Wed 2 Dec 2026 morning, 08:00-12:00 EST", "Mon 7 Dec 2026 afternoon")
        await app.expect("You can withdraw the request", "Rule APPT-7", "The mole on my left shoulder")


async def test_a_refusal_is_told_once_with_its_next_step(opened: Open) -> None:
    async with opened() as app:
        await app.press("j", "enter")
        await app.expect("Cancelled: The dietitian is away that week", "It is cancelled.", "Rule APPT-7")
        assert app.text.count("It is cancelled.") == 1


@pytest.mark.rule("ID-5")
async def test_a_basic_account_is_told_what_acting_needs(opened: Open) -> None:
    async with opened(username="nadia.haddad") as app:
        await app.press("enter")
        await app.expect("Lab follow-up", "This needs a Premium DS Logon.", "Rule ID-5")


@pytest.mark.rule("FAM-3", "FAM-7")
async def test_a_parent_sees_a_teenager_s_agenda_without_what_is_sensitive(opened: Open) -> None:
    async with opened(whose="Leo") as app:
        await app.expect("Sports physical", "Sports injury clinic")
        assert "counseling" not in app.text


@pytest.mark.rule("FAM-6")
async def test_a_closed_record_opens_no_agenda(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, transport, username="nora.walsh") as app:
        assert app.app.people is not None
        (george,) = app.app.people.find("George Walsh")
        app.app.navigation.open_record(george, "appointments", insist=True)
        await app.until(lambda: app.app.portal.record is None and app.app.notes != ())
        assert "UPCOMING" not in app.text


async def test_search_narrows_and_esc_shows_all(opened: Open) -> None:
    async with opened() as app:
        await app.press("slash", *"video")
        await app.until(lambda: "Orthopedics" not in app.text)
        assert "UPCOMING  1" in app.text
        await app.press("enter")
        assert "enter open" in app.keys
        await app.press("escape")
        await app.expect("UPCOMING  7")


async def test_search_that_finds_nothing_says_so(opened: Open) -> None:
    async with opened() as app:
        await app.press("slash", *"zebra")
        await app.expect("Nothing with “zebra” among 19 appointments.", "shows all")
        await app.press("escape")
        await app.expect("UPCOMING  7")


@pytest.mark.parametrize("size", BOTH_ENDS)
async def test_the_month_opens_on_the_chosen_day_and_enter_goes_back_to_it(opened: Open, size: tuple[int, int]) -> None:
    async with opened(size) as app:
        await app.press("j", "j", "M")
        await app.expect("December 2026", "Sun", "29•1")
        assert isinstance(app.app.screen, MonthScreen)
        await app.press("tab", "tab", "enter")
        await app.until(lambda: not isinstance(app.app.screen, MonthScreen))
        await app.expect("Lipids, lab walk-in", "Fri 4 Dec 2026 08:20")


@pytest.mark.rule("FAM-7", "FAM-9")
@pytest.mark.parametrize("size", [PHONE, TERMINAL, WIDE])
async def test_the_whole_family_s_agenda_opens_each_as_its_person(opened: Open, size: tuple[int, int]) -> None:
    async with opened(size, whose="Maya") as app:
        await app.press("F")
        await app.expect("FAMILY · 6 people", "Daniel", "Maya", "REQUESTED")
        assert app.text.index("Asthma follow-up") < app.text.index("Cholesterol"), "soonest first"
        assert ("PAST" in app.text, "Adolescent" in app.text) == (False, False)
        if size == WIDE:
            await app.expect("MAYA REYES", "WHAT CAN BE DONE")
        await app.press("slash", *"leo", "enter")
        await app.expect("UPCOMING  1", "Sports physical", "Leo")
        await app.press("enter")
        await app.expect("LEO", "son, 15" if size != PHONE else "15", "With         Capt. Luis Ortega")
        assert app.app.portal.record is not None
        assert app.app.portal.record.patient.given == "Leo"


async def test_the_keys_of_the_row_under_the_cursor_show(opened: Open) -> None:
    async with opened() as app:
        await app.expect("c cancel", "m move", "b clipboard")
        await app.press(*"jjjjjjjj")
        await app.expect("c cancel", "Skin check")
        assert "m move" not in app.keys, "a request has no time that could be moved"
        await app.press("g")
        await app.press(*"jjjjjjjjj")
        await app.expect("B book again", "v visit summary")
        assert "c cancel" not in app.lines[-1]
        await app.press("v")
        await app.until(lambda: app.app.current_mode.startswith("results"))
        await app.expect("FAMILY MEDICINE VISIT", "Chief complaint: left knee pain")


async def test_the_help_tells_a_key_once(opened: Open) -> None:
    async with opened() as app:
        await app.press("M", "question_mark")
        await app.expect("Keys of this screen")
        assert (app.text.count("← →"), app.text.count("esc  esc")) == (1, 0)


async def test_esc_leaves_the_month_as_the_agenda_was(opened: Open) -> None:
    async with opened() as app:
        await app.press("j", "M", "right_square_bracket", "escape")
        await app.until(lambda: not isinstance(app.app.screen, MonthScreen))
        assert app.line("Mon 30 Nov").startswith("▌")


@pytest.mark.parametrize("size", [TERMINAL, WIDE])
async def test_another_place_opens_one_appointment_here(opened: Open, size: tuple[int, int]) -> None:
    async with opened(size, item="Appointment/4800001") as app:
        await app.expect("Lipids, lab walk-in", "Fri 4 Dec 2026 08:20 EST")
        await app.press("escape", "2")
        await app.until(lambda: app.app.current_mode.startswith("results"))
        assert app.app.people is not None
        app.app.open_record(app.app.people.people[0], "appointments", "Appointment/4800007")
        await app.expect("Wed 2 Dec 2026 morning")


async def test_a_person_without_appointments_is_told_so(opened: Open, mock: Mock) -> None:
    with mock.database.begin() as conn:
        conn.exec_driver_sql("DELETE FROM resource WHERE type = 'Appointment'")
    async with opened() as app:
        await app.expect("No appointments since 19 Oct 2025", "looks further back")
        assert "M month" not in app.keys
        await app.press("A")
        await app.expect("No appointments yet", "They show here once a clinic has booked one.")


async def test_all_years_tell_what_is_older(opened: Open, mock: Mock) -> None:
    mock.clock.set(mock.clock.now() + timedelta(days=500))
    async with opened() as app:
        await app.press("G")
        await app.until(lambda: "12 Nov 25" not in app.text)
        await app.press("A")
        await app.until(lambda: "✓" in app.lines[0])
        await app.press("G")
        await app.expect("12 Nov 25", "Periodic health assess")
        await app.press("A")
        await app.until(lambda: "12 Nov 25" not in app.text)


async def test_copy_takes_one_line(opened: Open) -> None:
    async with opened() as app:
        await app.press("y")
        assert app.app.clipboard == (
            "Fri 27 Nov 2026 14:20 EST  Orthopedics: MRI results, Lt. Col. Helen Brandt, Fort Belvoir Orthopedics"
        )


class Misdated(httpx.AsyncBaseTransport):
    """The mock, but for the instants of the first two appointments of each list."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if not request.url.path.endswith("/appointments"):
            return response
        tree = json.loads(await response.aread())
        tree["appointments"][0] |= {"start": "9999-12-31T23:59:00Z", "zone": "Asia/Tokyo"}
        tree["appointments"][1]["end"] = "0001-01-01T00:00:00+14:00"
        return httpx.Response(200, json=tree, request=request)


async def test_an_appointment_in_the_year_9999_costs_itself_alone(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with session(mock, Misdated(transport), size=WIDE) as app:
        assert app.app.people is not None
        app.app.navigation.open_record(app.app.people.find("you")[0], "appointments", "", insist=True)
        await app.expect("2 appointments could not be read", "UPCOMING")
        await app.press("end", "M", "end", "pagedown", "escape")
        assert app.app.is_running
