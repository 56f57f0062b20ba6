"""Changes of DS Logon accounts: new ones, new passwords, codes for forgotten ones, proofings (ID-6, ID-7, LOCK-4)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.schema.base import deers, sign_in
from genesis_tui.mock_backend.database.schema.sign_in import failed_proofing, past_password, reset_code


def person_with(conn: Connection, dod_id: str) -> str:
    """Id of the person whom DEERS knows by a DoD ID; '' where it knows nobody."""
    return str(conn.execute(select(deers.c.person_id).where(deers.c.dod_id == dod_id)).scalar() or "")


def name_taken(conn: Connection, username: str) -> bool:
    """Whether somebody has this casefolded user name."""
    return conn.execute(select(sign_in.c.person_id).where(sign_in.c.username == username)).scalar() is not None


def add_account(conn: Connection, person_id: str, username: str, password: str, password_hash: str) -> None:
    """A Basic DS Logon; the password in clear is for testers, who list those of the invented people."""
    row = {"person_id": person_id, "username": username, "password": password, "password_hash": password_hash}
    conn.execute(insert(sign_in).values(**row, level=1))


def password_hashes(conn: Connection, person_id: str, count: int) -> list[str]:
    """The hashes of a person's last passwords, the present one first."""
    now = conn.execute(select(sign_in.c.password_hash).where(sign_in.c.person_id == person_id)).scalars()
    table = past_password.c
    wanted = select(table.password_hash).where(table.person_id == person_id).order_by(table.id.desc())
    return [*now, *conn.execute(wanted.limit(count)).scalars()][:count]


def set_password(conn: Connection, person_id: str, password: str, password_hash: str) -> None:
    """Replace a password; the one before is remembered as used."""
    before = conn.execute(select(sign_in.c.password_hash).where(sign_in.c.person_id == person_id)).scalar()
    conn.execute(insert(past_password).values(person_id=person_id, password_hash=before))
    change = update(sign_in).where(sign_in.c.person_id == person_id)
    conn.execute(change.values(password=password, password_hash=password_hash))


def set_level(conn: Connection, person_id: str, level: int) -> None:
    """The assurance level of a person's DS Logon."""
    conn.execute(update(sign_in).where(sign_in.c.person_id == person_id).values(level=level))


@dataclass(frozen=True, slots=True)
class CodeRow:
    """What is kept of a one-time code. `tries` counts the wrong ones."""

    code_hash: str
    until: datetime
    tries: int


def put_code(conn: Connection, name_key: str, row: CodeRow) -> None:
    """Keep a code; the one before is good no more."""
    drop_code(conn, name_key)
    until = to_micros(row.until)
    conn.execute(insert(reset_code).values(name_key=name_key, code_hash=row.code_hash, until=until, tries=row.tries))


def read_code(conn: Connection, name_key: str) -> CodeRow | None:
    """The code of a user name, good or not."""
    row = conn.execute(select(reset_code).where(reset_code.c.name_key == name_key)).one_or_none()
    return None if row is None else CodeRow(row.code_hash, from_micros(row.until), row.tries)


def drop_code(conn: Connection, name_key: str) -> None:
    """The code has been used."""
    conn.execute(delete(reset_code).where(reset_code.c.name_key == name_key))


def proofing_failures(conn: Connection, person_id: str) -> list[datetime]:
    """When a person's proofings failed, oldest first."""
    table = failed_proofing.c
    found = conn.execute(select(table.at).where(table.person_id == person_id).order_by(table.at, table.id))
    return [from_micros(at) for at in found.scalars()]


def add_proofing_failure(conn: Connection, person_id: str, at: datetime) -> None:
    """One more proofing that failed."""
    conn.execute(insert(failed_proofing).values(person_id=person_id, at=to_micros(at)))
