"""Who did what to whose record (AUD-1, FAM-10): written in batches, chained, complete whenever it is read."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, insert, select

from genesis_tui.mock_backend.database.engine import Database
from genesis_tui.mock_backend.database.family.audit_chain import ChainCheck, chained, check_chain, hold_chain
from genesis_tui.mock_backend.database.schema.family import audit

T = TypeVar("T")
ALLOWED = "allowed"
_BATCH = 256
_LATEST_SECONDS = 0.5


class AuditEvent(NamedTuple):
    """One event. `at` in microseconds; `for_id` '' where no patient was named; `outcome` `allowed` or a reason code."""

    at: int
    who_id: str
    for_id: str
    what: str
    outcome: str = ALLOWED
    rule: str = ""
    request_id: str = ""


class AuditLog:
    """The audit of one mock. Events wait in memory for at most half a second or 256 events, and for any reader.

    They are written between two turns of the event loop, when no transaction is open, or with an act, as the last
    thing in its transaction: one that is undone, as after a refusal, takes no event with it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.writing(insert(audit), (*AuditEvent._fields, "digest"))
        self._waiting: list[AuditEvent] = []
        self._lock = threading.Lock()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, event: AuditEvent) -> None:
        """Keep an event, to be written with others."""
        with self._lock:
            self._waiting.append(event)
        if len(self._waiting) >= _BATCH:
            self._set_timer(0)
        elif self._timer is None:
            self._set_timer(_LATEST_SECONDS)

    def run(self, work: Callable[[Connection, list[AuditEvent]], T]) -> T:
        """As `Database.run`; `work` lists the events that are written with it, after those that wait.

        One act follows another wherever the mock runs: what it finds, no other act changes before it has ended.
        """
        waiting: list[AuditEvent] = []

        def done(conn: Connection) -> T:
            events: list[AuditEvent] = []
            hold_chain(conn)
            told = work(conn, events)
            waiting.extend(self._take())
            self._write(conn, [*waiting, *events])
            return told

        try:
            return self._database.run(done)
        except BaseException:
            with self._lock:
                self._waiting[:0] = waiting
            raise

    def flush(self) -> None:
        """Writes what waits; to be called before the database is closed."""
        self._stop_timer()
        if waiting := self._take():
            with self._database.begin() as conn:
                self._write(conn, waiting)

    def clear(self) -> None:
        """Forgets what waits: the world has begun again."""
        self._take()

    def _take(self) -> list[AuditEvent]:
        """What waits, for whoever writes it: no other thread does."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        return waiting

    def about(self, patient_id: str, *, since: int = 0) -> list[tuple[int, AuditEvent]]:
        """Every event about a patient from `since` on (microseconds) with its id, newest first."""
        self.flush()
        wanted = select(audit.c.id, *(audit.c[name] for name in AuditEvent._fields))
        wanted = wanted.where(audit.c.for_id == patient_id, audit.c.at >= since).order_by(audit.c.id.desc())
        with self._database.begin() as conn:
            return [(id, AuditEvent(*event)) for id, *event in conn.execute(wanted)]

    def check(self) -> ChainCheck:
        """Whether every event is there as it was written (S7)."""
        self.flush()
        with self._database.begin() as conn:
            return check_chain(conn)

    def _write(self, conn: Connection, events: Sequence[AuditEvent]) -> None:
        if events:
            self._insert(conn, chained(conn, events))

    def _stop_timer(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _set_timer(self, seconds: float) -> None:
        self._stop_timer()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
        else:
            self._timer = loop.call_later(seconds, self.flush)
