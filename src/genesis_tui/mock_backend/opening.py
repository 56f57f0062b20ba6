"""What a mock answers while its world is still being built: who it is at once, everything else as soon as it can."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from genesis_tui.mock_backend.front import live
from genesis_tui.mock_backend.oauth.discovery import PATH, configured
from genesis_tui.mock_backend.problems import FAULT, Problem
from genesis_tui.mock_backend.request_log import new_request_id

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class Opening:
    """An ASGI application whose inside is made by `make`, in a thread of its own, once the server has begun.

    When `make` raises, `failed` keeps what it raised, `on_failure` is called, and whoever waits is told so.
    """

    def __init__(self, issuer: str, make: "Callable[[], ASGIApp]", on_failure: Callable[[], None]) -> None:
        self.failed: Exception | None = None
        self._issuer = issuer
        self._make = make
        self._on_failure = on_failure
        self._over = asyncio.Event()
        self._made: ASGIApp | None = None
        self._making: asyncio.Task[None] | None = None

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answers one request; the start of the server's life begins the making."""
        if self._made is not None:
            await self._made(scope, receive, send)
        elif scope["type"] == "lifespan":
            self._making = asyncio.create_task(self._open())
            await live(receive, send)
        elif scope["path"] == PATH:
            answer = configured(self._issuer)
            answer.headers["X-Request-Id"] = new_request_id()
            await answer(scope, receive, send)
        else:
            await self._over.wait()
            await (self._made or _fault)(scope, receive, send)

    async def _open(self) -> None:
        try:
            self._made = await asyncio.to_thread(self._make)
        except Exception as error:
            self.failed = error
            self._on_failure()
        finally:
            self._over.set()


async def _fault(scope: "Scope", receive: "Receive", send: "Send") -> None:
    request_id = new_request_id()
    answer = Problem(FAULT).answer(request_id)
    answer.headers["X-Request-Id"] = request_id
    await answer(scope, receive, send)
