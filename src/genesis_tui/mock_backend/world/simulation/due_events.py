"""What happens by itself: events that lie due, applied in order before a request that comes after them."""

import json
import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from genesis_tui.mock_backend.clock import Clock
from genesis_tui.mock_backend.database.engine import Database, Prepared
from genesis_tui.mock_backend.database.record.dates import FAR
from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.database.schema.base import due_event
from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.world.simulation.refills import (
    PHARMACY,
    PROVIDER,
    decide_by_itself,
    fill_by_itself,
)
from genesis_tui.mock_backend.world.simulation.scheduling import SCHEDULING, schedule_by_itself
from genesis_tui.mock_backend.world.simulation.staff import ANSWER, answer_by_itself
from genesis_tui.mock_backend.world.simulation.visits import REMINDER, VISIT, go_on, remind

_log = logging.getLogger(__name__)
Payload = dict[str, Any]
Handler = Callable[[Connection, Payload, int, Policy], None]


class DueEvents:
    """The events of one mock. The next due instant is kept in memory, so that asking costs nothing when none is due."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._next: int | None = None
        self._soonest = Prepared(select(func.min(due_event.c.at)).where(due_event.c.applied.is_(None)), database.engine)

    def apply(self, policy: Policy) -> int:
        """Applies everything due by now, each at its own instant and in order of time; returns how many.

        An event and its mark of having been applied are one transaction; what it adds comes in its order. So any steps
        of the clock leave the world that one leap leaves. One that fails is undone, marked and logged.
        """
        if self._next is None:
            self._next = self._look()
        applied = 0
        while self._next <= (now := self._clock.micros()):
            while (event := self._waiting(now)) is not None:
                self._apply(event, policy)
                applied += 1
            self._next = self._look()
        return applied

    def forget(self) -> None:
        """Looks anew at the next call: events were added, or the world has begun again."""
        self._next = None

    def _look(self) -> int:
        [(at,)] = self._database.fetch(self._soonest, {})
        return FAR if at is None else int(at)

    def _waiting(self, now: int) -> Row[Any] | None:
        """The one that comes next, if it has come due."""
        waiting = select(due_event).where(due_event.c.at <= now, due_event.c.applied.is_(None))
        with self._database.begin() as conn:
            return conn.execute(waiting.order_by(due_event.c.at, due_event.c.id).limit(1)).one_or_none()

    def _apply(self, event: Row[Any], policy: Policy) -> None:
        done = update(due_event).where(due_event.c.id == event.id, due_event.c.applied.is_(None))

        def happen(conn: Connection) -> None:
            if conn.execute(done.values(applied=event.at)).rowcount:  # else another process has done it
                HANDLERS[event.kind](conn, json.loads(event.payload), event.at, policy)

        try:
            self._database.run(happen)
        except Exception as error:  # what it says may hold words of a record
            fault = type(error).__name__
            _log.error("A due event failed and is left out: number %d, %s, %s.", event.id, event.kind, fault)
            with self._database.begin() as conn:
                conn.execute(done.values(applied=event.at, fault=fault))


def _put(conn: Connection, payload: Payload, at: int, policy: Policy) -> None:
    body = payload.pop("body")
    put_resource(conn, body, ResourceFacts(**payload), now=at, policy=policy)


HANDLERS: dict[str, Handler] = {
    "put-resource": _put,
    ANSWER: answer_by_itself,
    SCHEDULING: schedule_by_itself,
    VISIT: go_on,
    REMINDER: remind,
    PHARMACY: fill_by_itself,
    PROVIDER: decide_by_itself,
}
"""What each kind of event does, given its payload and the instant at which it was due."""
