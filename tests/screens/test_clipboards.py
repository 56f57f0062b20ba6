"""A clipboard on the screen: one question at a time, all of them, the summary, and handing it in by the keyboard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from genesis_tui.app import type_ahead
from genesis_tui.mock_backend.database.record.clipboards import add_clipboard
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.appointments.clipboards.editing import answered
from genesis_tui.models.appointments.clipboards.questions import Clipboard, QuestionKind
from genesis_tui.models.appointments.clipboards.stops import stops
from genesis_tui.screens.appointments.clipboard.conflict import ClipboardConflictDialog
from genesis_tui.screens.appointments.clipboard.screen import ONE, ClipboardScreen
from genesis_tui.screens.home.screen import HomeScreen
from tests.e2e.attacks import EVERYTHING
from tests.screens.signed_in import Session
from tests.screens.test_compose_snapshots import harmless
from tests.screens.test_typeahead import at_once
from tests.screens.test_writing_interrupted import lock, unlock
from tests.screens.writing_app import Size, Write, link, own_places, write
from tests.session.faulty_link import FaultyLink
from tests.session.test_clipboards import SHARED, foreign
from tests.session.test_outbox import signed_in

UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
__all__ = ["link", "own_places", "write"]


@asynccontextmanager
async def asthma(write: Write, size: Size = (80, 24)) -> AsyncIterator[Session]:
    async with write(size, patient="maya", place="appointments") as app:
        await app.until(lambda: "Asthma follow-up" in app.text and "✓" in app.lines[0])
        await app.press("b")
        await app.until(lambda: isinstance(app.app.screen, ClipboardScreen))
        await app.expect("How well was the asthma controlled")
        yield app


def screen(app: Session) -> ClipboardScreen:
    assert isinstance(app.app.screen, ClipboardScreen), f"no clipboard:\n{app.text}"
    return app.app.screen


def told(mock: Mock) -> tuple[int, int]:
    """Version of Maya's, and whether it is submitted."""
    with mock.database.begin() as conn:
        sql = "SELECT version, submitted IS NOT NULL FROM clipboard WHERE questionnaire_id = 'asthma'"
        row = conn.exec_driver_sql(sql).one()
    return row[0], row[1]


async def symptoms(app: Session) -> None:
    """Everything that is required, one after the other."""
    await app.press("space", "enter")
    await app.expect("Did it keep you from school")
    await app.press("down", "space", "enter", "enter", "down", "down", "space", "enter")
    await app.expect("Best peak flow this week")
    assert " of " not in app.lines[2], "where one was in the question before"
    await app.press(*"210", "enter")
    await app.expect("Last attack")


@pytest.mark.rule("CLIP-1", "CLIP-2", "FAM-9")
async def test_it_is_filled_in_and_handed_in_by_the_keyboard(
    mock: Mock, write: Write, link: FaultyLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type_ahead, "_PATIENCE", 60.0)
    async with asthma(write) as app:
        assert "MAYA" in app.lines[0]
        assert "0 of" not in app.line("Asthma follow-up"), "the record's medicines are chosen already"
        await app.press("ctrl+r")
        await app.expect("Check before it is submitted", "MAYA REYES", "STILL MISSING  4", "y submits once")
        assert "submit" not in app.keys
        await app.press("enter")
        await app.expect("How well was the asthma controlled")
        await symptoms(app)
        await app.press(*"in May")
        await app.expect("Type a day as year-month-day")
        await app.press("ctrl+r")
        await app.expect("STILL MISSING  1", "no answer yet: in May", "BRING IT TO THE VISIT")
        await app.press("enter", *["backspace"] * 6, *"2026-11-14", "ctrl+r")
        await app.expect("Sat 14 Nov 2026", "submit")
        assert "STILL MISSING" not in app.text
        link.down = True
        await app.press("y")
        await app.expect("Not submitted: the server can't be reached.", "kept here")
        assert told(mock)[1] == 0
        link.down = False
        await app.press("escape")
        at_once(app, "y", "1")
        await app.until(lambda: isinstance(app.app.screen, HomeScreen), "the key behind y is lost")
        assert told(mock)[1] == 1
        await app.expect("Submitted.")


@pytest.mark.rule("CLIP-2")
async def test_a_question_comes_and_goes_with_the_answer_it_hangs_on(write: Write) -> None:
    async with asthma(write) as app:
        await app.press("space", "enter", "space", "enter")
        await app.expect("How many days?", "Asked because 2 is yes.")
        await app.press(*"3", "shift+tab", "down", "space", "ctrl+r")
        await app.expect("NOT SENT  1", "no longer asked: 3")
        await app.press("f2")
        await app.expect("How well was the asthma")


