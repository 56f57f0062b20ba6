"""What comes due: one event after the other, each by itself, whatever the steps in which time passes."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select

from genesis_tui.mock_backend.clock import Clock, to_micros
from genesis_tui.mock_backend.database.engine import Database, open_database
from genesis_tui.mock_backend.database.schema.base import due_event
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.mock_backend.world.simulation import due_events
from genesis_tui.mock_backend.world.simulation.due_events import DueEvents
from tests.postgres import new_url
from tests.small_world import START

POLICY = Policy()
HOUR = timedelta(hours=1)
MAKES = "test-makes"

plans = st.recursive(
    st.fixed_dictionaries({"after": st.integers(0, 6), "fails": st.booleans(), "makes": st.just([])}),
    lambda more: st.fixed_dictionaries(
        {
            "after": st.integers(0, 6),
            "fails": st.sampled_from([False, False, True]),
            "makes": st.lists(more, max_size=3),
        }
    ),
    max_leaves=8,
)


def plan(conn: Connection, at: int, what: dict[str, Any]) -> None:
    hours = at + what["after"] * (HOUR // timedelta(microseconds=1))
    conn.execute(insert(due_event).values(at=hours, kind=MAKES, payload=json.dumps(what)))


def makes(conn: Connection, payload: dict[str, Any], at: int, policy: Policy) -> None:
    for one in payload["makes"]:
        plan(conn, at, one)
    if payload["fails"]:
        raise ValueError("words of a record")


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    database = open_database(new_url())
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(due_events.HANDLERS, MAKES, makes)
        yield database
    database.close()


def applied(database: Database, first: list[dict[str, Any]], steps: list[int]) -> list[tuple[Any, ...]]:
    """The events, as they stand once the clock has moved by so many hours each."""
    clock = Clock(START, freeze=True)
    with database.begin() as conn:
        conn.execute(delete(due_event))
        for one in first:
            plan(conn, to_micros(START), one)
    due = DueEvents(database, clock)
    done = 0
    for step in steps:
        clock.advance(step * HOUR)
        done += due.apply(POLICY)
    with database.begin() as conn:
        rows = conn.execute(select(due_event).order_by(due_event.c.id)).all()
    assert done == sum(row.applied is not None for row in rows)
    return [(row.at, row.payload, row.applied, row.fault) for row in rows]


@settings(deadline=None)  # each commits many times
@given(st.lists(plans, min_size=1, max_size=5), st.lists(st.integers(0, 5), min_size=1, max_size=10))
def test_any_steps_equal_one_leap(database: Database, first: list[dict[str, Any]], steps: list[int]) -> None:
    logging.disable(logging.CRITICAL)
    try:
        assert applied(database, first, steps) == applied(database, first, [sum(steps)])
    finally:
        logging.disable(logging.NOTSET)


def test_what_an_event_makes_comes_in_its_order(database: Database) -> None:
    order: list[tuple[str, int]] = []

    def heard(conn: Connection, payload: dict[str, Any], at: int, policy: Policy) -> None:
        order.append((payload["name"], (at - to_micros(START)) // 3_600_000_000))
        makes(conn, payload, at, policy)

    second = {"name": "made by the first", "after": 1, "fails": False, "makes": []}
    first = {"name": "first", "after": 1, "fails": False, "makes": [second]}
    last = {"name": "last", "after": 3, "fails": False, "makes": []}
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(due_events.HANDLERS, MAKES, heard)
        applied(database, [last, first], [5])
    assert order == [("first", 1), ("made by the first", 2), ("last", 3)]


def test_one_that_fails_is_marked_and_stops_nothing(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    good = {"after": 2, "fails": False, "makes": []}
    bad = {"after": 1, "fails": True, "makes": [good]}
    rows = applied(database, [bad, good], [1, 1, 1])
    assert [row[3] for row in rows] == ["ValueError", ""]
    assert len(rows) == 2, "what it began to do is undone"
    assert ("ValueError" in caplog.text, "words of a record" in caplog.text) == (True, False)


@pytest.mark.parametrize(("kind", "payload"), [("no-such-kind", "{}"), ("put-resource", "no JSON"), (MAKES, "{}")])
async def test_requests_go_on_after_one_that_fails(mock: Mock, kind: str, payload: str) -> None:
    with mock.database.begin() as conn:
        conn.execute(insert(due_event).values(at=mock.clock.micros(), kind=kind, payload=payload))
    mock.due.forget()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app(mock)), base_url=mock.issuer) as client:
        answers = [await client.get("/fhir/r4/metadata") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
