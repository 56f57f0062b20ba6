"""A portal whose pages lead in a circle, or on for ever, ends the load with what came and a fault that counts."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from genesis_tui.api_client.http import paging
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.messages.threads import ThreadPage
from genesis_tui.session.offline.download import _threads
from genesis_tui.session.open_record import OpenRecord
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.session.test_messages import opened

Body = dict[str, Any]
FAR = 60


class Leading(httpx.AsyncBaseTransport):
    """The mock, but for what each page of threads says to come after it."""

    def __init__(self, inner: httpx.AsyncBaseTransport, change: Callable[[Body, int], Body]) -> None:
        self.asked = 0
        self._inner = inner
        self._change = change

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/threads"):
            return await self._inner.handle_async_request(request)
        self.asked += 1
        assert self.asked <= FAR, "it goes on and on"
        bare = httpx.Request("GET", request.url.copy_remove_param("before"), headers=request.headers)
        answer = await self._inner.handle_async_request(bare)
        page = self._change(json.loads(await answer.aread()), self.asked)
        return httpx.Response(200, json=page, request=request)


def same(page: Body, asked: int) -> Body:
    return {**page, "next": "again"}


def in_a_circle(page: Body, asked: int) -> Body:
    return {**page, "next": "abc"[asked % 3]}


def ever_new(page: Body, asked: int) -> Body:
    return {**page, "next": f"page-{asked}"}


def ever_empty(page: Body, asked: int) -> Body:
    return {**page, "threads": page["threads"] if asked == 1 else [], "next": f"page-{asked}"}


@asynccontextmanager
async def led(
    mock: Mock, transport: httpx.ASGITransport, password: str, change: Callable[[Body, int], Body]
) -> AsyncIterator[tuple[Leading, OpenRecord]]:
    link = Leading(transport, change)
    portal = Portal(ServerProfile("test", mock.issuer), transport=link, keep=False)
    await portal.sign_in.by_password("daniel.reyes", password)
    yield link, await opened(portal, "Daniel")
    await portal.close()


async def pages_of(record: OpenRecord) -> list[ThreadPage]:
    found = [await record.threads.load()]
    while found[-1].next:
        found.append(await record.threads.load(before=found[-1].next))
    return found


@pytest.mark.parametrize(("change", "pages"), [(same, 2), (in_a_circle, 4), (ever_empty, 11), (ever_new, 20)])
async def test_a_list_of_threads_comes_to_its_end(
    mock: Mock,
    transport: httpx.ASGITransport,
    passwords: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Body, int], Body],
    pages: int,
) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 20)
    async with led(mock, transport, passwords["daniel.reyes"], change) as (link, record):
        found = await pages_of(record)
        assert [page.unreadable for page in found] == [0] * (pages - 1) + [1]
        assert found[0].rows
        assert link.asked == pages
        link.asked = 0
        await _threads(record)
        assert link.asked <= 2 * pages  # the inbox, and what was sent


async def test_a_list_of_threads_ends_at_its_bytes(
    mock: Mock, transport: httpx.ASGITransport, passwords: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with led(mock, transport, passwords["daniel.reyes"], ever_new) as (_, record):
        size = (await record.threads.load()).size
        assert size > 1000
        monkeypatch.setattr(paging, "MOST_BYTES", 3 * size)
        assert [page.unreadable for page in await pages_of(record)] == [0, 0, 1]


async def test_a_page_may_be_asked_for_again(
    mock: Mock, transport: httpx.ASGITransport, passwords: dict[str, str]
) -> None:
    async with led(mock, transport, passwords["daniel.reyes"], ever_new) as (link, record):
        second = await record.threads.load(before=(await record.threads.load()).next)
        for _ in range(30):
            link.asked = 1
            assert await record.threads.load(before="page-1") == second
