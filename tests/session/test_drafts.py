"""Drafts on this disk and on the server: merged, in conflict, nobody else's, never in clear (MSG-9, FAM-9)."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.base.errors import ApiError, Refused, Unreachable
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.messages.drafts import Conflict, Draft
from genesis_tui.session.messages.messaging import Messaging
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.session.faulty_link import FaultyLink

CANARY = "canary-ferritin-9-of-maya"


@asynccontextmanager
async def writer(
    mock: Mock, transport: httpx.AsyncBaseTransport, who: str = "elena.reyes", *, keep: bool = True
) -> AsyncIterator[tuple[Portal, Messaging]]:
    portal = Portal(ServerProfile(url=mock.issuer), transport=transport, keep=keep)
    with mock.database.begin() as conn:
        password = conn.exec_driver_sql("SELECT password FROM sign_in WHERE username = ?", (who,)).scalar_one()
    await portal.sign_in.by_password(who, str(password))
    try:
        yield portal, await portal.messaging()
    finally:
        await portal.close()


async def person(portal: Portal, name: str = "maya") -> FamilyMember:
    return (await portal.family.load()).find(name)[0]


async def begun(portal: Portal, post: Messaging, **words: str) -> Draft:
    maya = await person(portal)
    return replace(post.drafts.begin(maya.id, maya.name), **({"body": "The first words."} | words))  # type: ignore[arg-type]


def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From here on this is another computer."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another"))


@pytest.mark.rule("MSG-9")
async def test_a_draft_outlasts_the_process_and_is_not_in_clear(
    mock: Mock, transport: httpx.ASGITransport, own_state: Path
) -> None:
    async with writer(mock, transport) as (portal, post):
        await post.drafts.keep(await begun(portal, post, subject=CANARY, body=CANARY))
    files = [path for path in own_state.rglob("*") if path.is_file()]  # noqa: ASYNC240 - a test may wait
    assert [path.suffix for path in files] == [".sealed"]
    assert not any(CANARY.encode() in path.read_bytes() or "12742306" in str(path) for path in files)
    async with writer(mock, transport) as (_, post):
        [kept] = post.drafts.kept()
        assert (kept.subject, kept.body) == (CANARY, CANARY)


@pytest.mark.rule("MSG-9", "FAM-9")
async def test_another_person_of_the_same_account_sees_nothing_of_it(
    mock: Mock, transport: httpx.ASGITransport
) -> None:
    async with writer(mock, transport) as (portal, post):
        await post.drafts.keep(await begun(portal, post))
    async with writer(mock, transport, "daniel.reyes") as (portal, post):
        assert post.drafts.kept() == ()
        assert await post.drafts.of((await person(portal)).id) == ()
        assert await portal.resume_messaging() is None


@pytest.mark.rule("MSG-9")
async def test_a_private_session_writes_nothing(mock: Mock, transport: httpx.ASGITransport, own_state: Path) -> None:
    async with writer(mock, transport, keep=False) as (portal, post):
        await post.drafts.keep(await begun(portal, post))
        assert len(post.drafts.kept()) == 1
    assert not [path for path in own_state.rglob("*") if path.is_file()]  # noqa: ASYNC240 - a test may wait


@pytest.mark.rule("MSG-9")
async def test_a_draft_goes_on_on_another_computer(
    mock: Mock, transport: httpx.ASGITransport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with writer(mock, transport) as (portal, post):
        kept = await post.drafts.keep_on_server(await post.drafts.keep(await begun(portal, post)))
        assert isinstance(kept, Draft)
        assert (kept.version, kept.on_server) == (1, True)
    elsewhere(monkeypatch, tmp_path)
    async with writer(mock, transport) as (portal, post):
        assert post.drafts.kept() == ()
        [found] = await post.drafts.of((await person(portal)).id)
        assert (found.id, found.body, found.version) == (kept.id, kept.body, 1)


@pytest.mark.rule("MSG-9")
@pytest.mark.parametrize("mine", [True, False])
async def test_a_draft_changed_on_two_computers_shows_both_and_keeps_one(
    mock: Mock, transport: httpx.ASGITransport, mine: bool
) -> None:
    async with writer(mock, transport) as (portal, post), writer(mock, transport) as (other, another):
        kept = await post.drafts.keep_on_server(await post.drafts.keep(await begun(portal, post)))
        assert isinstance(kept, Draft)
        [theirs] = await another.drafts.of((await person(other)).id)
        await another.drafts.keep_on_server(await another.drafts.keep(replace(theirs, body="Their words.")))
        found = await post.drafts.keep_on_server(await post.drafts.keep(replace(kept, body="My words.")))
        assert isinstance(found, Conflict)
        assert found.theirs is not None
        assert (found.mine.body, found.theirs.body) == ("My words.", "Their words.")
        settled = await post.drafts.settle(found, mine=mine)
        assert settled is not None
        [there] = await post.api.drafts(kept.patient_id)
        assert settled.body == there.body == ("My words." if mine else "Their words.")


@pytest.mark.rule("MSG-9")
async def test_a_conversation_has_one_draft_whichever_computer_began_it(
    mock: Mock, transport: httpx.ASGITransport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with writer(mock, transport) as (portal, post):
        record = await portal.open(await person(portal, "leo"))
        row = next(row for row in (await record.threads.load()).rows if row.reply.allowed)
        reply = replace(post.drafts.begin(record.patient.id, record.patient.name), thread_id=row.id, body="Here.")
        await post.drafts.keep_on_server(await post.drafts.keep(reply))
    elsewhere(monkeypatch, tmp_path)
    async with writer(mock, transport) as (_, post):
        second = replace(post.drafts.begin(reply.patient_id, ""), thread_id=row.id, body="There.")
        found = await post.drafts.keep_on_server(await post.drafts.keep(second))
        assert isinstance(found, Conflict)
        settled = await post.drafts.settle(found, mine=True)
        assert settled is not None
        assert [one.body for one in await post.api.drafts(reply.patient_id)] == ["There."]
        assert [one.id for one in post.drafts.kept()] == [settled.id], "one of them is left here, too"


@pytest.mark.rule("MSG-8", "MSG-9")
async def test_what_was_sent_or_deleted_elsewhere_is_no_draft_here(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with writer(mock, transport) as (portal, post):
        kept = await post.drafts.keep_on_server(await post.drafts.keep(await begun(portal, post)))
        assert isinstance(kept, Draft)
        await post.api.drop_draft(kept.id)
        assert await post.drafts.of(kept.patient_id) == ()
        assert post.drafts.kept() == ()


@pytest.mark.rule("MSG-8", "MSG-9")
@pytest.mark.parametrize("mine", [True, False])
async def test_what_goes_on_being_written_after_it_was_sent_elsewhere(
    mock: Mock, transport: httpx.ASGITransport, tmp_path: Path, mine: bool
) -> None:
    (tmp_path / "list.txt").write_text("words")
    async with writer(mock, transport) as (portal, post), writer(mock, transport) as (_, another):
        begun_here = replace(await begun(portal, post), body="Sent.")
        new = await post.drafts.files.attach(begun_here, tmp_path / "list.txt", post.limits)
        clinic = (await post.recipients(new.patient_id, "")).rows[0]
        kept = await post.drafts.keep_on_server(
            await post.drafts.keep(replace(new, recipient_id=clinic.id, category="other", subject="Iron"))
        )
        assert isinstance(kept, Draft)
        await another.api.send(kept, str(uuid.uuid4()))
        found = await post.drafts.keep_on_server(await post.drafts.keep(replace(kept, body="More words.")))
        assert isinstance(found, Conflict)
        assert found.theirs is None
        settled = await post.drafts.settle(found, mine=mine)
        there = await post.api.drafts(kept.patient_id)
        assert [one.body for one in post.drafts.kept()] == [one.body for one in there] == ["More words."] * mine
        if settled is not None:
            assert settled.id != kept.id
            assert [post.drafts.files.content(file) for file in settled.files] == [b"words"]
        assert post.drafts.files.content(kept.files[0]) is None


async def test_words_that_are_here_alone_outlast_a_delete_elsewhere(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with writer(mock, transport) as (portal, post):
        kept = await post.drafts.keep_on_server(await post.drafts.keep(await begun(portal, post)))
        assert isinstance(kept, Draft)
        changed = await post.drafts.keep(replace(kept, body="Words of here.", on_server=False))
        await post.api.drop_draft(kept.id)
        again = await post.drafts.keep_on_server(changed)
        assert isinstance(again, Draft)
        assert [one.body for one in await post.drafts.of(kept.patient_id)] == ["Words of here."]


@pytest.mark.rule("MSG-8")
async def test_deleting_takes_the_draft_and_its_files_from_both(
    mock: Mock, transport: httpx.ASGITransport, own_state: Path, tmp_path: Path
) -> None:
    file = tmp_path / "list.txt"
    file.write_text("words")
    async with writer(mock, transport) as (portal, post):
        draft = await post.drafts.files.attach(await begun(portal, post), file, post.limits)
        kept = await post.drafts.keep_on_server(await post.drafts.keep(draft))
        assert isinstance(kept, Draft)
        await post.drafts.delete(kept)
        assert await post.api.drafts(kept.patient_id) == ()
    assert not list(own_state.rglob("*.sealed"))  # noqa: ASYNC240 - a test may wait


@pytest.mark.rule("MSG-6")
@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.txt", b"", "is empty"),
        ("large.txt", b"x" * (6 * 1024**2 + 1), "larger than 6 MiB"),
        ("tool.exe", b"MZ", "can't be sent"),
        ("noending", b"words", "can't be sent"),
        ("scan.pdf", b"\x89PNG\r\n\x1a\n", "is named like a PDF file"),
    ],
)
async def test_a_file_that_can_not_be_sent_is_refused_here_already(
    mock: Mock, transport: httpx.ASGITransport, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    async with writer(mock, transport) as (portal, post):
        with pytest.raises(ApiError, match=r"MSG-6") as refused:
            await post.drafts.files.attach(await begun(portal, post), tmp_path / name, post.limits)
        assert words in refused.value.title
        assert name in refused.value.title


@pytest.mark.rule("MSG-6")
async def test_the_fifth_file_and_the_same_file_are_refused_here_already(
    mock: Mock, transport: httpx.ASGITransport, tmp_path: Path
) -> None:
    async with writer(mock, transport) as (portal, post):
        draft = await begun(portal, post)
        for number in range(4):
            file = tmp_path / f"{number}.txt"
            file.write_text(f"file {number}")
            draft = await post.drafts.files.attach(draft, file, post.limits)
        for again, words in (("same.txt", "is attached already"), ("five.txt", "at most 4")):
            (tmp_path / again).write_text("file 0" if again == "same.txt" else "file 5")
            with pytest.raises(ApiError) as refused:
                await post.drafts.files.attach(draft, tmp_path / again, post.limits)
            assert words in refused.value.title


async def test_a_file_that_is_not_there_is_told_by_name(
    mock: Mock, transport: httpx.ASGITransport, tmp_path: Path
) -> None:
    async with writer(mock, transport) as (portal, post):
        with pytest.raises(ApiError, match=r".*") as fault:
            await post.drafts.files.attach(await begun(portal, post), tmp_path / "none.txt", post.limits)
        assert "none.txt" in fault.value.title


async def test_a_draft_that_is_too_long_for_the_server_stays_here(mock: Mock, transport: httpx.ASGITransport) -> None:
    async with writer(mock, transport) as (portal, post):
        long = await post.drafts.keep(await begun(portal, post, body="x" * 10_001))
        with pytest.raises(Refused):
            await post.drafts.keep_on_server(long)
        assert [one.id for one in await post.drafts.of(long.patient_id)] == [long.id]


@pytest.mark.rule("MSG-8")
async def test_what_is_deleted_without_the_network_is_deleted_there_once_it_is_back(
    mock: Mock, transport: httpx.ASGITransport
) -> None:
    link = FaultyLink(transport)
    async with writer(mock, link) as (portal, post):
        kept = await post.drafts.keep_on_server(await post.drafts.keep(await begun(portal, post)))
        assert isinstance(kept, Draft)
        link.down = True
        with pytest.raises(Unreachable):
            await post.drafts.delete(kept)
        assert await post.drafts.of(kept.patient_id) == ()
        link.down = False
        assert await post.drafts.of(kept.patient_id) == ()
        assert await post.api.drafts(kept.patient_id) == ()
