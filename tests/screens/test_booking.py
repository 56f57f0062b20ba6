"""Booking on one screen, on the real client and the real mock: as a person presses the keys (APPT-1 to APPT-11)."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from textual import events

from genesis_tui.app import type_ahead
from genesis_tui.mock_backend.database.appointments import slots
from genesis_tui.mock_backend.database.appointments.slots import slot_of
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.world.simulation.scheduling import offer_slots
from genesis_tui.models.appointments.booking import HalfDay
from genesis_tui.screens.appointments.booking.screen import BookingScreen
from genesis_tui.screens.appointments.dialogs import OfferDialog
from genesis_tui.screens.base.confirm import Confirm
from genesis_tui.screens.home.screen import HomeScreen
from genesis_tui.session.open_record import OpenRecord
from tests.screens.signed_in import DANIEL, Session, password_of, session

Open = Callable[..., AbstractAsyncContextManager[Session]]
PHONE, TERMINAL = (45, 50), (80, 24)
SIZES = [pytest.param(PHONE, id="phone"), pytest.param(TERMINAL, id="terminal")]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The form may take longer on a busy machine than keys wait for it."""
    monkeypatch.setattr(type_ahead, "_PATIENCE", 60.0)


@pytest.fixture
def agenda(mock: Mock, transport: httpx.ASGITransport) -> Open:
    """The app on Maya's appointments."""

    @asynccontextmanager
    async def open(size: tuple[int, int] = TERMINAL, username: str = "daniel.reyes") -> AsyncIterator[Session]:
        at = {"patient": "Maya", "place": "appointments", "insist": True}
        async with session(mock, transport, size=size, username=username, **at) as app:
            await app.expect("UPCOMING  2", "✓")
            yield app

    return open


async def at_once(app: Session, *keys: str) -> None:
    """All of them before the app has done anything for the first; until they got somewhere."""
    for key in keys:
        name = {" ": "space", "/": "slash"}.get(key, key)
        app.app.post_message(events.Key(name, key if len(key) == 1 else None))
    await app.until(lambda: not app.app.type_ahead.waiting)
    await app.pilot.pause()


def form(app: Session) -> BookingScreen:
    return next(one for one in app.app.screen_stack if isinstance(one, BookingScreen))


async def appointments(app: Session) -> Any:
    record = app.app.portal.record
    assert record is not None
    return (await record.appointments.load()).rows


def record_of(app: Session) -> OpenRecord:
    record = app.app.portal.record
    assert record is not None
    return record


async def locked_and_back(app: Session, mock: Mock) -> None:
    await app.press("ctrl+l")
    await app.expect("LOCKED")
    assert "Reason" not in app.text
    await app.app.enter(await app.app.portal.sign_in.by_password(DANIEL, password_of(mock, DANIEL)))


async def agreed(app: Session, key: str = "y") -> None:
    await app.until(lambda: isinstance(app.app.screen, Confirm))
    await app.press(key)


@pytest.mark.rule("APPT-1", "APPT-9")
@pytest.mark.parametrize("size", SIZES)
async def test_a_whole_booking_typed_ahead(agenda: Open, size: tuple[int, int]) -> None:
    async with agenda(size) as app:
        await at_once(app, "n", "j", "enter", "enter", "enter", "j", "enter", *"She coughs", "ctrl+r")
        await app.until(lambda: isinstance(app.app.screen, Confirm))
        await app.expect("MAYA REYES", "Follow-up, 20 minutes", "Fort Belvoir Pediatrics", "She coughs")
        slot = form(app).form.choices.slot
        assert slot is not None
        await app.press("y")
        await app.expect("Booked.")
        assert slot.start in {row.start for row in await appointments(app) if row.reason == "She coughs"}
        assert app.line("Reason").split() == ["Reason", "She", "coughs"], "the detail of what was booked is open"


