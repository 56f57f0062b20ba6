"""A link whose answers about messages are lost, or are not what was promised."""

import asyncio
from typing import Any

import httpx

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app


class OddLink(httpx.AsyncBaseTransport):
    """Loses `loses` answers to sent messages; whoever asks what became of one hears `told` (status, body), if set."""

    def __init__(self, mock: Mock) -> None:
        self.loses = 0
        self.told: tuple[int, Any] | None = None
        self.sends: list[str] = []
        self.asked = 0
        self.waits: asyncio.Event | None = None
        """Holds back messages until it is set."""
        self.reached = asyncio.Event()
        self._inner = httpx.ASGITransport(create_app(mock))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request, or what became of it."""
        path = request.url.path
        if "/requests/" in path:
            self.asked += 1
            if self.told is not None:
                return httpx.Response(self.told[0], json=self.told[1], request=request)
        sends = request.method == "POST" and path.endswith("/messages")
        if sends:
            self.sends.append(request.headers["idempotency-key"])
            self.reached.set()
            if self.waits is not None:
                await self.waits.wait()
        response = await self._inner.handle_async_request(request)
        if sends and self.loses:
            self.loses -= 1
            await response.aread()
            raise httpx.ReadError("lost after the server had done it")
        return response
