"""A link that goes wrong: an HTTP proxy between clients and one server that loses, breaks and delays answers.

It reads HTTP as far as it must: where a request ends and where its answer does. One connection carries one request at
a time, and what goes wrong takes the connection with it, as it does outside.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random

_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
_GONE = (ConnectionError, asyncio.IncompleteReadError, TimeoutError)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class FaultyLink:
    """Carries requests to `port`; a `share` of those goes wrong whose path begins with one of `paths`."""

    def __init__(self, port: int, *, share: float, paths: tuple[str, ...], seed: int, slow: float) -> None:
        """`slow`: seconds that an answer takes that is too slow."""
        self.share = share
        self.faults: Counter[str] = Counter()
        """What went wrong, and how often."""
        self.requests = 0
        self._carrying: set[asyncio.Task[None] | None] = set()
        self._port = port
        self._paths = paths
        self._random = Random(seed)
        self._slow_for = slow
        self._ways: dict[str, Callable[[bytes, Streams, Streams], Awaitable[bool]]] = {
            "lost before": self._before,
            "lost after": self._after,
            "503": self._refused,
            "half an answer": self._half,
            "slow": self._slow,
        }

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client."""
        task = asyncio.current_task()
        self._carrying.add(task)  # the loop alone would forget it
        with suppress(*_GONE, asyncio.CancelledError):  # at the end of a run some are under way
            there = await asyncio.open_connection("127.0.0.1", self._port)
            try:
                while await self._one((reader, writer), there):
                    pass
            finally:
                there[1].close()
        writer.close()
        self._carrying.discard(task)

    async def _one(self, here: Streams, there: Streams) -> bool:
        """One request and its answer; whether the connection goes on."""
        asked = await _message(here[0])
        request = asked.replace(f"http://127.0.0.1:{self._port}".encode(), b"", 1)  # RFC 9112: the absolute form
        self.requests += 1
        path = request.split(b" ", 2)[1].decode("latin-1")
        if not path.startswith(self._paths) or self._random.random() >= self.share:
            here[1].write(await _asked(request, there))
            await here[1].drain()
            return True
        way = self._random.choice(list(self._ways))
        self.faults[way] += 1
        return await self._ways[way](request, here, there)

    async def _before(self, request: bytes, here: Streams, there: Streams) -> bool:
        return False

    async def _after(self, request: bytes, here: Streams, there: Streams) -> bool:
        await _asked(request, there)
        return False

    async def _refused(self, request: bytes, here: Streams, there: Streams) -> bool:
        here[1].write(_BUSY)
        await here[1].drain()
        return True

    async def _half(self, request: bytes, here: Streams, there: Streams) -> bool:
        answer = await _asked(request, there)
        here[1].write(answer[: self._random.randrange(1, len(answer))])
        await here[1].drain()
        return False

    async def _slow(self, request: bytes, here: Streams, there: Streams) -> bool:
        answer = await _asked(request, there)
        await asyncio.sleep(self._slow_for)
        here[1].write(answer)
        await here[1].drain()
        return True


async def _asked(request: bytes, there: Streams) -> bytes:
    there[1].write(request)
    await there[1].drain()
    return await _message(there[0])


async def _message(reader: asyncio.StreamReader) -> bytes:
    """A request or an answer, head and body. Raises IncompleteReadError where the connection ends."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")), 0)
    if any(line.startswith(b"transfer-encoding:") for line in lines):
        return head + await _chunks(reader)
    return head + await reader.readexactly(length)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    whole = b""
    while True:
        size = await reader.readuntil(b"\r\n")
        whole += size + await reader.readexactly(int(size, 16) + 2)
        if int(size, 16) == 0:
            return whole
