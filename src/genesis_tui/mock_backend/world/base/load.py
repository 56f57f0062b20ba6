"""Puts a whole world into an empty database, in bulk."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert

from genesis_tui.mock_backend.clock import MICROSECOND, Clock, to_micros
from genesis_tui.mock_backend.database.engine import Database, image_of, open_database
from genesis_tui.mock_backend.database.messages.threads import file_threads
from genesis_tui.mock_backend.database.record.indexing import Indexed, index
from genesis_tui.mock_backend.database.record.resources import (
    ResourceFacts,
    close_what_points,
    columns_of,
    rows_numbered,
    token_row,
)
from genesis_tui.mock_backend.database.schema.base import due_event, metadata
from genesis_tui.mock_backend.database.schema.record import resource, token
from genesis_tui.mock_backend.database.schema.sign_in import lockout
from genesis_tui.mock_backend.database.sign_in.passwords import to_be_hashed
from genesis_tui.mock_backend.database.sign_in.usernames import name_key, name_secret, plain_name
from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.world.base.stored import LISTED, StoredWorld
from genesis_tui.mock_backend.world.base.world import Due, Resource, World

Values = dict[str, Any]
_NOT_LATE = timedelta()


def load_world(database: Database, world: World, clock: Clock, policy: Policy, *, late: timedelta = _NOT_LATE) -> None:
    """Empties the database and fills it with a world that is true at the clock's now.

    Fills what the world leaves to the mock: keyed names of lock-outs, release times (REL-1, REL-2), search values.
    `late`: as for `put_lockouts`. Raises ValueError for a resource whose dates cannot be read.
    """
    with database.begin() as conn:
        database.empty()
        fill(conn, world, clock.micros(), policy)
        put_lockouts(conn, world.rows.get("lockout", ()), late=late)
    database.people_changed()


def fill(conn: Connection, world: World, now: int, policy: Policy) -> None:
    """Puts into empty tables all that is equal in every mock of this world: everything but the lock-outs."""
    for table in metadata.sorted_tables:
        rows = [_filled(table.name, row) for row in world.rows.get(table.name, ()) if table.name != "lockout"]
        if rows:
            conn.execute(insert(table), rows)
    file_threads(conn)
    _put_resources(conn, world, now, policy)
    insert_rows(conn, due_event, [_due_row(due) for due in world.due])


def put_lockouts(conn: Connection, rows: Iterable[Mapping[str, object]], *, late: timedelta = _NOT_LATE) -> None:
    """Puts the world's lock-outs under the mock's own key for names (LOCK-1).

    `late`: how long after the world's start the mock begins; a lock that has an end holds that much longer, so that
    whoever is locked for half an hour at the start is so when the mock begins.
    """
    secret = name_secret(conn)
    for row in rows:
        rest = {"locked_until": None, **{name: value for name, value in row.items() if name != "username"}}
        if "username" in row:
            rest["name_key"] = name_key(str(row["username"]), secret)
        if isinstance(rest["locked_until"], int):
            rest["locked_until"] += late // MICROSECOND
        conn.execute(insert(lockout).values(rest))


def stored(world: World, since: datetime, until: datetime, policy: Policy) -> StoredWorld:
    """A world that was built for `since`, ready to be opened by a mock or kept in a file."""
    database = open_database()
    try:
        with database.begin() as conn:
            fill(conn, world, to_micros(since), policy)
        image = image_of(database)
    finally:
        database.close()
    return StoredWorld(since, until, {table: world.rows.get(table, []) for table in LISTED}, image)


def _filled(table: str, row: dict[str, object]) -> Values:
    return sign_in_row(row) if table == "sign_in" else dict(row)


def sign_in_row(row: dict[str, object]) -> Values:
    """The row of `sign_in`; its password is hashed when it is first used."""
    username, password = plain_name(str(row["username"])), str(row["password"])
    return {"password_hash": to_be_hashed(password), **row, "username": username}


def _put_resources(conn: Connection, world: World, now: int, policy: Policy) -> None:
    zones = {str(row["id"]): str(row["mtf_zone"]) for row in world.rows.get("person", ())}
    rows: list[Values] = []
    tokens: list[Values] = []
    for number, one in enumerate(world.resources, start=1):
        facts = facts_of(one)
        indexed = index(one.body)
        zone = zones.get(one.patient_id, "UTC")
        changed = _last_change(facts, indexed, now)
        columns = columns_of(one.body, facts, indexed, version=1, changed=changed, zone=zone, policy=policy)
        rows.append({"row": number, **columns})
        tokens.extend(token_row(number, value) for value in indexed.tokens)
    insert_rows(conn, resource, rows)
    insert_rows(conn, token, tokens)
    rows_numbered(conn)
    close_what_points(conn)


def facts_of(one: Resource) -> ResourceFacts:
    """The stored facts of a world's resource."""
    final = None if one.final_at is None else to_micros(one.final_at)
    reviewed = None if one.reviewed_at is None else to_micros(one.reviewed_at)
    return ResourceFacts(one.patient_id, one.sensitive, final, reviewed)


def _last_change(facts: ResourceFacts, indexed: Indexed, now: int) -> int:
    """When an entry of the past was last changed: reviewed, final, or at the time it speaks of; else `now`."""
    known = [at for at in (facts.reviewed_at, facts.final_at) if at is not None and at <= now]
    if known:
        return max(known)
    return min(indexed.span[0], now) if indexed.span[0] > 0 else now


def _due_row(due: Due) -> Values:
    return {"at": to_micros(due.at), "kind": due.kind, "payload": json.dumps(due.payload)}


def insert_rows(conn: Connection, table: Table, rows: list[Values]) -> None:
    """Inserts rows that all have the same columns, past SQLAlchemy's cost per row."""
    if not rows:
        return
    compiled = insert(table).compile(dialect=conn.dialect, column_keys=list(rows[0]))
    order = compiled.positiontup
    values = rows if order is None else [tuple(map(row.__getitem__, order)) for row in rows]
    conn.exec_driver_sql(str(compiled), values)
