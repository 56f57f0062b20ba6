"""Slots, schedules and services for apps of others: searched as Millennium has it, worked out and stored nowhere."""

from typing import Any

import httpx
import pytest

from genesis_tui.testing.plugin import SignIn
from tests.portal.scheduling import DANIEL, MAYA, PEDIATRICS, booked, free

ACUTE = "https://genesis-tui.example/fhir/CodeSystem/visit-type|acute"
PERIOD = ("ge2026-11-30T00:00:00Z", "lt2026-12-05T00:00:00Z")


async def found(client: httpx.AsyncClient, kind: str, **asked: Any) -> dict[str, Any]:
    answer = await client.get(f"/fhir/r4/{kind}", params=asked)
    assert answer.status_code == 200, answer.text
    bundle: dict[str, Any] = answer.json()
    return bundle


def entries(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return [one["resource"] for one in bundle.get("entry", ())]


@pytest.mark.rule("APPT-3", "APPT-4")
async def test_free_slots_page_by_page_are_those_of_the_portal(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    theirs = await free(daniel, DANIEL, "acute", PEDIATRICS, {"from": "2026-11-30", "to": "2026-12-04"})
    asked = {"service-type": ACUTE, "start": PERIOD, "-location": PEDIATRICS, "_count": 20, "_total": "accurate"}
    page = await found(daniel, "Slot", **asked)
    slots, total = entries(page), page["total"]
    assert page["link"][0]["relation"] == "self"
    while (more := [one["url"] for one in page["link"] if one["relation"] == "next"]) != []:
        page = (await daniel.get(more[0])).json()
        slots += entries(page)
    assert sorted(one["id"] for one in slots) == sorted(one["id"] for one in theirs)
    assert [one["start"] for one in slots] == sorted(one["start"] for one in slots)
    assert total == len(slots)
    assert {one["status"] for one in slots} == {"free"}
    one = (await daniel.get(f"/fhir/r4/Slot/{slots[0]['id']}")).json()
    assert one["serviceType"][0]["coding"][0]["code"] == "acute"
    schedule = (await daniel.get(f"/fhir/r4/{one['schedule']['reference']}")).json()
    assert {actor["reference"].partition("/")[0] for actor in schedule["actor"]} == {"Practitioner", "Location"}
    of_one = await found(daniel, "Slot", **asked | {"schedule": schedule["id"]})
    assert of_one["total"] < total
    await booked(daniel, MAYA, slots[0]["id"])
    assert (await daniel.get(f"/fhir/r4/Slot/{slots[0]['id']}")).json()["status"] == "busy"
    assert (await found(daniel, "Slot", **asked))["total"] < total
    assert entries(await found(daniel, "Slot", _id=slots[0]["id"])) == []
    assert (await daniel.get("/fhir/r4/Slot/none")).status_code == 404


@pytest.mark.rule("APPT-3")
@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"service-type": ACUTE}, 400),
        ({"start": PERIOD}, 400),
        ({"service-type": ACUTE, "start": PERIOD[:1]}, 422),
        ({"service-type": ACUTE, "start": ("ge2026-11-30T00:00:00Z", "lt2027-01-29T00:00:00Z")}, 200),
        ({"service-type": ACUTE, "start": ("ge2026-11-30T00:00:00Z", "lt2027-01-29T00:00:01Z")}, 422),
        ({"service-type": "surgery", "start": PERIOD}, 200),
    ],
)
async def test_a_search_for_slots_needs_a_kind_and_a_period(
    sign_in: SignIn, asked: dict[str, Any], status: int
) -> None:
    daniel = await sign_in("daniel.reyes")
    answer = await daniel.get("/fhir/r4/Slot", params=asked)
    assert answer.status_code == status, answer.text
    if status == 422:
        assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "APPT-3"


async def test_services_say_what_a_clinic_sees_people_for(sign_in: SignIn) -> None:
    daniel = await sign_in("daniel.reyes")
    services = entries(await found(daniel, "HealthcareService", **{"service-type": "skin-check"}))
    assert [one["name"] for one in services] == ["Fort Belvoir Dermatology"]
    schedules = entries(await found(daniel, "Schedule", **{"service-type": "well-child"}))
    assert {one["actor"][1]["display"] for one in schedules} >= {"Fort Belvoir Pediatrics", "Yokosuka Pediatrics"}
