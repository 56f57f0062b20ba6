"""A small world in which every kind of thing is there once, and its ids in the place of the description's patterns."""

import hashlib
import re
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import httpx

from genesis_tui.mock_backend.mock import Mock
from tests.portal.prescribing import prescribe, refill, renew
from tests.portal.scheduling import EMPTY, schedule
from tests.portal.writing import message, post, sent, upload
from tests.small_world import (
    CHILD,
    CLINIC,
    LATER_SLOTS,
    PASSWORD,
    SPONSOR,
    SPOUSE,
    STRANGER,
    TEEN,
    client_of,
    token_for,
)

Json = dict[str, Any]
Ids = Mapping[str, list[Any]]
PAGES = ("/oauth/authorize", "/oauth/device", "/oauth/forgot", "/milconnect")
CLIENT = "genesis-tui"
VERIFIER = "v" * 43
_HIDDEN = {name: re.compile(f'name="{name}" value="([^"]*)"') for name in ("seal", "ticket")}
UNKNOWN = str(uuid.UUID(int=7))


async def fill(client: httpx.AsyncClient, tester: httpx.AsyncClient) -> dict[str, list[Any]]:
    """Make one of each through the API itself; what the sponsor knows, by the name of a parameter or a field."""
    draft, file, key = str(uuid.uuid4()), str(uuid.uuid4()), str(uuid.uuid4())
    kept = await client.put(f"/portal/v1/drafts/{draft}", json={"patient": CHILD, "body": "Not sent yet."})
    assert kept.status_code == 200, kept.text
    assert (await upload(client, "a.txt", b"Words.", id=file)).status_code == 200
    made = await post(client, "folders", {"patient": CHILD, "name": "Own"}, key)
    thread, folder = (await sent(client, message(CHILD)))["thread"], made.json()["id"]
    given = await post(client, "family/grants", {"receiver": f"User{STRANGER}", "scope": "full"})
    kept = await tester.post("/mock/v1/scenario/snapshot")
    asked = [thread, f"thread-{CHILD}", f"thread-{SPONSOR}", f"thread-{STRANGER}"]
    patients = [SPONSOR, CHILD, TEEN, STRANGER]
    return {
        "patient_id": patients,
        "patient": patients,
        "thread_id": asked,
        "thread": ["", *asked],
        "threads": asked,
        "draft_id": [draft, UNKNOWN],
        "draft": ["", draft],
        "folder_id": [folder, "folder-none"],
        "folder": ["inbox", "sent", "trash", folder],
        "file_id": [file, UNKNOWN],
        "attachments": [file, UNKNOWN],
        "grant_id": [given.json()["id"], "grant-0"],
        "key": [key, UNKNOWN],
        "keys": [f"Observation/Observation-{CHILD}", f"Message/{thread}"],
        "entry": [f"Immunization/Immunization-{CHILD}", f"Observation/Observation-{STRANGER}"],
        "recipient": ["", "box-1", "box-2"],
        "receiver": [f"User{SPOUSE}", f"User{STRANGER}", "nobody"],
        "category": ["", "other", "record-correction"],
        "username": [f"User{SPONSOR}", f"User{STRANGER}", "nobody"],
        "password": [PASSWORD, "not the password"],
        "snapshot": [kept.json()["snapshot"], "none"],
    }


async def fill_agenda(mock: Mock, path: str) -> dict[str, list[Any]]:
    """What the child has scheduled and may schedule; where `path` acts on one of a kind, those of that kind."""
    visits, requests, offered = await schedule(mock, CHILD)
    act, free = path.rpartition("/")[2], list(LATER_SLOTS[4:])
    kind = requests[:1] if act == "choose" else requests[1:] if act == "withdraw" else visits
    ids = [one["id"] for one in kind]
    answered = EMPTY | {"item": [{"linkId": "cough", "answer": [{"valueBoolean": True}]}]}
    return {
        "patient": [CHILD, STRANGER],
        "appointment_id": [*ids, "none"],
        "appointment": [*ids, "none"],
        "clipboard_id": [*(f"clip-{one}" for one in ids), "none"],
        "request": [*(one["id"] for one in requests), "none"],
        "If-Match": ['"0"', '"1"', '"2"'] if "clipboard" in path else ['"1"', '"2"'],
        "slot": [offered, *free] if act == "choose" else free,
        "slots": [free[:1], free, []],
        "visit_type": ["acute"],
        "clinic": [CLINIC],
        "periods": [[{"day": "2026-12-09", "half": half} for half in halves] for halves in (("am",), ("am", "pm"), ())],
        "reason": ["pat", "x" * 251],
        "note": ["", "x" * 251],
        "response": [EMPTY, answered],
        "before": ["2026-12-24T12:00:00Z", "tomorrow"],
        "start": ["2026-12-07T10:40:00-05:00", "2026-12-07T09:00:00-05:00", "2026-12-07T09:01:00-05:00"],
        "from": ["2026-12-07", "2026-11-24"],
        "to": ["2026-12-07", "2027-03-01"],
        "since": ["", "0"],
    }


