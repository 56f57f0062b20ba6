"""What is under way for a screen that goes ends with it; a real fault ends the app, with a code that says so."""

import asyncio

import pytest
from textual import work
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import WorkerFailed

from genesis_tui.app.app import GenesisApp
from genesis_tui.mock_backend.mock import Mock
from tests.screens.signed_in import make_app
from tests.screens.writing_app import Write, link, on_inbox, own_places, write
from tests.session.faulty_link import FaultyLink

__all__ = ["link", "own_places", "write"]


class Looking(Screen[None]):
    """Looks for a part of itself when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.now = asyncio.Event()
        self.ended = asyncio.Event()

    def compose(self) -> ComposeResult:
        """The part."""
        yield Static("here", id="part")

    @work
    async def look(self, part: str) -> None:
        """Fails where the part is not there."""
        try:
            await self.now.wait()
            self.query_one(part)
        finally:
            self.ended.set()


async def test_a_load_that_finds_its_screen_going_is_no_fault(write: Write) -> None:
    async with write() as app:
        screen = Looking()
        await app.app.push_screen(screen)
        worker = screen.look("#part")
        going = app.app.pop_screen()
        for _ in range(10_000):
            if not screen.query("#part"):
                break
            await asyncio.sleep(0)
        screen.now.set()
        await screen.ended.wait()
        await going
        assert worker.is_finished
        await on_inbox(app)
        await app.press("down")
        assert app.app.is_running


async def test_one_that_stands_and_lacks_a_part_is_a_fault(mock: Mock, link: FaultyLink) -> None:
    app = make_app(mock, link)
    with pytest.raises(WorkerFailed, match="NoMatches"):
        await _look_for_nothing(app)
    assert app.return_code == 1


async def _look_for_nothing(app: GenesisApp) -> None:
    async with app.run_test():
        screen = Looking()
        await app.push_screen(screen)
        screen.look("#no-such-part")
        screen.now.set()
        await screen.ended.wait()


async def test_a_fault_outside_of_any_screen_is_told_by_the_exit_code(mock: Mock, link: FaultyLink) -> None:
    app = make_app(mock, link)
    async with app.run_test():
        app.panic("what reads the keys failed")
    assert app.return_code == 1