@pytest.mark.rule("CLIP-1")
async def test_what_is_typed_without_the_network_is_here_and_goes_later(
    mock: Mock, write: Write, link: FaultyLink
) -> None:
    async with asthma(write) as app:
        link.down = True
        await app.press("space")
        screen(app).saving.keep_on_server()
        await app.expect("kept here, not at the clinic yet")
        await app.pilot.resize_terminal(45, 50)
        await app.until(lambda: "kept here" in app.line("Asthma follow-up"), "a phone does not say where answers are")
        await app.pilot.resize_terminal(80, 24)
        await app.press("escape")
        link.down = False
        await app.until(lambda: not isinstance(app.app.screen, ClipboardScreen))
        assert told(mock) == (0, 0)
        await app.press("b")
        await app.until(lambda: told(mock)[0] > 0)
        await app.expect("✓ saved 09:42")


async def test_all_of_them_at_every_size(write: Write) -> None:
    async with asthma(write, (120, 40)) as app:
        await app.press("space")
        await app.expect("Next", "SYMPTOMS", "In the last four weeks, how many")
        await app.press("f2")
        async for width, _ in app.sizes():
            await app.expect("How well was the asthma")
            assert all(len(line) <= width for line in app.lines)
        await app.press("f2")
        async for width, _ in app.sizes():
            await app.expect("(x) well")
            assert all(len(line) <= width for line in app.lines)


@pytest.mark.rule("CLIP-2")
async def test_another_one_of_a_group_and_how_long_a_text_may_be(mock: Mock, write: Write) -> None:
    policy = mock.policy.appointment.model_copy(update={"answer_characters": 4})
    mock.policy = mock.policy.model_copy(update={"appointment": policy})
    async with asthma(write, (80, 24)) as app:
        await app.press("enter", "enter", "f2")
        assert "Any new medicine" in app.line("▌"), "all of them, at the question that was open"
        for left in ("enter", "escape"):
            await app.press("enter", "down", "space", left)
            assert "Any new medicine" in app.line("▌"), "back where it was gone to from"
            assert screen(app).saving.filling.answers, "what is answered there stays"
        await app.press("G")
        await app.expect("add another: Other medicines")
        await app.press("enter")
        await app.expect("Another one?")
        await app.press("down", "enter")
        await app.expect("Name")
        await app.press(*"Zinc.")
        await app.expect("5/4", "At most 4 characters; this has 5.")
        await app.press("backspace")
        await app.expect("text · 4/4")
        await app.press("enter")
        await app.expect("How much")
        assert isinstance(screen(app).clipboard, Clipboard)


@pytest.mark.rule("CLIP-1")
async def test_what_somebody_else_answered_meanwhile_is_compared(mock: Mock, write: Write, link: FaultyLink) -> None:
    async with asthma(write) as app:
        await app.press("space")
        async with signed_in(mock, link, "elena.reyes") as other:
            maya = (await other.family.load()).find("maya")[0]
            hers = (await other.messaging()).clipboards
            row = next(one for one in (await hers.load(maya.id)).rows if one.title == "Asthma follow-up")
            filling = await hers.begin(row)
            answers = answered(filling.answers, (("symptoms", 0), ("missed", 0)), [True])
            await hers.keep_on_server(replace(filling, answers=answers))
        screen(app).saving.keep_on_server()
        await app.expect("This clipboard was changed elsewhere too", "HERE", "ELSEWHERE", "keep mine")
        assert "well" in app.line("How well was the asthma controlled")
        assert isinstance(app.app.screen, ClipboardConflictDialog)
        app.app.screen.action_keep(mine=True)
        await app.until(lambda: told(mock)[0] == 2)
        await app.expect("(x) well", "✓ saved 09:42")


@pytest.mark.rule("CLIP-1")
async def test_answers_are_on_the_disk_when_the_app_goes(write: Write, link: FaultyLink, own_places: Path) -> None:
    async with asthma(write) as app:
        link.down = True
        await app.press("space")
    assert [*own_places.rglob("clipboard-*.sealed")]  # noqa: ASYNC240 - a test may wait


@pytest.mark.rule("CLIP-1")
async def test_what_was_submitted_elsewhere_can_only_be_read(mock: Mock, write: Write, link: FaultyLink) -> None:
    async with asthma(write) as app:
        await symptoms(app)
        saving = screen(app).saving
        async with signed_in(mock, link, "elena.reyes") as other:
            hers = (await other.messaging()).clipboards
            mine = saving.filling.clipboard
            filling = await hers.begin(await hers.named(mine.patient_id, mine.id))
            await hers.submit(replace(filling, answers=saving.filling.answers))
        saving.keep_on_server()
        await app.expect("by Elena Reyes", "210 L/min")
        assert not [words for words in ("check", "go there") if words in app.keys]
        await app.press("escape", "escape")
        await app.until(lambda: not isinstance(app.app.screen, ClipboardScreen))
        await app.press("b")
        await app.expect("Submitted Mon 23 Nov 2026 09:42 EST by Elena Reyes")


