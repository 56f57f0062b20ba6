"""Folders and threads of an open record: what the session brings, tells the server, and refuses."""

from datetime import timedelta

import pytest

from genesis_tui.api_client.portal.messages import interning
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.base.errors import RecordClosed, Refused
from genesis_tui.session.open_record import OpenRecord
from genesis_tui.session.portal import Portal
from genesis_tui.testing.plugin import PortalFor
from tests.portal.test_messages import add_threads

DANIEL = "12742301"


async def opened(portal: Portal, given: str) -> OpenRecord:
    return await portal.open(next(p for p in (await portal.family.load()).people if p.given == given))


async def unread(portal: Portal, given: str) -> int:
    return next(p.unread for p in (await portal.family.load()).people if p.given == given)


@pytest.mark.rule("MSG-7")
async def test_the_folders_count_as_the_family_does(portal_for: PortalFor) -> None:
    portal = await portal_for("daniel.reyes")
    for given in ("Daniel", "Maya", "Leo"):
        page = await (await opened(portal, given)).threads.load()
        assert [folder.id for folder in page.folders] == ["inbox", "sent", "drafts", "trash"]
        assert page.folders[0].unread == sum(row.unread for row in page.rows) == await unread(portal, given)
        assert page.folders[0].threads == len(page.rows)


async def test_pages_follow_each_other(mock: Mock, portal_for: PortalFor) -> None:
    add_threads(mock, DANIEL, 120)
    record = await opened(await portal_for("daniel.reyes"), "Daniel")
    page = await record.threads.load()
    rows = list(page.rows)
    while page.next:
        page = await record.threads.load(before=page.next)
        rows += page.rows
    assert len({row.id for row in rows}) == len(rows) == 130
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)


async def test_reading_is_told_once_and_asking_marks_nothing(portal_for: PortalFor) -> None:
    portal = await portal_for("daniel.reyes")
    record = await opened(portal, "Daniel")
    row = next(row for row in (await record.threads.load()).rows if row.unread)
    thread = await record.threads.read(row.id)
    assert [message.unread for message in thread.messages] == [False, True]
    assert await unread(portal, "Daniel") == 1
    record = await opened(portal, "Daniel")
    for _ in range(2):
        await record.threads.mark_read(thread)
    assert await unread(portal, "Daniel") == 0


async def test_more_messages_than_one_call_takes_are_marked_all(mock: Mock, portal_for: PortalFor) -> None:
    with mock.database.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO message (id, thread_id, patient_id, sender_id, sender, receiver_id, sent, body, words)"
            " VALUES (?, 'thread-12742301-1', ?, '', 'Clinic', ?, ?, 'b', 'b')",
            [(f"extra-{n}", DANIEL, DANIEL, mock.clock.micros() - 1000 + n) for n in range(450)],
        )
    portal = await portal_for("daniel.reyes")
    record = await opened(portal, "Daniel")
    thread = await record.threads.read("thread-12742301-1")
    assert len(thread.unread) == 451
    await record.threads.mark_read(thread)
    assert await unread(portal, "Daniel") == 0


async def test_search_finds_words_inside_messages(portal_for: PortalFor) -> None:
    record = await opened(await portal_for("daniel.reyes"), "Daniel")
    assert [row.subject for row in (await record.threads.search("fluid MENISCUS")).rows] == ["Knee X-ray result"]
    assert (await record.threads.search("unicorn")).rows == ()


@pytest.mark.rule("MSG-10")
async def test_the_servers_word_on_replying_moves_with_its_clock(mock: Mock, portal_for: PortalFor) -> None:
    record = await opened(await portal_for("daniel.reyes"), "Daniel")
    before = (await record.threads.read("thread-12742301-1")).row
    mock.clock.advance(timedelta(days=43))
    record = await opened(await portal_for("daniel.reyes"), "Daniel")
    after = (await record.threads.read("thread-12742301-1")).row
    assert (before.reply.allowed, before.closed, after.reply.allowed, after.closed) == (True, False, False, True)
    assert after.reply.next == "Write a new message; the old one can be quoted."


@pytest.mark.rule("FAM-9")
async def test_a_closed_record_brings_no_messages(portal_for: PortalFor) -> None:
    portal = await portal_for("daniel.reyes")
    record = await opened(portal, "Daniel")
    thread = await record.threads.read("thread-12742301-1")
    portal.leave()
    for work in (record.threads.load, lambda: record.threads.read("x"), lambda: record.threads.search("x")):
        with pytest.raises(RecordClosed):
            await work()
    with pytest.raises(RecordClosed):
        await record.threads.mark_read(thread)


async def test_no_name_stays_decoded_for_the_next_person(portal_for: PortalFor) -> None:
    portal = await portal_for("daniel.reyes")
    record = await opened(portal, "Daniel")
    await record.threads.load()
    assert interning._first.cache_info().currsize > 0
    await portal.sign_in.out()
    assert interning._first.cache_info().currsize == 0


@pytest.mark.rule("FAM-8")
@pytest.mark.parametrize("id", ["no-such-thread", "../session", "a b", "thread-12742305-2"])
async def test_an_id_that_is_not_ours_is_not_there(portal_for: PortalFor, id: str) -> None:
    """The last one is the teenager's own conversation."""
    record = await opened(await portal_for("daniel.reyes"), "Leo")
    with pytest.raises(Refused):
        await record.threads.read(id)


async def test_a_thread_without_unread_messages_asks_nothing(portal_for: PortalFor, mock: Mock) -> None:
    record = await opened(await portal_for("daniel.reyes"), "Daniel")
    thread = await record.threads.read("thread-12742301-3")
    asked = len(mock.log.last(1000))
    await record.threads.mark_read(thread)
    assert len(mock.log.last(1000)) == asked
