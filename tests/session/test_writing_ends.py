"""What is written stays its writer's when the sign-in ends, and a message on its way is no draft (MSG-9, MSG-12)."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.session.messages.messaging import Messaging
from genesis_tui.session.portal import Portal
from tests.session.faulty_link import FaultyLink
from tests.session.test_drafts import begun, writer
from tests.session.test_outbox import bodies, ready, signed_in

Then = Callable[[httpx.Request], Awaitable[httpx.Response | None]]


class Watched(httpx.AsyncBaseTransport):
    """Calls `before` ahead of each request and `after` behind it; either may raise, or answer instead."""

    def __init__(self, mock: Mock) -> None:
        self._inner = httpx.ASGITransport(create_app(mock))
        self.before: Then = _nothing
        self.after: Then = _nothing

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        instead = await self.before(request)
        if instead is not None:
            return instead
        response = await self._inner.handle_async_request(request)
        await response.aread()
        return await self.after(request) or response


async def _nothing(_: httpx.Request) -> None:
    return


def puts(request: httpx.Request, what: str) -> bool:
    """Whether it puts a draft or a file."""
    return request.method == "PUT" and f"/{what}/" in request.url.path


async def daniel_signs_in(mock: Mock, portal: Portal) -> None:
    with mock.database.begin() as conn:
        password = conn.exec_driver_sql("SELECT password FROM sign_in WHERE username = 'daniel.reyes'").scalar_one()
    await portal.sign_in.by_password("daniel.reyes", str(password))


async def test_whoever_asks_at_once_gets_the_same(mock: Mock) -> None:
    async with signed_in(mock, Watched(mock)) as portal:
        first, second = await asyncio.gather(portal.messaging(), portal.messaging())
        assert first is second
        await portal.sign_in.out()
        assert first.outbox._task is None


@pytest.mark.rule("MSG-9", "FAM-9")
async def test_a_draft_under_way_is_not_kept_as_the_next_persons(mock: Mock, tmp_path: Path) -> None:
    link, waits, goes_on = Watched(mock), asyncio.Event(), asyncio.Event()

    async def hold(request: httpx.Request) -> None:
        if puts(request, "attachments"):
            waits.set()
            await goes_on.wait()

    link.before = hold
    (tmp_path / "notes.txt").write_text("notes")
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        attached = await post.drafts.files.attach(draft, tmp_path / "notes.txt", post.limits)
        kept = await post.drafts.keep(replace(attached, body="Words of the one before."))
        keeping = asyncio.create_task(post.drafts.keep_on_server(kept))
        await waits.wait()
        await portal.sign_in.out()
        await daniel_signs_in(mock, portal)
        goes_on.set()
        with pytest.raises(ApiError) as ended:
            await keeping
        assert ended.value.reason == "sign-in-over"
        assert await (await portal.messaging()).drafts.of(draft.patient_id) == ()


@pytest.mark.rule("MSG-12", "FAM-9")
async def test_what_waits_is_not_sent_as_the_next_person(mock: Mock) -> None:
    link = FaultyLink(httpx.ASGITransport(create_app(mock)))
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        link.down = True
        await post.send(draft)
        link.down = False
        await portal.sign_in.out()
        await daniel_signs_in(mock, portal)
        post.outbox.start()
        for _ in range(50):
            await asyncio.sleep(0.01)
        assert bodies(mock) == []
        await post.outbox.close()


@pytest.mark.rule("MSG-9", "MSG-12")
async def test_a_message_on_its_way_is_no_draft(mock: Mock) -> None:
    link = FaultyLink(httpx.ASGITransport(create_app(mock)))
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        kept = await post.drafts.keep_on_server(await post.drafts.keep(draft))
        assert isinstance(kept, Draft)
        post.outbox.stop()
        await post.send(kept)
        assert [one.id for one in await post.api.drafts(draft.patient_id)] == [draft.id]
        assert await post.drafts.of(draft.patient_id) == ()
        assert (await post.drafts.keep(replace(kept, body="Other words."))).saved is None, "nobody is told it is kept"


def lost(link: Watched, what: str) -> None:
    """The next answer to a PUT of that kind does not arrive."""

    async def lose(request: httpx.Request) -> None:
        if puts(request, what):
            link.after = _nothing
            raise httpx.ReadError("lost after the server had done it")

    link.after = lose


async def kept_unheard(link: Watched, portal: Portal, post: Messaging) -> Draft:
    """A draft that the server keeps, though its answer was lost."""
    kept = await post.drafts.keep(await begun(portal, post))
    lost(link, "drafts")
    with suppress(ApiError):
        await post.drafts.keep_on_server(kept)
    return kept


@pytest.mark.rule("MSG-9")
async def test_ones_own_older_words_are_no_conflict(mock: Mock) -> None:
    link = Watched(mock)
    async with writer(mock, link) as (portal, post):
        kept = await kept_unheard(link, portal, post)
        more = await post.drafts.keep(replace(kept, body="The first words, and more."))
        found = await post.drafts.keep_on_server(more)
        assert isinstance(found, Draft)
        assert [one.body for one in await post.api.drafts(kept.patient_id)] == ["The first words, and more."]


@pytest.mark.rule("MSG-8")
async def test_a_draft_whose_arrival_was_not_told_is_deleted_there_too(mock: Mock) -> None:
    link = Watched(mock)
    async with writer(mock, link) as (portal, post):
        kept = await kept_unheard(link, portal, post)
        await post.drafts.delete(kept)
        assert await post.api.drafts(kept.patient_id) == ()
        assert await post.drafts.of(kept.patient_id) == ()


async def odd(request: httpx.Request) -> httpx.Response | None:
    """Drafts that nobody can read."""
    asks = request.url.path.endswith("/drafts")
    return httpx.Response(200, json={"drafts": [{"id": 7}]}, request=request) if asks else None


@pytest.mark.rule("MSG-9")
async def test_a_draft_that_can_not_be_read_there_stays_here(mock: Mock) -> None:
    link = Watched(mock)
    async with writer(mock, link) as (portal, post):
        kept = await post.drafts.keep_on_server(await post.drafts.keep(await begun(portal, post)))
        assert isinstance(kept, Draft)
        link.before = odd
        assert [one.id for one in await post.drafts.of(kept.patient_id)] == [kept.id]
        assert [one.id for one in post.drafts.kept()] == [kept.id]
