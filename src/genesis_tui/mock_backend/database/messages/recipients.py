"""Whom messages can go to, as a person's profile is linked to them (MSG-1, MSG-11)."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, case, select

from genesis_tui.mock_backend.database.schema.messages import linked, mailbox

LISTED = 20
"""Providers that a search tells, and as many clinics."""


def mailbox_of(conn: Connection, patient_id: str, mailbox_id: str) -> Row[Any] | None:
    """A mailbox with `role` and `blocked` of its link to the patient; both None where there is no link."""
    return conn.execute(_mailboxes(patient_id).where(mailbox.c.id == mailbox_id)).one_or_none()


def mailboxes_of(conn: Connection, patient_id: str, mailbox_ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Several mailboxes as `mailbox_of` gives one, by id."""
    return {row.id: row for row in conn.execute(_mailboxes(patient_id).where(mailbox.c.id.in_(list(mailbox_ids))))}


def mailboxes(
    conn: Connection, patient_id: str, words: Sequence[str], *, linked_only: bool
) -> tuple[list[Row[Any]], int]:
    """Mailboxes that hold each word (folded), and how many are left off.

    Providers come first, then clinics, the linked ones before others; the PCM comes before all (MSG-1).
    """
    found = _mailboxes(patient_id).where(*(mailbox.c.words.contains(word, autoescape=True) for word in words))
    if linked_only:
        found = found.where(linked.c.role.is_not(None))
    links = case((linked.c.role == "pcm", 0), (linked.c.role.is_not(None), 1), else_=2)
    rows = list(conn.execute(found.order_by(links, mailbox.c.name, mailbox.c.id)))
    providers = [row for row in rows if row.kind == "provider"]
    clinics = [row for row in rows if row.kind != "provider"]
    listed = [*providers[:LISTED], *clinics[:LISTED]]
    return listed, len(rows) - len(listed)


def _mailboxes(patient_id: str) -> Any:
    mine = and_(linked.c.mailbox_id == mailbox.c.id, linked.c.person_id == patient_id)
    return select(mailbox, linked.c.role, linked.c.blocked).select_from(mailbox.outerjoin(linked, mine))
