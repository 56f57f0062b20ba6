"""A real PostgreSQL that the tests start themselves: `pytest --postgres` runs them on it instead of on SQLite.

One server a session, shared by the workers of xdist, on a Unix socket in a temporary folder; the Debian cluster is not
touched. Each mock gets a database of its own, copied from a template that is made once. Without the programs the tests
are skipped, and say which one is missing.

What is to run on both databases whenever the programs are there takes the fixture `make_small`:

    def test_it_holds(make_small: MakeSmall) -> None:      # once on SQLite, once on PostgreSQL
        mock = make_small()                                # a new small world each time
        ...

A state machine gets it by a class of its own, made in the test (`machine = type("Machine", (Base,), {"make": …})`).
"""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.in_memory import folder_in_memory

MakeSmall = Callable[[], Mock]
_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
_PATH = os.pathsep.join([os.environ.get("PATH", ""), *map(str, _DEBIAN)])
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "300",
}
_SECONDS = 60


class PostgresServer:
    """A server that runs already, reached by the Unix socket in `folder`."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._numbers = count()
        self._given: set[str] = set()

    def url(self, database: str) -> str:
        return f"postgresql://genesis@/{database}?host={self.folder}"

    def database(self, key: str, make: Callable[[str], None]) -> str:
        """The URL of a new database; `make` has filled the one that it is a copy of, once for each `key`.

        It is dropped some time after its mock has been closed.
        """
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        with self._connected() as conn:
            template = self._template(conn, key, make)
            self._drop_unused(conn)
            conn.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        self._given.add(name)
        return self.url(name)

    def _template(self, conn: Any, key: str, make: Callable[[str], None]) -> str:
        """Made by whichever worker comes first; the others wait for it."""
        name = f"template_{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        if _exists(conn, name):
            return name
        lock = int(name[-15:], 16)
        conn.execute("SELECT pg_advisory_lock(%s)", (lock,))
        try:
            if not _exists(conn, name):
                conn.execute(f"DROP DATABASE IF EXISTS new_{name}")
                conn.execute(f"CREATE DATABASE new_{name} TEMPLATE template0")
                make(self.url(f"new_{name}"))
                conn.execute(f"ALTER DATABASE new_{name} RENAME TO {name}")
        finally:
            conn.execute("SELECT pg_advisory_unlock(%s)", (lock,))
        return name

    def _drop_unused(self, conn: Any) -> None:
        used = {row[0] for row in conn.execute("SELECT datname FROM pg_stat_activity")}
        for name in self._given - used:
            conn.execute(f"DROP DATABASE {name}")
            self._given.discard(name)

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        import psycopg

        with psycopg.connect(host=self.folder, user="genesis", dbname="postgres", autocommit=True) as conn:
            yield conn


def _exists(conn: Any, name: str) -> bool:
    return conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def missing() -> str:
    """Why PostgreSQL can't be started here; empty where it can."""
    for program in ("initdb", "postgres", "setpriv"):
        if shutil.which(program, path=_PATH) is None:
            return f"{program} is missing: Debian has it in the packages postgresql and util-linux"
    return "" if find_spec("psycopg") else "psycopg is missing: install genesis-tui[postgres]"


@contextmanager
def running() -> Iterator[PostgresServer]:
    """A new server. The kernel ends it where this process is killed."""
    folder = tempfile.mkdtemp(prefix="genesis-pg-", dir=folder_in_memory())  # three hundred files a database
    try:
        data, user = f"{folder}/data", _unprivileged(folder)
        # As a server of others may have it: text is in the order of a language, not of its bytes.
        order = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
        made = [*user, _program("initdb"), "-D", data, "-A", "trust", "-U", "genesis", "--no-sync", *order]
        subprocess.run(made, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        command = [*user, "--pdeathsig=INT", _program("postgres"), "-D", data, "-k", folder, *settings]
        with open(f"{folder}/log", "wb") as log, subprocess.Popen(command, cwd=folder, stderr=log) as process:
            try:
                _wait(folder, process)
                yield PostgresServer(folder)
            finally:
                _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str:
    return shutil.which(name, path=_PATH) or name


def _unprivileged(folder: str) -> list[str]:
    """What a command begins with, as PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return ["setpriv"]
    names = {one.pw_name: one for one in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _wait(folder: str, process: "subprocess.Popen[bytes]") -> None:
    import psycopg

    last = time.monotonic() + _SECONDS
    while process.poll() is None and time.monotonic() < last:
        try:
            psycopg.connect(host=folder, user="genesis", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(Path(folder, "log").read_text())


def _stop(process: "subprocess.Popen[bytes]") -> None:
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        process.send_signal(number)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            continue
        return


# what pytest calls

_shared: PostgresServer | None = None


def chosen() -> PostgresServer | None:
    """What the whole run is on: None for SQLite."""
    return _shared


def new_url() -> str:
    """The URL of an empty database of the kind that the whole run is on."""
    return "sqlite://" if _shared is None else _shared.database("empty", lambda _url: None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run on PostgreSQL instead of SQLite")


def pytest_configure(config: pytest.Config) -> None:
    global _shared
    config.addinivalue_line("markers", "sqlite(why): is about SQLite alone, and is skipped with --postgres")
    if hasattr(config, "workerinput"):
        folder = config.workerinput.get("postgres")
        _shared = PostgresServer(folder) if folder else None
    elif config.getoption("postgres") and not missing():
        stack = ExitStack()
        config.add_cleanup(stack.close)
        _shared = stack.enter_context(running())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """The workers of xdist share the server of the process that starts them."""
    node.workerinput["postgres"] = _shared.folder if _shared else ""


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.config.getoption("postgres"):
        if why := missing():
            pytest.skip(why)
        if mark := item.get_closest_marker("sqlite"):
            pytest.skip(f"SQLite's alone: {mark.args[0]}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "make_small" in metafunc.fixturenames:
        kinds = ("PostgreSQL",) if metafunc.config.getoption("postgres") else ("SQLite", "PostgreSQL")
        metafunc.parametrize("make_small", kinds, indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL that runs; skips where it can't."""
    if _shared is not None:
        yield _shared
        return
    if why := missing():
        pytest.skip(why)
    with running() as server:
        yield server


@pytest.fixture
def make_small(request: pytest.FixtureRequest) -> Iterator[MakeSmall]:
    """Makes mocks of the small world, on SQLite and on PostgreSQL; they are closed at the end, if not before."""
    from tests.small_world import small_mock

    server: PostgresServer | None = None if request.param == "SQLite" else request.getfixturevalue("postgres")
    with ExitStack() as stack:

        def make() -> Mock:
            made = small_mock(server=server)
            stack.callback(made.close)
            return made

        yield make
