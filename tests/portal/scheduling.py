"""How tests book, ask for a time, and look for slots over the wire."""

import uuid
from typing import Any, NamedTuple

import httpx

from genesis_tui.mock_backend.mock import Mock
from tests.small_world import CLINIC, LATER_SLOTS, client_of, token_for

DANIEL, ELENA, LEO, MAYA = "12742301", "12742302", "12742305", "12742306"
PEDIATRICS, FAMILY_MEDICINE, DERMATOLOGY, ORTHOPEDICS = "21000001", "21000000", "21000003", "21000002"
BEHAVIORAL = "21000005"
PERIOD = {"from": "2026-11-30", "to": "2026-12-11"}
Json = dict[str, Any]
EMPTY: Json = {"resourceType": "QuestionnaireResponse", "status": "in-progress"}
"""A clipboard of which nothing is answered."""


def new_key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def version(row: Json) -> dict[str, str]:
    return {"If-Match": f'"{row["version"]}"'}


async def free(
    client: httpx.AsyncClient, patient: str, visit: str, clinic: str = "", period: dict[str, str] = PERIOD
) -> list[Json]:
    asked = {"patient": patient, "visit_type": visit, **period, **({"clinic": clinic} if clinic else {})}
    answer = await client.get("/portal/v1/slots", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["slots"]
    return found


async def book(client: httpx.AsyncClient, patient: str, slot: str, reason: str = "") -> httpx.Response:
    asked = {"patient": patient, "slot": slot, "reason": reason}
    return await client.post("/portal/v1/appointments", json=asked, headers=new_key())


async def booked(client: httpx.AsyncClient, patient: str, slot: str) -> Json:
    answer = await book(client, patient, slot)
    assert answer.status_code == 201, answer.text
    row: Json = answer.json()
    return row


async def ask(
    client: httpx.AsyncClient,
    patient: str,
    visit: str,
    clinic: str,
    periods: list[tuple[str, str]],
    reason: str = "A rash.",
) -> httpx.Response:
    halves = [{"day": day, "half": half} for day, half in periods]
    asked = {"patient": patient, "visit_type": visit, "clinic": clinic, "periods": halves, "reason": reason}
    return await client.post("/portal/v1/appointment-requests", json=asked, headers=new_key())


async def change(
    client: httpx.AsyncClient, row: Json, act: str, of: str = "appointments", **body: str
) -> httpx.Response:
    return await client.post(f"/portal/v1/{of}/{row['id']}/{act}", json=body, headers=version(row))


async def agenda(client: httpx.AsyncClient, patient: str) -> list[Json]:
    answer = await client.get(f"/portal/v1/patients/{patient}/appointments")
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["appointments"]
    return found


async def agenda_row(client: httpx.AsyncClient, patient: str, id: str) -> Json:
    (found,) = [one for one in await agenda(client, patient) if one["id"] == id]
    return found


class Scheduled(NamedTuple):
    """What a patient of the small world has scheduled: three visits, and two requests; the first has an offer."""

    visits: list[Json]
    requests: list[Json]
    offered: str


async def schedule(mock: Mock, patient: str) -> Scheduled:
    """The patient books and asks; `LATER_SLOTS` from the fifth on stay free."""
    async with client_of(mock, token_for(mock, patient)) as own, client_of(mock, mock.tester_token) as tester:
        visits = [await booked(own, patient, slot) for slot in LATER_SLOTS[:3]]
        asked = [await ask(own, patient, "acute", CLINIC, [(day, "am")]) for day in ("2026-12-09", "2026-12-10")]
        assert {one.status_code for one in asked} == {201}
        first = asked[0].json()["id"]
        given = {"request": first, "act": "offer", "slots": [LATER_SLOTS[3]]}
        assert (await tester.post("/mock/v1/staff/requests", json=given)).status_code == 204
        return Scheduled(visits, [await agenda_row(own, patient, first), asked[1].json()], LATER_SLOTS[3])
