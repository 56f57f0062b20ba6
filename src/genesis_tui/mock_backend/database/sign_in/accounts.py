"""DS Logon accounts: what a sign-in compares them to, passwords."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from genesis_tui.mock_backend.database.schema.family import deers, person
from genesis_tui.mock_backend.database.schema.sign_in import method, past_password, sign_in
from genesis_tui.mock_backend.database.sign_in.usernames import plain_name
from genesis_tui.mock_backend.rules.family.deers import Identity


@dataclass(frozen=True, slots=True)
class Account:
    """One DS Logon. `status` is the person's (`dependent`, `support` …); `deers` is None where DEERS knows nobody."""

    person_id: str
    status: str
    mtf_zone: str
    level: int
    password_hash: str
    identity: Identity
    deers: Identity | None


_COLUMNS = (
    sign_in.c.level,
    sign_in.c.password_hash,
    person.c.id,
    person.c.status,
    person.c.mtf_zone,
    *(person.c[name] for name in ("given", "family", "birth_date", "dod_id")),
    *(deers.c[name].label(f"deers_{name}") for name in ("given", "family", "birth_date", "dod_id")),
)


def account_by_username(conn: Connection, username: str) -> Account | None:
    """The account that goes by a user name, however it is spelled."""
    wanted = select(*_COLUMNS).join(person, person.c.id == sign_in.c.person_id)
    wanted = wanted.outerjoin(deers, deers.c.person_id == person.c.id).where(sign_in.c.username == plain_name(username))
    row = conn.execute(wanted).mappings().one_or_none()
    return None if row is None else _account(row)


def account_by_id(conn: Connection, person_id: str) -> Account | None:
    """A person's account, by the person's id."""
    wanted = select(*_COLUMNS).join(person, person.c.id == sign_in.c.person_id)
    wanted = wanted.outerjoin(deers, deers.c.person_id == person.c.id).where(person.c.id == person_id)
    row = conn.execute(wanted).mappings().one_or_none()
    return None if row is None else _account(row)


def account_of_card(conn: Connection, dod_id: str) -> Account | None:
    """The person whom DEERS knows by a DoD ID, with a DS Logon or without (then with no password and Basic)."""
    joined = person.join(deers, deers.c.person_id == person.c.id).outerjoin(sign_in, sign_in.c.person_id == person.c.id)
    row = conn.execute(select(*_COLUMNS).select_from(joined).where(deers.c.dod_id == dod_id)).mappings().first()
    return None if row is None else _account(row)


def status_of(conn: Connection, person_id: str) -> str:
    """A person's status (`active-duty`, `dependent`, `support` …); '' for an unknown id."""
    return str(conn.execute(select(person.c.status).where(person.c.id == person_id)).scalar() or "")


def _account(row: RowMapping) -> Account:
    found = None if row["deers_dod_id"] is None else _identity(row, "deers_")
    return Account(
        person_id=row["id"],
        status=row["status"],
        mtf_zone=row["mtf_zone"],
        level=row["level"] or 1,
        password_hash=row["password_hash"] or "",
        identity=_identity(row, ""),
        deers=found,
    )


def _identity(row: RowMapping, prefix: str) -> Identity:
    column: dict[str, Any] = {name: row[prefix + name] for name in ("given", "family", "birth_date", "dod_id")}
    return Identity(**(column | {"birth_date": date.fromisoformat(column["birth_date"])}))


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


def keep_hash(conn: Connection, person_id: str, before: str, password_hash: str) -> None:
    """Put a hash in place of what stood `before` for the same password, unless it has been replaced meanwhile."""
    unchanged = (sign_in.c.person_id == person_id) & (sign_in.c.password_hash == before)
    conn.execute(update(sign_in).where(unchanged).values(password_hash=password_hash))


def add_method(conn: Connection, person_id: str, method_id: str) -> None:
    """ID-1: one more method, such as `cac` or `piv`, signs a person in from now on."""
    conn.execute(delete(method).where(method.c.person_id == person_id, method.c.method == method_id))
    conn.execute(insert(method).values(person_id=person_id, method=method_id))


def set_level(conn: Connection, person_id: str, level: int) -> None:
    """The assurance level of a person's DS Logon."""
    conn.execute(update(sign_in).where(sign_in.c.person_id == person_id).values(level=level))
