"""Writing is slow, answers come late, and people go on meanwhile: the newest words stay, and what was sent is gone."""

import asyncio
import os
import threading
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from genesis_tui.api_client.portal.messages.threads import PortalThreads
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.models.acts import ActStage
from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.session.messages.drafts import Drafts
from genesis_tui.session.messages.messaging import Messaging
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from genesis_tui.store.vault import FileVault, MemoryVault

KEY = bytes(range(32))


class SlowShelf(MemoryVault):
    """A disk that takes its time."""

    def write(self, name: str, content: bytes) -> None:
        time.sleep(0.05)
        super().write(name, content)


class Gate(httpx.AsyncBaseTransport):
    """Holds back answers to requests whose path holds `held`, until it is opened."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.held = ""
        self.open = asyncio.Event()
        self.reached = asyncio.Event()
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.held and self.held in request.url.path:
            self.held = ""
            self.reached.set()
            await self.open.wait()
        return await self._inner.handle_async_request(request)


@pytest.fixture
def gate(mock: Mock) -> Gate:
    return Gate(httpx.ASGITransport(create_app(mock)))


@asynccontextmanager
async def writing(mock: Mock, gate: Gate) -> AsyncIterator[tuple[Messaging, Draft]]:
    """The sponsor's post, and a draft of theirs that every rule lets go."""
    portal = Portal(ServerProfile(url=mock.issuer), transport=gate)
    with mock.database.begin() as conn:
        query = "SELECT password FROM sign_in WHERE username = 'daniel.reyes'"
        password = str(conn.exec_driver_sql(query).scalar_one())
    await portal.sign_in.by_password("daniel.reyes", password)
    try:
        post = await portal.messaging()
        me = (await portal.family.load()).people[0]
        to = (await post.recipients(me.id, "")).rows[0]
        draft = post.drafts.begin(me.id, me.name)
        yield post, replace(draft, recipient_id=to.id, category="other", subject="Iron", body="Is this one?")
    finally:
        await portal.close()


def count(mock: Mock, table: str, body: str) -> int:
    with mock.database.begin() as conn:
        found = conn.exec_driver_sql(f"SELECT count(*) FROM {table} WHERE body = ?", (body,))
        return int(found.scalar_one())


@pytest.fixture
def slow() -> tuple[Drafts, Draft]:
    """Drafts on a slow disk, no server, and one of them."""
    drafts = Drafts(SlowShelf(), None, None)  # type: ignore[arg-type]
    return drafts, replace(drafts.begin("1", "Maya"), body="first")


@pytest.mark.rule("MSG-9")
async def test_a_slow_write_does_not_overtake_a_later_one(slow: tuple[Drafts, Draft]) -> None:
    drafts, draft = slow
    first = asyncio.create_task(drafts.keep(draft))
    await asyncio.sleep(0.01)
    drafts.keep_now(replace(draft, body="second"))
    await first
    assert [one.body for one in drafts.kept()] == ["second"]


@pytest.mark.rule("MSG-9")
async def test_what_was_begun_is_written_though_nobody_waits_for_it(slow: tuple[Drafts, Draft]) -> None:
    drafts, draft = slow
    tasks = [asyncio.create_task(drafts.keep(replace(draft, body=body))) for body in ("first", "second")]
    await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await drafts.settled()
    assert [one.body for one in drafts.kept()] == ["second"]


@pytest.mark.rule("MSG-9")
async def test_the_servers_answer_does_not_undo_what_was_typed_meanwhile(mock: Mock, gate: Gate) -> None:
    async with writing(mock, gate) as (post, draft):
        drafts = post.drafts
        gate.held = "/drafts/"
        telling = asyncio.create_task(drafts.keep_on_server(await drafts.keep(draft)))
        await gate.reached.wait()
        newer = asyncio.create_task(drafts.keep(replace(draft, body="Is this two?")))
        gate.open.set()
        await asyncio.gather(telling, newer)
        [kept] = drafts.kept()
        assert (kept.body, kept.version, kept.on_server) == ("Is this two?", 1, False)


