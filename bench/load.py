"""Load from a process of its own: keeps connections busy with GET requests and tells rate and times.

`python bench/load.py` reads one JSON job from stdin: `{"port", "token", "paths", "connections", "seconds"}`, paths
cycled through by all connections; it prints `{"requests", "failures", "seconds", "p50", "p99"}`, times in seconds.
"""

import asyncio
import json
import sys
import time
from itertools import cycle
from typing import TypedDict


class Job(TypedDict):
    """What to ask, of whom, how long."""

    port: int
    token: str
    paths: list[str]
    connections: int
    seconds: float


class Caller(asyncio.Protocol):
    """One connection that sends the next request when the last answer is whole."""

    def __init__(self, requests: "cycle[bytes]", until: float, times: list[float]) -> None:
        self.requests, self.until, self.times = requests, until, times
        self.failures = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._got = bytearray()
        self._whole = 0
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sends the first request."""
        self.transport = transport
        self._ask()

    def _ask(self) -> None:
        self._got.clear()
        self._whole = 0
        self._sent = time.perf_counter()
        assert isinstance(self.transport, asyncio.WriteTransport)
        self.transport.write(next(self.requests))

    def data_received(self, data: bytes) -> None:
        """Collects an answer by its Content-Length."""
        self._got += data
        if not self._whole and (head := self._got.find(b"\r\n\r\n")) >= 0:
            lines = bytes(self._got[:head]).lower()
            length = lines.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]
            self._whole = head + 4 + int(length)
        if self._whole and len(self._got) >= self._whole:
            self._answered()

    def _answered(self) -> None:
        now = time.perf_counter()
        self.times.append(now - self._sent)
        self.failures += not self._got.startswith(b"HTTP/1.1 200")
        if now < self.until:
            self._ask()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends this caller; a cut connection counts as a failure."""
        self.failures += exc is not None
        if not self.done.done():
            self.done.set_result(None)


async def run(job: Job) -> dict[str, float]:
    """Runs the job; the figures of all connections together."""
    loop = asyncio.get_running_loop()
    heads = f"Host: 127.0.0.1:{job['port']}\r\nAuthorization: Bearer {job['token']}\r\n\r\n"
    requests = cycle([f"GET {path} HTTP/1.1\r\n{heads}".encode() for path in job["paths"]])
    times: list[float] = []
    start = time.perf_counter()
    pairs = [
        await loop.create_connection(lambda: Caller(requests, start + job["seconds"], times), "127.0.0.1", job["port"])
        for _ in range(job["connections"])
    ]
    await asyncio.gather(*(caller.done for _, caller in pairs))
    took = time.perf_counter() - start
    times.sort()
    return {
        "requests": len(times),
        "failures": sum(caller.failures for _, caller in pairs),
        "seconds": took,
        "p50": times[len(times) // 2],
        "p99": times[int(len(times) * 0.99)],
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(json.load(sys.stdin)))))
