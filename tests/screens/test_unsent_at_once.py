"""What is not sent shows on Home, in the chip and in Drafts from what this computer knows, at once (MSG-9)."""

import asyncio

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.screens.messages.inbox.screen import InboxScreen
from tests.screens.signed_in import Session
from tests.screens.writing_app import Write, filled, inbox, link, on_inbox, own_places, write
from tests.session.faulty_link import FaultyLink

__all__ = ["link", "own_places", "write"]


async def hang(self: FaultyLink, request: httpx.Request) -> httpx.Response:
    await asyncio.Event().wait()
    raise AssertionError


async def draft_here(app: Session, link: FaultyLink) -> None:
    """A draft that the server knows nothing of."""
    await filled(app)
    link.down = True
    await app.expect("draft saved")
    await app.press("escape")
    await app.until(lambda: isinstance(app.app.screen, InboxScreen))


@pytest.mark.rule("MSG-9")
@pytest.mark.parametrize("how", ["gone", "hanging"])
async def test_what_is_not_sent_shows_at_once(
    write: Write, link: FaultyLink, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with write() as app:
        await draft_here(app, link)
        if how == "hanging":
            monkeypatch.setattr(FaultyLink, "handle_async_request", hang)
        app.app.clear_notes()
        await app.press("f5")
        await app.expect("Drafts 1")
        await app.press("right", "right")
        assert inbox(app).folder == "drafts"
        await app.expect("Iron")
        await app.press("1")
        await app.expect("FAMILY", "To Dr. Anna Okafor: Iron")
        monkeypatch.undo()


@pytest.mark.rule("MSG-9")
async def test_a_draft_that_is_only_here_is_told_to_the_server_at_the_next_start(
    mock: Mock, write: Write, link: FaultyLink
) -> None:
    async with write() as app:
        await draft_here(app, link)
        await app.app.action_sign_out().wait()
    link.down = False
    async with write() as app:
        await app.until(lambda: bool(_bodies(mock)), "the server was not told")
        assert _bodies(mock) == ["Is it low?"]
        await on_inbox(app)
        await app.expect("Drafts 1")


def _bodies(mock: Mock) -> list[str]:
    with mock.database.begin() as conn:
        return [str(row[0]) for row in conn.exec_driver_sql("SELECT body FROM draft WHERE body LIKE 'Is it%'")]
