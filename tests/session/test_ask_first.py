"""REL-6 below the screen: what asks first is nowhere in what a record gives, and opens one by one."""

from collections.abc import AsyncIterator

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.models.record import Entry
from genesis_tui.models.results.ask_first import ASKABLE
from genesis_tui.models.results.result import Result, ResultKind
from genesis_tui.session.open_record import OpenRecord
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile

pytestmark = pytest.mark.rule("REL-6")


@pytest.fixture
async def portal(mock: Mock, transport: httpx.ASGITransport) -> AsyncIterator[Portal]:
    made = Portal(ServerProfile("test", mock.issuer), transport=transport, keep=False)
    yield made
    await made.close()


async def opened(portal: Portal) -> OpenRecord:
    return await portal.open((await portal.family.load()).people[0])


async def rows_of(record: OpenRecord) -> tuple[Result, ...]:
    return [page async for page in record.results.load()][-1].rows


async def everything(record: OpenRecord) -> list[Entry]:
    found: list[Entry] = []
    for section in await record.entries.sections():
        async for page in record.entries.load(section, fresh=False):
            entries = page.rows
        found += entries
    return found


@pytest.mark.parametrize("username", ["daniel.reyes", "walter.brennan", "ruth.calloway"])
async def test_no_section_holds_what_was_found(portal: Portal, passwords: dict[str, str], username: str) -> None:
    name = next((one for one in passwords if one.startswith(username.partition(".")[0])), username)
    await portal.sign_in.by_password(name, passwords[name])
    record = await opened(portal)
    before = await rows_of(record)
    ids = {reading.id for row in before if row.kind in ASKABLE.values() for reading in row.readings}
    assert ids
    await portal.ask_first(ASKABLE)
    record = await opened(portal)
    after = await rows_of(record)
    assert [(row.key, row.title, row.at) for row in after] == [(row.key, row.title, row.at) for row in before]
    for row in after:
        assert bool(row.asks) == (row.kind is not ResultKind.OTHER)
        if row.asks:
            empty = (row.readings, row.text, row.conclusion, row.files, row.missing, record.results.also(row))
            assert not any(empty)
            assert not (await record.results.read(row)).text
    entries = await everything(record)
    told = {entry.key.partition("/")[2] for entry in entries if not entry.asks and entry.key.startswith("Observation/")}
    told |= {reading.id for entry in entries for reading in entry.readings}
    told |= {reading.id for pairs in (await record.entries.measured()).values() for _, reading in pairs}
    assert told & ids == set()
    one = next(row for row in after if row.asks)
    whole = record.results.open(one)
    assert whole in before
    assert [row.key for row in await rows_of(record) if row.kind is not ResultKind.OTHER and not row.asks] == [one.key]
