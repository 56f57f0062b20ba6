"""How every answer leaves: HEAD without a body, gzip where it was asked for, CORS for apps that run in a browser."""

import gzip

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from genesis_tui.mock_backend.http.limits import FHIR

SMALLEST = 1024
"""Bytes below which packing costs more than it spares."""
LEVEL = 1
_PACKED = ("application/json", "application/fhir+json", "application/problem+json", "application/fhir+ndjson", "text/")
_OPEN = (f"{FHIR}/", "/oauth/", "/.well-known/")
_ORIGIN = {"Access-Control-Allow-Origin": "*"}
_EXPOSED = "ETag, Location, Retry-After, WWW-Authenticate, X-Request-Id"
_PREFLIGHT = {
    **_ORIGIN,
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-None-Match, Prefer, X-Request-Id",
    "Access-Control-Max-Age": "600",
}


def as_get(scope: Scope) -> Scope:
    """A HEAD as the GET that it is, but for the body."""
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


def is_open(scope: Scope) -> bool:
    """Whether pages of any origin may read the answer. They bring no cookie of anybody's: tokens alone open records."""
    path: str = scope["path"]
    return path == FHIR or path.startswith(_OPEN)


def is_preflight(scope: Scope) -> bool:
    """Whether a browser asks if it may ask."""
    return scope["method"] == "OPTIONS" and is_open(scope) and "access-control-request-method" in Headers(scope=scope)


async def preflight(scope: Scope, receive: Receive, send: Send) -> None:
    """The answer to it."""
    await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send)


class ShapedSend:
    """Sends an answer in the form that its request asked for. The first message waits for the body's first part."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        self._bodiless = scope["method"] == "HEAD"
        self._open = is_open(scope)
        self._packs = "gzip" in _codings(Headers(scope=scope).get("accept-encoding", ""))
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            headers = MutableHeaders(raw=list(start.get("headers", ())))
            message = self._shaped(headers, message)
            await self._send({**start, "headers": headers.raw})
        elif self._bodiless:
            message = {**message, "body": b""}
        await self._send(message)

    def _shaped(self, headers: MutableHeaders, message: Message) -> Message:
        if self._open:
            headers.update({**_ORIGIN, "Access-Control-Expose-Headers": _EXPOSED})
        body: bytes = message.get("body", b"")
        if not message.get("more_body") and headers.get("content-type", "").startswith(_PACKED):
            headers.add_vary_header("Accept-Encoding")
            if self._packs and len(body) >= SMALLEST and "content-encoding" not in headers:
                body = gzip.compress(body, LEVEL, mtime=0)
                headers["Content-Encoding"] = "gzip"
                headers["Content-Length"] = str(len(body))
        return {**message, "body": b"" if self._bodiless else body}


def _codings(accepted: str) -> set[str]:
    """Names of the codings that a client takes."""
    parts = (part.partition(";") for part in accepted.lower().split(","))
    return {name.strip() for name, _, quality in parts if quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00")}
