"""What the mock remembers about itself from one run to the next: JSON by key."""

import json
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from genesis_tui.mock_backend.database.schema.base import setting

_VALUE = select(setting.c.value).where(setting.c.key == bindparam("named"))
_DROPPED = delete(setting).where(setting.c.key == bindparam("named"))


def read_setting(conn: Connection, key: str) -> Any:
    """The value kept under `key`; None where there is none."""
    found = conn.execute(_VALUE, {"named": key}).scalar()
    return None if found is None else json.loads(found)


def write_setting(conn: Connection, key: str, value: Any) -> None:
    """Keep a value that JSON can hold."""
    conn.execute(_DROPPED, {"named": key})
    conn.execute(insert(setting), {"key": key, "value": json.dumps(value)})
