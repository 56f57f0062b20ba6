"""Short ways to ask the FHIR side and to read what it answers."""

from typing import Any

import httpx

BASE = "/fhir/r4"


async def get(client: httpx.AsyncClient, path: str, **headers: str) -> httpx.Response:
    """The answer to `GET /fhir/r4/{path}`."""
    return await client.get(f"{BASE}/{path}", headers={k.replace("_", "-"): v for k, v in headers.items()})


async def post(client: httpx.AsyncClient, kind: str, **form: str) -> httpx.Response:
    """The answer to a posted search."""
    return await client.post(f"{BASE}/{kind}/_search", data=form)


def ids(answer: httpx.Response) -> list[str]:
    """`Type/id` of every entry of a search set, in order."""
    assert answer.status_code == 200, answer.text
    found = [one["resource"] for one in answer.json().get("entry", [])]
    return [f"{one['resourceType']}/{one['id']}" for one in found]


def link(answer: httpx.Response, relation: str) -> str | None:
    """The URL of a link of a search set."""
    return next((one["url"] for one in answer.json()["link"] if one["relation"] == relation), None)


def reason(answer: httpx.Response) -> tuple[int, str]:
    """Status and reason code of a refusal ('' where it gives none)."""
    codings = issue(answer)["details"].get("coding", [])
    codes = [one["code"] for one in codings if one["system"].endswith("/reason")]
    return answer.status_code, codes[0] if codes else ""


def issue(answer: httpx.Response) -> dict[str, Any]:
    """The one issue of an OperationOutcome."""
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome"
    assert answer.headers["content-type"] == "application/fhir+json"
    assert len(body["issue"]) == 1
    return dict(body["issue"][0])
