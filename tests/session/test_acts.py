"""Acts: on the disk before the first byte leaves, done once, and never later than they may be."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.models.acts import Act, ActStage
from genesis_tui.models.base.errors import ApiError, RecordClosed, Refused, Unreachable
from genesis_tui.models.family import Access
from genesis_tui.session.acts.drafts import DraftDeletion
from genesis_tui.session.acts.grants import NewGrant, NewGrants
from genesis_tui.session.messages.messaging import Messaging
from genesis_tui.session.portal import Portal
from genesis_tui.store.vault import FileVault
from tests.session.faulty_link import FaultyLink
from tests.session.test_outbox import bodies, ready, signed_in, without_pauses

__all__ = ["without_pauses"]
GRANTS = "/portal/v1/family/grants"


class Link(FaultyLink):
    """Loses the answers to grants where it is `losing`, and all that comes after one."""

    losing = False
    dropping = False
    """Whether grants are lost on their way to the server."""
    seen: Path | None = None
    """Where the intent must stand when a grant comes."""
    waits: asyncio.Event | None = None

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        super().__init__(inner)
        self.came = asyncio.Event()
        self.found: list[Path] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != GRANTS or request.method != "POST":
            return await super().handle_async_request(request)
        self.found = [*self.seen.rglob("out-*.sealed")] if self.seen is not None else []
        self.came.set()
        if self.waits is not None:
            await self.waits.wait()
        if self.dropping:
            raise httpx.ReadError("lost")
        answer = await super().handle_async_request(request)
        if not self.losing:
            return answer
        await answer.aread()
        self.down = True
        raise httpx.ReadError("lost")


@pytest.fixture
def link(mock: Mock) -> Link:
    return Link(httpx.ASGITransport(create_app(mock)))


@asynccontextmanager
async def daniel(mock: Mock, link: Link) -> AsyncIterator[tuple[Portal, Messaging]]:
    async with signed_in(mock, link, "daniel.reyes") as portal:
        post = await portal.messaging()
        post.outbox.pauses = (0.0, 0.0, 0.01)
        yield portal, post


def given(mock: Mock) -> int:
    with mock.database.begin() as conn:
        return int(conn.exec_driver_sql("SELECT count(*) FROM audit WHERE what = 'grant'").scalar_one())


async def known(post: Messaging) -> Act:
    """The last act, once it is known what became of it."""
    for _ in range(1000):
        if not post.outbox.acts[-1].unsent:
            break
        await asyncio.sleep(0.005)
    return post.outbox.acts[-1]


async def in_doubt(portal: Portal) -> None:
    with pytest.raises(ApiError, match="not-known"):
        await portal.family.grant("elena.reyes", Access.FULL)


async def test_it_is_on_the_disk_before_the_server_hears_of_it(mock: Mock, link: Link, own_state: Path) -> None:
    link.seen = own_state
    async with daniel(mock, link) as (portal, post):
        made = await portal.family.grant("elena.reyes", Access.FULL)
        assert (made.receiver, len(link.found)) == ("elena.reyes", 1)
        assert b"elena" not in link.found[0].parent.name.encode()
        assert [(act.kind, act.stage) for act in post.outbox.acts] == [("grant", ActStage.SENT)]
    assert not [*own_state.rglob("out-*")]  # noqa: ASYNC240 - a test may wait


async def test_what_may_not_wait_is_not_done_without_a_connection(mock: Mock, link: Link, own_state: Path) -> None:
    async with daniel(mock, link) as (portal, post):
        link.down = True
        with pytest.raises(Unreachable):
            await portal.family.grant("elena.reyes", Access.FULL)
        assert post.outbox.acts[-1].stage is ActStage.REFUSED
        assert not [*own_state.rglob("out-*")]  # noqa: ASYNC240 - a test may wait
        link.down = False
        await portal.family.load()
    assert given(mock) == 0


async def test_what_may_not_wait_and_never_arrived_is_not_sent_again(mock: Mock, link: Link) -> None:
    async with daniel(mock, link) as (portal, post):
        link.dropping = True
        link.came.clear()
        asking = asyncio.create_task(portal.family.grant("elena.reyes", Access.FULL))
        await link.came.wait()
        link.dropping = False
        with pytest.raises(ApiError) as told:
            await asking
        assert told.value.reason != "not-known"
        assert post.outbox.acts[-1].stage is ActStage.REFUSED
    assert given(mock) == 0


async def test_a_refusal_is_the_servers(mock: Mock, link: Link) -> None:
    async with daniel(mock, link) as (portal, post):
        with pytest.raises(Refused) as refused:
            await portal.family.grant("daniel.reyes", Access.FULL)
        assert refused.value.rule == "FAM-5"
        assert not post.outbox.unknown


async def test_what_is_not_known_is_asked_for_until_it_is(mock: Mock, link: Link) -> None:
    async with daniel(mock, link) as (portal, post):
        me, *others = (await portal.family.load()).people
        link.losing = True
        await in_doubt(portal)
        assert [act.kind for act in post.outbox.unknown] == ["grant"]
        [doubt] = [one for one in (await portal.home.unsent(me, None)).items if one.in_doubt]
        assert (doubt.state, "the access for" in doubt.title, doubt.place) == ("in doubt", True, "family")
        assert not [one for one in (await portal.home.unsent(others[0], None)).items if one.in_doubt], "not hers"
        link.down = link.losing = False
        assert (await known(post)).stage is ActStage.SENT
    assert given(mock) == 1


async def test_what_was_in_doubt_is_asked_for_after_a_restart(mock: Mock, link: Link) -> None:
    async with daniel(mock, link) as (portal, _):
        link.losing = True
        await in_doubt(portal)
    link.down = link.losing = False
    async with daniel(mock, link) as (_, post):
        done = await known(post)
        assert isinstance(done, NewGrant)
        assert (done.stage, done.made is not None and done.made.scope) == (ActStage.SENT, Access.FULL)
    assert given(mock) == 1


async def test_what_was_never_sent_and_may_not_wait_is_not_done_later(mock: Mock, link: Link) -> None:
    async with daniel(mock, link) as (_, post):
        await post.outbox.close()
        act = NewGrant(patient_id="", asked=post.outbox.clock(), receiver="elena.reyes", scope=Access.FULL)
        await post.outbox.take(act)
    async with daniel(mock, link) as (_, post):
        done = await known(post)
        assert done.stage is ActStage.REFUSED
        assert done.why.startswith("The access for elena.reyes was not done")
    assert given(mock) == 0


async def test_what_may_wait_says_why_it_waits_and_goes_when_it_is_hurried(mock: Mock, link: Link) -> None:
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        await post.drafts.keep_on_server(await post.drafts.keep(draft))
        post.outbox.stop()
        link.down = True
        with pytest.raises(Unreachable):
            await post.outbox.do(DraftDeletion(asked=post.outbox.clock(), draft_id=draft.id))
        assert [act.stage for act in post.outbox.acts] == [ActStage.UNKNOWN]
        assert (post.outbox.others, post.outbox.unknown) == ((), ())
        with pytest.raises(Unreachable):
            await post.outbox.hurry(DraftDeletion.KIND)
        link.down = False
        assert len(await post.api.drafts(draft.patient_id)) == 1
        await asyncio.wait_for(post.outbox.hurry(DraftDeletion.KIND), 5)
        assert await post.api.drafts(draft.patient_id) == ()
        assert [act.stage for act in post.outbox.acts] == [ActStage.SENT]


async def test_a_deletion_that_waited_for_days_is_done_without_asking(mock: Mock, link: Link) -> None:
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        await post.drafts.keep_on_server(await post.drafts.keep(draft))
        asked = post.outbox.clock() - timedelta(days=3)
        await asyncio.wait_for(post.outbox.do(DraftDeletion(asked=asked, draft_id=draft.id)), 5)
        assert await post.api.drafts(draft.patient_id) == ()


async def test_a_fault_of_this_app_is_told_without_its_words(
    mock: Mock, link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("elena.reyes")

    async with daniel(mock, link) as (portal, post):
        monkeypatch.setattr(NewGrants, "prepare", fail)
        with pytest.raises(ApiError) as told:
            await portal.family.grant("elena.reyes", Access.FULL)
        assert (told.value.title, told.value.detail) == ("Something went wrong in this app.", "")
        assert post.outbox.acts[-1].stage is ActStage.REFUSED
    assert given(mock) == 0


async def test_no_screen_can_cancel_it(mock: Mock, link: Link) -> None:
    link.waits = asyncio.Event()
    async with daniel(mock, link) as (portal, post):
        asking = asyncio.create_task(portal.family.grant("elena.reyes", Access.FULL))
        await link.came.wait()
        asking.cancel()
        await asyncio.wait([asking])
        link.waits.set()
        assert (await known(post)).stage is ActStage.SENT
    assert given(mock) == 1


async def test_a_record_that_closes_ends_the_wait_and_not_the_act(mock: Mock, link: Link) -> None:
    async with signed_in(mock, link) as portal:
        record = await portal.open((await portal.family.load()).find("maya")[0])
        asking = asyncio.create_task(record.threads.make_folder("Own"))
        await asyncio.sleep(0)
        portal.leave()
        with pytest.raises(RecordClosed):
            await asking
        post = await portal.messaging()
        if post.outbox.acts:
            assert (await known(post)).stage is ActStage.SENT


# what versions before left

BEFORE = {
    "key": "0d9f7f2e-54f4-4d5e-9d0e-3c8b8f5a0001",
    "draft": {},
    "stage": "waits to be sent",
    "asked": "",
    "tried": None,
    "why": "",
    "due": None,
    "thread_id": "",
}
TEXTS = ("id", "patient_id", "patient_name", "thread_id", "recipient_id", "recipient", "recipient_detail")
MORE_TEXTS = ("category", "subject", "body", "entry", "refused")


async def shelf_of(portal: Portal, own_state: Path) -> FileVault:
    server = portal.sign_in.server()
    [folder] = {path for path in (own_state / "genesis-tui" / "writing").iterdir() if path.is_dir()}
    return FileVault(folder, await server.drafts.vault_key())


@pytest.mark.rule("MSG-8", "MSG-12")
async def test_what_an_earlier_version_left_is_sent_and_deleted(mock: Mock, link: Link, own_state: Path) -> None:
    async with signed_in(mock, link) as portal:
        post, draft = await ready(portal)
        await post.drafts.keep_on_server(await post.drafts.keep(draft))
        assert len(await post.api.drafts(draft.patient_id)) == 1
        shelf, asked = await shelf_of(portal, own_state), post.outbox.clock().isoformat()
    words = {name: getattr(draft, name) for name in (*TEXTS, *MORE_TEXTS)}
    words["id"] = "0d9f7f2e-54f4-4d5e-9d0e-3c8b8f5a0002"
    plain = {"files": [], "version": 0, "saved": None, "on_server": False}
    tree = BEFORE | {"draft": words | plain, "asked": asked}
    shelf.write(f"out-{tree['key']}", json.dumps(tree).encode())
    shelf.write(f"gone-{draft.id}", b"")
    shelf.remove(f"draft-{draft.id}")
    async with signed_in(mock, link) as portal:
        post = await portal.messaging()
        assert (await post.outbox.settled(str(tree["key"]), 5)).stage is ActStage.SENT
        assert post.drafts.is_gone(draft.id)
        assert (await known(post)).stage is ActStage.SENT
        assert await post.api.drafts(draft.patient_id) == ()
        assert (post.unopened, shelf.names()) == (0, ())
    assert bodies(mock) == ["Is this too low?"]


async def test_a_kind_that_this_version_does_not_know_is_left_alone(mock: Mock, link: Link, own_state: Path) -> None:
    async with signed_in(mock, link) as portal:
        await portal.messaging()
        shelf = await shelf_of(portal, own_state)
    name = "out-0d9f7f2e-54f4-4d5e-9d0e-3c8b8f5a0003"
    shelf.write(name, json.dumps({"kind": "booking", "slot": "7"}).encode())
    async with signed_in(mock, link) as portal:
        post = await portal.messaging()
        assert (post.outbox.unopened, post.outbox.acts, shelf.names()) == (1, (), (name,))
