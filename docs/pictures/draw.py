"""Draws the pictures of the README from the app itself: `python docs/pictures/draw.py`.

The real app runs on the real mock, whose clock stands still, so the same source gives the same pictures.
"""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
from textual.pilot import Pilot

from genesis_tui.app import GenesisApp
from genesis_tui.mock_backend.app import create_app
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.session.portal import Portal
from genesis_tui.settings import ServerProfile, Settings

HERE = Path(__file__).parent
START = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
SIZE = (120, 32)
_FONTS = "Menlo, Consolas, DejaVu Sans Mono"
PICTURES = {"home": ("1",), "results": ("2",), "trend": ("t",)}
"""Name of a picture -> keys from the one before."""


def local(svg: str) -> str:
    """The picture without fonts from elsewhere: the viewer's own monospaced font will do."""
    svg = re.sub(r"<!-- Generated.*?-->\s*", "", svg)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code", _FONTS)


async def settled(pilot: Pilot[int]) -> None:
    """Waits until loads have ended and the screen is drawn."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause(0.3)


async def draw() -> None:
    """Signs in as the sponsor and takes a picture at each stop."""
    mock = Mock.create(seed=7, start=START, frozen=True)
    portal = Portal(ServerProfile(url=mock.issuer), transport=httpx.ASGITransport(create_app(mock)), keep=False)
    app = GenesisApp(portal, Settings(theme="dark"))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await app.enter(await portal.sign_in("daniel.reyes", "Walnut-Harbor-2041-Daniel"))
        await settled(pilot)
        for name, keys in PICTURES.items():
            await pilot.press(*keys)
            await settled(pilot)
            (HERE / f"{name}.svg").write_text(local(app.export_screenshot(title="genesis-tui")))
    mock.close()


if __name__ == "__main__":
    asyncio.run(draw())
