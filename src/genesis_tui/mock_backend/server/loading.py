"""What a mock answers while it still loads: who it is at once, the rest as soon as it is there."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from genesis_tui.mock_backend.admin.persona_rows import holds_token, personas_of
from genesis_tui.mock_backend.http.problems import FAULT, NEEDS_TESTER, Problem
from genesis_tui.mock_backend.oauth.discovery import PATH, configured
from genesis_tui.mock_backend.server.gateway import LoggedSend, live
from genesis_tui.mock_backend.server.response_shape import ShapedSend, as_get
from genesis_tui.mock_backend.state.request_log import LogEntry, new_request_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from genesis_tui.mock_backend.admin.persona_rows import Rows

PERSONAS = "/mock/v1/personas"


class LoadingApp:
    """An ASGI application whose inside is made by `make`, in a thread of its own, once the server has begun.

    `make` may `offer` single answers before it is through; then `on_ready` is called. When it raises, `failed` keeps
    what it raised, `on_failure` is called, and whoever waits is told so.
    """

    def __init__(
        self,
        issuer: str,
        make: "Callable[[LoadingApp], ASGIApp]",
        on_ready: Callable[[], None],
        on_failure: Callable[[], None],
    ) -> None:
        self.failed: Exception | None = None
        self._offered: dict[str, ASGIApp] = {PATH: configured(issuer)}
        self._make = make
        self._on_ready = on_ready
        self._on_failure = on_failure
        self._changed = asyncio.Event()
        self._made: ASGIApp | None = None
        self._making: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def loading(self) -> bool:
        """Whether it is still being made: nothing has been kept that needs an orderly end."""
        return self._made is None and self.failed is None

    def offer(self, path: str, app: "ASGIApp") -> None:
        """Answer requests for `path` from now on, until everything is there; may be called from any thread."""
        self._offered[path] = app
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._changed.set)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answers one request; the start of the server's life begins the making."""
        if self._made is not None:
            await self._made(scope, receive, send)
        elif scope["type"] == "lifespan":
            self._loop = asyncio.get_running_loop()
            self._making = asyncio.create_task(self._open())
            await live(receive, send)
        elif scope["type"] == "http":
            await self._early(scope, receive, send)

    async def _early(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        while self._made is None and self.failed is None and scope["path"] not in self._offered:
            self._changed.clear()
            await self._changed.wait()
        if self._made is not None:
            await self._made(scope, receive, send)
            return
        scope["entry"] = LogEntry(0, scope["method"], scope["path"], new_request_id())
        await self._offered.get(scope["path"], _fault)(
            as_get(scope), receive, ShapedSend(scope, LoggedSend(scope["entry"], send))
        )

    async def _open(self) -> None:
        try:
            self._made = await asyncio.to_thread(self._make, self)
        except Exception as error:
            self.failed = error
            self._on_failure()
        else:
            self._on_ready()
        finally:
            self._changed.set()


async def _fault(scope: "Scope", receive: "Receive", send: "Send") -> None:
    await Problem(FAULT).answer(scope["entry"].id)(scope, receive, send)


def early_personas(rows: "Mapping[str, Rows]", token: str) -> "ASGIApp":
    """Answers `GET /mock/v1/personas` from the rows of a fresh world, with its tester token."""
    listed = personas_of(rows)

    async def answer(scope: "Scope", receive: "Receive", send: "Send") -> None:
        request = Request(scope)
        headers = request.headers
        if holds_token(headers.get("x-tester-token", ""), headers.get("authorization", ""), token):
            response: Response = JSONResponse({"personas": listed})
        else:
            response = Problem(NEEDS_TESTER).answer(scope["entry"].id)
        await response(scope, receive, send)

    return answer
