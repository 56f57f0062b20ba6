"""Puts a staged source into the mock's database, in bulk.

People who are new come last: until then nobody can reach what is theirs, so it goes in by small transactions that hold
up nobody. What changes for people who are there already changes at once.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, insert, select, update

from genesis_tui.mock_backend.database.appointments.requests import asked_elsewhere, requests_by_id
from genesis_tui.mock_backend.database.engine import Database
from genesis_tui.mock_backend.database.record.resources import close_what_points, rows_numbered
from genesis_tui.mock_backend.database.schema.appointments import appointment_request
from genesis_tui.mock_backend.database.schema.record import resource, token
from genesis_tui.mock_backend.imports.bundles import Json
from genesis_tui.mock_backend.imports.files import decode
from genesis_tui.mock_backend.imports.report import Report
from genesis_tui.mock_backend.imports.staging import Staged, Staging

_BATCH = 500
_NEW = "patient NOT IN (SELECT id FROM known)"
_KNOWN = "patient IN (SELECT id FROM known)"
_MILLISECOND = 1000

Row = tuple[Any, ...]


def of_namespace(id: ColumnElement[str], namespace: str) -> ColumnElement[bool]:
    """Whether an id is one of a source. Not BETWEEN, which PostgreSQL can't read with the order that ids have there."""
    return and_(id >= f"{namespace}-", id < f"{namespace}.")


class Store:
    """The writing side of one import. `fresh`: nothing of the source was ever stored, so nothing is looked for."""

    def __init__(self, database: Database, staging: Staging, report: Report, *, now: int, fresh: bool) -> None:
        self._database = database
        self._staging = staging
        self._report = report
        self._updated = now // _MILLISECOND * _MILLISECOND
        self._fresh = fresh
        self._add_resources = database.writing(insert(resource), resource.columns.keys())
        self._add_tokens = database.writing(insert(token), token.columns.keys())

    def put_new(self) -> None:
        """Stores what belongs to new people or to nobody, a short transaction at a time."""
        for rows in self._staging.batches(_NEW, _BATCH):
            with self._database.begin() as conn:
                self._put(conn, [Staged(*row[1:]) for row in rows])

    def put_known(self, conn: Connection) -> None:
        """Stores what belongs to people who are there already, within one transaction; everything is there then."""
        for rows in self._staging.batches(_KNOWN, _BATCH):
            self._put(conn, [Staged(*row[1:]) for row in rows])
        close_what_points(conn)

    def put_requests(self, conn: Connection) -> None:
        """Keeps which appointments are only asked for, so that people are told of the answer; all of them are there."""
        for rows in self._staging.batches("type = 'Appointment'", _BATCH):
            asked = [one for one in (Staged(*row[1:]) for row in rows) if _is_request(decode(one.body))]
            known = requests_by_id(conn, [one.id for one in asked])
            new = [asked_elsewhere(one.id, one.patient or "") for one in asked if one.id not in known]
            if new:
                conn.execute(insert(appointment_request), new)

    def _put(self, conn: Connection, batch: Sequence[Staged]) -> None:
        known = {} if self._fresh else _stored(conn, batch)
        last = int(conn.execute(select(func.max(resource.c.row))).scalar() or 0)
        new: list[Row] = []
        changed: list[Row] = []
        tokens: list[Row] = []
        for one in batch:
            row, version = known.get((one.type, one.id), (0, 0))
            if not row:
                last += 1
            values = self._values(one, row or last, version + 1)
            (changed if row else new).append(values)
            tokens += [(values[0], *value) for value in msgspec.json.decode(one.tokens)]
            (self._report.replaced if row else self._report.taken)[one.type] += 1
            if one.hidden:
                self._report.hidden[one.type] += 1
        if new:
            self._add_resources(conn, new)
            rows_numbered(conn)
        _change(conn, changed)
        if tokens:
            self._add_tokens(conn, tokens)

    def _values(self, one: Staged, row: int, version: int) -> Row:
        """The row of `resource`, in the order of its columns."""
        body = one.body
        if version > 1:
            body = body.replace(b'"versionId":"1"', b'"versionId":"%d"' % version, 1)
        return (
            *(row, one.type, one.id, one.patient or "", version, self._updated, one.at, one.until, 0),
            *(bool(one.hidden), bool(one.sensitive), bool(one.sensitive), one.category, None, None, body),
        )


def _is_request(body: Json) -> bool:
    """APPT-6: a time that nobody has given yet."""
    return body.get("status") in ("proposed", "pending") and not body.get("slot")


def _stored(conn: Connection, batch: Sequence[Staged]) -> dict[tuple[str, str], tuple[int, int]]:
    """Type and id -> row and version of those that are there."""
    ids = defaultdict(list)
    for one in batch:
        ids[one.type].append(one.id)
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for kind, some in ids.items():
        wanted = select(resource.c.id, resource.c.row, resource.c.version)
        rows = conn.execute(wanted.where(resource.c.type == kind, resource.c.id.in_(some)))
        found |= {(kind, row.id): (row.row, row.version) for row in rows}
    return found


def _change(conn: Connection, rows: list[Row]) -> None:
    """Puts rows of `resource` in place of those with the same number, and takes out their tokens."""
    if not rows:
        return
    conn.execute(delete(token).where(token.c.row.in_([row[0] for row in rows])))
    names = [f"b_{name}" for name in resource.columns.keys()]  # noqa: SIM118 - columns are no dict
    change = update(resource).where(resource.c.row == bindparam("b_row"))
    values: dict[str, Any] = {name[2:]: bindparam(name) for name in names[1:]}
    conn.execute(change.values(values), [dict(zip(names, row, strict=True)) for row in rows])
