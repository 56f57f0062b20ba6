"""REL-6 in a real terminal: no byte of what was found reaches it before the question, in no list, message or title."""

import asyncio
import re

import httpx
import pytest

from genesis_tui.testing.sign_in import tokens
from tests.e2e.conftest import PROGRAM, SPONSOR, SPONSORS_NAME, Server, Start, enter_as, tell
from tests.e2e.stories import go

FOUND = (b"LDL", b"148", b"Dermatofibroma", b"dermatofibroma", b"EXAM:", b"IMPRESSION", b"High", b"Critical")


async def choose(server: Server, *kinds: str) -> None:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        token = (await tokens(client, "daniel.reyes", "Walnut-Harbor-2041-Daniel"))["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        await client.put("/portal/v1/session/ask-first", json={"kinds": kinds}, headers=bearer)


@pytest.mark.rule("REL-6")
def test_a_terminal_gets_nothing_of_it_before_the_question(start: Start, server: Server) -> None:
    asyncio.run(choose(server, "labs", "notes", "pathology", "radiology"))
    app = start(PROGRAM, "--server", server.url, GENESIS_TUI_MOCK_TOKEN=server.tester_token)
    enter_as(app, SPONSOR, SPONSORS_NAME, "asks before it opens")
    go(
        app,
        ("2", "asks first"),
        ("j", ""),
        ("G", ""),
        ("g", "Lipid panel"),
        ("/", "title, test, value"),
        ("knee", "MRI left knee"),
    )
    app.press("escape")
    go(app, ("", "Lipid panel"), ("enter", "Open this result?"))
    painted = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", bytes(app.output))
    painted = painted.replace(server.url.removeprefix("http://").encode(), b"")  # its port is any number
    assert [word for word in FOUND if word in painted] == []
    go(app, ("y", "TECHNIQUE:"))
    tell(server, "POST", "scenario/reset", {})
