"""Prescriptions of the small world, what is asked for of them, and what its pharmacy and its providers do."""

import uuid
from datetime import timedelta
from typing import Any

import httpx

from genesis_tui.mock_backend.database.record.resources import ResourceFacts, put_resource
from genesis_tui.mock_backend.database.refills.dispensing import RX_NUMBER
from genesis_tui.mock_backend.mock import Mock
from tests.small_world import START

Json = dict[str, Any]
DAY = timedelta(days=1)


def prescribe(
    mock: Mock,
    patient: str,
    id: str,
    *,
    repeats: int = 3,
    fills: tuple[int, ...] = (-80,),
    days: int | None = 90,
    ends: int = 200,
    drug: str = "Small drug",
    sensitive: bool = False,
    **more: Any,
) -> None:
    """A prescription of ours in the record; `fills` and `ends` are days from the start, `more` is FHIR's."""
    subject = {"reference": f"Patient/{patient}"}
    supply = {} if days is None else {"value": days, "unit": "days"}
    body = {
        "resourceType": "MedicationRequest",
        "id": id,
        "identifier": [{"system": RX_NUMBER, "value": f"RX{id}"}],
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": drug},
        "subject": subject,
        "authoredOn": "2026-01-05",
        "requester": {"display": "Dr. Small, MD"},
        "dispenseRequest": {
            "validityPeriod": {"start": "2026-01-05", "end": at(ends)},
            "numberOfRepeatsAllowed": repeats,
            "quantity": {"value": 90, "unit": "tablet"},
            **({"expectedSupplyDuration": supply} if supply else {}),
        },
        **more,
    }
    with mock.database.begin() as conn:
        facts = ResourceFacts(patient, sensitive)
        put_resource(conn, body, facts, now=mock.clock.micros(), policy=mock.policy)
        for number, day in enumerate(fills):
            fill = {
                "resourceType": "MedicationDispense",
                "id": f"{id}-fill-{number}",
                "status": "completed",
                "subject": subject,
                "authorizingPrescription": [{"reference": f"MedicationRequest/{id}"}],
                "whenHandedOver": at(day),
                **({"daysSupply": supply} if supply else {}),
            }
            put_resource(conn, fill, facts, now=mock.clock.micros(), policy=mock.policy)


def at(day: int) -> str:
    """The start's hour of a day, in UTC."""
    return (START + day * DAY).isoformat()


async def refill(
    client: httpx.AsyncClient, patient: str, ids: list[str], pickup: str = "point-1", *, key: str = ""
) -> httpx.Response:
    asked = {"patient": patient, "pickup": pickup, "prescriptions": ids}
    return await client.post("/portal/v1/refills", json=asked, headers=_key(key))


async def renew(
    client: httpx.AsyncClient, patient: str, ids: list[str], note: str = "", *, key: str = ""
) -> httpx.Response:
    asked = {"patient": patient, "items": [{"prescription": one, "note": note} for one in ids]}
    return await client.post("/portal/v1/renewals", json=asked, headers=_key(key))


def items(answer: httpx.Response) -> list[Json]:
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


def outcomes(answer: httpx.Response) -> list[str]:
    """`requested`, or the code of the refusal, of each item."""
    return [one["problem"]["code"] if one["problem"] else one["outcome"] for one in items(answer)]


async def requested(answer: httpx.Response) -> str:
    """The id of the only request."""
    (one,) = items(answer)
    assert one["outcome"] == "requested", one
    return str(one["request"])


async def rows(client: httpx.AsyncClient, patient: str) -> dict[str, Json]:
    answer = await client.get(f"/portal/v1/patients/{patient}/prescriptions")
    assert answer.status_code == 200, answer.text
    assert answer.json()["unreadable"] == 0
    return {row["id"]: row for row in answer.json()["prescriptions"]}


def stages(row: Json) -> list[str]:
    """The stages of a prescription's newest request."""
    return [one["stage"] for one in row["requests"][0]["stages"]]


async def staff(mock: Mock, client: httpx.AsyncClient, of: str, **body: Any) -> httpx.Response:
    """The pharmacy (`refills`) or a provider (`renewals`) does something."""
    headers = {"Authorization": f"Bearer {mock.tester_token}"}
    return await client.post(f"/mock/v1/staff/{of}", json=body, headers=headers)


def pass_time(mock: Mock, **time: float) -> None:
    """Move the clock; what has come due happens with the next request."""
    mock.clock.set(mock.clock.now() + timedelta(**time))


def _key(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key or str(uuid.uuid4())}
