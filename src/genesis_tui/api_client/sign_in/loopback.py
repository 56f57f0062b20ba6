"""Waits on this computer's own address for the browser to come back from a sign-in (RFC 8252, section 7.3)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

PATH = "/callback"
_LONGEST = 8192
_PATIENCE = 10.0
"""Seconds that one connection may take to send its request."""
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>genesis-tui</title></head>'
    "<body><h1>Back to the terminal</h1><p>The answer has reached genesis-tui. This page can be closed.</p></body>"
    "</html>"
)


class Callback:
    """One port of 127.0.0.1 that takes one answer."""

    def __init__(self, port: int, answer: "asyncio.Future[dict[str, str]]") -> None:
        """Made by `listening`."""
        self.redirect = f"http://127.0.0.1:{port}{PATH}"
        self._answer = answer

    async def answer(self, patience: float) -> dict[str, str]:
        """The parameters that the browser brings.

        Raises:
            TimeoutError: it did not come back within `patience` seconds.
        """
        return await asyncio.wait_for(asyncio.shield(self._answer), patience)


@asynccontextmanager
async def listening() -> AsyncIterator[Callback]:
    """A free port, until the block is left."""
    answer: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                given = _parameters(head)
                writer.write(_response(found=given is not None))
                await writer.drain()
            if given is not None and not answer.done():
                answer.set_result(given)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=_LONGEST)
    try:
        yield Callback(server.sockets[0].getsockname()[1], answer)
    finally:
        server.close()
        answer.cancel()


def _parameters(head: bytes) -> dict[str, str] | None:
    """What a request for the callback carries; None for any other request, or one without an answer."""
    words = head.partition(b"\r\n")[0].split(b" ")
    if len(words) != 3 or words[0] != b"GET":
        return None
    path, _, query = words[1].decode("ascii", "replace").partition("?")
    given = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=32)) if path == PATH else {}
    return given if "code" in given or "error" in given else None


def _response(*, found: bool) -> bytes:
    body = (_PAGE if found else "Not found").encode()
    kind = "text/html" if found else "text/plain"
    head = (
        f"HTTP/1.1 {'200 OK' if found else '404 Not Found'}\r\nContent-Type: {kind}; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nContent-Security-Policy: default-src 'none'\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
