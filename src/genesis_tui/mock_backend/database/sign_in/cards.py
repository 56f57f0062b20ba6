"""PIV cards that were registered with a DS Logon, each by the hash of its key (ID-3)."""

from sqlalchemy import Connection, delete, insert, select

from genesis_tui.mock_backend.database.schema.sign_in import registered_card


def is_registered(conn: Connection, person_id: str, key_hash: str) -> bool:
    """Whether a person has registered the card with this key."""
    card = registered_card.c
    wanted = select(card.at).where(card.person_id == person_id, card.key_hash == key_hash)
    return conn.execute(wanted).scalar() is not None


def register_card(conn: Connection, person_id: str, key_hash: str, *, at: int) -> None:
    """This card signs a person in from now on; one that was registered before stays so."""
    card = registered_card.c
    conn.execute(delete(registered_card).where(card.person_id == person_id, card.key_hash == key_hash))
    conn.execute(insert(registered_card).values(person_id=person_id, key_hash=key_hash, at=at))
