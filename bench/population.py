"""A mock's file database with as many laboratory observations as wanted: one real record, repeated for a population.

Every copy of the record belongs to a person of its own, who granted the reader full access: so a read passes the same
rules as in the family, and no two people share a row.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from genesis_tui.mock_backend.database.record.indexing import index
from genesis_tui.mock_backend.database.record.resources import token_row
from genesis_tui.mock_backend.database.schema.family import grants, person
from genesis_tui.mock_backend.database.schema.record import resource, token
from genesis_tui.mock_backend.database.schema.sign_in import sign_in
from genesis_tui.mock_backend.mock import Mock

_Columns = dict[str, Any]
START = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
_READABLE = 200
"""How many of the people the reader may read; the others are there to be searched past."""
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Population:
    """A filled database, who reads it, and whom they read."""

    url: str
    username: str
    password: str
    patients: tuple[str, ...]
    observations: int


def fill(file: Path, observations: int) -> Population:
    """Makes `file` hold at least `observations` laboratory observations, beside the demo's world."""
    mock = Mock.create(f"sqlite:///{file}", start=START)
    with mock.database.begin() as conn:
        reader = conn.execute(select(sign_in).where(sign_in.c.level == 2)).mappings().first()
        if reader is None:
            raise RuntimeError("the world has nobody with Premium")
        rows = _richest_record(conn)
        copies = -(-observations // len(rows))
        people = tuple(f"9{number:07d}" for number in range(copies))
        _put_people(conn, people, str(rows[0]["patient_id"]), str(reader["person_id"]))
        last = conn.execute(select(resource.c.row).order_by(resource.c.row.desc())).scalar() or 0
        _put_observations(conn, rows, people, int(last))
    mock.close()
    return Population(
        f"sqlite:///{file}", reader["username"], reader["password"], people[:_READABLE], copies * len(rows)
    )


def _richest_record(conn: Connection) -> list[_Columns]:
    """The laboratory observations of the person who has most of them."""
    query = select(resource).where(resource.c.type == "Observation", resource.c.category == "laboratory")
    by_patient: dict[str, list[_Columns]] = {}
    for row in conn.execute(query).mappings():
        by_patient.setdefault(row["patient_id"], []).append(dict(row))
    return max(by_patient.values(), key=len)


def _put_people(conn: Connection, people: tuple[str, ...], like: str, reader: str) -> None:
    model = dict(conn.execute(select(person).where(person.c.id == like)).mappings().one())
    conn.execute(insert(person), [{**model, "id": one, "dod_id": f"8{one}9", "persona": "{}"} for one in people])
    given = {"receiver_id": reader, "scope": "full", "kind": "proxy", "since": 0, "accepted": 0}
    conn.execute(insert(grants), [{**given, "id": f"bench-{one}", "giver_id": one} for one in people[:_READABLE]])


def _put_observations(conn: Connection, rows: list[_Columns], people: tuple[str, ...], last: int) -> None:
    values: list[_Columns] = []
    searches: list[_Columns] = []
    for columns, tokens in _copies(rows, people, last):
        values.append(columns)
        searches.extend(tokens)
        if len(values) >= _BATCH:
            conn.execute(insert(resource), values)
            conn.execute(insert(token), searches)
            values, searches = [], []
    if values:
        conn.execute(insert(resource), values)
        conn.execute(insert(token), searches)


def _copies(rows: list[_Columns], people: tuple[str, ...], last: int) -> Iterator[tuple[_Columns, list[_Columns]]]:
    found = [sorted(index(json.loads(row["body"])).tokens) for row in rows]
    number = last
    for place, one in enumerate(people):
        for row, tokens in zip(rows, found, strict=True):
            number += 1
            new_id = f"{row['id']}-{place}"
            body = row["body"].replace(f'"id":"{row["id"]}"'.encode(), f'"id":"{new_id}"'.encode(), 1)
            body = body.replace(f"Patient/{row['patient_id']}".encode(), f"Patient/{one}".encode())
            columns = {**row, "row": number, "id": new_id, "patient_id": one, "body": body}
            yield columns, [token_row(number, value) for value in tokens]
