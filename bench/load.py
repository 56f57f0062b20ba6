"""Load from a process of its own: keeps connections busy with requests and tells rate and times.

`python bench/load.py` reads one JSON job from stdin: `{"port", "token", "paths", "connections", "seconds"}`, paths that
all connections GET over and over, or `{"port", "token", "path", "bodies", "connections", "seconds"}`, bodies that they
POST once each. It prints `{"requests", "failures", "seconds", "p50", "p99"}`, times in seconds.
"""

import asyncio
import json
import sys
import time
import uuid
from collections.abc import Iterator
from itertools import cycle
from typing import NotRequired, TypedDict


class Job(TypedDict):
    """What to ask, of whom, how long at most."""

    port: int
    token: str
    paths: NotRequired[list[str]]
    path: NotRequired[str]
    bodies: NotRequired[list[dict[str, str]]]
    connections: int
    seconds: float


class Caller(asyncio.Protocol):
    """One connection that sends the next request when the last answer is whole."""

    def __init__(self, requests: Iterator[bytes], until: float, times: list[float]) -> None:
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
        if request := next(self.requests, b""):
            self.transport.write(request)
        else:
            self.transport.close()

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
        self.failures += not self._got.startswith(b"HTTP/1.1 20")
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
    requests = _requests(job)
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


def _requests(job: Job) -> Iterator[bytes]:
    heads = f"Host: 127.0.0.1:{job['port']}\r\nAuthorization: Bearer {job['token']}\r\n"
    if "paths" in job:
        return cycle([f"GET {path} HTTP/1.1\r\n{heads}\r\n".encode() for path in job["paths"]])
    return iter([f"POST {job['path']} HTTP/1.1\r\n{heads}{_posted(body)}".encode() for body in job["bodies"]])


def _posted(body: dict[str, str]) -> str:
    sent, key = json.dumps(body), uuid.uuid4()
    return f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n{sent}"


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(json.load(sys.stdin)))))
