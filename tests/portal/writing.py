"""What tests of messages ask of the portal, in few words."""

import uuid
from typing import Any

import httpx

from tests.small_world import CHILD

JSON = dict[str, Any]
BOX = "box-1"


def message(patient: str = CHILD, **change: Any) -> JSON:
    """A new message that every rule lets go."""
    told = {"patient": patient, "recipient": BOX, "category": "other", "subject": "Hello", "body": "Good morning."}
    return told | change


def reply(patient: str = CHILD, **change: Any) -> JSON:
    """A reply in the thread in which everybody wrote."""
    return {"patient": patient, "thread": f"thread-{patient}", "body": "Thank you."} | change


async def post(client: httpx.AsyncClient, path: str, body: JSON, key: str = "") -> httpx.Response:
    """A POST that creates."""
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return await client.post(f"/portal/v1/{path}", json=body, headers=headers)


async def sent(client: httpx.AsyncClient, body: JSON) -> JSON:
    """Send it; the answer."""
    answer = await post(client, "messages", body)
    assert answer.status_code == 201, answer.text
    told: JSON = answer.json()
    return told


async def upload(
    client: httpx.AsyncClient, name: str, content: Any, *, patient: str = CHILD, id: str = ""
) -> httpx.Response:
    """A file for a message about `patient`."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    path = f"/portal/v1/patients/{patient}/attachments/{id or uuid.uuid4()}"
    return await client.put(path, content=content, headers=headers)


async def uploaded(client: httpx.AsyncClient, name: str, content: bytes, *, patient: str = CHILD) -> str:
    """Upload it; its id."""
    answer = await upload(client, name, content, patient=patient)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, rule, reason."""
    body = answer.json()
    return answer.status_code, body.get("rule", ""), body.get("reason", "")


async def folders(client: httpx.AsyncClient, patient: str = CHILD) -> dict[str, tuple[int, int]]:
    """Folder's id -> conversations and unread messages in it."""
    told = (await client.get(f"/portal/v1/patients/{patient}/threads")).json()["folders"]
    return {one["id"]: (one["threads"], one["unread"]) for one in told}


async def listed(client: httpx.AsyncClient, folder: str = "inbox", patient: str = CHILD) -> list[str]:
    """Ids of the conversations in a folder."""
    told = await client.get(f"/portal/v1/patients/{patient}/threads", params={"folder": folder})
    assert told.status_code == 200, told.text
    return [one["id"] for one in told.json()["threads"]]


async def whole(client: httpx.AsyncClient, thread: str) -> JSON:
    """A conversation."""
    answer = await client.get(f"/portal/v1/threads/{thread}")
    assert answer.status_code == 200, answer.text
    told: JSON = answer.json()
    return told
