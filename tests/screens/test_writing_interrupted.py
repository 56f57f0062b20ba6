"""A lock, a suspension, a sign-out while somebody writes: no letter is lost that was called saved (MSG-9)."""

from pathlib import Path

import pytest
from textual.widgets import TextArea

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.screens.messages.compose import autosave
from genesis_tui.screens.messages.compose.autosave import NOT_KEPT
from genesis_tui.screens.messages.compose.screen import ComposeScreen
from genesis_tui.store.messages import draft_of
from genesis_tui.store.vault import FileVault
from tests.screens.signed_in import DANIEL, Session, password_of
from tests.screens.writing_app import (
    Write,
    api,
    filled,
    form,
    in_folder,
    link,
    on_inbox,
    own_places,
    subjects,
    write,
)
from tests.session.faulty_link import FaultyLink

__all__ = ["link", "own_places", "write"]
WHOLE = "Is it low?_canary"


async def unlock(app: Session, mock: Mock, who: str = DANIEL) -> None:
    """Somebody signs in on the locked screen."""
    await app.app.enter(await app.app.portal.sign_in.by_password(who, password_of(mock, who)))


async def lock(app: Session) -> None:
    """`ctrl+l`, until the sign-in has ended."""
    await app.press("ctrl+l")
    server = app.app.portal.connection.server
    assert server is not None
    await app.until(lambda: app.app.current_mode == "sign-in" and server.tokens is None)


async def typing(app: Session) -> None:
    """A message whose last letters were typed just now."""
    await filled(app)
    await app.press(*"_canary", "left", "left")


def said(app: Session) -> str:
    return " ".join(f"{note.lead} {note.text}" for note in app.app.notes)


@pytest.mark.rule("MSG-9", "SESS-2")
@pytest.mark.parametrize("keep", [True, False], ids=["kept", "private"])
async def test_after_a_lock_the_form_is_open_where_it_was(mock: Mock, write: Write, keep: bool) -> None:
    async with write(keep=keep) as app:
        await typing(app)
        where = form(app).query_one("#text", TextArea).cursor_location
        await lock(app)
        assert "canary" not in app.text
        await unlock(app, mock)
        await app.until(lambda: isinstance(app.app.screen, ComposeScreen), "the form is not open again")
        text = form(app).query_one("#text", TextArea)
        assert (form(app).draft.body, text.has_focus, text.cursor_location) == (WHOLE, True, where)
        await app.press("escape", "escape")
        await on_inbox(app)
        await in_folder(app, "drafts")
        assert subjects(app) == ["Iron"]


@pytest.mark.rule("SESS-2")
async def test_somebody_else_who_unlocks_finds_no_form(mock: Mock, write: Write) -> None:
    async with write(keep=False) as app:
        await typing(app)
        await lock(app)
        await unlock(app, mock, "elena.reyes")
        await app.expect("FAMILY")
        assert "canary" not in app.text
        assert app.app.portal.fleeting == ()
        assert app.app.composer._closed == []


@pytest.mark.rule("MSG-9")
async def test_what_was_typed_is_on_the_disk_before_the_program_is_suspended(
    write: Write, own_places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "ON_DISK", 60.0)  # however long the typing takes, nothing is written by itself
    async with write() as app:
        await typing(app)
        found: list[str] = []
        key = await app.app.portal.sign_in.server().drafts.vault_key()

        def stopped() -> None:
            [path] = own_places.rglob("draft-*.sealed")
            kept = draft_of(FileVault(path.parent, key).read(path.stem))
            found.append(kept.body if kept is not None else "")

        monkeypatch.setattr(app.app, "action_suspend_process", stopped)
        form(app).query_one("#category").focus()
        await app.press("ctrl+z")
        await app.until(lambda: bool(found))
        assert found == [WHOLE]


@pytest.mark.rule("MSG-9")
@pytest.mark.parametrize("key", ["ctrl+q", "sign out"])
async def test_private_words_are_not_lost_without_a_warning(write: Write, link: FaultyLink, key: str) -> None:
    async with write(keep=False) as app:
        await typing(app)
        await app.expect(NOT_KEPT)
        link.down = True

        async def leave() -> None:
            await (app.press(key) if key == "ctrl+q" else app.app.action_sign_out().wait())
            await app.pilot.pause()

        await leave()
        assert "What you wrote is not kept." in said(app)
        assert form(app).draft.body == WHOLE, "nothing is closed before it was told"
        await app.press("left")
        link.down = False
        form(app).autosave.keep_on_server()
        await app.expect("draft saved")
        assert "not kept" not in said(app)
        await app.press("x")
        assert "draft saved" not in app.text, "saved is said only of what is"
        await leave()
        assert "What you wrote is not kept." in said(app)
        await leave()
        assert app.app._exit or app.app.portal.sign_in.me is None


async def test_private_words_that_the_server_has_need_no_warning(mock: Mock, write: Write) -> None:
    async with write(keep=False) as app:
        await typing(app)
        form(app).autosave.keep_on_server()
        await app.expect("draft saved")
        await app.app.action_sign_out().wait()
        assert app.app.portal.sign_in.me is None
        await unlock(app, mock)
        assert [draft.body for draft in await (await app.app.portal.messaging()).drafts.of("12742301")] == [WHOLE]


async def test_a_message_on_its_way_is_still_on_its_way_after_a_private_lock(
    mock: Mock, write: Write, link: FaultyLink
) -> None:
    async with write(keep=False) as app:
        await filled(app)
        link.down = True
        await api(app).send(form(app).draft)
        form(app).autosave.done = True
        await lock(app)
        await app.press("ctrl+q")
        assert "kept nowhere" in said(app)
        link.down = False
        await unlock(app, mock)
        await app.until(lambda: not app.app.portal.unsent)
        assert not isinstance(app.app.screen, ComposeScreen)