async def fill_pharmacy(mock: Mock, path: str) -> dict[str, list[Any]]:
    """What the child is prescribed, and has asked for where staff act on it, of the kind that `path` acts on."""
    known: dict[str, list[Any]] = {"patient": [CHILD, STRANGER], "pickup": ["point-1", "point-2", "point-9"]}
    ids = [f"{kind}-{number}" for kind in ("open", "used") for number in range(8)]
    for id in ids:
        prescribe(mock, CHILD, id, repeats=3 if id.startswith("open") else 0)
    known |= {"prescriptions": [*ids, "none"], "prescription": [*ids, "none"], "note": ["", "x" * 251]}
    if "/staff/" not in path:
        return known
    async with client_of(mock, token_for(mock, SPONSOR)) as client:
        asked = renew(client, CHILD, ids[8:]) if path.endswith("renewals") else refill(client, CHILD, ids[:8])
        made = [one["request"] for one in (await asked).json()["items"]]
    return known | {"request": [*made, "none"], "reason": ["", "Come in first."], "carrier": [""], "number": [""]}


async def open_page(browser: httpx.AsyncClient, path: str, mock: Mock) -> dict[str, list[Any]]:
    """What the forms of OAuth hold; where `path` is that of a page, it is opened in this browser for its seal."""
    waiting = {"client_id": CLIENT, "scope": "openid portal user/*.rs"}
    begun = await browser.post("/oauth/device_authorization", data=waiting)
    assert begun.status_code == 200, begun.text
    device = begun.json()
    asked = {
        "client_id": [CLIENT, "growth-chart-app", "nobody"],
        "redirect_uri": ["http://127.0.0.1:1/callback", "https://elsewhere.example/"],
        "response_type": ["code"],
        "scope": ["openid portal user/*.rs", "offline_access portal", "launch/patient patient/*.rs", "none"],
        "aud": [mock.fhir_base],
        "state": ["any"],
        "code_challenge": [pkce_challenge(VERIFIER)],
        "code_challenge_method": ["S256"],
    }
    known = asked | {
        "code_verifier": [VERIFIER, "wrong"],
        "grant_type": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code", "none"],
        "method": ["ds-logon", "cac", "piv", "none"],
        "user_code": [device["user_code"], "BCDF-GHJK"],
        "device_code": [device["device_code"], "none"],
        "choice": ["send", "finish", "save", "leave", "method:ds-logon", "deny", "prove", "stay-basic", "approve"],
    }
    if path not in PAGES:
        return known
    query = {name: values[0] for name, values in asked.items()} if path == "/oauth/authorize" else {}
    text = (await browser.get(path, params=query)).text
    hidden = {name: _HIDDEN[name].findall(text)[:1] for name in _HIDDEN}
    assert hidden["seal"], text
    return known | {name: [*values, "forged"] for name, values in hidden.items()}


def with_ids(document: Json, ids: Ids) -> Json:
    """The description, where those fields and parameters take these values alone."""
    told = deepcopy(document)
    _replace(told["paths"], ids)
    requests = {name: one for name, one in told["components"]["schemas"].items() if _is_request(name, document)}
    _replace(requests, ids)
    return told


def pkce_challenge(verifier: str) -> str:
    """RFC 7636, S256."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _is_request(name: str, document: Json) -> bool:
    bodies = [str(one.get("requestBody", "")) for item in document["paths"].values() for one in item.values()]
    return any(f"/{name}'" in body for body in bodies)


def _replace(node: Any, ids: Ids) -> None:
    if isinstance(node, list):
        for one in node:
            _replace(one, ids)
    if not isinstance(node, dict):
        return
    if "schema" in node and node.get("name") in ids:
        node["schema"] = {"enum": ids[node["name"]]}
    for name, schema in node.get("properties", {}).items():
        if name in ids:
            node["properties"][name] = _one_of(schema, ids[name])
    for one in node.values():
        _replace(one, ids)


def _one_of(schema: Json, values: list[Any]) -> Json:
    """One of these values, or a list of them; where the description has a type of its own, any of that type too."""
    if schema.get("type") == "array" and not isinstance(values[0], list):
        return schema | {"items": {"enum": values}}
    return {"anyOf": [{"enum": values}, schema]} if "$ref" in schema else {"enum": values}
