"""Who people are, for the portal's own pages: names, DEERS, care team, methods, kin words."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select

from genesis_tui.mock_backend.database.schema.family import care, deers, kin, person
from genesis_tui.mock_backend.database.schema.sign_in import method, sign_in

_IDS: Any = bindparam("ids", expanding=True)
_NAMES = select(person.c.id, person.c.given, person.c.family).where(person.c.id.in_(_IDS))
_ROWS = select(person).where(person.c.id.in_(_IDS))
_RELATIONS = select(kin.c.relative_id, kin.c.relation).where(kin.c.person_id == bindparam("person"))
_USERNAMES = select(sign_in.c.person_id, sign_in.c.username).where(sign_in.c.person_id.in_(_IDS))


def names_of(conn: Connection, person_ids: Iterable[str]) -> dict[str, str]:
    """Id -> given and family name."""
    return {row.id: f"{row.given} {row.family}" for row in conn.execute(_NAMES, {"ids": list(person_ids)})}


def person_rows(conn: Connection, person_ids: Iterable[str]) -> dict[str, RowMapping]:
    """Id -> the whole row of `person`."""
    return {row["id"]: row for row in conn.execute(_ROWS, {"ids": list(person_ids)}).mappings()}


def relations_of(conn: Connection, person_id: str) -> dict[str, str]:
    """Relative's id -> what they are to the person: `spouse`, `daughter` …"""
    return {row.relative_id: row.relation for row in conn.execute(_RELATIONS, {"person": person_id})}


def deers_row(conn: Connection, person_id: str) -> RowMapping | None:
    """What DEERS says of a person (DEERS-1)."""
    return conn.execute(select(deers).where(deers.c.person_id == person_id)).mappings().one_or_none()


def care_row(conn: Connection, person_id: str) -> dict[str, Any]:
    """PCM, team, clinics and sharing; empty words and lists for a person nobody linked (MSG-2)."""
    row = conn.execute(select(care).where(care.c.person_id == person_id)).mappings().one_or_none()
    if row is None:
        return {"pcm": "", "team": [], "clinics": [], "sharing": ""}
    return {**row, "team": json.loads(row["team"]), "clinics": json.loads(row["clinics"])}


def methods_of(conn: Connection, person_id: str) -> list[str]:
    """ID-1: the ways in that a person has, cards first."""
    cards = list(conn.execute(select(method.c.method).where(method.c.person_id == person_id)).scalars())
    return sorted(cards) + (["ds-logon"] if level_of(conn, person_id) is not None else [])


def level_of(conn: Connection, person_id: str) -> int | None:
    """The assurance level of a person's DS Logon; None for who has none."""
    return conn.execute(select(sign_in.c.level).where(sign_in.c.person_id == person_id)).scalar()


def receiver_named(conn: Connection, name: str) -> RowMapping | None:
    """The patient who signs in by a casefolded user name."""
    wanted = select(person).join(sign_in, sign_in.c.person_id == person.c.id)
    named = wanted.where(sign_in.c.username == name, person.c.status != "support")
    return conn.execute(named).mappings().one_or_none()


def usernames_of(conn: Connection, person_ids: Iterable[str]) -> dict[str, str]:
    """Id -> DS Logon user name, of those who have one."""
    return {row.person_id: row.username for row in conn.execute(_USERNAMES, {"ids": list(person_ids)})}
