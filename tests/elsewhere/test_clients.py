"""Clients that nobody here wrote read labs from the mock, and count what the database holds."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import select

from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.testing.sign_in import PkcePair, exchange
from tests.elsewhere.installed import HERE, node, program

DANIEL = "daniel.reyes"
REDIRECT = "http://127.0.0.1:49152/callback"
PATIENCE = 60


@pytest.fixture
async def served(mock: Mock) -> AsyncIterator[Mock]:
    """The mock on a free loopback port."""
    listener = socket.create_server(("127.0.0.1", 0))
    mock.issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(create_app(mock), log_level="critical", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield mock
    server.should_exit = True
    await serving
    listener.close()


def labs_in(mock: Mock, patient: str) -> list[str]:
    """Ids of the labs that the patient may see, straight from the table."""
    wanted = (
        select(resource.c.id)
        .where(resource.c.type == "Observation", resource.c.category == "laboratory")
        .where(resource.c.patient_id == patient, resource.c.hidden.is_(False))
        .where(resource.c.release_at <= mock.clock.micros())
    )
    with mock.database.begin() as conn:
        return sorted(conn.execute(wanted).scalars())


@dataclass
class Browser:
    """A person in front of the mock's pages, with a browser's cookies, who lets an app read one record."""

    client: httpx.AsyncClient
    mock: Mock
    password: str

    async def allow(self, page: httpx.Response, who: str) -> str:
        """Sign in and choose `who` on the pages that `page` begins; the address that the browser is sent on to."""
        form = {"username": DANIEL, "password": self.password, "choice": "sign-in"}
        page = await self._submit(page, form)
        people = re.findall(r'name="patient" value="([^"]+)" required> ([^<]+)<', page.text)
        patient = next(id for id, words in people if words.startswith(who))
        page = await self._submit(page, {"patient": patient, "choice": "allow"})
        assert page.status_code == 303, page.text
        return str(page.headers["location"])

    async def _submit(self, page: httpx.Response, form: dict[str, str]) -> httpx.Response:
        hidden = re.findall(r'name="(ticket|seal)" value="([^"]+)"', page.text)
        fields = {name: unescape(value) for name, value in hidden} | form
        return await self.client.post(f"{self.mock.issuer}/oauth/authorize", data=fields)


@pytest.fixture
async def browser(served: Mock, passwords: dict[str, str]) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient() as client:
        yield Browser(client, served, passwords[DANIEL])


async def issued(browser: Browser) -> dict[str, Any]:
    """The tokens of an app that Daniel let read his record."""
    pkce = PkcePair()
    asked = {
        "response_type": "code",
        "client_id": "growth-chart-app",
        "redirect_uri": REDIRECT,
        "scope": "openid fhirUser launch/patient patient/*.rs",
        "state": "s",
        "aud": browser.mock.fhir_base,
        "code_challenge": pkce.challenge,
        "code_challenge_method": "S256",
    }
    page = await browser.client.get(f"{browser.mock.issuer}/oauth/authorize", params=asked)
    code = httpx.URL(await browser.allow(page, "Daniel")).params["code"]
    async with httpx.AsyncClient(base_url=browser.mock.issuer) as client:
        answer = await exchange(client, code, pkce=pkce, client_id="growth-chart-app", redirect_uri=REDIRECT)
    tokens: dict[str, Any] = answer.json()
    return tokens


async def test_fhirpy_counts_the_labs_of_the_database(browser: Browser) -> None:
    python = program("python")
    tokens = await issued(browser)
    process = await asyncio.create_subprocess_exec(
        *(python, str(HERE / "fhirpy_labs.py"), browser.mock.fhir_base, tokens["patient"]),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": str(Path(python).parent)},
    )
    said = (tokens["access_token"] + "\n").encode()
    out, err = await asyncio.wait_for(process.communicate(said), PATIENCE)
    assert process.returncode == 0, err.decode()
    expected = labs_in(browser.mock, tokens["patient"])
    assert len(expected) > 20
    assert sorted(json.loads(out)) == expected


@pytest.mark.parametrize(("package", "client"), [("fhir-kit-client", "kit"), ("@medplum/core", "medplum")])
async def test_clients_that_add_to_page_links_count_the_labs_of_the_database(
    browser: Browser, package: str, client: str
) -> None:
    found, environment = node(package)
    tokens = await issued(browser)
    process = await asyncio.create_subprocess_exec(
        *(found, str(HERE / "pages.mjs"), client),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    asked = {"token": tokens["access_token"], "patient": tokens["patient"], "base": browser.mock.fhir_base}
    out, err = await asyncio.wait_for(process.communicate(json.dumps(asked).encode()), PATIENCE)
    assert process.returncode == 0, err.decode()
    expected = labs_in(browser.mock, tokens["patient"])
    assert len(expected) > 20
    assert sorted(json.loads(out)) == expected


async def test_fhirclient_signs_in_by_itself_and_counts_the_labs_of_the_database(browser: Browser) -> None:
    found, environment = node("fhirclient")
    process = await asyncio.create_subprocess_exec(
        *(found, str(HERE / "fhirclient.cjs"), browser.mock.fhir_base),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE))["port"]
        launched = await browser.client.get(f"http://127.0.0.1:{port}/launch", timeout=PATIENCE)
        page = await browser.client.get(launched.headers["location"])
        assert "asks you to sign in" in page.text
        back = await browser.allow(page, "Daniel")
        assert back.startswith(f"http://127.0.0.1:{port}/callback")
        told = await browser.client.get(back, timeout=PATIENCE)
        assert told.status_code == 200, told.text
    finally:
        process.stdin.close()
        await asyncio.wait_for(process.wait(), PATIENCE)
    labs = told.json()
    expected = labs_in(browser.mock, labs["patient"])
    assert len(expected) > 20
    assert sorted(labs["ids"]) == expected
    assert labs["user"].endswith(f"Patient/{labs['patient']}")
