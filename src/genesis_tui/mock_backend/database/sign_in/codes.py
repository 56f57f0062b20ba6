"""One-time codes, and the codes and tries of the last days (LOCK-4, LOCK-6).

A code goes by the keyed hash of what it is for and whom, whether anybody has that name or not.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.schema.sign_in import code_use, one_time_code

SENT, TRIED, BEGUN = "sent", "tried", "begun"
KEPT = timedelta(days=30)
"""What is older counts for nothing."""


@dataclass(frozen=True, slots=True)
class CodeRow:
    """What is kept of a one-time code. `tries` counts the wrong ones; `person_id` is empty for nobody's."""

    code_key: str
    person_id: str
    code_hash: str
    until: datetime
    tries: int = 0


def put_code(conn: Connection, row: CodeRow) -> None:
    """Keep a code; the one before is good no more."""
    drop_code(conn, row.code_key)
    conn.execute(insert(one_time_code).values(asdict(row) | {"until": to_micros(row.until)}))


def read_code(conn: Connection, code_key: str) -> CodeRow | None:
    """The last code under a key, good or not."""
    row = conn.execute(select(one_time_code).where(one_time_code.c.code_key == code_key)).one_or_none()
    return None if row is None else CodeRow(code_key, row.person_id, row.code_hash, from_micros(row.until), row.tries)


def count_wrong(conn: Connection, code_key: str) -> None:
    change = update(one_time_code).where(one_time_code.c.code_key == code_key)
    conn.execute(change.values(tries=one_time_code.c.tries + 1))


def drop_code(conn: Connection, code_key: str) -> None:
    """Take a one-time code away: it has been used."""
    conn.execute(delete(one_time_code).where(one_time_code.c.code_key == code_key))


def drop_codes_of(conn: Connection, person_id: str) -> None:
    """Take away every code of a person, whatever it is for."""
    conn.execute(delete(one_time_code).where(one_time_code.c.person_id == person_id))


def note_use(conn: Connection, code_key: str, kind: str, at: datetime) -> None:
    """Note that a code was sent or tried, or a registration begun."""
    conn.execute(delete(code_use).where(code_use.c.at <= to_micros(at - KEPT)))
    conn.execute(insert(code_use).values(code_key=code_key, kind=kind, at=to_micros(at)))


def uses(conn: Connection, code_key: str, kind: str) -> list[datetime]:
    """When something was noted under a key, oldest first."""
    wanted = select(code_use.c.at).where(code_use.c.code_key == code_key, code_use.c.kind == kind)
    return [from_micros(at) for at in conn.execute(wanted.order_by(code_use.c.at)).scalars()]
