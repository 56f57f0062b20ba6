"""Sign-ins and what their tokens stand for (SESS-1, SESS-2). Instants are microseconds since 1970 UTC."""

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, func, insert, select, update

from genesis_tui.mock_backend.database.schema.sign_in import grant_session, rotated_refresh


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One sign-in. `patient_id` is set for third-party apps only: the one patient their token opens."""

    id: str
    person_id: str
    client_id: str
    method: str
    level: int
    scope: str
    patient_id: str | None
    refresh_hash: str | None
    started: int
    refreshed: int | None
    ends: int
    ended: int | None
    kind: str = "interactive"
    """`interactive`, or `offline` for scripts (SESS-4)."""


def add_session(conn: Connection, row: SessionRow) -> None:
    conn.execute(insert(grant_session).values(asdict(row)))


def session_by_id(conn: Connection, session_id: str) -> SessionRow | None:
    """The sign-in with this id, ended or not."""
    found = conn.execute(select(grant_session).where(grant_session.c.id == session_id)).mappings().one_or_none()
    return None if found is None else SessionRow(**found)


def session_by_refresh(conn: Connection, refresh_hash: str) -> SessionRow | None:
    """The sign-in whose current refresh token has this hash, ended or not."""
    wanted = select(grant_session).where(grant_session.c.refresh_hash == refresh_hash)
    found = conn.execute(wanted).mappings().one_or_none()
    return None if found is None else SessionRow(**found)


def session_by_rotated(conn: Connection, refresh_hash: str) -> tuple[SessionRow, int] | None:
    """The sign-in whose refresh token this once was, and when another took its place."""
    wanted = select(rotated_refresh).where(rotated_refresh.c.refresh_hash == refresh_hash)
    found = conn.execute(wanted).mappings().one_or_none()
    row = None if found is None else session_by_id(conn, found["session_id"])
    return None if found is None or row is None else (row, found["at"])


def mark_refreshed(conn: Connection, row: SessionRow, *, now: int, refresh_hash: str) -> None:
    """Note the time of a refresh and the hash of the refresh token that is good from now on."""
    change = update(grant_session).where(grant_session.c.id == row.id)
    conn.execute(change.values(refreshed=now, refresh_hash=refresh_hash))
    if refresh_hash != row.refresh_hash:
        rotated = {"refresh_hash": row.refresh_hash, "session_id": row.id, "at": now}
        conn.execute(insert(rotated_refresh).values(rotated))


def end_session(conn: Connection, session_id: str, *, now: int) -> None:
    """End a sign-in; one that has ended keeps its first end."""
    change = update(grant_session).where(grant_session.c.id == session_id, grant_session.c.ended.is_(None))
    conn.execute(change.values(ended=now))


def sessions_of(conn: Connection, person_id: str, *, kind: str, now: int) -> list[SessionRow]:
    """A person's sign-ins of one kind that have not ended, oldest first."""
    table = grant_session.c
    live = (table.person_id == person_id, table.kind == kind, table.ended.is_(None), table.ends > now)
    found = conn.execute(select(grant_session).where(*live).order_by(table.started, table.id)).mappings()
    return [SessionRow(**row) for row in found]


def raise_level(conn: Connection, session_id: str, level: int) -> None:
    """Raise the level of a sign-in whose person has become Premium (ID-6)."""
    conn.execute(update(grant_session).where(grant_session.c.id == session_id).values(level=level))


def last_visit_before(conn: Connection, row: SessionRow) -> int | None:
    """When the same person last signed in before this sign-in, with the same program; None for the first time."""
    table = grant_session.c
    same = (table.person_id == row.person_id, table.client_id == row.client_id, table.started < row.started)
    return conn.execute(select(func.max(table.started)).where(*same)).scalar()
