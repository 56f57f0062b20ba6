"""Failed sign-ins by user name (LOCK-1, LOCK-2). A name is kept only as a keyed hash, whether it exists or not."""

from sqlalchemy import Connection, delete, insert, select

from genesis_tui.mock_backend.clock import from_micros, to_micros
from genesis_tui.mock_backend.database.schema.sign_in import lockout
from genesis_tui.mock_backend.rules.sign_in.lockout import CLEAR, LockState


def read_lock(conn: Connection, name_key: str) -> LockState:
    """The lock state of a name; `CLEAR` where nothing ever failed."""
    row = conn.execute(select(lockout).where(lockout.c.name_key == name_key)).one_or_none()
    if row is None:
        return CLEAR
    until = None if row.locked_until is None else from_micros(row.locked_until)
    return LockState(row.failures, row.level, until)


def write_lock(conn: Connection, name_key: str, state: LockState) -> None:
    """Replace the state of a name; `CLEAR` leaves no row."""
    conn.execute(delete(lockout).where(lockout.c.name_key == name_key))
    if state == CLEAR:
        return
    until = None if state.locked_until is None else to_micros(state.locked_until)
    row = {"name_key": name_key, "failures": state.failures, "level": state.level, "locked_until": until}
    conn.execute(insert(lockout).values(row))
