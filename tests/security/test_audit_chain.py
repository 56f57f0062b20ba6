"""S7: the audit is a chain; what was changed in it, put in or taken out shows, whoever wrote meanwhile."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import uvicorn
from click.testing import CliRunner

from genesis_tui.cli.main import cli
from genesis_tui.mock_backend.database.engine import open_database
from genesis_tui.mock_backend.database.family.audit import AuditEvent, AuditLog
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from tests.portal.writing import message, post
from tests.small_world import CHILD, SPONSOR, client_of, token_for

MANY = 12


async def filled(mock: Mock) -> None:
    """Reads, an act and a refusal."""
    async with client_of(mock, token_for(mock, SPONSOR)) as client:
        for _ in range(4):
            await client.get(f"/portal/v1/patients/{CHILD}/news")
        await post(client, "messages", message(CHILD))
        await client.get("/portal/v1/threads/none")
        for _ in range(MANY - 6):
            await client.get(f"/portal/v1/patients/{CHILD}/threads")
    assert tuple(mock.audit.check()) == (MANY, None)


def test_an_empty_audit_is_whole(small: Mock) -> None:
    assert tuple(small.audit.check()) == (0, None)


@pytest.mark.rule("AUD-1")
@pytest.mark.parametrize(
    ("sql", "broken_at"),
    [
        *(
            (f"UPDATE audit SET {column} = '7' WHERE id = 5", 5)
            for column in ("at", "who_id", "for_id", "what", "rule")
        ),
        ("UPDATE audit SET outcome = 'allowed', request_id = 'other' WHERE id = 6", 6),
        ("UPDATE audit SET digest = 'other' WHERE id = 5", 5),
        ("DELETE FROM audit WHERE id = 5", 6),
        ("DELETE FROM audit WHERE id = 1", 2),
        (f"DELETE FROM audit WHERE id = {MANY}", MANY),
        ("DELETE FROM audit", 1),
        (
            "INSERT INTO audit (at, who_id, for_id, what, outcome, rule, request_id, digest)"
            " SELECT at, who_id, for_id, what, outcome, rule, request_id, digest FROM audit WHERE id = 3",
            MANY + 1,
        ),
        ("UPDATE audit SET id = 100 WHERE id = 4", 5),
    ],
)
async def test_what_was_changed_breaks_the_chain_there(small: Mock, sql: str, broken_at: int) -> None:
    await filled(small)
    with small.database.begin() as conn:
        conn.exec_driver_sql(sql)
    assert small.audit.check().broken_at == broken_at


@pytest.mark.rule("AUD-1")
def test_it_holds_while_several_write(tmp_path: Path) -> None:
    """Two mocks on one database, and two threads in each."""
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    logs = [AuditLog(open_database(url)) for _ in range(2)]

    def write(log: AuditLog, name: str) -> None:
        for number in range(25):
            log.add(AuditEvent(number, name, "", f"{number}"))
            told = [AuditEvent(number, name, "", f"{number}.{part}") for part in range(2)]
            log.run(lambda _, events, told=told: events.extend(told))

    writers = [threading.Thread(target=write, args=(log, f"{place}")) for place, log in enumerate((*logs, *logs))]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert [tuple(log.check()) for log in logs] == [(300, None)] * 2
    with closing(sqlite3.connect(tmp_path / "shared.db")) as conn:
        assert conn.execute("SELECT count(DISTINCT who_id || ' ' || what) FROM audit").fetchone() == (300,)


@contextmanager
def served(mock: Mock) -> Iterator[str]:
    """The mock on a loopback port; its address."""
    server = uvicorn.Server(uvicorn.Config(create_app(mock), port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    mock.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield mock.issuer
    server.should_exit = True
    thread.join()


async def test_a_tester_is_told_where_it_breaks(small: Mock) -> None:
    await filled(small)
    with served(small) as url:
        verify = ["mock", "audit", "verify", "--url", url, "--token", small.tester_token]
        whole = CliRunner().invoke(cli, verify)
        with small.database.begin() as conn:
            conn.exec_driver_sql("UPDATE audit SET what = 'nothing' WHERE id = 5")
        broken, tree = CliRunner().invoke(cli, verify), CliRunner().invoke(cli, [*verify, "--json"])
    assert (whole.exit_code, f"{MANY} events, each as it was written" in whole.stderr) == (0, True)
    assert (broken.exit_code, "The chain breaks at event 5: 4 events before it" in broken.stderr) == (1, True)
    assert (tree.exit_code, json.loads(tree.stdout)) == (1, {"version": 1, "events": 4, "broken_at": 5})
