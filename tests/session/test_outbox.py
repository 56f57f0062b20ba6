"""Messages on their way: once, whatever the link does, and never lost (MSG-12, R1)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import stamina

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.models.acts import ActStage, Outgoing
from genesis_tui.models.base.errors import ApiError, Refused
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.session.messages.messaging import Messaging
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.session.faulty_link import FaultyLink


@pytest.fixture(autouse=True)
def without_pauses() -> Iterator[None]:
    """What may be asked again is, at once."""
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def link(mock: Mock) -> FaultyLink:
    return FaultyLink(httpx.ASGITransport(create_app(mock)))


@asynccontextmanager
async def signed_in(mock: Mock, link: FaultyLink, who: str = "elena.reyes") -> AsyncIterator[Portal]:
    portal = Portal(ServerProfile(url=mock.issuer), transport=link)
    with mock.database.begin() as conn:
        password = conn.exec_driver_sql("SELECT password FROM sign_in WHERE username = ?", (who,)).scalar_one()
    await portal.sign_in.by_password(who, str(password))
    try:
        yield portal
    finally:
        await portal.close()


async def ready(portal: Portal) -> tuple[Messaging, Draft]:
    """The person's post, and a draft about their daughter that every rule lets go."""
    post = await portal.messaging()
    post.outbox.pauses = (0.0, 0.0, 0.01)
    maya = (await portal.family.load()).find("maya")[0]
    clinic = (await post.recipients(maya.id, "")).rows[0]
    draft = post.drafts.begin(maya.id, maya.name)
    words = {"recipient_id": clinic.id, "category": "other", "subject": "Ferritin", "body": "Is this too low?"}
    return post, replace(draft, **words)


async def tried(post: Messaging, key: str, words: str = "") -> Outgoing:
    """A message once a try of it has failed, with these words about why; however busy the machine is."""
    for _ in range(1000):
        [item] = [one for one in post.outbox.items if one.key == key]
        if item.tried and item.why and words in item.why and item.stage is not ActStage.SENDING:
            return item
        await asyncio.sleep(0.005)
    raise AssertionError(f"never tried: {item}")


def bodies(mock: Mock) -> list[str]:
    with mock.database.begin() as conn:
        found = conn.exec_driver_sql("SELECT body FROM message WHERE body LIKE 'Is this%'")
        return [str(row[0]) for row in found]


def thread_of(mock: Mock) -> str:
    with mock.database.begin() as conn:
        return str(conn.exec_driver_sql("SELECT thread_id FROM message WHERE body LIKE 'Is this%'").scalar_one())


@pytest.mark.rule("MSG-12")
async def test_a_message_is_sent_and_its_due_day_is_known(mock: Mock, link: FaultyLink) -> None:
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        heard: list[ActStage] = []
        post.outbox.heard = lambda item: heard.append(item.stage)
        await post.drafts.keep(draft)
        item = await post.send(draft)
        done = await post.outbox.settled(item.key, 5)
        assert (done.stage, done.due is not None, done.thread_id) == (ActStage.SENT, True, thread_of(mock))
        assert heard == [ActStage.QUEUED, ActStage.SENDING, ActStage.SENT]
        assert (post.drafts.kept(), portal.unsent) == ((), ())
    assert bodies(mock) == ["Is this too low?"]


@pytest.mark.rule("MSG-12")
@pytest.mark.parametrize("count", [60, pytest.param(500, marks=pytest.mark.long)])
async def test_messages_through_a_faulty_link_arrive_once_each(mock: Mock, link: FaultyLink, count: int) -> None:
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        link.share, link.most = 0.5, count * 4 // 5
        keys = [(await post.send(replace(draft, id=_uuid(n), body=f"Is this no. {n}?"))).key for n in range(count)]
        done = [await post.outbox.settled(key, 60) for key in keys]
        assert {item.stage for item in done} == {ActStage.SENT}
        assert portal.unsent == ()
    assert link.lost == count * 4 // 5
    assert sorted(bodies(mock)) == sorted(f"Is this no. {n}?" for n in range(count))


@pytest.mark.rule("MSG-9", "MSG-12")
async def test_what_was_under_way_goes_on_after_a_restart(mock: Mock, link: FaultyLink, own_state: Path) -> None:
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        link.down = True
        item = await post.send(draft)
        waiting = await tried(post, item.key)
        assert waiting.stage in (ActStage.QUEUED, ActStage.UNKNOWN)
        assert waiting.why
    assert [*own_state.rglob("*.sealed")], "the intent is on the disk"  # noqa: ASYNC240 - a test may wait
    assert bodies(mock) == []
    link.down = False
    async with signed_in(mock, link, "daniel.reyes") as other:
        assert await other.resume_messaging() is None, "nobody else's"
    async with signed_in(mock, link) as portal:
        again = await portal.resume_messaging()
        assert again is not None
        assert (await again.outbox.settled(item.key, 5)).stage is ActStage.SENT
    assert bodies(mock) == ["Is this too low?"]


