"""What the form and its dialogs look like, and that no text of anybody's reaches the terminal raw (S1)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from genesis_tui.app.app import GenesisApp
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.sanitize import plain, shown
from genesis_tui.screens.base.confirm import Confirm
from genesis_tui.screens.messages.compose.dialogs import ConflictDialog
from genesis_tui.screens.messages.compose.recipients import ToField
from genesis_tui.screens.messages.compose.screen import ComposeScreen
from genesis_tui.screens.messages.inbox.pickers import FolderPicker
from genesis_tui.session.messages import drafts
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile, Settings
from genesis_tui.testing.plugin import START
from tests.e2e.attacks import EVERYTHING, WORLDS
from tests.screens.signed_in import DANIEL, Session
from tests.screens.writing_app import (
    PDF,
    Size,
    Write,
    api,
    filled,
    folder,
    form,
    inbox,
    link,
    new_form,
    on_inbox,
    own_places,
    paste,
    review,
    write,
)
from tests.session.faulty_link import FaultyLink

__all__ = ["folder", "link", "own_places", "write"]
LOOKS = [("dark", (80, 24)), ("dark", (120, 40)), ("light", (80, 24))]


class StoppedClock(datetime):
    """Drafts are kept at the first instant of the tests' world."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return START


async def the_form(app: Session) -> None:
    await filled(app, body="May I keep taking iron?", subject="Ferritin")
    await app.until(lambda: "draft saved" in app.text)


async def the_preview(app: Session) -> None:
    await the_form(app)
    await review(app)


async def the_emergency(app: Session) -> None:
    await filled(app, body="I have chest pain", subject="Today")
    await app.until(lambda: "draft saved" in app.text)
    await app.press("ctrl+r")
    await app.expect("Is this an emergency?")


async def the_drafts(app: Session) -> None:
    await the_form(app)
    await app.press("escape")
    await on_inbox(app)
    inbox(app).go_to("drafts")
    await app.until(lambda: len(inbox(app).list.rows) == 1)
    app.app.clear_notes()


@pytest.mark.parametrize(("theme", "size"), LOOKS)
@pytest.mark.parametrize("what", [the_form, the_preview, the_emergency, the_drafts], ids=lambda what: what.__name__)
def test_it_looks_as_it_did(
    mock: Mock,
    link: FaultyLink,
    snap_compare: Callable[..., bool],
    monkeypatch: pytest.MonkeyPatch,
    what: Callable[[Session], Awaitable[None]],
    theme: str,
    size: Size,
) -> None:
    monkeypatch.setattr(drafts, "datetime", StoppedClock)
    portal = Portal(ServerProfile("test", mock.issuer, secrets="memory"), transport=link)
    app = GenesisApp(portal, replace(Settings(), theme=theme))

    async def run(pilot: Pilot[Any]) -> None:
        stage = Session(app, pilot)
        await stage.enter(mock, DANIEL, "you", "inbox")
        await on_inbox(stage)
        app.clear_notes()
        await what(stage)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=run)


def harmless(app: Session) -> None:
    """Everything on the screen is plain text without a link or an act."""
    segments = [one for strip in app.app.screen._compositor.render_strips() for one in strip]
    assert all(one.control is None for one in segments)
    for text, style in {(one.text, one.style) for one in segments}:
        assert plain(text) == text, f"{text!r} is on the screen"
        assert style is None or (style.link is None and "@click" not in style.meta), f"{text!r} is live"


async def harmless_at_every_size(app: Session) -> None:
    before = app.app.size
    async for _ in app.sizes():
        harmless(app)
    await app.pilot.resize_terminal(*before)


def poison(mock: Mock) -> None:
    """Names, subjects, texts and folders carry every attack."""
    with mock.database.begin() as conn:
        for table, columns in (
            ("mailbox", ("name", "detail")),
            ("thread", ("subject", "recipient")),
            ("message", ("body", "sender")),
            ("person", ("family",)),
            ("deers", ("family",)),
        ):
            for column in columns:
                conn.exec_driver_sql(f"UPDATE {table} SET {column} = ? || {column}", (EVERYTHING,))
        conn.exec_driver_sql("UPDATE linked SET blocked = 1 WHERE mailbox_id LIKE 'clinic%'")


