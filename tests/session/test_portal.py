"""The session against the mock: signing in and out, the family, and one open record at a time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.state.request_log import LogEntry
from genesis_tui.models.base.errors import RecordClosed, Refused, SignedOut, SignInRefused
from genesis_tui.models.family import Access, FamilyMember, GrantState
from genesis_tui.models.results.result import ResultKind, Results
from genesis_tui.models.sign_in import Trust
from genesis_tui.session.open_record import OpenRecord
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile


@pytest.fixture
async def portal(mock: Mock, transport: httpx.ASGITransport) -> AsyncIterator[Portal]:
    made = Portal(ServerProfile(url=mock.issuer), transport=transport, keep=False)
    yield made
    await made.close()


@pytest.fixture
async def daniel(portal: Portal, passwords: dict[str, str]) -> Portal:
    await portal.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    return portal


async def member(portal: Portal, given: str) -> FamilyMember:
    return next(p for p in (await portal.family.load(fresh=False)).people if p.given == given)


async def everything(record: OpenRecord) -> Results:
    last = Results()
    async for page in record.results.load():
        last = page
    return last


@pytest.mark.rule("HOST-2")
async def test_the_host_is_verified_before_anything_can_be_typed(portal: Portal, mock: Mock) -> None:
    host = await portal.connection.verify()
    assert (host.address, host.trust) == ("127.0.0.1:8801", Trust.MOCK)
    assert [c.sign for c in host.checks] == ["✓", "!"]
    assert "ds-logon" in {way.id for way in host.methods}
    assert host.portal
    assert portal.sign_in.me is None


async def test_personas_need_the_tester_token(portal: Portal, mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await portal.connection.personas() == ()
    monkeypatch.setenv("GENESIS_TUI_MOCK_TOKEN", mock.tester_token)
    people = await portal.connection.personas()
    assert {"Daniel Reyes", "Tom Larsen"} <= {p.name for p in people}
    assert await portal.connection.personas() == people


async def test_signing_in_tells_who_and_how(daniel: Portal, mock: Mock) -> None:
    assert daniel.sign_in.me is not None
    assert (daniel.sign_in.me.name, daniel.sign_in.me.method, daniel.sign_in.me.level) == (
        "Daniel Reyes",
        "DS Logon",
        "Premium",
    )
    assert daniel.sign_in.me.server_now == mock.clock.now()


@pytest.mark.rule("LOCK-1", "LOCK-3")
async def test_a_wrong_password_counts_down_to_the_lock(portal: Portal) -> None:
    told = []
    for _ in range(5):
        with pytest.raises(SignInRefused) as caught:
            await portal.sign_in.by_password("daniel.reyes", "wrong")
        told.append((caught.value.tries_left, caught.value.offer_reset, caught.value.locked_until is not None))
    assert told == [(4, False, False), (3, False, False), (2, True, False), (1, True, False), (0, True, True)]
    assert portal.sign_in.me is None


@pytest.mark.rule("LOCK-5")
async def test_a_locked_account_is_told_until_when(portal: Portal, passwords: dict[str, str], mock: Mock) -> None:
    with pytest.raises(SignInRefused) as caught:
        await portal.sign_in.by_password("tom.larsen", passwords["tom.larsen"])
    assert caught.value.reason == "locked"
    assert caught.value.locked_until is not None
    assert caught.value.locked_until > mock.clock.now()


@pytest.mark.rule("DEERS-3")
async def test_a_mismatch_names_fields_and_no_values(portal: Portal, passwords: dict[str, str]) -> None:
    with pytest.raises(SignInRefused) as caught:
        await portal.sign_in.by_password("ana.costa", passwords["ana.costa"])
    assert (caught.value.rule, caught.value.reason) == ("DEERS-3", "deers-mismatch")
    assert set(caught.value.fields) == {"name", "birth date"}
    assert "ID card office" in caught.value.next


async def test_nothing_is_read_without_a_sign_in(portal: Portal) -> None:
    with pytest.raises(SignedOut):
        await portal.family.load()
    assert await portal.sign_in.resume() is None


async def test_after_signing_out_nothing_is_left(daniel: Portal, mock: Mock) -> None:
    record = await daniel.open(await member(daniel, "Daniel"))
    await daniel.sign_in.out()
    assert (daniel.sign_in.me, daniel.record, record.closed) == (None, None, True)
    with pytest.raises(SignedOut):
        await daniel.family.load()


async def test_results_come_newest_first_and_complete(daniel: Portal) -> None:
    found = await everything(await daniel.open(await member(daniel, "Daniel")))
    assert found.complete
    assert found.fetched is not None
    assert found.unreadable.count == 0
    assert {r.kind for r in found.rows} == {*ResultKind} - {ResultKind.OTHER}
    times = [r.at.instant for r in found.rows]
    assert times == sorted(times, reverse=True)


async def test_a_second_look_asks_only_for_what_changed(daniel: Portal, mock: Mock) -> None:
    record = await daniel.open(await member(daniel, "Daniel"))
    first = await everything(record)
    mock.log.add(mark := LogEntry(0, "MARK", "", ""))
    pages = [page async for page in record.results.load()]
    assert pages[0].complete is False
    assert pages[-1].complete is True
    assert [r.key for r in pages[-1].rows] == [r.key for r in first.rows]
    entries = mock.log.last(50)
    asked = [e.path for e in entries[: entries.index(mark)]]
    assert sorted(p.rpartition("/")[2] for p in asked) == [
        "DiagnosticReport",
        "DocumentReference",
        "Observation",
        "seen",
    ]


async def test_a_note_brings_its_text_when_asked(daniel: Portal) -> None:
    record = await daniel.open(await member(daniel, "Daniel"))
    note = next(r for r in (await everything(record)).rows if r.kind is ResultKind.NOTE)
    assert note.text == ""
    assert len((await record.results.read(note)).text) > 100
    again = next(r for r in (await everything(record)).rows if r.key == note.key)
    assert again.text == (await record.results.read(note)).text


@pytest.mark.rule("REL-5")
async def test_opening_a_result_clears_it_for_that_person_only(
    daniel: Portal, transport: httpx.ASGITransport, mock: Mock, passwords: dict[str, str]
) -> None:
    record = await daniel.open(await member(daniel, "Maya"))
    found = await everything(record)
    row = next(r for r in found.rows if r.key in found.new)
    await record.results.mark_seen(row)
    assert row.key not in (await everything(record)).new
    other = Portal(ServerProfile(url=mock.issuer), transport=transport, keep=False)
    try:
        await other.sign_in.by_password("elena.reyes", passwords["elena.reyes"])
        theirs = await everything(await other.open(await member(other, "Maya")))
        assert {r.key for r in theirs.rows} == {r.key for r in found.rows}
        assert row.key in theirs.new
    finally:
        await other.close()


@pytest.mark.rule("FAM-3")
async def test_a_teenagers_results_are_refused_in_the_servers_words(daniel: Portal) -> None:
    teen = await member(daniel, "Leo")
    assert teen.access is Access.LIMITED
    assert not teen.may("results.read").allowed
    record = await daniel.open(teen)
    with pytest.raises(Refused) as caught:
        await everything(record)
    assert (caught.value.rule, caught.value.reason) == ("FAM-3", "restricted-teen")
    assert caught.value.next
    assert caught.value.request_id


@pytest.mark.rule("FAM-9")
async def test_another_record_closes_the_one_before(daniel: Portal) -> None:
    first = await daniel.open(await member(daniel, "Daniel"))
    rows = (await everything(first)).rows
    second = await daniel.open(await member(daniel, "Maya"))
    assert first.closed
    assert daniel.record is second
    for call in (
        first.profile(),
        first.results.read(rows[0]),
        first.results.mark_seen(rows[0]),
        anext(first.results.load()),
    ):
        with pytest.raises(RecordClosed):
            await call
    assert {r.key for r in (await everything(second)).rows}.isdisjoint({r.key for r in rows})


@pytest.mark.rule("FAM-9")
async def test_a_load_in_flight_ends_with_its_record(daniel: Portal) -> None:
    first = await daniel.open(await member(daniel, "Daniel"))
    load = asyncio.ensure_future(everything(first))
    await asyncio.sleep(0)
    await daniel.open(await member(daniel, "Maya"))
    with pytest.raises(RecordClosed):
        await load


async def test_the_callers_own_cancellation_stays_one(daniel: Portal) -> None:
    record = await daniel.open(await member(daniel, "Daniel"))
    load = asyncio.ensure_future(everything(record))
    await asyncio.sleep(0)
    load.cancel()
    with pytest.raises(asyncio.CancelledError):
        await load
    assert not record.closed


@pytest.mark.rule("FAM-9")
async def test_one_patients_rows_never_come_in_anothers(daniel: Portal) -> None:
    keys: dict[str, set[str]] = {}
    for given in ("Daniel", "Elena", "Maya", "Daniel"):
        found = await everything(await daniel.open(await member(daniel, given)))
        keys[given] = {r.key for r in found.rows} | {f"Observation/{x.id}" for r in found.rows for x in r.readings}
    assert keys["Daniel"].isdisjoint(keys["Elena"])
    assert keys["Daniel"].isdisjoint(keys["Maya"])
    assert keys["Elena"].isdisjoint(keys["Maya"])


@pytest.mark.rule("FAM-5")
async def test_a_grant_holds_from_the_next_request_and_so_does_its_end(
    daniel: Portal, transport: httpx.ASGITransport, mock: Mock, passwords: dict[str, str]
) -> None:
    elena = Portal(ServerProfile(url=mock.issuer), transport=transport, keep=False)
    try:
        await elena.sign_in.by_password("elena.reyes", passwords["elena.reyes"])
        assert (await member(elena, "Daniel")).access is Access.NONE
        made = await daniel.family.grant("elena.reyes", Access.FULL)
        assert (made.mine, made.state) == (True, GrantState.WAITING)
        assert (await member(elena, "Daniel")).access is Access.NONE
        [offer] = [one for one in (await elena.family.load()).grants if one.waits_for_me]
        assert (offer.giver, offer.receiver) == ("daniel.reyes", "elena.reyes")
        await elena.family.answer(offer, accepted=True)
        husband = next(p for p in (await elena.family.load()).people if p.given == "Daniel")
        assert husband.access is Access.FULL
        assert (await everything(await elena.open(husband))).rows
        await daniel.family.revoke(made)
        assert elena.record is not None
        with pytest.raises(Refused):
            await everything(elena.record)
    finally:
        await elena.close()


@pytest.mark.rule("FAM-6")
async def test_a_closed_record_is_not_opened_and_says_why(portal: Portal, passwords: dict[str, str]) -> None:
    await portal.sign_in.by_password("elena.reyes", passwords["elena.reyes"])
    husband = await member(portal, "Daniel")
    with pytest.raises(Refused) as caught:
        await portal.open(husband)
    assert caught.value.rule
    assert caught.value.reason == "no-grant"
    assert portal.record is None


async def test_home_and_patient_information(daniel: Portal) -> None:
    maya = await member(daniel, "Maya")
    news = await daniel.home.news(maya)
    assert news.person == maya
    assert {i.place for i in news.items} == {"results", "inbox"}
    assert all(i.key and i.title for i in news.items)
    profile = await (await daniel.open(maya)).profile()
    assert profile.name == "Maya Reyes"
    assert profile.pcm


@pytest.mark.rule("FAM-4")
@pytest.mark.parametrize(("days", "access"), [(-1, Access.LIMITED), (0, Access.NONE), (1, Access.NONE)])
async def test_the_eighteenth_birthday_closes_the_record(
    daniel: Portal, mock: Mock, days: int, access: Access, passwords: dict[str, str]
) -> None:
    mateo = await member(daniel, "Mateo")
    assert mateo.until is not None
    birthday = datetime.combine(mateo.until, time(), ZoneInfo("America/New_York"))
    mock.move_clock(birthday + timedelta(days=days))
    await daniel.sign_in.by_password("daniel.reyes", passwords["daniel.reyes"])
    grown = next(p for p in (await daniel.family.load()).people if p.given == "Mateo")
    assert grown.access is access


@pytest.mark.rule("FAM-5")
async def test_rows_in_memory_go_when_a_grant_ends(
    daniel: Portal, mock: Mock, transport: httpx.ASGITransport, passwords: dict[str, str]
) -> None:
    record = await daniel.open(await member(daniel, "Elena"))
    assert (await everything(record)).rows
    elena = Portal(ServerProfile(url=mock.issuer), transport=transport, keep=False)
    try:
        await elena.sign_in.by_password("elena.reyes", passwords["elena.reyes"])
        await elena.family.revoke(next(g for g in (await elena.family.load()).grants if g.mine and g.ended is None))
    finally:
        await elena.close()
    await daniel.family.load()
    pages = record.results.load()
    with pytest.raises(Refused):
        await anext(pages)
