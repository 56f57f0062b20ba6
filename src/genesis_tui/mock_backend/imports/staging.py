"""Where an import is got ready before anything of it shows: a private database that SQLite deletes by itself."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from genesis_tui.mock_backend.imports.references import LocalId

_TABLES: Final = """
CREATE TABLE patient (id TEXT NOT NULL, file INTEGER NOT NULL);
CREATE TABLE alias (
    url TEXT NOT NULL, scope INTEGER NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, file INTEGER NOT NULL
);
CREATE TABLE attached (binary TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, file INTEGER NOT NULL);
CREATE TABLE known (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE staged (
    n INTEGER PRIMARY KEY, file INTEGER NOT NULL, place TEXT NOT NULL, stamp INTEGER NOT NULL, edition INTEGER NOT NULL,
    type TEXT NOT NULL, id TEXT NOT NULL, patient TEXT, waits TEXT, sensitive INTEGER NOT NULL, hidden INTEGER NOT NULL,
    at INTEGER NOT NULL, until INTEGER NOT NULL, category TEXT NOT NULL, tokens BLOB NOT NULL, body BLOB NOT NULL
);
"""
_FOUND: Final = """
CREATE INDEX patient_id ON patient (id);
CREATE INDEX alias_url ON alias (url, scope);
"""
_COMPLETE: Final = """
CREATE INDEX staged_id ON staged (type, id);
CREATE INDEX attached_binary ON attached (binary);
"""
_OLDER: Final = """
DELETE FROM staged WHERE n IN (
    SELECT n FROM (
        SELECT n, row_number() OVER (
            PARTITION BY type, id ORDER BY stamp DESC, edition DESC, n DESC
        ) AS rank FROM staged
    ) WHERE rank > 1
) RETURNING type, file, place
"""
_UNKNOWN: Final = """
DELETE FROM staged WHERE patient <> '' AND patient NOT IN (SELECT id FROM known)
    AND patient NOT IN (SELECT id FROM staged WHERE type = 'Patient') RETURNING type, file, place
"""
_BATCH: Final = 1000


class Staged(NamedTuple):
    """One resource that could be stored, all but its row and version.

    `patient` is '' for what belongs to none, and None while `waits` says (as JSON) what has to be known first. `stamp`
    and `edition` are the source's own last change and version: the latest of several counts.
    """

    file: int
    place: str
    stamp: int
    edition: int
    type: str
    id: str
    patient: str | None
    waits: str | None
    sensitive: bool
    hidden: bool
    at: int
    until: int
    category: str
    tokens: bytes
    body: bytes


class Dropped(NamedTuple):
    """A staged resource that is not taken after all: its type, and where it stands."""

    type: str
    file: int
    place: str


_PUT: Final = f"INSERT INTO staged ({', '.join(Staged._fields)}) VALUES ({', '.join('?' * len(Staged._fields))})"  # noqa: S608


class Staging:
    """The private database of one source's import."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.executescript(_TABLES)
        self._waiting: list[Staged] = []

    def close(self) -> None:
        self._db.close()

    def run(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows that a statement gives."""
        return self._db.execute(sql, tuple(values)).fetchall()

    def begin_file(self) -> None:
        """What comes from now on is kept or dropped as a whole."""
        self._db.execute("SAVEPOINT file")

    def keep_file(self) -> None:
        """Keep what came of a file: it is whole."""
        self._flush()
        self._db.execute("RELEASE file")

    def drop_file(self) -> None:
        """The file is broken: nothing of it counts."""
        self._waiting.clear()
        self._db.execute("ROLLBACK TO file")
        self._db.execute("RELEASE file")

    def add_patient(self, patient: str, file: int) -> None:
        self._db.execute("INSERT INTO patient VALUES (?, ?)", (patient, file))

    def add_alias(self, url: str, scope: int, here: LocalId, file: int) -> None:
        """Notes the fullUrl of a resource, within its document."""
        self._db.execute("INSERT INTO alias VALUES (?, ?, ?, ?, ?)", (url, scope, *here, file))

    def add_attached(self, binary: str, here: LocalId, file: int) -> None:
        """Notes that a resource refers to a Binary."""
        self._db.execute("INSERT INTO attached VALUES (?, ?, ?, ?)", (binary, *here, file))

    def put(self, one: Staged) -> None:
        self._waiting.append(one)
        if len(self._waiting) >= _BATCH:
            self._flush()

    def forget_file(self, file: int) -> None:
        """Takes back what the first pass noted of a file."""
        for table in ("patient", "alias"):
            self._db.execute(f"DELETE FROM {table} WHERE file = ?", (file,))  # noqa: S608

    def first_pass_done(self) -> bool:
        """Makes what was noted quick to find. Whether there are aliases at all."""
        self._db.executescript(_FOUND)
        return bool(self.run("SELECT 1 FROM alias LIMIT 1"))

    def has_patient(self, patient: str) -> bool:
        return bool(self.run("SELECT 1 FROM patient WHERE id = ? LIMIT 1", (patient,)))

    def alias(self, url: str, scope: int) -> LocalId | None:
        """The one resource that goes by a fullUrl: in the document itself, else anywhere; None for none or several."""
        found = self.run("SELECT DISTINCT type, id FROM alias WHERE url = ? AND scope = ? LIMIT 2", (url, scope))
        found = found or self.run("SELECT DISTINCT type, id FROM alias WHERE url = ? LIMIT 2", (url,))
        return LocalId(*found[0]) if len(found) == 1 else None

    def second_pass_done(self) -> list[Dropped]:
        """Leaves the latest of each resource; returns the others."""
        self._db.executescript(_COMPLETE)
        return [Dropped(*row) for row in self.run(_OLDER)]

    def know(self, people: Iterable[str]) -> None:
        """Notes the people whom the mock has from this source already."""
        self._db.executemany("INSERT INTO known VALUES (?)", ((one,) for one in people))

    def drop_unknown(self) -> list[Dropped]:
        """Removes what belongs to nobody who is taken."""
        return [Dropped(*row) for row in self.run(_UNKNOWN)]

    def drop(self, number: int) -> Dropped:
        """Remove one staged resource."""
        return Dropped(*self.run("DELETE FROM staged WHERE n = ? RETURNING type, file, place", (number,))[0])

    def batches(self, condition: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """The staged resources that meet a condition of SQL, in order: rows of `n` and the fields of `Staged`.

        What is read may be changed or removed meanwhile.
        """
        query = f"SELECT n, {', '.join(Staged._fields)} FROM staged WHERE n > ? AND {condition} ORDER BY n LIMIT ?"  # noqa: S608
        last = 0
        while rows := self.run(query, (last, size)):
            yield rows
            last = rows[-1][0]

    def _flush(self) -> None:
        self._db.executemany(_PUT, self._waiting)
        self._waiting.clear()
