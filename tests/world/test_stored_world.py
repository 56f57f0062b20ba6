"""The world of the day that is kept as a file: equal to one that was built, and never trusted blindly."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from genesis_tui import __version__
from genesis_tui.mock_backend.admin.persona_rows import TABLES, personas_of
from genesis_tui.mock_backend.database.schema.base import metadata
from genesis_tui.mock_backend.database.sign_in.usernames import name_key
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.server.day_world import day_world
from genesis_tui.mock_backend.world.base.load import stored
from genesis_tui.mock_backend.world.base.stored import LISTED, MOST, StoredWorld, WorldCache
from genesis_tui.mock_backend.world.build import build_world, day_of

NOW = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def made() -> StoredWorld:
    since, until = day_of(NOW)
    return stored(build_world(seed=7, start=since, policy=Policy()), since, until, Policy())


@pytest.fixture(scope="module")
def slim(made: StoredWorld) -> StoredWorld:
    """As `made`, with a fortieth of its image: whether a file is trusted does not depend on how large it is."""
    return replace(made, image=made.image[:300_000])


@pytest.fixture(scope="module")
def built_image(made: StoredWorld) -> bytes:
    """A mock whose world was built for the day of `made`."""
    mock = Mock.create(seed=7, start=made.since, frozen=True)
    try:
        return mock.snapshot()
    finally:
        mock.close()


@pytest.fixture
def cache(tmp_path: Path) -> WorldCache:
    return WorldCache(tmp_path / "worlds")


@pytest.fixture
def file(tmp_path: Path, cache: WorldCache, slim: StoredWorld) -> Path:
    """A world of seed 7 as it was written."""
    cache.write(7, slim)
    return tmp_path / "worlds/7.world"


def rows(mock: Mock) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that does not hang on the mock's own secret."""
    with mock.database.begin() as conn:
        return {
            table.name: [dict(row) for row in conn.execute(table.select()).mappings()]
            for table in metadata.sorted_tables
            if table.name not in ("setting", "lockout")
        }


def lockouts(mock: Mock) -> list[dict[str, Any]]:
    """The lock-outs, by the key that this mock gives them."""
    with mock.database.begin() as conn:
        return [dict(row) for row in conn.execute(metadata.tables["lockout"].select()).mappings()]


@contextmanager
def both(made: StoredWorld, built_image: bytes, start: datetime) -> Iterator[tuple[Mock, Mock]]:
    """A mock of the stored world, and one whose world was built for that day; the clock of each stands at `start`."""
    opened = Mock.of_world(made, seed=7, start=start, frozen=True)
    built = Mock.of_image(built_image)
    built.move_clock(start)
    yield opened, built
    opened.close()
    built.close()


# equality


def test_what_is_opened_from_the_file_is_what_would_have_been_built(
    cache: WorldCache, made: StoredWorld, built_image: bytes
) -> None:
    cache.write(7, made)
    kept = cache.read(7, NOW)
    assert kept == made
    with both(kept, built_image, NOW) as (opened, built):
        assert rows(opened) == rows(built)
        assert sum(map(len, rows(opened).values())) > 10_000
        for mock in (opened, built):
            mock.due.apply(mock.policy)
        assert rows(opened) == rows(built)


def test_a_mock_of_a_stored_world_goes_on_as_any_other(made: StoredWorld, built_image: bytes) -> None:
    with both(made, built_image, NOW) as (opened, built):
        for mock in (opened, built):
            mock.move_clock(NOW + timedelta(days=40))
            mock.due.apply(mock.policy)
        assert rows(opened) == rows(built)
        opened.rebuild()
        built.rebuild()
        assert rows(opened) == rows(built)
        assert opened.clock.now() == NOW + timedelta(days=40)


def test_its_time_begins_now_and_a_reset_leads_back_to_that(made: StoredWorld) -> None:
    mock = Mock.of_world(made, seed=7, start=NOW, frozen=True)
    assert (mock.clock.now(), mock.start, mock.built_for) == (NOW, NOW, made.since)
    again = Mock.of_image(mock.snapshot())
    assert (again.clock.now(), again.start, again.built_for) == (NOW, NOW, made.since)
    mock.close()
    again.close()


