"""The real app on the real mock, a persona signed in, for tests of screens."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from textual.pilot import Pilot

from genesis_tui.app.app import GenesisApp
from genesis_tui.mock_backend.admin.personas import persona_list
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile, Settings

DANIEL = "daniel.reyes"
SIZES = [(40, 10), (45, 50), (80, 24), (120, 40)]
BOTH_ENDS = [pytest.param(SIZES[0], id="size0"), pytest.param(SIZES[3], id="size3")]
"""Where the app behaves least alike: all but nothing fits, and the list beside what is open. 80x24 is the default."""


def password_of(mock: Mock, username: str) -> str:
    """The password that the mock lists for a persona."""
    return next(str(one["password"]) for one in persona_list(mock) if one["username"] == username)


def make_app(mock: Mock, transport: httpx.AsyncBaseTransport) -> GenesisApp:
    """An app on the mock, before anybody signs in; nothing of it is kept on this machine."""
    portal = Portal(ServerProfile("test", mock.issuer), transport=transport, keep=False)
    return GenesisApp(portal, replace(Settings(), theme="dark"))


@dataclass
class Session:
    """A running app, and what a person sees and does in it."""

    app: GenesisApp
    pilot: Pilot[Any]

    @property
    def text(self) -> str:
        """Everything on the screen, row by row, as the terminal gets it."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    @property
    def lines(self) -> list[str]:
        """The same, by row."""
        return self.text.split("\n")

    def line(self, part: str) -> str:
        """The first row that holds `part`."""
        found = next((line for line in self.lines if part in line), None)
        assert found is not None, f"{part!r} is not on the screen:\n{self.text}"
        return found

    @property
    def keys(self) -> str:
        """The last row: the keys that work now."""
        return self.lines[-1]

    async def press(self, *keys: str) -> None:
        """Presses keys, one after the other, and waits for what follows."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def expect(self, *parts: str) -> None:
        """Waits until everything is on the screen, at most ten seconds."""
        await self.until(lambda: all(part in self.text for part in parts), f"never saw {parts}")

    async def until(self, holds: Callable[[], bool], otherwise: str = "it never came about") -> None:
        """Waits until something holds, at most ten seconds."""
        for _ in range(500):
            if holds():
                await self.pilot.pause()
                return
            await asyncio.sleep(0.02)
            await self.pilot.pause()
        raise AssertionError(f"{otherwise}:\n{self.text}")

    async def sizes(self) -> AsyncIterator[tuple[int, int]]:
        """The window at each size in turn, as somebody drags it."""
        for size in SIZES:
            await self.pilot.resize_terminal(*size)
            yield size

    async def enter(
        self, mock: Mock, username: str = DANIEL, patient: str = "", place: str = "results", **how: Any
    ) -> None:
        """Signs somebody in: to Home, or, without drawing Home first, to a place of the record of `patient`."""
        me = await self.app.portal.sign_in.by_password(username, password_of(mock, username))
        with patch.object(self.app.navigation, "go") if patient else nullcontext():
            await self.app.enter(me)
        if patient:
            await self.open(patient, place, **how)

    async def open(self, name: str, place: str = "results", **how: Any) -> None:
        """Opens somebody's record, as the family switcher does."""
        assert self.app.people is not None
        (member, *_) = self.app.people.find(name)
        self.app.navigation.open_record(member, place, **how)
        await self.expect(member.given.upper())


@asynccontextmanager
async def session(
    mock: Mock,
    transport: httpx.AsyncBaseTransport,
    *,
    username: str = DANIEL,
    size: tuple[int, int] = (80, 24),
    patient: str = "",
    place: str = "results",
    **how: Any,
) -> AsyncIterator[Session]:
    """The app with `username` signed in, on Home; or on a place of `patient` (a name or relation) when named."""
    app = make_app(mock, transport)
    async with app.run_test(size=size) as pilot:
        running = Session(app, pilot)
        await running.enter(mock, username, patient, place, **how)
        if not patient:
            await running.until(lambda: "New " in running.text and "↻" not in running.lines[0])
        elif place == "results":
            await running.until(lambda: "1 of" in running.text or "All  Labs" in running.text)
            await running.until(lambda: "✓" in running.lines[0] or "Can't" in running.text)
        yield running
    await app.portal.close()
