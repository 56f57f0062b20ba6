"""A link that loses, delays and breaks requests, for a while."""

import asyncio
from random import Random

import httpx


class FaultyLink(httpx.AsyncBaseTransport):
    """Carries requests on `inner`; that `share` of them goes wrong in one of five ways, until `most` did."""

    def __init__(self, inner: httpx.AsyncBaseTransport, seed: int = 7) -> None:
        self.share = 0.0
        self.most = 10**9
        self.down = False
        self.lost = 0
        self.flows = asyncio.Event()
        """Requests wait while it is not set."""
        self.flows.set()
        self._inner = inner
        self._random = Random(seed)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request, or what became of it."""
        await self.flows.wait()
        if self.down:
            raise httpx.ConnectError("the network is gone")
        if self.lost >= self.most or self._random.random() >= self.share:
            return await self._inner.handle_async_request(request)
        self.lost += 1
        return await self._random.choice((self._before, self._after, self._refused, self._half, self._slow))(request)

    async def _before(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("lost before the server had it")

    async def _after(self, request: httpx.Request) -> httpx.Response:
        await self._whole(request)
        raise httpx.ReadError("lost after the server had done it")

    async def _refused(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, content=b"", request=request)

    async def _half(self, request: httpx.Request) -> httpx.Response:
        whole = await self._whole(request)
        return httpx.Response(whole.status_code, content=whole.content[: len(whole.content) // 2], request=request)

    async def _slow(self, request: httpx.Request) -> httpx.Response:
        await self._whole(request)
        await asyncio.sleep(0)
        raise httpx.ReadTimeout("the answer takes too long")

    async def _whole(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        await response.aread()
        return response
