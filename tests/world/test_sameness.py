"""The same seed and start give the same world; another start moves every date, another seed changes noise only."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.world import build
from genesis_tui.mock_backend.world.build import World, build_world
from tests.world.reading import series

_DATE = re.compile(r"\b\d{4}-\d{2}\b|\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{4}\b")
_DATA = Path(build.__file__).parent / "data"


def _bytes(world: World) -> bytes:
    return msgspec.json.encode((world.rows, [(r.body, r.final_at, r.reviewed_at) for r in world.resources], world.due))


def test_the_same_seed_and_start_give_the_same_bytes(world: World, start: datetime) -> None:
    assert _bytes(build_world(seed=7, start=start, policy=Policy())) == _bytes(world)


def test_another_seed_changes_the_noise_and_neither_people_nor_ids(world: World, start: datetime) -> None:
    other = build_world(seed=8, start=start, policy=Policy())
    assert other.rows == world.rows
    assert [r.body["id"] for r in other.resources] == [r.body["id"] for r in world.resources]
    assert _bytes(other) != _bytes(world)


def test_another_start_moves_the_story_with_it(world: World, start: datetime) -> None:
    later = build_world(seed=7, start=start + timedelta(days=364), policy=Policy())
    before = series(world, "Daniel", "Reyes", "13457-7")
    after = series(later, "Daniel", "Reyes", "13457-7")
    assert [value for _, value in after] == [value for _, value in before]
    assert {b.date() - a.date() for (a, _), (b, _) in zip(before, after, strict=True)} == {timedelta(days=364)}
    moved = zip(world.due, later.due, strict=True)
    assert {b.at - a.at for a, b in moved} <= {timedelta(days=364) + timedelta(hours=h) for h in (-1, 0, 1)}


@pytest.mark.parametrize(
    "start",
    [
        datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
        datetime(2026, 3, 8, 6, 30, tzinfo=UTC),
        datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
        datetime(2025, 12, 31, 12, 0, tzinfo=UTC),
        datetime(2026, 11, 21, 3, 0, tzinfo=UTC),
        datetime(2026, 11, 22, 22, 0, tzinfo=UTC),
    ],
    ids=["leap day", "clocks go forward", "new year", "before the effective date", "Saturday", "Sunday"],
)
def test_any_day_can_be_the_first(start: datetime, world: World) -> None:
    built = build_world(seed=7, start=start, policy=Policy())
    assert len(built.resources) == pytest.approx(len(world.resources), rel=0.02)
    assert all(r.final_at is None or r.final_at <= start for r in built.resources)
    assert all(due.at > start for due in built.due)


def test_data_files_hold_no_dates() -> None:
    files = [path for path in _DATA.rglob("*") if path.is_file()]
    assert len(files) > 50
    assert [path.name for path in files if _DATE.search(path.read_text(encoding="utf-8"))] == []
