"""DEERS as milConnect changes it, and what the portal showed of it when it was last read (DEERS-2, DEERS-4)."""

import json
from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select, update

from genesis_tui.mock_backend.clock import from_micros
from genesis_tui.mock_backend.database.schema.family import deers, deers_fault, deers_read
from genesis_tui.mock_backend.rules.sign_in.contacts import Contact, bare

Shown = dict[str, str]
CONTACTS = ("email", "phone")


def last_shown(conn: Connection, person_id: str) -> tuple[Shown, int] | None:
    """What the portal showed at its last read, and when; None before the first."""
    row = conn.execute(select(deers_read).where(deers_read.c.person_id == person_id)).one_or_none()
    return None if row is None else (json.loads(row.shown), row.at)


def note_shown(conn: Connection, person_id: str, shown: Shown, *, at: int) -> None:
    """Keep what the portal shows of DEERS from now on."""
    conn.execute(delete(deers_read).where(deers_read.c.person_id == person_id))
    conn.execute(insert(deers_read).values(person_id=person_id, shown=json.dumps(shown), at=at))


def change_deers(conn: Connection, person_id: str, fields: Mapping[str, str], *, at: int) -> None:
    """What milConnect lets a person change: address (lines), e-mail, phone. A contact is new from `at` on (ID-11)."""
    assert fields.keys() <= {"address", "email", "phone"}
    held = conn.execute(select(deers).where(deers.c.person_id == person_id)).mappings().one()
    since = {f"{name}_since": at for name in CONTACTS if name in fields and fields[name] != held[name]}
    conn.execute(update(deers).where(deers.c.person_id == person_id).values(**fields, **since))


def rewrite_deers(conn: Connection, person_id: str, fields: Mapping[str, str]) -> None:
    """What an ID card office changes: all of it. Contacts that were given in person are good at once (ID-11)."""
    since = {f"{name}_since": 0 for name in CONTACTS}
    conn.execute(update(deers).where(deers.c.person_id == person_id).values(**fields, **since))


def contacts_of(conn: Connection, person_id: str) -> list[Contact]:
    """ID-11: the e-mail and the phone of a person, with whether anybody else has them; none whom DEERS doesn't know."""
    row = conn.execute(select(deers).where(deers.c.person_id == person_id)).mappings().one_or_none()
    if row is None:
        return []
    return [
        Contact(kind, row[kind], from_micros(row[f"{kind}_since"]), _is_shared(conn, person_id, kind, row[kind]))
        for kind in CONTACTS
    ]


def _is_shared(conn: Connection, person_id: str, kind: str, value: str) -> bool:
    others = conn.execute(select(deers.c[kind]).where(deers.c.person_id != person_id, deers.c[kind] != ""))
    return bool(value) and any(bare(kind, other) == bare(kind, value) for other in others.scalars())


def fault_of(conn: Connection, person_id: str) -> str:
    """What is wrong with somebody's DEERS record; empty where nothing is."""
    wanted = select(deers_fault.c.fault).where(deers_fault.c.person_id == person_id)
    return str(conn.execute(wanted).scalar() or "")


def set_fault(conn: Connection, person_id: str, fault: str) -> None:
    """A tester breaks a DEERS record, or mends it with an empty text."""
    conn.execute(delete(deers_fault).where(deers_fault.c.person_id == person_id))
    if fault:
        conn.execute(insert(deers_fault).values(person_id=person_id, fault=fault))
