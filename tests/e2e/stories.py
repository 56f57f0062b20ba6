"""What the stories share: a portal with a database of its own, and steps of keys and of what they bring."""

import json
import sqlite3
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.terminal import Terminal
from tests.e2e.conftest import PROGRAM, START, Server, Start, enter_as, serving, tell


class Portal:
    """A portal that can go away and come back, at the same address with the same database."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._stack = ExitStack()
        self.server = self._served("0")

    def _served(self, port: str) -> Server:
        options = ("--start", START, "--frozen", "--db", f"sqlite:///{self._database}", "--port", port)
        return self._stack.enter_context(serving(*options))

    def stop(self) -> None:
        self._stack.close()

    def come_back(self) -> None:
        self.server = self._served(str(urlsplit(self.server.url).port))

    def tell(self, method: str, path: str, body: dict[str, Any]) -> Any:
        answer = tell(self.server, method, path, body)
        return answer.json() if answer.content else None

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """What the database has."""
        with sqlite3.connect(f"file:{self._database}?mode=ro", uri=True) as file:
            return file.execute(query, values).fetchall()

    def appointments(self, patient: str) -> list[dict[str, Any]]:
        """What the database has of somebody, in the order in which it came."""
        query = "SELECT body FROM resource WHERE type = 'Appointment' AND patient_id = ? ORDER BY row"
        return [json.loads(body) for (body,) in self.rows(query, patient)]


def go(app: Terminal, *steps: tuple[str, str]) -> None:
    """Press a key or type a text, and wait for what it brings, step by step."""
    for typed, then in steps:
        app.press(typed)
        app.expect(then, seconds=20)


def signed_in(
    start: Start, portal: Portal, key: str, name: str, *, size: tuple[int, int] = (80, 24), **env: str
) -> Terminal:
    """On Home, as the person whom this key of the sign-in screen chooses."""
    columns, rows = size
    token = {"GENESIS_TUI_MOCK_TOKEN": portal.server.tester_token}
    app = start(PROGRAM, "--server", portal.server.url, columns=columns, rows=rows, **token, **env)
    return enter_as(app, key, name)