@pytest.mark.rule("MSG-12")
async def test_an_answer_that_was_lost_is_asked_for_not_sent_again(mock: Mock, link: FaultyLink) -> None:
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        sends: list[str] = []
        whole = link._inner

        class LosesOne(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                response = await whole.handle_async_request(request)
                if request.url.path.endswith("/messages"):
                    await response.aread()
                    sends.append(request.headers["idempotency-key"])
                    raise httpx.ReadError("lost")
                return response

        link._inner = LosesOne()
        done = await post.outbox.settled((await post.send(draft)).key, 5)
        assert done.stage is ActStage.SENT
        assert len(sends) == 1
    assert bodies(mock) == ["Is this too low?"]


async def test_a_refusal_makes_it_a_draft_again_with_the_servers_words(mock: Mock, link: FaultyLink) -> None:
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        done = await post.outbox.settled((await post.send(replace(draft, subject="x" * 51))).key, 5)
        assert done.stage is ActStage.REFUSED
        [kept] = post.drafts.kept()
        assert "1 to 50" in kept.refused
    assert bodies(mock) == []


@pytest.mark.rule("MSG-12")
@pytest.mark.parametrize(("waited", "asks"), [(23.99, False), (24.01, True)])
async def test_after_a_day_it_asks_before_it_sends(mock: Mock, link: FaultyLink, waited: float, asks: bool) -> None:
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        link.down = True
        item = await post.send(draft)
        await tried(post, item.key)
        usual = post.outbox.clock
        post.outbox.clock = lambda: usual() + timedelta(hours=waited)
        link.down = False
        done = await post.outbox.settled(item.key, 5)
        assert done.stage is (ActStage.ASKS if asks else ActStage.SENT)
        assert len(bodies(mock)) == (not asks)
        if asks:
            await post.outbox.again(item.key)
            assert (await post.outbox.settled(item.key, 5)).stage is ActStage.SENT


async def test_what_the_server_has_forgotten_is_left_to_its_writer(mock: Mock, link: FaultyLink) -> None:
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        link.down = True
        item = await post.send(draft)
        await tried(post, item.key)
        usual = post.outbox.clock
        post.outbox.clock = lambda: usual() + timedelta(days=7)
        link.down = False
        done = await post.outbox.settled(item.key, 5)
        assert done.stage is ActStage.REFUSED
        assert "Sent" in done.why
        assert len(post.drafts.kept()) == 1
    assert bodies(mock) == []


async def test_it_is_taken_back_only_where_the_server_never_got_it(mock: Mock, link: FaultyLink) -> None:
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        link.down = True
        item = await post.send(draft)
        await tried(post, item.key)
        with pytest.raises(ApiError):
            await post.outbox.take_back(item.key)
        post.outbox.stop()
        link.down = False
        assert await post.outbox.take_back(item.key) is not None
        assert (len(post.drafts.kept()), post.outbox.items) == (1, ())
    assert bodies(mock) == []


class Slower(FaultyLink):
    """To a server that says of one request that it is still being done (WIRE: in flight)."""

    works_on = ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.works_on and request.url.path.endswith(f"/requests/{self.works_on}"):
            return httpx.Response(200, json={"key": self.works_on, "state": "in-flight"}, request=request)
        return await super().handle_async_request(request)


async def test_it_is_not_taken_back_while_the_server_works_on_it(mock: Mock) -> None:
    link = Slower(httpx.ASGITransport(create_app(mock)))
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        link.down = True
        item = await post.send(draft)
        await tried(post, item.key)
        post.outbox.stop()
        link.down = False
        link.works_on = item.key
        with pytest.raises(Refused) as refused:
            await post.outbox.take_back(item.key)
        assert refused.value.reason == "in-flight"
        assert [one.key for one in post.outbox.unsent] == [item.key]
    assert bodies(mock) == []


async def test_nothing_is_sent_once_somebody_has_signed_out(mock: Mock, link: FaultyLink) -> None:
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        link.down = True
        item = await post.send(draft)
        await tried(post, item.key)
        link.down = False
        await portal.sign_in.lock()
        assert post.outbox._task is None
        await asyncio.sleep(0.05)
    assert bodies(mock) == []


def _uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"
