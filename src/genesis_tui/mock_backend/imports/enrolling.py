"""Makes the imported patients people of the mock, and gives them sign-ins where that is asked for."""

from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from genesis_tui.mock_backend.database.schema.base import care, deers, person, sign_in
from genesis_tui.mock_backend.database.sign_in.usernames import name_secret
from genesis_tui.mock_backend.imports.people import Person, care_row, deers_row, person_of, person_row, sign_in_of
from genesis_tui.mock_backend.imports.report import Report
from genesis_tui.mock_backend.imports.staging import Staging
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.sign_in.levels import Level
from genesis_tui.mock_backend.world.base.load import insert_rows, sign_in_row

_BATCH = 500
_BODY = -1
_FACTS = ("given", "family", "birth_date", "sex")


class Enrolling:
    """The people of one import. Whoever is there already keeps what is theirs but for what their Patient says anew."""

    def __init__(self, mock: Mock, staging: Staging, report: Report, *, now: int, sign_ins: bool) -> None:
        self._mock = mock
        self._staging = staging
        self._report = report
        self._now = now
        self._sign_ins = sign_ins

    def enrol(self, conn: Connection) -> None:
        """Writes the rows of everybody, within one transaction."""
        for rows in self._staging.batches("type = 'Patient'", _BATCH):
            people = [person_of(msgspec.json.decode(row[_BODY])) for row in rows]
            there = set(conn.execute(select(person.c.id).where(person.c.id.in_([one.id for one in people]))).scalars())
            self._add(conn, [one for one in people if one.id not in there])
            _change(conn, [one for one in people if one.id in there])
            if self._sign_ins:
                self._give_sign_ins(conn, people)

    def _add(self, conn: Connection, people: list[Person]) -> None:
        insert_rows(conn, person, [self._row(one) for one in people])
        insert_rows(conn, deers, [deers_row(one) for one in people])
        insert_rows(conn, care, [care_row(one) for one in people])
        self._report.people += len(people)

    def _row(self, one: Person) -> dict[str, Any]:
        return person_row(
            one,
            source=self._report.source,
            zone=self._mock.policy.imports.zone,
            now=self._now,
            listed=self._sign_ins,
        )

    def _give_sign_ins(self, conn: Connection, people: list[Person]) -> None:
        """A Premium DS Logon for each who has none; then the mock lists them as it lists its own people."""
        secret = name_secret(conn)
        ids = [one.id for one in people]
        having = set(conn.execute(select(sign_in.c.person_id).where(sign_in.c.person_id.in_(ids))).scalars())
        taken = {row.username: row.person_id for row in conn.execute(select(sign_in.c.username, sign_in.c.person_id))}
        for one in (one for one in people if one.id not in having):
            given = sign_in_of(one, taken)
            taken[given.username] = one.id
            row = sign_in_row({**given._asdict(), "level": int(Level.PREMIUM)}, secret)
            insert_rows(conn, sign_in, [row])
            conn.execute(update(person).where(person.c.id == one.id).values(persona=self._row(one)["persona"]))
            self._report.sign_ins += 1


def _change(conn: Connection, people: list[Person]) -> None:
    if not people:
        return
    rows = [{f"b_{name}": value for name, value in one._asdict().items()} for one in people]
    for table, key, names in ((person, person.c.id, _FACTS), (deers, deers.c.person_id, _FACTS[:3])):
        change = update(table).where(key == bindparam("b_id"))
        values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in names}
        conn.execute(
            change.values(values), [{key: row[key] for key in ("b_id", *(f"b_{n}" for n in names))} for row in rows]
        )