@pytest.mark.rule("APPT-4", "APPT-8")
async def test_a_slot_that_is_gone_leads_to_those_near_it_and_a_move_keeps_its_own(agenda: Open, mock: Mock) -> None:
    async with agenda() as app:
        record = app.app.portal.record
        assert record is not None
        await at_once(app, "n", "j", "enter", "enter", "enter", "enter", *"Cough")
        slot = form(app).form.choices.slot
        assert slot is not None
        (daniel, *_) = app.app.people.find("Leo")  # type: ignore[union-attr]
        body = {"patient": daniel.id, "slot": slot.id, "reason": ""}
        server = record.appointments._server.appointments
        await server._client.send("POST", "appointments", body, key="c0ffee00-0000-4000-8000-000000000001")
        await locked_and_back(app, mock)
        await app.expect("Reason ▌Cough", "5/250", "It may stay empty.")
        assert form(app).form.choices.slot == slot, "all that was chosen comes back after a lock"
        await app.until(lambda: not app.app.type_ahead.waiting)
        await app.press("enter")
        await agreed(app)
        await app.expect(
            "Not booked.", "APPT-4", "NEAREST TO", "was taken: choose another, or a asks for a time", "free · EST"
        )
        assert "Cough" in app.line("Reason"), "what was typed stays"
        await app.press("escape", "enter")
        await app.until(lambda: form(app).form.choices.slot is not None)
        await app.press("enter")
        await agreed(app)
        await app.expect("Booked.")
        made = next(row for row in await appointments(app) if row.reason == "Cough")
        assert made.start != slot.start

        await app.press("m")
        await app.expect("now ")
        assert (form(app).form.steps(), "Follow-up" in app.line("Visit")) == ([3], True)
        await app.press("down", "enter", "enter")
        await app.until(lambda: isinstance(app.app.screen, Confirm))
        await app.expect("Move this appointment", "If the new time is gone you keep the old one.")
        await app.expect("Check before it is moved")
        await app.press("y")
        await app.expect("✓ Moved. ")
        moved = next(row for row in await appointments(app) if row.id == made.id)
        assert (moved.start > made.start, moved.version > made.version) == (True, True)

        await app.press("c")
        await app.expect("Why cancel Follow-up?")
        await app.press(*"weather", "enter")
        await app.until(lambda: isinstance(app.app.screen, Confirm))
        await app.expect("Cancel this appointment", "The weather")
        await app.press("y")
        await app.expect("Cancelled.")
        assert next(row for row in await appointments(app) if row.id == made.id).status == "cancelled"


@pytest.mark.rule("APPT-6")
async def test_a_request_an_offer_and_a_change_of_mind(agenda: Open, mock: Mock) -> None:
    async with agenda() as app:
        await at_once(app, "n", "down", "down", "down", "down", "enter", "enter")
        await app.expect("ASK FOR A TIME", "0 of 3", "on request")
        await app.press("space", "right", "space", "down", "space")
        await app.expect("3 of 3")
        await app.press("down", "space")
        await app.expect("You can mark one to three half-days.")
        await app.press("escape", "enter", "enter")
        await app.expect("The clinic needs to know why.")
        await app.press("escape", *"A rash")
        await app.expect("in your words. The clinic needs it.")
        await app.press("enter")
        await app.expect("Check before it is asked for")
        await agreed(app)
        await app.expect("Asked for.", "Requested")
        [asked] = [row for row in await appointments(app) if row.is_request]
        assert (len(asked.requested), asked.reason) == (3, "A rash")

        record = app.app.portal.record
        assert record is not None
        day = mock.clock.now().date()
        free = await record.appointments.slots("follow-up", day, day + timedelta(days=20), "21000001")
        with mock.database.begin() as conn:
            offered = [one for slot in free.rows[:40:20] if (one := slot_of(conn, slot.id))]
            offer_slots(conn, asked.id, offered, at=mock.clock.micros(), policy=mock.policy)
        await app.press("1")
        await app.until(lambda: isinstance(app.app.screen, HomeScreen))
        app.app.navigation.open_record(record.patient, "appointments", asked.key)
        await app.until(lambda: "answer" in app.keys, "what Home knows of is asked for anew")
        await app.press("r")
        await app.until(lambda: isinstance(app.app.screen, OfferDialog))
        await app.expect("y take it", "1–3 choose", "a none suits", "esc later")
        await app.press("2", "k", "j", "y")
        await app.expect("Chosen.")
        row = next(row for row in await appointments(app) if row.id == asked.id)
        assert (row.status, row.start) == ("booked", offered[1].start)


