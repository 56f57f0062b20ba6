"""Whom messages can go to, as a person's profile is linked to them (MSG-1, MSG-11)."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, select

from genesis_tui.mock_backend.database.schema.messages import linked, mailbox

LISTED = 20
"""Providers that a search tells, and as many clinics."""
_LINK = and_(linked.c.mailbox_id == mailbox.c.id, linked.c.person_id == bindparam("patient"))
_MAILBOXES = select(mailbox, linked.c.role, linked.c.blocked).select_from(mailbox.outerjoin(linked, _LINK))
_NAMED = _MAILBOXES.where(mailbox.c.id.in_(bindparam("ids", expanding=True)))


def mailbox_of(conn: Connection, patient_id: str, mailbox_id: str) -> Row[Any] | None:
    """A mailbox with `role` and `blocked` of its link to the patient; both None where there is no link."""
    return mailboxes_of(conn, patient_id, [mailbox_id]).get(mailbox_id)


def mailboxes_of(conn: Connection, patient_id: str, mailbox_ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Several mailboxes as `mailbox_of` gives one, by id."""
    rows = conn.execute(_NAMED, {"patient": patient_id, "ids": list(mailbox_ids)})
    return {row.id: row for row in rows}


def mailboxes(
    conn: Connection, patient_id: str, words: Sequence[str], *, linked_only: bool
) -> tuple[list[Row[Any]], int]:
    """Mailboxes that hold each word (folded), and how many are left off.

    Providers come first, then clinics, the linked ones before others; the PCM comes before all (MSG-1).
    """
    found = _MAILBOXES.where(*(mailbox.c.words.contains(word, autoescape=True) for word in words))
    if linked_only:
        found = found.where(linked.c.role.is_not(None))
    links = case((linked.c.role == "pcm", 0), (linked.c.role.is_not(None), 1), else_=2)
    rows = list(conn.execute(found.order_by(links, mailbox.c.name, mailbox.c.id), {"patient": patient_id}))
    providers = [row for row in rows if row.kind == "provider"]
    clinics = [row for row in rows if row.kind != "provider"]
    listed = [*providers[:LISTED], *clinics[:LISTED]]
    return listed, len(rows) - len(listed)
