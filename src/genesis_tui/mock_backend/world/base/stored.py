"""A world that was loaded before, kept as a file in the user's cache folder, to be opened in place of being built.

It holds the invented world alone: no key, no secret, nothing that anybody did in a mock. It is used only where

- folder and file belong to the user and are closed to everybody else, and the file is no link. Whoever could have
  written it is then the user, who could change the program as well, so that no key guards the digest;
- its digest is that of its content, so a file that was cut short or has rotted is not opened as a database;
- it was written by these very files of the mock, Python and SQLite, for this seed, and for the days that it is now.

Anything else is built anew and replaced. Where the folder can't be written, nothing is kept.
"""

import json
import os
import platform
import sqlite3
import stat
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from genesis_tui import __version__

LISTED = ("person", "sign_in", "method", "lockout")
"""Tables whose rows are kept beside the image: the list of personas, and what each mock fills in by itself."""
LARGEST = 128 * 1024 * 1024
"""Bytes of a file that is looked at."""
MOST = 3
"""Worlds of so many seeds are kept, none for longer than a day."""
_MAGIC = b"genesis-tui world 1\n"
_DIGEST_SIZE = 32
_DAY = 24 * 3600.0
_SOURCE = Path(__file__).parents[2]
_ABANDONED = 60.0
"""Seconds after which a file that is still being written belongs to nobody."""


@dataclass(frozen=True, slots=True)
class StoredWorld:
    """A world as the image of a database. It holds for every start from `since` until before `until`.

    `rows` are those of `LISTED`; the image has no `lockout` and no `setting`, which are each mock's own.
    """

    since: datetime
    until: datetime
    rows: dict[str, list[dict[str, object]]]
    image: bytes


class WorldCache:
    """One file a seed in a folder of its own. Several processes may read and write it at once.

    `source`: the folder with the code and the data that make a world.
    """

    def __init__(self, folder: Path, *, source: Path = _SOURCE) -> None:
        self._folder = folder
        self._source = source

    def read(self, seed: int, now: datetime) -> StoredWorld | None:
        """The world of a seed for the days of `now`; None where there is none that can be trusted."""
        try:
            content = self._content(self._path(seed))
            return _opened(content, _maker(seed, self._source), now)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, seed: int, world: StoredWorld) -> None:
        """Keep a world in place of the one before; nothing happens where the folder can't be used."""
        with suppress(OSError):
            self._make_folder()
            self._replace(self._path(seed), _packed(world, _maker(seed, self._source)))
            self._tidy()

    def _path(self, seed: int) -> Path:
        return self._folder / f"{seed}.world"

    def _content(self, path: Path) -> bytes:
        _check_private(self._folder.lstat(), stat.S_ISDIR)
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            found = os.fstat(file.fileno())
            _check_private(found, stat.S_ISREG)
            if found.st_size > LARGEST:
                raise OSError("larger than any world")
            return file.read()

    def _make_folder(self) -> None:
        """A folder of ours that others may look into is closed to them; what lies in it is about to be replaced."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self._folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
            self._folder.chmod(0o700)
        _check_private(self._folder.lstat(), stat.S_ISDIR)

    def _replace(self, path: Path, content: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self._folder, prefix="new-")
        try:
            with open(handle, "wb") as file:
                file.write(content)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink()
            raise

    def _tidy(self) -> None:
        """Remove worlds of other days, those of the seeds used longest ago, and what a killed process left."""
        now = time.time()
        worlds = sorted(self._folder.glob("*.world"), key=_age, reverse=True)
        old = [one for number, one in enumerate(worlds) if number >= MOST or now - _age(one) > _DAY]
        for one in (*old, *(one for one in self._folder.glob("new-*") if now - _age(one) > _ABANDONED)):
            one.unlink(missing_ok=True)


def user_cache() -> WorldCache:
    """The cache in the platform's folder for caches."""
    from platformdirs import user_cache_path

    return WorldCache(user_cache_path("genesis-tui") / "worlds")


def _check_private(found: os.stat_result, is_kind: Any) -> None:
    """Raises OSError for what is of another kind, of somebody else, or open to others."""
    if not is_kind(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise OSError("not private")


def _age(path: Path) -> float:
    """When a file was written; 0 for one that another process has removed meanwhile."""
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def _maker(seed: int, source: Path) -> dict[str, Any]:
    """What a file must have been made with. Raises OSError where `source` can't be looked at."""
    return {
        "seed": seed,
        "version": __version__,
        "files": _files(source),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }


def _files(root: Path) -> str:
    """A digest of name, size and time of each file of the mock: a world is a matter of its code and data."""
    seen = blake2b(str(root).encode(), digest_size=16)
    folders = [str(root)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "__pycache__":
                        folders.append(entry.path)
                else:
                    found = entry.stat()
                    seen.update(f"{entry.path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def _packed(world: StoredWorld, maker: dict[str, Any]) -> bytes:
    head = {"maker": maker, "since": world.since.isoformat(), "until": world.until.isoformat(), "rows": world.rows}
    content = json.dumps(head).encode() + b"\n" + world.image
    return _MAGIC + blake2b(content, digest_size=_DIGEST_SIZE).digest() + content


def _opened(packed: bytes, maker: dict[str, Any], now: datetime) -> StoredWorld | None:
    """The world in a file; None for one of other files, another seed or other days. Raises ValueError for no world."""
    start = len(_MAGIC) + _DIGEST_SIZE
    digest = blake2b(memoryview(packed)[start:], digest_size=_DIGEST_SIZE).digest()
    if packed[:start] != _MAGIC + digest:
        raise ValueError("damaged, or no world")
    end = packed.index(b"\n", start)
    head = json.loads(packed[start:end])
    since, until = datetime.fromisoformat(head["since"]), datetime.fromisoformat(head["until"])
    if head["maker"] != maker or not since <= now < until:
        return None
    return StoredWorld(since, until, head["rows"], packed[end + 1 :])
