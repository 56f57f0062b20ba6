"""What is not known of a message is asked for, and only the server's word on the message itself decides (MSG-12)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.models.acts import ActStage, Outgoing
from genesis_tui.models.base.errors import ApiError
from genesis_tui.session.acts.outbox import ASK_AFTER, REMEMBERED
from genesis_tui.session.messages.messaging import Messaging
from tests.session.faulty_link import FaultyLink
from tests.session.odd_link import OddLink
from tests.session.test_outbox import _uuid, bodies, ready, signed_in, tried

SECOND = timedelta(seconds=1)


@pytest.mark.rule("MSG-12")
@pytest.mark.parametrize("status", [400, 403, 409, 410, 422])
async def test_a_question_that_is_refused_is_no_refusal_of_the_message(mock: Mock, status: int) -> None:
    link = OddLink(mock)
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        link.loses, link.told = 1, (status, {"title": "No."})
        item = await post.send(draft)
        doubted = await tried(post, item.key, "did not say")
        assert (doubted.stage, post.drafts.kept()) == (ActStage.UNKNOWN, ())
        with pytest.raises(ApiError):
            await post.outbox.take_back(item.key)
        link.told = None
        assert (await post.outbox.settled(item.key, 5)).stage is ActStage.SENT
        assert len(link.sends) == 1
    assert bodies(mock) == ["Is this too low?"]


@pytest.mark.rule("MSG-12")
async def test_a_refusal_whose_answer_was_lost_is_one(mock: Mock) -> None:
    link = OddLink(mock)
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        link.loses = 1
        done = await post.outbox.settled((await post.send(replace(draft, subject="x" * 51))).key, 5)
        assert (done.stage, link.asked) == (ActStage.REFUSED, 1)
        [kept] = post.drafts.kept()
        assert "1 to 50" in kept.refused
    assert bodies(mock) == []


@pytest.mark.rule("MSG-12")
@pytest.mark.parametrize("answer", [None, {}, {"thread": 7}, {"thread": "t", "due": "soon"}])
async def test_an_odd_answer_about_one_stops_no_other(mock: Mock, answer: object) -> None:
    link = OddLink(mock)
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        link.loses, link.told = 1, (200, {"key": "k", "state": "done", "status": 201, "answer": answer})
        first = await post.send(draft)
        assert (await tried(post, first.key)).stage is ActStage.UNKNOWN
        second = await post.send(replace(draft, id=_uuid(2), body="Is this the second?"))
        assert (await post.outbox.settled(second.key, 5)).stage is ActStage.SENT
        link.told = None
        assert (await post.outbox.settled(first.key, 5)).stage is ActStage.SENT
    assert sorted(bodies(mock)) == ["Is this the second?", "Is this too low?"]


@pytest.mark.rule("MSG-12")
async def test_whatever_goes_wrong_with_one_stops_no_other(mock: Mock) -> None:
    async with signed_in(mock, OddLink(mock)) as portal:
        post, draft = await ready(portal)

        def heard(item: Outgoing) -> None:
            if item.stage is ActStage.SENDING and item.draft.body == draft.body:
                raise ValueError(item.draft.body)

        post.outbox.heard = heard
        first = await post.send(draft)
        second = await post.send(replace(draft, id=_uuid(2), body="Is this the second?"))
        assert (await post.outbox.settled(second.key, 5)).stage is ActStage.SENT
        waiting = await post.outbox.settled(first.key, 0.1)
        assert (waiting.stage, waiting.unsent) in ((ActStage.UNKNOWN, True), (ActStage.SENDING, True))
        post.outbox.heard = lambda _: None
        assert (await post.outbox.settled(first.key, 5)).stage is ActStage.SENT
    assert sorted(bodies(mock)) == ["Is this the second?", "Is this too low?"]


@asynccontextmanager
async def given_up(mock: Mock) -> AsyncIterator[tuple[Messaging, Outgoing]]:
    """A message that was tried once, and never arrived; the link is whole again, and nothing is under way."""
    link = FaultyLink(httpx.ASGITransport(create_app(mock)))
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        link.down = True
        waiting = await tried(post, (await post.send(draft)).key)
        await post.outbox.close()
        link.down = False
        yield post, waiting


def at(post: Messaging, item: Outgoing, later: timedelta) -> None:
    """The clock stands so long after the message was tried."""
    assert item.tried is not None
    then = item.tried + later
    post.outbox.clock = lambda: then


@pytest.mark.rule("MSG-12")
async def test_what_is_known_never_to_have_arrived_may_be_sent_however_late(mock: Mock) -> None:
    async with given_up(mock) as (post, item):
        at(post, item, timedelta(days=1.5))
        post.outbox.start()
        assert (await post.outbox.settled(item.key, 5)).stage is ActStage.ASKS
        at(post, item, timedelta(days=8))
        await post.outbox.again(item.key)
        assert (await post.outbox.settled(item.key, 5)).stage is ActStage.SENT
    assert bodies(mock) == ["Is this too low?"]


@pytest.mark.parametrize(
    ("later", "stage"),
    [(-SECOND, ActStage.SENT), (timedelta(), ActStage.SENT), (SECOND, ActStage.ASKS)],
)
async def test_after_more_than_a_day_it_asks_first(mock: Mock, later: timedelta, stage: ActStage) -> None:
    async with given_up(mock) as (post, item):
        then = item.asked + ASK_AFTER + later
        post.outbox.clock = lambda: then
        post.outbox.start()
        assert (await post.outbox.settled(item.key, 5)).stage is stage


@pytest.mark.rule("MSG-12")
@pytest.mark.parametrize(
    ("later", "stage"),
    [(REMEMBERED - SECOND, ActStage.ASKS), (REMEMBERED, ActStage.ASKS), (REMEMBERED + SECOND, "refused")],
)
async def test_the_servers_memory_ends_to_the_second(mock: Mock, later: timedelta, stage: str) -> None:
    async with given_up(mock) as (post, item):
        at(post, item, later)
        post.outbox.start()
        done = await post.outbox.settled(item.key, 5)
        assert done.stage == stage
        assert ("Look for it in Sent" in done.why) == (stage == "refused")
    assert bodies(mock) == []


@pytest.mark.rule("MSG-8", "MSG-12")
@pytest.mark.parametrize(("later", "certain"), [(REMEMBERED - SECOND, True), (REMEMBERED + SECOND, False)])
async def test_it_is_taken_back_only_while_the_server_would_know(mock: Mock, later: timedelta, certain: bool) -> None:
    async with given_up(mock) as (post, item):
        at(post, item, later)
        if certain:
            assert await post.outbox.take_back(item.key) is not None
        else:
            with pytest.raises(ApiError) as refused:
                await post.outbox.take_back(item.key)
            assert (refused.value.reason, "in Sent" in refused.value.next) == ("forgotten", True)
        assert (len(post.drafts.kept()), len(post.outbox.unsent)) == ((1, 0) if certain else (0, 1))
