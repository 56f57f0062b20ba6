"""What a server answered, kept in one encrypted file for reading without the network (SQLCipher).

Each row belongs to one patient, or to nobody in particular (the family list); a row is never found without naming what
was asked, and all rows of a patient go at once (FAM-9, FAM-11).
"""

import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

_TABLES = """
create table if not exists answer (
    name text primary key, patient text not null, kind text not null, body blob not null, at integer not null
);
create index if not exists answer_of on answer (patient);
"""


class WrongKeyError(Exception):
    """The key does not open the file, or it is no such file."""


class NotRemovedError(Exception):
    """What was to go is still in the file: the disk is full, or can't be written."""


class KeptAnswer(NamedTuple):
    """An answer, its media type, whose it is, and when it was kept in seconds since 1970."""

    body: bytes
    kind: str
    patient: str
    at: int


class ResponseCache:
    """One file. Safe to use from several threads; `close` it."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open or create the file, readable by its owner alone.

        Args:
            path: in a folder that exists and is private.
            key: 32 bytes.

        Raises:
            ShutError: it is not this file's key.
        """
        import sqlcipher3

        path.touch(mode=0o600)
        self._lock = threading.Lock()
        self._file: Any = sqlcipher3.connect(str(path), check_same_thread=False, isolation_level=None)
        try:
            self._file.execute("pragma cipher_log_level = none").fetchall()
            self._file.execute(f"pragma key = \"x'{key.hex()}'\"")
            self._file.execute("pragma journal_mode = wal").fetchone()
            self._file.executescript(_TABLES)
        except sqlcipher3.DatabaseError:
            self._file.close()
            raise WrongKeyError from None

    def keep(self, name: str, body: bytes, *, patient: str = "", kind: str = "") -> None:
        """Keep what was answered to `name` in place of what was kept before; `kind` is its media type."""
        row = (name, patient, kind, body, int(time.time()))
        with self._lock:
            self._file.execute("insert or replace into answer (name, patient, kind, body, at) values (?,?,?,?,?)", row)

    def find(self, name: str) -> KeptAnswer | None:
        """What was answered to `name`; None where nothing is kept."""
        with self._lock:
            wanted = "select body, kind, patient, at from answer where name = ?"
            row = self._file.execute(wanted, (name,)).fetchone()
        return None if row is None else KeptAnswer(bytes(row[0]), str(row[1]), str(row[2]), int(row[3]))

    def forget(self, patient: str) -> None:
        """Remove everything of one patient, from the file too. Raises NotRemovedError."""
        import sqlcipher3

        try:
            with self._lock:
                self._file.execute("delete from answer where patient = ?", (patient,))
                self._file.execute("pragma wal_checkpoint(truncate)").fetchone()
                self._file.execute("vacuum")
        except sqlcipher3.Error as error:
            raise NotRemovedError(str(error)) from None

    def prune(self, days: int) -> None:
        """Remove what was kept longer ago than that."""
        with self._lock:
            self._file.execute("delete from answer where at < ?", (int(time.time()) - days * 86_400,))

    def patients(self) -> frozenset[str]:
        """Whose answers are kept."""
        with self._lock:
            rows = self._file.execute("select distinct patient from answer where patient != ''").fetchall()
        return frozenset(str(row[0]) for row in rows)

    def newest(self) -> int:
        """When something was kept last, in seconds since 1970; 0 where nothing is."""
        with self._lock:
            return int(self._file.execute("select coalesce(max(at), 0) from answer").fetchone()[0])

    def close(self) -> None:
        with self._lock:
            self._file.close()
