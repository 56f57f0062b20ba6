"""What every request goes through first: its id, the request log, what has come due, and the way to its application."""

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from genesis_tui.mock_backend.http.headers import header
from genesis_tui.mock_backend.http.limits import FHIR, FILE, IMPORT, LARGEST_BODY, LARGEST_FILE, LARGEST_IMPORT
from genesis_tui.mock_backend.http.problems import FAULT, Problem, invalid
from genesis_tui.mock_backend.oauth.discovery import PATH as DISCOVERY
from genesis_tui.mock_backend.server.response_shape import ShapedSend, as_get, is_preflight, preflight
from genesis_tui.mock_backend.state.request_log import LogEntry, new_request_id

if TYPE_CHECKING:
    from genesis_tui.mock_backend.mock import Mock

PLAIN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class Gateway:
    """The mock as an ASGI application. `scope["entry"]` is the request's line in the log, for handlers to add to."""

    def __init__(self, mock: "Mock", *, fhir: Callable[[], ASGIApp], rest: ASGIApp) -> None:
        """`fhir` makes its application, once it is asked for."""
        self.mock = mock
        self.rest = rest
        self._make_fhir = fhir

    @cached_property
    def fhir(self) -> ASGIApp:
        return self._make_fhir()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request; lifespan events need nothing; there are no websockets."""
        if scope["type"] == "lifespan":
            await live(receive, send)
        elif scope["type"] == "http":
            await self._request(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        entry = LogEntry(self.mock.clock.micros(), scope["method"], scope["path"], _request_id(scope))
        scope["entry"] = entry
        marked = LoggedSend(entry, send)
        try:
            self.mock.due.apply(self.mock.policy)
            asked = as_get(scope)
            await self._app(asked)(asked, _Bounded(receive, _largest(scope)), ShapedSend(scope, marked))
        except Exception:
            if not marked.started:
                await Problem(FAULT).answer(entry.id)(scope, receive, marked)
            raise
        finally:
            self.mock.log.add(entry)

    def _app(self, scope: Scope) -> ASGIApp:
        if not self._knows_host(scope):
            return _misdirected
        if is_preflight(scope):
            return preflight
        path: str = scope["path"]
        if path != DISCOVERY and path.startswith(FHIR) and path[len(FHIR) : len(FHIR) + 1] in ("", "/"):
            scope["root_path"] = FHIR
            return self.fhir
        return self.rest

    def _knows_host(self, scope: Scope) -> bool:
        """Whether the request was meant for this server: a page elsewhere may not reach it under a name of its own."""
        return header(scope, b"host").lower() in self.mock.hosts


class LoggedSend:
    """Sends with the request id on the answer, and notes its status in the log's entry."""

    def __init__(self, entry: LogEntry, send: Send) -> None:
        self._entry = entry
        self._send = send
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self._entry.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", self._entry.id.encode())]
        await self._send(message)


def _request_id(scope: Scope) -> str:
    """The client's own id where it sent a plain one, so that both sides know a request that got no answer."""
    sent = header(scope, b"x-request-id")
    return sent if PLAIN_ID.fullmatch(sent) else new_request_id()


async def _misdirected(scope: Scope, receive: Receive, send: Send) -> None:
    answer: Response = invalid("This server does not go by that name.", status=421).answer(scope["entry"].id)
    await answer(scope, receive, send)


def _largest(scope: Scope) -> int:
    if scope["method"] == "PUT" and FILE.fullmatch(scope["path"]):
        return LARGEST_FILE
    return LARGEST_IMPORT if scope["path"] == IMPORT and scope["method"] == "POST" else LARGEST_BODY


class _Bounded:
    """Receives at most `most` bytes of a request; raises HTTPException (413) beyond."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413, "The request is too large.")
        return message


async def live(receive: Receive, send: Send) -> None:
    """Follow the server's life: nothing needs to be done at its start or end."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