@pytest.mark.rule("APPT-9", "APPT-11", "FAM-9")
async def test_no_dead_end_and_every_row_can_be_changed(agenda: Open) -> None:
    async with agenda() as app:
        await at_once(app, "n", *["down"] * 6, "enter", "enter")
        await app.expect("can't be booked or asked for at", "OTHER WAYS", "A message", "The phone")
        await app.press("G", "enter")
        await app.expect("Call 571-555-0123: Fort Belvoir Orthopedics.", "not here; the other ways stand below")
        await app.press("shift+tab", "slash", *"ortho belv")
        await app.expect("/ ortho belv", "Fort Belvoir Orthopedics", "1 of 1")
        await app.press("x")
        await app.expect("Nothing has “ortho belvx” in its name.")
        await app.press("escape", "tab")
        await app.press("shift+tab", "shift+tab", "up", "up", "up", "up", "up", "enter")
        await app.expect("Clinic emptied: Follow-up has its own.")
        await app.press(*["down"] * 6, "enter")
        await app.expect("MON 23 NOV 2026", "1 free · CET", "= 09:50 EST")
        await app.press("shift+tab", "home", "enter")
        await app.expect("MON 23 NOV 2026", "free · EST")
        await app.press("right", "enter")
        await app.until(lambda: form(app).form.choices.slot is not None)
        await app.press("shift+tab", "shift+tab", "down", "enter")
        await app.expect("Time emptied: Fort Belvoir Family Medicine has its own.")
        assert "Follow-up" in app.line("Visit")
        await app.press("w")
        await app.expect("✓ Watching Fort Belvoir Family Medicine", "w unwatch", "books it · watched")
        await app.press("w")
        await app.expect("✓ Watched no longer: Fort Belvoir Family Medicine.", "w watch")
        assert not (await record_of(app).appointments.load()).watches
        await app.press("a")
        await app.expect("0 of 3", "MORNING   afternoon", "← → half-day", "a slots")
        await app.press("a")
        await app.expect("a day, then a time")
        await app.press("escape", "q", "escape")
        await app.expect("For ▎")
        await app.press("q")
        await app.expect("Leave this booking?", "Nothing was booked.")
        await app.press("escape")
        await app.press("up", "enter")
        await app.expect("where", "books it", "Follow-up · 20 minutes")
        people = app.app.people
        assert people is not None
        record = app.app.portal.record
        assert record is not None
        assert record.patient.given != "Maya"
        assert form(app).form.choices.visit is not None, "the visit goes along"
        assert form(app).form.choices.patient.id == record.patient.id


@pytest.mark.rule("APPT-6")
async def test_the_form_goes_by_the_servers_limits(agenda: Open, mock: Mock) -> None:
    own = {"half_days": 1, "request_from": 9, "request_to": 10, "reason_characters": 4, "offers": 1}
    policy = mock.policy.appointment.model_copy(update=own)
    mock.policy = mock.policy.model_copy(update={"appointment": policy})
    async with agenda() as app:
        await at_once(app, "n", "down", "down", "down", "down", "enter", "enter")
        await app.expect("0 of 1", "Mark one half-day, 9 to 10 days", "Wed  2 Dec", "Thu  3 Dec", "booked, one slot")
        await app.press("]", "space", "down", "space")
        await app.expect("You can mark one half-day.", "Thu  3 Dec")
        await app.press("escape", "enter", *"A rash")
        await app.expect("6/4")
        assert "Fri  4 Dec" not in app.text

        await app.press("escape", "4")
        await app.expect("UPCOMING  2", "n go on booking")
        await app.press("f", *"leo", "enter")
        await app.expect("LEO REYES")
        await app.press("f", *"maya", "enter")
        await app.expect("MAYA REYES")
        await app.press("4")
        await app.expect("UPCOMING  2")
        await app.press("n")
        await app.expect("1 of 1", "A rash", "6/4")
        await app.press("q", "q", "q", "q")
        await app.expect("Leave this booking?")
        await app.press("y")
        await app.expect("UPCOMING  2", "n new")


async def test_half_days_are_marked_once_and_three_at_most() -> None:
    from datetime import date

    from genesis_tui.screens.appointments.booking.choices import Choices

    empty = Choices(None)  # type: ignore[arg-type]
    days = [HalfDay(date(2026, 12, day), "am") for day in (7, 8, 9, 10)]
    for day in days[:3]:
        empty, marked = empty.marked(day)
        assert marked
    assert empty.marked(days[3]) == (empty, False)
    assert empty.marked(days[0])[0].halves == frozenset(days[1:3])


async def test_an_earlier_slot_is_told_once_it_is_free(agenda: Open, mock: Mock) -> None:
    async with agenda() as app:
        await at_once(app, "G", "B")
        await app.expect("Fort Belvoir Pediatrics", "books it", "a day, then a time", "free · EST")
        await app.expect("It can't be booked as ", ": Follow-up is the nearest there.")
        await app.press("escape")
        await app.expect("UPCOMING  2")
        record, day = app.app.portal.record, mock.clock.now().date()
        assert record is not None
        free = await record.appointments.slots("follow-up", day, day + timedelta(days=5), "21000001")
        first, second = free.rows[:2]
        with mock.database.begin() as conn:
            known = slot_of(conn, first.id)
            assert known is not None
            assert slots.take(conn, known, "somebody")
        await record.appointments.book(second, "Follow-up")
        await app.press("f5")
        await app.expect("UPCOMING  3")
        await app.press("g", "w")
        await app.expect("Watching Fort Belvoir Pediatrics", "WATCHED  1", "Fort Belvoir Pediatrics, before")
        with mock.database.begin() as conn:
            slots.release(conn, "somebody")
        await app.expect("An earlier slot for Maya:", "Mon 23 Nov 2026 10:00")
        await app.press("escape", "w")
        await app.expect("Watched no longer: Fort Belvoir Pediatrics.")
        await app.until(lambda: "WATCHED" not in app.text)
