"""The whole of an SQLite database as bytes, to go back to: what a tester's snapshot and a test's fresh world are."""

import sqlite3

from genesis_tui.mock_backend.database.engine import Database


def image_of(database: Database) -> bytes:
    """The committed content of a database. Raises ValueError for one that is not SQLite."""
    copy = sqlite3.connect(":memory:")
    try:
        _driver(database).backup(copy)
        return copy.serialize()
    finally:
        copy.close()


def replace_with(database: Database, image: bytes) -> None:
    """Put an earlier image in place of everything that a database holds. Raises ValueError as above."""
    driver = _driver(database)
    source = sqlite3.connect(":memory:")
    try:
        source.deserialize(image)
        source.backup(driver)
    finally:
        source.close()


def _driver(database: Database) -> sqlite3.Connection:
    driver = database.engine.raw_connection().driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise ValueError("snapshots need an SQLite database")
    return driver
