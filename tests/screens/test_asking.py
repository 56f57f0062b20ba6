"""Asking about what is under the cursor, and saying that it is wrong: from Results and Record (REC-7)."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.screens.messages.compose.screen import ComposeScreen
from tests.screens.signed_in import Session, session

Open = Callable[..., AbstractAsyncContextManager[Session]]


@pytest.fixture
def opened(mock: Mock, transport: httpx.ASGITransport) -> Open:
    """Opens the app on a place of somebody's record, once that is there."""

    @asynccontextmanager
    async def run(
        place: str, *, patient: str = "you", username: str = "daniel.reyes", size: tuple[int, int] = (120, 40)
    ) -> AsyncIterator[Session]:
        async with session(mock, transport, size=size, username=username, patient=patient, place=place) as app:
            await app.until(lambda: "✓" in app.lines[0] or "Can't" in app.text)
            yield app

    return run


def draft(app: Session) -> Draft:
    form = app.app.screen
    assert isinstance(form, ComposeScreen)
    return form.draft


async def writing(app: Session, key: str) -> Draft:
    await app.press(key)
    await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
    return draft(app)


async def settle(mock: Mock, transport: httpx.ASGITransport, thread: str, outcome: str, words: str) -> None:
    headers = {"Authorization": f"Bearer {mock.tester_token}"}
    async with httpx.AsyncClient(transport=transport, base_url=mock.issuer, headers=headers) as tester:
        body: dict[str, Any] = {"thread": thread, "body": words, "outcome": outcome}
        assert (await tester.post("/mock/v1/staff/messages", json=body)).status_code == 201


def asked(mock: Mock) -> list[tuple[str, str]]:
    """(conversation, entry) of what was said to be wrong."""
    with mock.database.begin() as conn:
        rows = conn.exec_driver_sql("SELECT thread_id, entry FROM correction").all()
    return [(row[0], row[1]) for row in rows]


async def send(app: Session) -> None:
    """To the first recipient, with the words that stand there."""
    await app.expect("Dr. Anna Okafor")
    await app.press("enter")
    await app.until(lambda: bool(draft(app).recipient_id))
    await app.press(*"Look.", "ctrl+r")
    await app.expect("Check before it is sent")
    await app.press("y")
    await app.expect("Sent to")


async def test_a_question_quotes_the_result(opened: Open) -> None:
    async with opened("results") as app:
        begun = await writing(app, "a")
        assert (begun.subject, begun.category, begun.entry) == ("About Lipid panel", "test-results", "")
        assert (begun.recipient, bool(begun.recipient_id)) == ("Dr. Anna Okafor", True), "who ordered it, else the PCM"
        assert "> Lipid panel, " in begun.body
        assert "LDL cholesterol 148 mg/dL  High" in begun.body
        await app.until(lambda: "three business days" in app.line("Reply by"), "by when it would be answered")
        await app.press("escape")
        await app.until(lambda: not isinstance(app.app.screen, ComposeScreen))
        assert "Kept" not in app.text, "nothing was written"


@pytest.mark.rule("REC-7", "MSG-4")
@pytest.mark.parametrize("outcome", ["amended", "clarified", "declined"])
async def test_a_result_is_reported_wrong_and_says_what_became_of_it(
    opened: Open, mock: Mock, transport: httpx.ASGITransport, outcome: str
) -> None:
    async with opened("results") as app:
        begun = await writing(app, "x")
        assert begun.category == "record-correction"
        assert begun.entry.startswith("DiagnosticReport/")
        await app.expect("Record correction", "1 of 1")
        await send(app)
        [(thread, entry)] = asked(mock)
        assert entry == begun.entry
        await app.expect("You said that this is wrong.")
        await settle(mock, transport, thread, outcome, "The laboratory looked again.")
        await app.press("f5")
        await app.expect("The laboratory looked again.")
        word = {"amended": "amended", "clarified": "clarified", "declined": "did not change"}[outcome]
        assert word in app.text


@pytest.mark.rule("REC-7")
async def test_an_entry_of_the_record_is_reported_wrong(opened: Open, mock: Mock) -> None:
    async with opened("record") as app:
        assert "x report" not in app.keys, "a section is no entry"
        await app.expect("Immunizations")
        rows = [row.section.title for row in app.app.screen.query_one("#sections").rows]  # type: ignore[attr-defined]
        await app.press(*["down"] * rows.index("Immunizations"), "enter")
        await app.until(lambda: bool(app.app.screen.query_one("#rows").rows))  # type: ignore[attr-defined]
        begun = await writing(app, "x")
        assert begun.entry.startswith("Immunization/")
        assert begun.body.lstrip().startswith("> ")
        await send(app)
        assert [entry for _, entry in asked(mock)] == [begun.entry]
        await app.expect("You said that this is wrong.")


@pytest.mark.rule("ID-5", "MSG-11")
async def test_basic_is_told_what_writing_needs(opened: Open) -> None:
    async with opened("record", username="nadia.haddad") as app:
        await app.expect("Immunizations")
        await app.press("3")
        await app.expect("Can't show")
        await app.press("n")
        await app.expect("You can't write here.")
        assert not isinstance(app.app.screen, ComposeScreen)


@pytest.mark.rule("SUP-4", "REC-7")
async def test_the_technical_desk_has_no_field_for_it(opened: Open) -> None:
    async with opened("results") as app:
        await app.press("f1")
        await app.expect("1-800-600-9332")
        assert not list(app.app.screen.query("Input, TextArea"))