async def test_hostile_names_and_texts_stay_text(mock: Mock, write: Write) -> None:
    poison(mock)
    async with write() as app:
        await harmless_at_every_size(app)
        await new_form(app, "")
        await harmless_at_every_size(app)
        await app.press("enter", "right", "enter")
        await paste(app, EVERYTHING)
        await app.press("enter", *["enter"] * 3)
        await paste(app, EVERYTHING)
        await app.press("x")
        await harmless_at_every_size(app)
        form(app).query_one("#subject").value = "Short"  # type: ignore[attr-defined]
        await app.pilot.pause()
        await review(app)
        await harmless_at_every_size(app)
        for _ in range(6):
            await app.press("pagedown")
            harmless(app)
        await app.press("y")
        await on_inbox(app)
        await harmless_at_every_size(app)


async def test_what_is_pasted_is_plain_in_every_field(write: Write) -> None:
    async with write() as app:
        for attack in WORLDS:
            payload = attack.payload
            await new_form(app, "")
            await paste(app, payload)
            await asyncio.sleep(0.25)
            harmless(app)
            form(app).query_one(ToField).entry.input.value = ""
            await app.until(lambda: bool(form(app).query("ToField.open")))
            await app.press("enter", "right", "enter")
            await paste(app, payload)
            await app.press("enter")
            await paste(app, f"{payload}\r{payload}")
            harmless(app)
            draft = form(app).draft
            assert plain(shown(draft.subject)) == shown(draft.subject)
            assert plain(shown(draft.body), lines=True) == shown(draft.body)
            await app.press("escape")
            await on_inbox(app)


async def test_hostile_names_of_files_stay_text(write: Write, folder: Path) -> None:
    name = "a\x1b[2J\u202e\x07[@click=app.quit]b \u200b.pdf"
    (folder / name).write_bytes(PDF)
    (folder / "big\x9b2J.pdf").write_bytes(bytes(7 * 1024**2))
    (folder / "lie\x1bc.png").write_bytes(b"no picture")
    async with write() as app:
        await filled(app)
        await app.press("ctrl+o", *"big", "enter")
        await harmless_at_every_size(app)
        await app.press("escape", "ctrl+o", *"lie", "enter")
        await app.until(lambda: "named like a PNG" in app.text)
        await harmless_at_every_size(app)
        await app.press("escape", "ctrl+o", "a", "enter")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        assert len(form(app).draft.files) == 1
        await harmless_at_every_size(app)
        await app.press("ctrl+o")
        await harmless_at_every_size(app)
        await app.press("escape")
        await review(app)
        await harmless_at_every_size(app)
        await app.press("pagedown", "pagedown")
        await harmless_at_every_size(app)


async def test_hostile_drafts_and_folders_stay_text(mock: Mock, write: Write) -> None:
    async with write() as app:
        await filled(app)
        await app.press("escape")
        await on_inbox(app)
        with mock.database.begin() as conn:
            conn.exec_driver_sql("UPDATE draft SET subject = ?, body = ?", (EVERYTHING[:200], EVERYTHING))
            conn.exec_driver_sql("UPDATE draft SET version = version + 1")
            owner = app.app.portal.sign_in.me.id if app.app.portal.sign_in.me else ""
            conn.exec_driver_sql(
                "INSERT INTO own_folder (id, owner_id, patient_id, name, folded) VALUES ('own-1', ?, ?, ?, 'x')",
                (owner, owner, EVERYTHING),
            )
        await app.press("f5", "m")
        await app.until(lambda: isinstance(app.app.screen, FolderPicker))
        await harmless_at_every_size(app)
        await paste(app, EVERYTHING)
        await harmless_at_every_size(app)
        await app.press("escape")
        inbox(app).go_to("drafts")
        await app.until(lambda: any("app.quit" in row.subject for row in inbox(app).list.rows))
        await harmless_at_every_size(app)
        await app.press("d")
        await app.until(lambda: isinstance(app.app.screen, Confirm))
        await harmless_at_every_size(app)
        await app.press("escape", "enter")
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen))
        await harmless_at_every_size(app)
        await api(app).api.keep_draft(replace(form(app).draft, body=f"{EVERYTHING}!"))
        await app.press("x")
        form(app).autosave.keep_on_server()
        await app.until(lambda: isinstance(app.app.screen, ConflictDialog))
        await harmless_at_every_size(app)