@pytest.mark.rule("CLIP-1", "SESS-2")
async def test_after_a_lock_it_is_open_at_the_same_question(mock: Mock, write: Write) -> None:
    async with asthma(write) as app:
        await app.press("space", "enter", "down", "space", "enter", "enter", "enter", *"41")
        await app.expect("It must be 60 to 800.")
        await lock(app)
        assert "peak flow" not in app.text
        await unlock(app, mock)
        await app.until(lambda: isinstance(app.app.screen, ClipboardScreen), "it did not open again")
        await app.expect("Best peak flow this week", "It must be 60 to 800.")
        await app.press("backspace", "backspace", *"410", "ctrl+r")
        await app.expect("410 L/min", "MAYA REYES")


def allergies() -> dict[str, Any]:
    """A form with one long list."""
    names = ["Bee venom", "Cat hair", "Cow milk", "Dust", "Egg", "Fish", "Kiwi", "Peanut", "Soy", "Jackfruit"]
    options = [{"valueString": name} for name in names]
    asked = {"linkId": "a", "type": "choice", "text": "Allergic to?", "repeats": True, "answerOption": options}
    return {"resourceType": "Questionnaire", "status": "active", "title": "Allergies", "item": [asked]}


async def test_a_long_list_narrows_as_one_types(mock: Mock, write: Write) -> None:
    async with asthma(write) as app:
        mine, patient = screen(app).clipboard, screen(app).patient
        assert patient is not None
        with mock.database.begin() as conn:
            put_resource(
                conn, {**allergies(), "id": "long"}, ResourceFacts(), now=mock.clock.micros(), policy=mock.policy
            )
            add_clipboard(conn, "long", mine.patient_id, mine.appointment_id, "long")
        work = (await app.app.portal.messaging()).clipboards
        opened = ClipboardScreen(patient, await work.begin(await work.named(mine.patient_id, "long")), work)
        await app.app.push_screen(opened)
        await app.expect("/ type to narrow 10 answers", "Bee venom")
        await app.press(*"jack")
        await app.expect("/ jack", "Jackfruit")
        assert "Bee venom" not in app.text, "letters that are keys elsewhere narrow"
        await app.press("space", "x")
        await app.expect("/ jackx", "No answer has these words.")
        await app.press("escape")
        await app.expect("[ ] Bee venom", "[x] Jackfruit")
        await app.press(*"cow", "space", "enter")
        await app.expect("Check before it is submitted", "Jackfruit, Cow milk")
        await app.press("escape", "escape")
        await app.expect("How well was the asthma controlled")


def poisoned() -> dict[str, Any]:
    """A form of every kind of question, in which each word is an attack."""
    coding = {"system": "urn:x", "code": EVERYTHING, "display": EVERYTHING}
    kinds = [kind.value for kind in QuestionKind if kind is not QuestionKind.GROUP]
    asked = [
        {"linkId": f"{kind}{EVERYTHING}", "type": kind, "text": EVERYTHING, "prefix": EVERYTHING, "required": True}
        | ({"answerOption": [{"valueCoding": coding}, {"valueString": EVERYTHING}]} if "choice" in kind else {})
        | ({"extension": [{"url": UNIT, "valueCoding": coding}]} if kind == "quantity" else {})
        for kind in kinds
    ]
    group = {"linkId": "g", "type": "group", "text": EVERYTHING, "repeats": True, "item": asked}
    return {"resourceType": "Questionnaire", "status": "active", "title": EVERYTHING, "item": [group]}


async def test_every_questionnaire_can_be_walked_through_and_does_no_harm(mock: Mock, write: Write) -> None:
    forms = {name: body for name, body in foreign() if SHARED.is_dir()} | {"poisoned": poisoned()}
    async with asthma(write) as app:
        mine, patient = screen(app).clipboard, screen(app).patient
        assert patient is not None
        await app.press("escape")
        with mock.database.begin() as conn:
            for name, body in forms.items():
                facts = ResourceFacts()
                put_resource(conn, {**body, "id": name}, facts, now=mock.clock.micros(), policy=mock.policy)
                add_clipboard(conn, name, mine.patient_id, mine.appointment_id, name)
        work = (await app.app.portal.messaging()).clipboards
        rows = {one.id: one for one in (await work.load(mine.patient_id)).rows}
        assert rows.keys() >= forms.keys()
        for name in forms:
            opened = ClipboardScreen(patient, await work.begin(rows[name]), work)
            await app.app.push_screen(opened)
            await app.press("f2")
            harmless(app)
            for at in stops(opened.clipboard.questions, opened.answers):
                opened._key = at.key
                opened._go(ONE)
                await app.pilot.pause()
                harmless(app)
            await app.press("ctrl+r")
            harmless(app)
            app.app.pop_screen()
