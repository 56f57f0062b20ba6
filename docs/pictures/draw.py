"""Draws the pictures of the documentation from the app itself: `python docs/pictures/draw.py`.

The real app runs on the real mock, whose clock stands still, so the same source gives the same pictures.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
from textual.pilot import Pilot

from genesis_tui.app.app import GenesisApp
from genesis_tui.mock_backend.admin.personas import persona_list
from genesis_tui.mock_backend.imports.files import batches_of
from genesis_tui.mock_backend.imports.run import import_source
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile, Settings

HERE = Path(__file__).parent
PLACES = HERE / "places"
START = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
_REQUEST = "7f3a91c2-5d04-4b1e-9c66-2f8e0d417a53"
_FONTS = "Menlo, Consolas, DejaVu Sans Mono"
SIZES = ((120, 40), (80, 24), (45, 50))
STOPS = {"results": "2", "inbox": "3", "appointments": "4", "refills": "5", "record": "6"}
"""Name of a picture -> the key of its place."""
WRITTEN = ("pause", "enter", "v", "tab", *"Knee brace", "tab", *"May I run again with the brace, or is it too early?")
"""What is typed into a new message; recipients are looked for first."""
BOOKED = {
    "month": ("4", "pause", "M"),
    "booking": ("4", "pause", "n", "pause", "down", "enter", "pause", "enter", "pause", "enter"),
    "clipboard": ("4", "pause", "b", "pause", *"Knee pain", "tab"),
}
"""Name of a picture of what begins at Appointments -> the keys that lead there."""
PEOPLE = {
    "sponsor": ("daniel.reyes", SIZES),
    "retiree": ("walter.brennan", SIZES[1:2]),
    "basic": ("nadia.haddad", SIZES[1:2]),
    "imported": ("ines.example", SIZES),
}
"""What a picture says who is signed in -> user name, and the sizes of the window."""


def local(svg: str) -> str:
    """The picture without fonts from elsewhere, as the viewer's own will do, and with one id for every request."""
    svg = re.sub(r"<!-- Generated.*?-->\s*", "", svg)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", _REQUEST, svg)
    return svg.replace("Fira Code", _FONTS)


async def settled(pilot: Pilot[int]) -> None:
    """Waits until loads have ended and the screen is drawn."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause(0.3)


@asynccontextmanager
async def running(mock: Mock, username: str, size: tuple[int, int]) -> AsyncIterator[Pilot[int]]:
    """The app with somebody signed in, on Home."""
    password = next(one["password"] for one in persona_list(mock) if one["username"] == username)
    portal = Portal(ServerProfile(url=mock.issuer), transport=httpx.ASGITransport(create_app(mock)), keep=False)
    app = GenesisApp(portal, Settings(theme="dark"))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await app.enter(await portal.sign_in.by_password(username, password))
        await settled(pilot)
        yield pilot
    await portal.close()


async def take(pilot: Pilot[int], file: Path, *keys: str) -> None:
    """Presses keys, one after the other (`pause` waits), and writes what is on the screen then."""
    for key in keys:
        await (settled(pilot) if key == "pause" else pilot.press(key))
    await settled(pilot)
    await asyncio.to_thread(file.write_text, local(pilot.app.export_screenshot(title="genesis-tui")))


async def draw(mock: Mock) -> None:
    """The pictures of the README, then each place for each of the people."""
    async with running(mock, "daniel.reyes", (120, 32)) as pilot:
        for name, key in {"home": "1", "results": "2", "trend": "t"}.items():
            await take(pilot, HERE / f"{name}.svg", key)
        await take(pilot, HERE / "appointments.svg", "4", "pause", "F")
    for columns, rows in SIZES:
        async with running(mock, "daniel.reyes", (columns, rows)) as pilot:
            await take(pilot, PLACES / f"sponsor-compose-{columns}x{rows}.svg", "3", "n", *WRITTEN)
        for name, keys in BOOKED.items():
            async with running(mock, "daniel.reyes", (columns, rows)) as pilot:
                await take(pilot, PLACES / f"sponsor-{name}-{columns}x{rows}.svg", *keys)
    for who, (username, sizes) in PEOPLE.items():
        for columns, rows in sizes:
            async with running(mock, username, (columns, rows)) as pilot:
                for name, key in STOPS.items():
                    await take(pilot, PLACES / f"{who}-{name}-{columns}x{rows}.svg", key)


def main() -> None:
    """A fresh world, with the example of records from elsewhere."""
    PLACES.mkdir(exist_ok=True)
    mock = Mock.create(seed=7, start=START, frozen=True)
    (batch,) = batches_of((HERE.parent / "examples" / "import.json",), "elsewhere")
    import_source(mock, batch.source, batch.files, sign_ins=True)
    asyncio.run(draw(mock))
    mock.close()


if __name__ == "__main__":
    main()
