"""Several processes of one person on one disk: each message is sent once, or is a draft, never both (MSG-12)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.acts import ActStage, Outgoing
from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.session.messages.messaging import Messaging, opened
from genesis_tui.session.portal import Portal
from tests.session.odd_link import OddLink
from tests.session.test_outbox import bodies, ready, signed_in


async def second(portal: Portal) -> Messaging:
    """What another process of the same person has."""
    server = portal.sign_in.server()
    assert portal.sign_in.me is not None
    other = await opened(portal.profile.url, portal.sign_in.me, server, keep=True)
    other.outbox.pauses = (0.0, 0.0, 0.01)
    return other


@asynccontextmanager
async def two(mock: Mock, link: OddLink) -> AsyncIterator[tuple[Messaging, Outgoing, Messaging, Draft]]:
    """One process with a message that waits, and another one that knows of it."""
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        await post.outbox.close()
        item = await post.send(draft)
        other = await second(portal)
        yield post, item, other, draft
        await other.close()


@pytest.mark.rule("MSG-8", "MSG-12")
async def test_what_another_process_took_back_is_not_sent(mock: Mock) -> None:
    async with two(mock, OddLink(mock)) as (post, item, other, _):
        taken = await other.outbox.take_back(item.key)
        assert taken is not None
        heard: list[ActStage] = []
        post.outbox.heard = lambda one: heard.append(one.stage)
        post.outbox.start()
        done = await post.outbox.settled(item.key, 5)
        assert (done.stage, heard, post.outbox.unsent) == (ActStage.REFUSED, [ActStage.REFUSED], ())
        assert "draft again" in done.why
        [kept] = post.drafts.kept()
        assert (await post.drafts.keep(kept)).saved is not None, "it can be written here too"
    assert bodies(mock) == []


@pytest.mark.rule("MSG-12")
async def test_what_another_process_sent_is_known_to_be(mock: Mock) -> None:
    link = OddLink(mock)
    async with two(mock, link) as (post, item, other, _):
        other.outbox.start()
        assert (await other.outbox.settled(item.key, 5)).stage is ActStage.SENT
        post.outbox.start()
        done = await post.outbox.settled(item.key, 5)
        assert (done.stage, bool(done.thread_id), done.due is not None) == (ActStage.SENT, True, True)
        assert await post.outbox.take_back(item.key) is None
        assert len(link.sends) == 1
    assert bodies(mock) == ["Is this too low?"]


@pytest.mark.rule("MSG-12")
async def test_what_is_gone_without_a_word_is_on_its_way_no_more(mock: Mock) -> None:
    async with two(mock, OddLink(mock)) as (post, item, other, draft):
        assert await other.outbox.take_back(item.key) is not None
        await other.drafts.delete(draft)
        post.outbox.start()
        await post.outbox.settled(item.key, 5)
        assert post.outbox.items == ()
        for act in (post.outbox.take_back, post.outbox.again):
            with pytest.raises(ApiError, match=r".*") as gone:
                await act(item.key)
            assert "on its way" in gone.value.title
    assert bodies(mock) == []


@pytest.mark.rule("MSG-8", "MSG-12")
async def test_what_is_being_sent_can_not_be_taken_back_elsewhere(mock: Mock, own_state: Path) -> None:
    link = OddLink(mock)
    link.waits = asyncio.Event()
    async with two(mock, link) as (post, item, other, _):
        post.outbox.start()
        await link.reached.wait()
        for outbox in (post.outbox, other.outbox):
            with pytest.raises(ApiError, match=r".*") as busy:
                await outbox.take_back(item.key)
            assert busy.value.reason == "in-flight"
        link.waits.set()
        assert (await post.outbox.settled(item.key, 5)).stage is ActStage.SENT
        assert (post.drafts.kept(), [*own_state.rglob("*.lock")]) == ((), [])  # noqa: ASYNC240 - a test may wait
    assert bodies(mock) == ["Is this too low?"]


@pytest.mark.rule("MSG-12")
async def test_two_at_once_send_it_once(mock: Mock) -> None:
    link = OddLink(mock)
    link.waits = asyncio.Event()
    async with two(mock, link) as (post, item, other, _):
        post.outbox.start()
        other.outbox.start()
        await link.reached.wait()
        await asyncio.sleep(0.1)
        link.waits.set()
        done = [await outbox.settled(item.key, 5) for outbox in (post.outbox, other.outbox)]
        assert [one.stage for one in done] == [ActStage.SENT, ActStage.SENT]
        assert len(link.sends) == 1
    assert bodies(mock) == ["Is this too low?"]


@pytest.mark.rule("MSG-12")
async def test_what_was_taken_back_elsewhere_is_not_sent_when_it_is_confirmed(mock: Mock) -> None:
    async with two(mock, OddLink(mock)) as (post, item, other, _):
        usual = post.outbox.clock
        post.outbox.clock = lambda: usual() + timedelta(hours=25)
        post.outbox.start()
        assert (await post.outbox.settled(item.key, 5)).stage is ActStage.ASKS
        assert await other.outbox.take_back(item.key) is not None
        await post.outbox.again(item.key)
        assert (await post.outbox.settled(item.key, 5)).stage is ActStage.REFUSED
    assert bodies(mock) == []


@pytest.mark.rule("MSG-12")
async def test_what_another_process_tried_is_asked_for(mock: Mock) -> None:
    link = OddLink(mock)
    async with two(mock, link) as (post, item, other, _):
        link.loses, link.told = 1, (503, {})
        other.outbox.start()
        assert (await other.outbox.settled(item.key, 0.2)).stage is ActStage.UNKNOWN
        await other.outbox.close()
        link.told = None
        post.outbox.start()
        assert (await post.outbox.settled(item.key, 5)).stage is ActStage.SENT
        assert len(link.sends) == 1


@pytest.mark.rule("MSG-9")
async def test_what_does_not_open_is_counted_and_left_alone(mock: Mock, own_state: Path) -> None:
    async with signed_in(mock, OddLink(mock)) as portal:
        post, draft = await ready(portal)
        await post.outbox.close()
        await post.send(draft)
        assert (await second(portal)).outbox.unopened == 0
        [path] = own_state.rglob("out-*.sealed")  # noqa: ASYNC240 - a test may wait
        path.write_bytes(bytes(60))
        other = await second(portal)
        assert (other.outbox.unopened, other.outbox.items) == (1, ())
        other.outbox.start()
        await other.close()
        assert path.read_bytes() == bytes(60)


@pytest.mark.rule("MSG-9")
async def test_whoever_starts_drops_no_draft_of_what_another_works_on(mock: Mock, own_state: Path) -> None:
    link = OddLink(mock)
    link.waits = asyncio.Event()
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        item = await post.send(draft)
        await link.reached.wait()
        await post.drafts.bring_back(draft)
        other = await second(portal)
        assert [one.key for one in other.outbox.unsent] == [item.key]
        assert [one.id for one in other.drafts.kept()] == [draft.id]
        await other.close()
        link.waits.set()
        await post.outbox.settled(item.key, 5)
