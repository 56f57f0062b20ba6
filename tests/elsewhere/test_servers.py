"""Results and record on servers that nobody here wrote: as the client reads them, against what the files hold."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from genesis_tui.models.family import FamilyMember
from genesis_tui.models.record import Entries, Section
from genesis_tui.models.results.result import Results
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile
from tests.cli.conftest import command
from tests.elsewhere.synthea import SECTIONS, Person


class Watched(httpx.AsyncBaseTransport):
    """The network, with every address written down."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self.sent: list[tuple[str, httpx.URL]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append((request.method, request.url))
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def entered(base: str, wire: Watched | None = None) -> AsyncIterator[Portal]:
    portal = Portal(ServerProfile("elsewhere", base), transport=wire, keep=False)
    try:
        assert (await portal.connection.verify()).open
        assert await portal.sign_in.resume() is not None
        yield portal
    finally:
        await portal.close()


async def chosen(portal: Portal, name: str) -> FamilyMember:
    (patient,) = [p async for page in portal.family.patients(name) for p in page]
    return portal.family.pick(patient)


async def results_of(portal: Portal, member: FamilyMember) -> Results:
    *_, last = [page async for page in (await portal.open(member)).results.load()]
    return last


async def test_everybody_is_listed(base: str, people: list[Person]) -> None:
    async with entered(base) as portal:
        found = [p.name async for page in portal.family.patients() for p in page]
    assert sorted(found) == sorted(p.name for p in people)


async def test_results_are_those_of_the_files_page_by_page_and_newest_first(base: str, people: list[Person]) -> None:
    wire = Watched()
    async with entered(base, wire) as portal:
        for person in people:
            wire.sent.clear()
            shown = await results_of(portal, await chosen(portal, person.name))
            readings = Counter((r.code.rpartition("|")[2], r.at.instant) for row in shown.rows for r in row.readings)
            assert (shown.complete, shown.unreadable.count) == (True, 0)
            assert readings == person.labs
            assert tuple(row.at.instant for row in shown.rows) == person.rows
            assert not any(person.name.split()[-1].lower() in str(url).lower() for _, url in wire.sent)


async def test_labs_come_in_more_than_one_page(base: str, people: list[Person]) -> None:
    wire = Watched()
    async with entered(base, wire) as portal:
        most = max(people, key=lambda p: p.labs.total())
        await results_of(portal, await chosen(portal, most.name))
    pages = [url for _, url in wire.sent if url.path.endswith("/Observation")]
    assert len(pages) == 2


async def test_only_listed_parameters_are_sent(base: str, people: list[Person]) -> None:
    wire = Watched()
    async with entered(base, wire) as portal:
        member = await chosen(portal, people[0].name)
        for _ in range(2):
            await results_of(portal, member)
    async with httpx.AsyncClient() as client:
        statement = (await client.get(f"{base}/metadata")).json()["rest"][0]["resource"]
    listed = {r["type"]: {p["name"] for p in r["searchParam"]} for r in statement}
    asked = [url for method, url in wire.sent if method == "GET" and url.path.rpartition("/")[2] in listed]
    assert asked
    for url in asked:
        if "_offset" not in url.params:
            assert set(url.params) <= listed[url.path.rpartition("/")[2]]


async def test_a_second_look_asks_for_what_changed_since_and_shows_the_same(base: str, people: list[Person]) -> None:
    wire = Watched()
    async with entered(base, wire) as portal:
        member = await chosen(portal, people[0].name)
        first = await results_of(portal, member)
        wire.sent.clear()
        again = await results_of(portal, member)
    assert [r.key for r in again.rows] == [r.key for r in first.rows]
    assert all("_lastUpdated" in url.params for _, url in wire.sent if url.path.endswith("/Observation"))


async def entries(portal: Portal, section: Section) -> Entries:
    assert portal.record is not None
    *_, last = [page async for page in portal.record.entries.load(section)]
    return last


async def test_the_record_holds_what_the_files_hold(base: str, people: list[Person]) -> None:
    async with entered(base) as portal:
        for person in people:
            record = await portal.open(await chosen(portal, person.name))
            offered = {section.id: section for section in await record.entries.sections()}
            for id, kind in SECTIONS.items():
                shown = await entries(portal, offered[id])
                assert (id, len(shown.rows), shown.unreadable.count) == (id, person.types[kind], 0)


async def test_what_needs_a_portal_says_so(on_sekmet: str, people: list[Person]) -> None:
    from genesis_tui.models.base.errors import NotOffered

    async with entered(on_sekmet) as portal:
        member = await chosen(portal, people[0].name)
        record = await portal.open(member)
        for call in (
            portal.home.news(member),
            portal.family.access_log(member),
            record.profile(),
            record.appointments.load(),
        ):
            with pytest.raises(NotOffered):
                await call


def test_the_command_line_shows_them_too(base: str, people: list[Person], tmp_path: Path) -> None:
    for person in people:
        done = command(tmp_path, "--server", base, "results", "--patient", person.name, "--json")
        assert done.returncode == 0, done.stderr
        tree = json.loads(done.stdout)
        codes = Counter(r["code"].rpartition("|")[2] for row in tree["results"] for r in row["readings"])
        assert codes == Counter(code for code, _ in person.labs.elements())
        assert tree["patient"]["name"] == person.name
    listed = json.loads(command(tmp_path, "--server", base, "family", "--json").stdout)
    assert len(listed["patients"]) == len(people)
    who = json.loads(command(tmp_path, "--server", base, "whoami", "--json").stdout)
    assert (who["method"], who["server"]["trust"], who["ends"]) == ("open server", "LOCAL", None)
    done = command(tmp_path, "--server", base, "login")
    assert done.returncode == 0
    assert "No sign-in is needed here." in done.stderr
