"""Keys that nobody would press in that order, faster than the app can follow, over a link that loses some requests."""

import asyncio
from random import Random

import pytest
from textual import events

from tests.screens.signed_in import SIZES, Session
from tests.screens.writing_app import Size, Write, link, own_places, write
from tests.session.faulty_link import FaultyLink

__all__ = ["link", "own_places", "write"]
NAMED = (
    *("up", "down", "left", "right", "enter", "escape", "tab", "shift+tab", "pageup", "pagedown", "home", "end"),
    *("slash", "space", "backspace", "question_mark", "right_square_bracket", "ctrl+r", "ctrl+o", "ctrl+p", "f1", "f5"),
)
KEYS = (*NAMED, *"nrwmduUeXyftpMagGxjk12345671234567yy")
CHARACTERS = {"slash": "/", "space": " ", "question_mark": "?", "right_square_bracket": "]"}
BURSTS, PAUSES = (1, 1, 1, 2, 3, 6), (0.0, 0.0, 0.001, 0.01, 0.05)


@pytest.fixture(autouse=True)
def pilot_waits() -> None:
    """Textual's own pilot, as time is what these tests are about."""


async def pressed_at_random(app: Session, random: Random) -> None:
    """150 bursts of keys, as long as somebody is signed in."""
    for _ in range(150):
        for key in random.choices(KEYS, k=random.choice(BURSTS)):
            app.app.post_message(events.Key(key, key if len(key) == 1 else CHARACTERS.get(key)))
        await asyncio.sleep(random.choice(PAUSES))
        if app.app.portal.sign_in.me is None:
            return


EACH = [
    pytest.param(size, share, marks=pytest.mark.long if (number + bool(share)) % 2 else (), id=f"size{number}-{share}")
    for number, size in enumerate(SIZES)
    for share in (0.0, 0.2)
]
"""Each size with a link that loses nothing or a fifth; the other of the two takes long."""


@pytest.mark.parametrize(("size", "share"), EACH)
async def test_no_keys_end_the_app(write: Write, link: FaultyLink, size: Size, share: float) -> None:
    """A fault ends the app, and the fault is raised here."""
    async with write(size) as app:
        link.share = share
        await pressed_at_random(app, Random(size[0] + share))
        await app.pilot.pause()
        assert app.app.is_running
        await app.until(lambda: bool(app.lines[0].strip()), "the bar is gone")
        await app.until(lambda: not (app.app.type_ahead.waiting or app.app._message_queue.qsize()), "keys are left")
