"""A mock on PostgreSQL: what is needed for it, what it keeps, what it does again, and what it can't."""

import sys
import threading
from collections.abc import Iterator

import httpx
import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, select, update

from genesis_tui.cli.testing.imports import import_command
from genesis_tui.mock_backend.database.schema.family import person
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.mock_backend.server.options import parsed
from tests.postgres import PostgresServer
from tests.small_world import CHILD, SPONSOR, START, small_mock, small_world


@pytest.fixture
def small(postgres: PostgresServer) -> Iterator[Mock]:
    mock = small_mock(server=postgres)
    yield mock
    mock.close()


def test_without_psycopg_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    url = "postgresql://somebody:secret@127.0.0.1/mock"
    with pytest.raises(SystemExit) as ended:
        parsed(["--db", url])
    imported = CliRunner().invoke(import_command, [__file__, "--db", url])
    said = capsys.readouterr().err
    assert (ended.value.code, imported.exit_code) == (2, 1)
    assert "pip install 'genesis-tui[postgres]'" in said
    assert "pip install 'genesis-tui[postgres]'" in imported.output
    assert "secret" not in said + imported.output


def test_a_database_keeps_its_world(postgres: PostgresServer) -> None:
    url = postgres.database("empty", lambda _url: None)
    first = Mock.create(url, seed=3, start=START, frozen=True, world=small_world())
    first.rebuild(small_world())
    key = first.key.jwk
    first.close()
    again = Mock.create(url, seed=9)
    assert (again.seed, again.start, again.clock.now(), again.key.jwk) == (3, START, START, key)
    again.close()


def test_what_a_deadlock_undid_is_done_again(small: Mock) -> None:
    """Two who hold a person each and want the other's."""
    both, tries = threading.Barrier(2), []

    def meet(first: str, second: str) -> None:
        def work(conn: Connection) -> None:
            tries.append(first)
            conn.execute(update(person).where(person.c.id == first).values(sex="other"))
            if len(tries) <= 2:
                both.wait(20)
            conn.execute(update(person).where(person.c.id == second).values(family=first))

        small.database.run(work)

    ways = ((SPONSOR, CHILD), (CHILD, SPONSOR))
    threads = [threading.Thread(target=meet, args=way) for way in ways]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    with small.database.begin() as conn:
        rows = conn.execute(select(person.c.sex, person.c.family).where(person.c.id.in_([SPONSOR, CHILD]))).all()
    assert sorted(rows) == sorted([("other", SPONSOR), ("other", CHILD)])
    assert len(tries) > 2, "one was undone, and done again"


async def test_a_snapshot_is_refused_in_words(small: Mock) -> None:
    headers = {"X-Tester-Token": small.tester_token}
    transport = httpx.ASGITransport(create_app(small))
    async with httpx.AsyncClient(transport=transport, base_url=small.issuer, headers=headers) as tester:
        answer = await tester.post("/mock/v1/scenario/snapshot")
    assert (answer.status_code, "SQLite" in answer.json()["title"]) == (409, True)


async def test_a_nul_is_found_nowhere(small: Mock) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(small)), base_url=small.issuer) as visitor:
        answer = await visitor.get("/fhir/r4/Location/%00")
    assert answer.status_code in (400, 401, 404)