@pytest.mark.rule("MSG-9")
async def test_words_that_the_server_has_not_are_not_said_to_be_there(mock: Mock, gate: Gate) -> None:
    async with writing(mock, gate) as (post, draft):
        there = await post.drafts.keep_on_server(await post.drafts.keep(draft))
        assert isinstance(there, Draft)
        assert there.on_server
        newer = await post.drafts.keep(replace(there, body="Is this two?"))
        assert (newer.on_server, newer.version) == (False, 1)
        with mock.database.begin() as conn:
            conn.exec_driver_sql("DELETE FROM draft")
        assert [one.body for one in await post.drafts.of(draft.patient_id)] == ["Is this two?"]


@pytest.mark.rule("MSG-6", "MSG-9")
async def test_a_file_that_came_later_goes_to_the_server_too(mock: Mock, gate: Gate, tmp_path: Path) -> None:
    (file := tmp_path / "notes.txt").write_text("words")
    async with writing(mock, gate) as (post, draft):
        there = await post.drafts.keep_on_server(await post.drafts.keep(draft))
        assert isinstance(there, Draft)
        longer = await post.drafts.files.attach(there, file, post.limits)
        keeping = asyncio.create_task(post.drafts.keep(longer))
        await asyncio.sleep(0)
        assert isinstance(await post.drafts.keep_on_server(longer), Draft)
        await keeping
        assert (await PortalThreads(post.api._client).download(longer.files[0].id))[0] == b"words"


@pytest.mark.rule("MSG-9", "MSG-12")
async def test_a_late_answer_does_not_bring_back_what_was_sent(mock: Mock, gate: Gate) -> None:
    async with writing(mock, gate) as (post, draft):
        gate.held = "/drafts/"
        telling = asyncio.create_task(post.drafts.keep_on_server(await post.drafts.keep(draft)))
        await gate.reached.wait()
        item = await post.send(draft)
        assert (await post.outbox.settled(item.key, 5)).stage is ActStage.SENT
        gate.open.set()
        await telling
        assert post.drafts.kept() == ()
    assert (count(mock, "message", draft.body), count(mock, "draft", draft.body)) == (1, 0)


@pytest.mark.rule("MSG-12")
async def test_what_is_taken_back_is_not_sent_by_a_round_that_had_begun(mock: Mock, gate: Gate) -> None:
    async with writing(mock, gate) as (post, draft):
        await post.outbox.close()
        other = replace(draft, id=str(uuid.uuid4()), body="Is this two?")
        first, second = [await post.send(one) for one in (draft, other)]
        gate.held = "/messages"
        post.outbox.start()
        await gate.reached.wait()
        with pytest.raises(ApiError) as caught:
            await post.outbox.take_back(first.key)
        assert "right now" in caught.value.title
        assert await post.outbox.take_back(second.key) is not None
        gate.open.set()
        assert (await post.outbox.settled(first.key, 5)).stage is ActStage.SENT
        await asyncio.sleep(0.05)
        assert [one.body for one in post.drafts.kept()] == ["Is this two?"]
    assert [count(mock, "message", one.body) for one in (draft, other)] == [1, 0]


def test_two_that_write_the_same_at_once_leave_one_of_both(tmp_path: Path) -> None:
    vault, name = FileVault(tmp_path, KEY), f"draft-{uuid.uuid4()}"
    words = [b"a" * 100_000, b"b" * 10]
    writers = [threading.Thread(target=lambda w=w: [vault.write(name, w) for _ in range(100)]) for w in words]
    for writer in writers:
        writer.start()
    found = set()
    while any(writer.is_alive() for writer in writers):
        found.add(vault.read(name))
    assert found | {vault.read(name)} <= {*words, None}
    assert vault.read(name) in words
    assert [path.suffix for path in tmp_path.iterdir()] == [".sealed"]


def test_another_process_that_tidies_up_meanwhile_takes_nothing_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault, name, times = FileVault(tmp_path, KEY), f"draft-{uuid.uuid4()}", []
    usual = os.fsync

    def tidied(file: int) -> None:
        usual(file)
        if not times:
            times.append(1)
            FileVault(tmp_path, KEY)

    monkeypatch.setattr(os, "fsync", tidied)
    vault.write(name, b"words")
    assert vault.read(name) == b"words"