def test_each_mock_has_secrets_and_lockouts_of_its_own(made: StoredWorld) -> None:
    first, second = (Mock.of_world(made, seed=7, start=NOW, frozen=True) for _ in range(2))
    assert first.name_secret != second.name_secret
    (told,) = made.rows["lockout"]
    minutes = timedelta(microseconds=int(str(told["locked_until"]))) - (made.since - datetime(1970, 1, 1, tzinfo=UTC))
    for mock in (first, second):
        (row,) = lockouts(mock)
        assert row["name_key"] == name_key(str(told["username"]), mock.name_secret)
        assert row["locked_until"] == (NOW + minutes - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        mock.rebuild()
        assert [again["locked_until"] for again in lockouts(mock)] == [row["locked_until"]]
        mock.close()


def test_nothing_secret_is_in_the_file(made: StoredWorld) -> None:
    plain = Mock.of_image(_with_world(made.image))
    with plain.database.begin() as conn:
        assert conn.exec_driver_sql("SELECT key FROM setting ORDER BY key").scalars().all() == ["clock", "world"]
        for name in ("lockout", "audit", "grant_session", "mail", "past_password"):
            assert conn.execute(select(func.count()).select_from(metadata.tables[name])).scalar() == 0
    plain.close()
    assert b"scrypt$" not in made.image


def _with_world(image: bytes) -> bytes:
    """The image with the two settings that a snapshot has, and no more."""
    import sqlite3

    copy = sqlite3.connect(":memory:")
    copy.deserialize(image)
    assert copy.execute("SELECT count(*) FROM setting").fetchone() == (0,)
    world = json.dumps({"seed": 7, "start": 0})
    clock = json.dumps({"at": 0, "real": 0, "frozen": True})
    copy.executemany("INSERT INTO setting VALUES (?, ?)", [("world", world), ("clock", clock)])
    copy.commit()
    return copy.serialize()


def test_the_people_are_listed_from_the_rows_beside_the_image(made: StoredWorld, built_image: bytes) -> None:
    assert set(TABLES) < set(LISTED)
    with both(made, built_image, NOW) as (_, built):
        assert personas_of(made.rows) == personas_of(rows(built))


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_a_day_ends_with_the_first_midnight_at_any_facility(hour: int) -> None:
    now = NOW.replace(hour=hour)
    since, until = day_of(now)
    assert since <= now < until
    assert timedelta() < until - since <= timedelta(days=1)
    assert day_of(since) == day_of(until - MINUTE) == (since, until)
    assert day_of(until)[0] == until
    assert day_of(since - MINUTE)[1] == since


# what is not taken


@pytest.mark.parametrize("off", [-MINUTE, timedelta()], ids=["the day before", "the day after"])
def test_a_world_of_another_day_is_not_taken(cache: WorldCache, file: Path, slim: StoredWorld, off: timedelta) -> None:
    assert cache.read(7, (slim.since if off else slim.until) + off) is None
    assert cache.read(7, slim.since) == cache.read(7, slim.until - MINUTE) == slim


def test_a_world_of_another_seed_is_not_taken(cache: WorldCache, file: Path) -> None:
    assert cache.read(8, NOW) is None
    file.rename(file.with_name("8.world"))
    assert cache.read(8, NOW) is None


@pytest.mark.parametrize("member", ["version", "files", "python", "sqlite", "since", "rows"])
def test_a_world_made_by_others_is_not_taken_whole_as_it_is(cache: WorldCache, file: Path, member: str) -> None:
    content = file.read_bytes()
    start = content.index(b'{"maker"')
    end = content.index(b"\n", start)
    head = json.loads(content[start:end])
    assert head["maker"]["version"] == __version__
    if member in head:
        del head[member]
    else:
        head["maker"][member] = "0.0.1"
    forged = json.dumps(head).encode() + content[end:]
    file.write_bytes(content[: start - 32] + blake2b(forged, digest_size=32).digest() + forged)
    assert cache.read(7, NOW) is None


def test_a_change_of_any_file_that_makes_worlds_is_another_version(tmp_path: Path, slim: StoredWorld) -> None:
    source = tmp_path / "source"
    (source / "data").mkdir(parents=True)
    (source / "code.py").write_text("1")
    data = source / "data/people.json"
    data.write_text("{}")
    cache = WorldCache(tmp_path / "worlds", source=source)
    cache.write(7, slim)
    assert cache.read(7, NOW) == slim
    os.utime(data, ns=(1, 1))
    assert cache.read(7, NOW) is None
    cache.write(7, slim)
    (source / "data/more.json").write_text("{}")
    assert cache.read(7, NOW) is None


def _cut(file: Path, length: int) -> None:
    file.write_bytes(file.read_bytes()[:length])


def _flip(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def _link(file: Path) -> None:
    file.rename(file.with_name("elsewhere"))
    file.symlink_to(file.with_name("elsewhere"))


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file, 0o600)


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir(mode=0o700)


SPOILT: dict[str, Callable[[Path], object]] = {
    "gone": Path.unlink,
    "empty": lambda file: _cut(file, 0),
    "no header": lambda file: _cut(file, 30),
    "half": lambda file: _cut(file, file.stat().st_size - 150_000),
    "one byte short": lambda file: _cut(file, file.stat().st_size - 1),
    "longer": lambda file: file.write_bytes(file.read_bytes() + b"\0"),
    "another kind": lambda file: _flip(file, 0),
    "damaged digest": lambda file: _flip(file, 30),
    "damaged header": lambda file: _flip(file, 60),
    "damaged page": lambda file: _flip(file, -150_000),
    "damaged end": lambda file: _flip(file, -1),
    "foreign": lambda file: file.write_bytes(b"SQLite format 3\0" + bytes(8192)),
    "a link": _link,
    "a pipe": _pipe,
    "others may read it": lambda file: file.chmod(0o640),
    "others may write it": lambda file: file.chmod(0o602),
    "others may look into its folder": lambda file: file.parent.chmod(0o711),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_what_can_not_be_trusted_is_built_anew_and_replaced(
    cache: WorldCache, file: Path, slim: StoredWorld, spoil: Callable[[Path], object]
) -> None:
    spoil(file)
    assert cache.read(7, NOW) is None
    cache.write(7, slim)
    assert cache.read(7, NOW) == slim
    assert (file.is_symlink(), file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (False, 0o600, 0o700)


def test_what_belongs_to_somebody_else_is_neither_read_nor_replaced(
    cache: WorldCache, file: Path, slim: StoredWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.stat()
    monkeypatch.setattr(os, "geteuid", lambda: before.st_uid + 1)
    assert cache.read(7, NOW) is None
    cache.write(7, slim)
    assert (file.stat().st_ino, list(file.parent.iterdir())) == (before.st_ino, [file])


def test_a_folder_that_is_a_link_is_not_used(tmp_path: Path, file: Path, slim: StoredWorld) -> None:
    (tmp_path / "link").symlink_to(file.parent)
    cache = WorldCache(tmp_path / "link")
    assert cache.read(7, NOW) is None
    cache.write(8, slim)
    assert list(file.parent.iterdir()) == [file]


# building what is not there


def test_a_world_is_built_once_and_opened_from_then_on(tmp_path: Path, cache: WorldCache) -> None:
    offered: list[Any] = []
    first = day_world(cache, 7, NOW, offered.append)
    file = tmp_path / "worlds/7.world"
    _wait_for(file.exists)
    written = file.stat()
    second = day_world(cache, 7, NOW + 5 * MINUTE, offered.append)
    assert second == first
    assert [personas_of(one) for one in offered] == [personas_of(first.rows)] * 2
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)
    third = day_world(cache, 7, first.until, offered.append)
    assert (third.since, third.image == first.image) == (first.until, False)
    _wait_for(lambda: file.stat().st_ino != written.st_ino)
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("folder", ["/proc/genesis-tui/worlds", "{file}/worlds"], ids=["read-only", "not a folder"])
def test_where_nothing_can_be_kept_the_world_is_built(tmp_path: Path, made: StoredWorld, folder: str) -> None:
    (tmp_path / "file").touch()
    cache = WorldCache(Path(folder.format(file=tmp_path / "file")))
    assert day_world(cache, 7, NOW, lambda rows: None) == made
    cache.write(7, made)
    assert cache.read(7, NOW) is None


def test_a_disk_that_is_full_leaves_nothing_half_written(
    cache: WorldCache, file: Path, slim: StoredWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = file.read_bytes()

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    cache.write(7, slim)
    assert [one.read_bytes() for one in file.parent.iterdir()] == [before]


# bounds


def test_old_worlds_and_what_a_killed_process_left_are_removed(
    cache: WorldCache, file: Path, slim: StoredWorld
) -> None:
    left, fresh, foreign = (file.with_name(name) for name in ("new-left", "new-fresh", "notes.txt"))
    for path in (left, fresh, foreign):
        path.write_text("x")
    os.utime(left, (time.time() - 90,) * 2)
    os.utime(file, (time.time() - 25 * 3600,) * 2)
    for seed in range(20, 20 + MOST + 2):
        cache.write(seed, slim)
        os.utime(file.with_name(f"{seed}.world"), (time.time() - 50 + seed,) * 2)
    kept = {f"{seed}.world" for seed in range(22, 20 + MOST + 2)}
    assert {one.name for one in file.parent.iterdir()} == {*kept, "new-fresh", "notes.txt"}


def test_the_mask_of_the_process_opens_nothing(tmp_path: Path, slim: StoredWorld) -> None:
    before = os.umask(0)
    try:
        WorldCache(tmp_path / "a/b/worlds").write(7, slim)
    finally:
        os.umask(before)
    modes = [(tmp_path / "a/b/worlds" / name).stat().st_mode & 0o777 for name in (".", "7.world")]
    assert modes == [0o700, 0o600]


# several processes

TAKE = f"""
import sqlite3
import sys
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from genesis_tui.mock_backend.server.day_world import day_world
from genesis_tui.mock_backend.world.base.stored import WorldCache
sys.stdin.readline()
world = day_world(WorldCache(Path(sys.argv[1])), 7, datetime.fromisoformat({NOW.isoformat()!r}), lambda rows: None)
copy = sqlite3.connect(":memory:")
copy.deserialize(world.image)
tables = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
rows = [sorted(map(repr, copy.execute(f"SELECT * FROM {{name}}"))) for name in tables]
print(sha256(repr(rows).encode()).hexdigest())
"""


def test_processes_that_start_at_once_have_one_world(tmp_path: Path) -> None:
    folder = tmp_path / "worlds"
    command = [sys.executable, "-c", TAKE, str(folder)]
    several = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in several:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate(timeout=120) for process in several]
    assert [(process.returncode, err) for process, (_, err) in zip(several, told, strict=True)] == [(0, "")] * 2
    assert len({out for out, _ in told}) == 1
    assert [one.name for one in folder.iterdir()] == ["7.world"]
    assert WorldCache(folder).read(7, NOW) is not None


def _wait_for(true: Callable[[], bool]) -> None:
    """The file is written behind the caller's back."""
    until = time.monotonic() + 30
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)
