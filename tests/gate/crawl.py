"""Reads all that a mock serves, the way a client does: each test person signs in and follows every link they get."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from genesis_tui.mock_backend.admin.personas import persona_list
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.testing.sign_in import tokens

Json = dict[str, Any]
_REFERENCE = re.compile(r"^(?:.*/fhir/r4/)?([A-Z]\w+/[\w.-]+)$")


@dataclass(slots=True)
class Crawl:
    """Everything found so far, by `Type/id`, and the people who got in."""

    client: httpx.AsyncClient
    found: dict[str, Json] = field(default_factory=dict)
    signed_in: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    async def all_people(self, personas: list[Json]) -> None:
        """One sign-in after the other."""
        for persona in personas:
            try:
                issued = await tokens(self.client, persona["username"], persona["password"])
            except httpx.HTTPStatusError:
                self.refused.append(persona["username"])
            else:
                self.signed_in.append(persona["username"])
                await self._whole_family({"Authorization": f"Bearer {issued['access_token']}"})

    async def _whole_family(self, headers: dict[str, str]) -> None:
        family = await self.client.get("/portal/v1/family", headers=headers)
        if family.status_code != 200:
            return
        for type_name in await self._searchable():
            for person in family.json()["people"]:
                await self._search(f"/fhir/r4/{type_name}?patient={person['id']}", headers)
        await self._referenced(headers)

    async def _searchable(self) -> list[str]:
        statement = (await self.client.get("/fhir/r4/metadata")).json()
        self._keep(statement)
        return [
            entry["type"]
            for entry in statement["rest"][0]["resource"]
            if any(param["name"] == "patient" for param in entry.get("searchParam", ()))
        ]

    async def _search(self, url: str, headers: dict[str, str]) -> None:
        """All pages of a search; a refused one is nothing served."""
        while url:
            answer = await self.client.get(url, headers=headers)
            if answer.status_code != 200:
                assert answer.status_code in (400, 403, 404), f"{url}: {answer.status_code} {answer.text[:200]}"
                return
            bundle = answer.json()
            for entry in bundle.get("entry", ()):
                self._keep(entry["resource"])
            url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), "")

    async def _referenced(self, headers: dict[str, str]) -> None:
        """Reads what is named and not yet here, until nothing new is named."""
        asked: set[str] = set()
        while wanted := {ref for body in self.found.values() for ref in _references(body)} - asked - self.found.keys():
            asked |= wanted
            for reference in sorted(wanted):
                answer = await self.client.get(f"/fhir/r4/{reference}", headers=headers)
                if answer.status_code == 200:
                    self._keep(answer.json())

    def _keep(self, resource: Json) -> None:
        self.found.setdefault(f"{resource['resourceType']}/{resource.get('id', '')}", resource)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _references(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("reference", "url") and isinstance(value, str):
                if match := _REFERENCE.match(value):
                    yield match[1]
            else:
                yield from _references(value)


async def crawl(mock: Mock) -> Crawl:
    """Everything that the test persons of `mock` are served."""
    transport = httpx.ASGITransport(create_app(mock))
    headers = {"Accept": "application/fhir+json, application/json"}
    async with httpx.AsyncClient(transport=transport, base_url=mock.issuer, headers=headers) as client:
        found = Crawl(client)
        await found.all_people(persona_list(mock))
    return found
