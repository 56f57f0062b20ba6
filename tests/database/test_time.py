"""The clock, what comes due as it moves, and what a file keeps."""

import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from genesis_tui.mock_backend.clock import Clock, from_micros, to_micros
from genesis_tui.mock_backend.database.engine import Database, open_database
from genesis_tui.mock_backend.database.record.dates import span
from genesis_tui.mock_backend.database.sign_in import passwords
from genesis_tui.mock_backend.database.sign_in.passwords import (
    check_password,
    password_hash,
    password_matches,
    to_be_hashed,
)
from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.world.base.load import load_world
from genesis_tui.mock_backend.world.base.world import Resource, World, due_resource
from genesis_tui.mock_backend.world.simulation.due_events import DueEvents
from tests.postgres import new_url
from tests.small_world import SPONSOR, START, small_world

DAY = timedelta(days=1)
POLICY = Policy()


def result(version: str) -> Resource:
    """A lab result of the sponsor whose text is its version."""
    body = {"resourceType": "Observation", "id": "later", "status": "final", "valueString": version}
    return Resource(body, SPONSOR, final_at=START)


def world() -> World:
    """The small world with a result that is filed, corrected and corrected again in the days to come."""
    small = small_world()
    due = [due_resource(START + days * DAY, result(str(days))) for days in (1, 2, 30)]
    return World(small.rows, small.resources, due)


def stored(database: Any) -> list[tuple[Any, ...]]:
    """Every version of every resource and what was applied when."""
    with database.begin() as conn:
        resources = conn.exec_driver_sql(
            "SELECT type, id, version, updated, body FROM resource ORDER BY type, id"
        ).all()
        events = conn.exec_driver_sql("SELECT id, applied FROM due_event ORDER BY id").all()
    return [*map(tuple, resources), *map(tuple, events)]


def after(steps: list[timedelta]) -> list[tuple[Any, ...]]:
    """What a world holds once the clock has moved by each step, requests between them."""
    database, clock = open_database(new_url()), Clock(START, freeze=True)
    load_world(database, world(), clock, POLICY)
    due = DueEvents(database, clock)
    for step in steps:
        clock.advance(step)
        due.apply(POLICY)
    found = stored(database)
    database.close()
    return found


def test_moving_the_clock_at_once_or_day_by_day_leaves_the_same_world() -> None:
    assert after([40 * DAY]) == after([DAY] * 40) == after([timedelta(hours=7)] * 137 + [timedelta(hours=1)])


@pytest.mark.parametrize(("offset", "applied"), [(-1, 0), (0, 1), (1, 1)])
def test_an_event_is_applied_from_its_instant_on(offset: int, applied: int) -> None:
    database, clock = open_database(new_url()), Clock(START, freeze=True)
    load_world(database, world(), clock, POLICY)
    due = DueEvents(database, clock)
    assert due.apply(POLICY) == 0
    clock.set(from_micros(to_micros(START + DAY) + offset))
    assert due.apply(POLICY) == applied
    assert due.apply(POLICY) == 0
    database.close()


def test_a_world_loads_again_over_another() -> None:
    database, clock = open_database(new_url()), Clock(START, freeze=True)
    load_world(database, world(), clock, POLICY)
    first = stored(database)
    load_world(database, world(), clock, POLICY)
    assert stored(database) == first
    database.close()


@pytest.mark.sqlite("a file")
def test_a_file_keeps_its_world(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'portal.db'}"
    database, clock = open_database(url), Clock(START, freeze=True)
    load_world(database, world(), clock, POLICY)
    before = stored(database)
    database.close()
    again = open_database(url)
    assert stored(again) == before
    again.close()


def test_a_transaction_that_fails_leaves_nothing_and_an_inner_one_joins_the_outer() -> None:
    database = open_database(new_url())
    with pytest.raises(RuntimeError, match="undo"):
        _fail_inside_both(database)
    with database.begin() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM setting").scalar() == 0
    database.close()


