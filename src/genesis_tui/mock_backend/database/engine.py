"""Opens the mock's database: SQLite in memory or in a file by default, PostgreSQL by URL."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Connection, Engine, Insert, Select, Table, create_engine, event, insert, select
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import LRUCache

from genesis_tui.mock_backend.database.schema import (
    appointments,
    clipboards,
    family,
    messages,
    record,
    refills,
    sign_in,
)
from genesis_tui.mock_backend.database.schema.base import metadata, setting

Row = Sequence[Any]
T = TypeVar("T")
_SUBJECTS = (appointments, clipboards, family, messages, record, refills, sign_in)
"""The modules of tables: each adds its own to `metadata`, which is whole once all are imported."""
Writer = Callable[[Connection, Sequence[Row]], None]

_TRIES = 10
_UNDONE = ("40001", "40P01")
"""A failure to serialize and a deadlock (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536", "mmap_size=4294967296")


_COLUMNS = {
    "sqlite": "SELECT one.name, part.name FROM sqlite_master AS one, pragma_table_info(one.name) AS part"
    " WHERE one.type = 'table'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = current_schema()",
}
"""What tells table and column of everything that a database holds."""


class DriverMissing(SQLAlchemyError):
    """What speaks to a database of this kind is not installed."""


class OneSQLite(SQLiteDialect_pysqlite):
    """The same dialect for every database of this process: what was compiled for one serves all."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OneSQLite)

    def __hash__(self) -> int:
        return hash(OneSQLite)


registry.register("sqlite.one", __name__, OneSQLite.__name__)
_COMPILED: LRUCache[Any, Any] = LRUCache(2000)


class OtherVersion(SQLAlchemyError):
    """A database holds a world in tables that are not those of this version."""


class Prepared:
    """A select compiled once for one dialect: its SQL, and the order in which its named values go in."""

    def __init__(self, statement: Select[Any], engine: Engine) -> None:
        compiled = statement.compile(engine)
        self.sql = str(compiled)
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        self._order: list[str] | None = compiled.positiontup

    def arguments(self, values: Mapping[str, object]) -> Any:
        """The DBAPI's arguments: a tuple where parameters are positional, else a dict."""
        if self._order is None:
            return {**self._constants, **values}
        if not self._constants:
            return tuple(map(values.__getitem__, self._order))
        merged = {**self._constants, **values}
        return tuple(map(merged.__getitem__, self._order))


class Database:
    """One database of one mock. Transactions are short and never held across an await.

    SQLite is one connection that all threads share, one transaction at a time; elsewhere each thread has its own.
    `people_version` counts the changes of what the family rules depend on; whoever keeps a standing compares it.
    """

    def __init__(self, engine: Engine, *, tables: bool = True) -> None:
        """`tables`: those that are not there are made; False where an image of them all is about to be put in."""
        self.engine = engine
        self.people_version = 0
        self._shared = engine.dialect.name == "sqlite"
        self._lock = threading.RLock() if self._shared else nullcontext()
        self._here = threading.local()
        self._raw: Any = engine.raw_connection().driver_connection if self._shared else None
        if tables:
            try:
                _make_tables(engine)
            except SQLAlchemyError:
                self.close()
                raise

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction, committed at the end; inside another one of the same thread it joins that one."""
        with self._lock:
            if (joined := self._open) is not None:
                yield joined
                return
            with self.engine.begin() as conn:
                self._here.open = conn
                try:
                    yield conn
                finally:
                    self._here.open = None

    def run(self, work: Callable[[Connection], T]) -> T:
        """What `work` gives, done in a transaction; again where the database undid that one for the sake of others."""
        for left in reversed(range(_TRIES)):
            try:
                with self.begin() as conn:
                    return work(conn)
            except DBAPIError as error:
                if not left or self._open is not None or getattr(error.orig, "sqlstate", "") not in _UNDONE:
                    raise
        raise AssertionError

    @property
    def _open(self) -> Connection | None:
        """The transaction of this thread."""
        conn: Connection | None = getattr(self._here, "open", None)
        return conn

    def fetch(self, query: Prepared, values: Mapping[str, object]) -> list[Row]:
        """All rows of a prepared select: the read path, without SQLAlchemy's cost per call."""
        if self._raw is None:
            with self.begin() as conn:
                return list(conn.exec_driver_sql(query.sql, query.arguments(values)))
        with self._lock:
            found: list[Row] = self._raw.execute(query.sql, query.arguments(values)).fetchall()
            return found

    def writing(self, statement: Insert, columns: Sequence[str]) -> Writer:
        """Compiled once: adds rows that are tuples of these columns, past SQLAlchemy's cost per row."""
        compiled = statement.compile(self.engine, column_keys=list(columns))
        sql, order = str(compiled), compiled.positiontup
        places = None if order is None else [columns.index(name) for name in order]

        def write(conn: Connection, rows: Sequence[Row]) -> None:
            if places is None:
                conn.exec_driver_sql(sql, [dict(zip(columns, row, strict=True)) for row in rows])
            elif places == sorted(places):
                conn.exec_driver_sql(sql, [tuple(row) for row in rows])
            else:
                conn.exec_driver_sql(sql, [tuple(row[place] for place in places) for row in rows])

        return write

    def people_changed(self) -> None:
        """To be called after every change of a person, a kin tie or a grant."""
        self.people_version += 1

    def empty(self) -> None:
        """Removes every row of every table and leaves the tables."""
        _remembered.pop(self.engine, None)
        with self.begin() as conn:
            if conn.dialect.name == "postgresql":  # at once, and numbers begin again
                conn.exec_driver_sql(f"TRUNCATE {', '.join(metadata.tables)} RESTART IDENTITY")
            else:
                for table in reversed(metadata.sorted_tables):
                    conn.execute(table.delete())
        self.people_changed()

    def close(self) -> None:
        """Closes all connections; the database cannot be used afterwards."""
        if self._raw is not None:
            self._raw.close()
        self.engine.dispose()


def database_url(text: str) -> URL:
    """A database's address; that of PostgreSQL means psycopg where it names no driver.

    Raises sqlalchemy.exc.ArgumentError and DriverMissing.
    """
    url = make_url(text)
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    try:
        url.get_dialect().import_dbapi()
    except ImportError as error:
        if url.drivername == "postgresql+psycopg":
            raise DriverMissing("PostgreSQL needs psycopg: pip install 'genesis-tui[postgres]'") from None
        raise DriverMissing(f"the driver for it is not installed: {error.name}") from None
    return url


def open_database(url: str = "sqlite://", *, tables: bool = True) -> Database:
    """Opens or creates a database; `sqlite://` is a new one in memory.

    Raises sqlalchemy.exc.ArgumentError, DriverMissing, and OtherVersion for one that another version has made; that one
    is left as it is.

    `tables` as for `Database`, where it is SQLite. Errors name the statement and never what it was given: that is the
    words of a record.
    """
    parsed = database_url(url)
    if parsed.get_backend_name() != "sqlite":
        for partial in (messages.unread, record.sensitive):
            partial.dialect_kwargs["postgresql_where"] = partial.dialect_kwargs["sqlite_where"]
        return Database(_elsewhere(parsed))
    engine = create_engine(
        parsed.set(drivername="sqlite+one"),
        poolclass=StaticPool,
        connect_args={"check_same_thread": False},
        hide_parameters=True,
        execution_options={"compiled_cache": _COMPILED},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return Database(engine, tables=tables)


_remembered: WeakKeyDictionary[Engine, dict[str, Any]] = WeakKeyDictionary()


def remembered(conn: Connection, name: str, read: Callable[[], T]) -> T:
    """What was read of a database once, until it holds another world: for tables that nothing else writes to."""
    known = _remembered.setdefault(conn.engine, {})
    if name not in known:
        known[name] = read()
    return cast(T, known[name])


def _elsewhere(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True)
    if engine.driver == "psycopg":
        event.listen(engine, "connect", _prepare_psycopg)
    return engine


def _prepare_psycopg(connection: Any, _record: object) -> None:
    """PostgreSQL's text holds no NUL: one that is asked for or kept is a character that stands for it."""
    from psycopg.types.string import StrDumperUnknown

    class PlainText(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd"))

    connection.adapters.register_dumper(str, PlainText)


def unless_there(conn: Connection, table: Table) -> Insert:
    """An insert that leaves alone what another transaction has put there; it waits for that one to end."""
    return _unless_there(conn.dialect.name, table)


@cache
def _unless_there(dialect: str, table: Table) -> Insert:
    if dialect == "sqlite":
        return insert(table).prefix_with("OR IGNORE")
    from sqlalchemy.dialects.postgresql import insert as on_postgresql

    return on_postgresql(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _make_tables(engine: Engine) -> None:
    """Makes what is not there yet. Raises OtherVersion."""
    with engine.connect() as conn:
        columns = map(tuple, conn.exec_driver_sql(_COLUMNS[conn.dialect.name]).all())
        found = {one for one in columns if one[0] in metadata.tables}
        present = {table for table, _ in found}
        filled = setting.name in present and conn.execute(select(setting.c.key).limit(1)).first() is not None
    ours = _our_columns()
    differing = found ^ (ours if filled else {one for one in ours if one[0] in present})
    if differing:
        first = ".".join(min(differing))
        raise OtherVersion(
            f"the database was made by another version of genesis-tui ({first} differs). Use a new file with --db, or "
            "that version; nothing in it was changed."
        )
    lacking = [one for one in metadata.tables.values() if one.name not in present]
    metadata.create_all(engine, tables=lacking)  # the word index is made with the tables, also where none is lacking


@cache
def _our_columns() -> frozenset[tuple[str, str]]:
    """Table and column of everything that a database of this version holds."""
    return frozenset((one.name, column.name) for one in metadata.tables.values() for column in one.columns)


def image_of(database: Database) -> bytes:
    """The committed content of a database. Raises ValueError for one that is not SQLite."""
    copy = sqlite3.connect(":memory:")
    try:
        _driver(database).backup(copy)
        return copy.serialize()
    finally:
        copy.close()


def replace_with(database: Database, image: bytes) -> None:
    """Put an earlier image in place of everything that a database holds. Raises ValueError as above."""
    driver = _driver(database)
    _remembered.pop(database.engine, None)
    source = sqlite3.connect(":memory:")
    try:
        source.deserialize(_without_wal(image))
        source.backup(driver)
    finally:
        source.close()


def _without_wal(image: bytes) -> bytes:
    """The image of a file: its header says that a log stands beside it, which a database in memory can't have."""
    return image[:18] + b"\x01\x01" + image[20:] if image[18:20] == b"\x02\x02" else image


def _driver(database: Database) -> sqlite3.Connection:
    driver = database.engine.raw_connection().driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise ValueError("snapshots need an SQLite database")
    return driver
