"""DS Logon accounts with what a sign-in compares them to (ID-4, DEERS-3)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from genesis_tui.mock_backend.database.schema.base import deers, person, sign_in
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
    """The account that goes by a casefolded user name."""
    wanted = select(*_COLUMNS).join(person, person.c.id == sign_in.c.person_id)
    wanted = wanted.outerjoin(deers, deers.c.person_id == person.c.id).where(sign_in.c.username == username)
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
