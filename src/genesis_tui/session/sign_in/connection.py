"""Coming to a server: where it is, what it offers, and the connection to it.

Everything heavy (HTTP, TLS, decoding) is imported inside the calls, so that importing this module costs next to
nothing on the way to the first frame.
"""

import asyncio
import gc
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    import httpx

    from genesis_tui.api_client.server import Server
    from genesis_tui.models.sign_in import Host
    from genesis_tui.models.testing import Persona
    from genesis_tui.session.family import PickedPatients
    from genesis_tui.session.offline.reading import OfflineReading
    from genesis_tui.settings.settings import ServerProfile

SECONDS_TO_HOME = 1.5
"""How long whoever signs in at once takes to Home, at most."""


class Connection:
    """The connection to one server, made with the first call that needs it."""

    def __init__(
        self,
        profile: "ServerProfile",
        offline: "OfflineReading",
        *,
        transport: "httpx.AsyncBaseTransport | None",
        keep: bool,
    ) -> None:
        """Nothing is sent, and nothing heavy imported, before the first call. `keep`: add to the copy of `offline`."""
        self.profile = profile
        self.server: Server | None = None
        """The server once it answered; whether anybody is signed in there is for `SignIn` to say."""
        self.picked: PickedPatients | None = None
        """Who was picked or signed in for, where the server has records and no portal."""
        self._offline = offline
        self._transport = transport
        self._keep = keep
        self._connecting = asyncio.Lock()

    @property
    def has_portal(self) -> bool:
        """False where the server is known to have records and no portal: people are picked there, not listed."""
        return self.picked is None

    async def verify(self) -> "Host":
        """Verify the server: its address by HOST-1, its certificate, what it offers (HOST-2).

        Raises:
            HostRefused: before a byte is sent.
        """
        return (await self.connected()).verify()

    async def personas(self) -> "tuple[Persona, ...]":
        """The invented people of a mock whose tester token this process holds; empty everywhere else.

        Raises:
            ApiError: the mock does not know the token, or can't list them; signing in does not need them.
        """
        return await (await self.connected()).personas()

    async def prepare(self) -> None:
        """Load, while a person still chooses how to sign in, what the portal's answers are read with (P3).

        What is not for Home waits, so that it takes no time from that.
        """
        if (await self.connected()).has_portal:
            for module in ("portal.sign_in", "portal.family", "portal.home"):
                await asyncio.to_thread(_imported, f"genesis_tui.api_client.{module}")
            await asyncio.sleep(SECONDS_TO_HOME)
            await asyncio.to_thread(_imported, "genesis_tui.api_client.fhir.results.load")

    async def connected(self) -> "Server":
        """The server, connected to where it was not yet."""
        async with self._connecting:
            if self.server is None:
                kind = await asyncio.to_thread(_server)
                self.server = server = await kind.connect(
                    self.profile.url,
                    trust_host=self.profile.trust_host,
                    client_id=self.profile.client_id,
                    transport=self._transport,
                    keep=self._offline.hear if self._keep and self._offline.turned_on else None,
                )
                self.picked = None if server.has_portal else _nobody_picked(server)
            return self.server

    async def read_from(self, transport: "httpx.AsyncBaseTransport") -> "Server":
        """Have `transport` answer from now on in place of the network; the connection of before is closed."""
        kind = await asyncio.to_thread(_server)
        server = await kind.connect(self.profile.url, trust_host=self.profile.trust_host, transport=transport)
        before, self.server = self.server, server
        if before is not None:
            await before.close()
        return server

    def forget(self) -> None:
        """Nobody is picked any more."""
        if self.server is not None and self.picked is not None:
            self.picked = _nobody_picked(self.server)

    async def close(self) -> None:
        """Close the connection; the next call makes another."""
        server, self.server = self.server, None
        if server is not None:
            await server.close()


def _server() -> "type[Server]":
    """Imports HTTP and decoding: longer than a screen may stand still, so it is called in a thread."""
    kind: type[Server] = _imported("genesis_tui.api_client.server").Server
    return kind


def _imported(name: str) -> "ModuleType":
    """A module; garbage is not collected while it loads, which takes a quarter of the time and finds nothing."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return import_module(name)
    finally:
        if collecting:
            gc.enable()


def _nobody_picked(server: "Server") -> "PickedPatients":
    from genesis_tui.session.family import PickedPatients

    return PickedPatients(server)