def _fail_inside_both(database: Database) -> None:
    with database.begin() as conn:
        conn.exec_driver_sql("INSERT INTO setting VALUES ('outer', '1')")
        with database.begin() as inner:
            inner.exec_driver_sql("INSERT INTO setting VALUES ('inner', '1')")
        raise RuntimeError("undo")


def test_a_clock_stands_still_moves_and_runs_on() -> None:
    clock = Clock(START, freeze=True)
    assert (clock.now(), clock.now()) == (START, START)
    clock.advance(DAY)
    assert clock.now() == START + DAY
    clock.freeze = False
    assert timedelta() <= clock.now() - (START + DAY) < timedelta(minutes=1)
    clock.set(START - 400 * DAY)
    assert timedelta() <= clock.now() - (START - 400 * DAY) < timedelta(minutes=1)


def test_a_clock_takes_no_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Clock().set(datetime(2026, 1, 1))


@pytest.fixture
def _real_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the module as it stands; tests have a cheaper one."""
    monkeypatch.setattr(passwords, "COST", runpy.run_path(passwords.__file__)["COST"])


@pytest.mark.usefixtures("_real_cost")
def test_passwords_match_their_own_hash_only() -> None:
    stored_hash = password_hash("correct-horse-battery")
    assert stored_hash.startswith("scrypt$1024$8$1$")
    assert password_matches("correct-horse-battery", stored_hash)
    assert not password_matches("correct-horse-batterY", stored_hash)
    assert password_hash("correct-horse-battery") != stored_hash


@pytest.mark.parametrize(
    ("text", "start", "length"),
    [
        ("2024", datetime(2024, 1, 1, tzinfo=UTC), 366 * DAY),
        ("2023", datetime(2023, 1, 1, tzinfo=UTC), 365 * DAY),
        ("2024-02", datetime(2024, 2, 1, tzinfo=UTC), 29 * DAY),
        ("1900-02-28", datetime(1900, 2, 28, tzinfo=UTC), DAY),
        ("9999-12-31", datetime(9999, 12, 31, tzinfo=UTC), DAY),
        ("2024-02-29T23:30:00+09:00", datetime(2024, 2, 29, 14, 30, tzinfo=UTC), timedelta(seconds=1)),
        ("2024-02-29T23:30Z", datetime(2024, 2, 29, 23, 30, tzinfo=UTC), timedelta(minutes=1)),
        ("2024-02-29T23:30:00.5Z", datetime(2024, 2, 29, 23, 30, 0, 500_000, UTC), timedelta(milliseconds=100)),
        ("2024-02-29T23:30:00", datetime(2024, 2, 29, 23, 30, tzinfo=UTC), timedelta(seconds=1)),
    ],
)
def test_a_date_names_a_span_as_long_as_its_precision(text: str, start: datetime, length: timedelta) -> None:
    assert span(text) == (to_micros(start), to_micros(start) + length // timedelta(microseconds=1))


@pytest.mark.parametrize(
    "text", ["", "24", "2024-1", "2024-13", "2023-02-29", "20240101", "2024-W01", "2024-01-01T25:00:00Z", "٢٠٢٤", "now"]
)
def test_what_is_no_fhir_date_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a FHIR date|month|day|hour"):
        span(text)


@pytest.mark.usefixtures("_real_cost")
def test_a_password_of_the_world_is_hashed_once_it_was_typed_right() -> None:
    waiting = to_be_hashed("correct-horse-battery")
    assert check_password("wrong", waiting) == (False, waiting)
    assert check_password(waiting, waiting) == (False, waiting)
    right, hashed = check_password("correct-horse-battery", waiting)
    assert (right, hashed.startswith("scrypt$1024$8$1$")) == (True, True)
    assert check_password("correct-horse-battery", hashed) == (True, hashed)
    assert check_password("correct-horse-batterY", hashed) == (False, hashed)
