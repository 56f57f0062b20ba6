"""Own folders, and threads that a viewer moved (MSG-7, MSG-8)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from genesis_tui.mock_backend.database.messages.threads import INBOX, TRASH
from genesis_tui.mock_backend.database.schema.messages import moved, own_folder


def own_folders(conn: Connection, owner_id: str, patient_id: str) -> list[Row[Any]]:
    """Rows of `own_folder`, by name."""
    wanted = select(own_folder).where(own_folder.c.owner_id == owner_id, own_folder.c.patient_id == patient_id)
    return list(conn.execute(wanted.order_by(own_folder.c.folded)))


def folder_of(conn: Connection, owner_id: str, folder_id: str) -> Row[Any] | None:
    """An own folder; None for an id of somebody else's."""
    mine = (own_folder.c.id == folder_id, own_folder.c.owner_id == owner_id)
    return conn.execute(select(own_folder).where(*mine)).one_or_none()


def add_folder(conn: Connection, id: str, owner_id: str, patient_id: str, name: str) -> None:
    folder = {"id": id, "owner_id": owner_id, "patient_id": patient_id, "name": name, "folded": name.casefold()}
    conn.execute(insert(own_folder).values(**folder))


def remove_folder(conn: Connection, folder_id: str) -> None:
    """Take a folder away; it must be empty."""
    conn.execute(delete(own_folder).where(own_folder.c.id == folder_id))


def places_of(conn: Connection, viewer_id: str, thread_ids: Sequence[str]) -> dict[str, str]:
    """Thread id -> the folder that the viewer moved it to, of those that were moved."""
    mine = (moved.c.viewer_id == viewer_id, moved.c.thread_id.in_(thread_ids))
    return {row.thread_id: row.folder for row in conn.execute(select(moved).where(*mine))}


def move_threads(conn: Connection, viewer_id: str, patient_id: str, thread_ids: Sequence[str], folder: str) -> None:
    """Put threads into Trash or an own folder; Inbox puts them back to where their messages say."""
    conn.execute(delete(moved).where(moved.c.viewer_id == viewer_id, moved.c.thread_id.in_(thread_ids)))
    if folder != INBOX:
        rows = [
            {"viewer_id": viewer_id, "patient_id": patient_id, "thread_id": id, "folder": folder} for id in thread_ids
        ]
        conn.execute(insert(moved), rows)


def who_trashed(conn: Connection, thread_id: str) -> list[str]:
    """Ids of the viewers who have a thread in Trash."""
    there = (moved.c.thread_id == thread_id, moved.c.folder == TRASH)
    return list(conn.execute(select(moved.c.viewer_id).where(*there)).scalars())


def out_of_trash(conn: Connection, viewer_ids: Sequence[str], thread_id: str) -> None:
    """These viewers have a thread in Trash no longer: a message that they see came into it."""
    theirs = (moved.c.viewer_id.in_(viewer_ids), moved.c.thread_id == thread_id, moved.c.folder == TRASH)
    conn.execute(delete(moved).where(*theirs))
