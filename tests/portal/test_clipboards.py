"""Clipboards over the portal: filled in, kept, submitted once, and closed to whom they are closed."""

import json
import uuid
from datetime import timedelta

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.testing.plugin import SignIn
from tests.clipboards_of import Json, answer
from tests.small_world import CHILD, TEEN, client_of, token_for

CONTROL = {"valueCoding": {"system": "https://genesis-tui.example/fhir/CodeSystem/clipboards", "code": "some"}}


def filled(*items: Json) -> Json:
    return {"resourceType": "QuestionnaireResponse", "status": "in-progress", "item": list(items)}


SYMPTOMS = [
    answer("control", CONTROL),
    answer("missed", {"valueBoolean": False}),
    answer("nights", {"valueString": "only on Sundays"}),
    answer("peak-flow", {"valueQuantity": {"value": 210, "unit": "L/min", "code": "L/min"}}),
]
HALF = filled({"linkId": "symptoms", "item": SYMPTOMS[:2]})
WHOLE = filled({"linkId": "symptoms", "item": SYMPTOMS})


async def listed(client: httpx.AsyncClient, patient: str) -> list[Json]:
    told = await client.get(f"/portal/v1/patients/{patient}/clipboards")
    assert told.status_code == 200, told.text
    assert told.json()["unreadable"] == 0
    found: list[Json] = told.json()["clipboards"]
    return found


async def put(client: httpx.AsyncClient, id: str, response: Json, version: int, patient: str) -> httpx.Response:
    headers = {"If-Match": f'"{version}"'}
    return await client.put(
        f"/portal/v1/clipboards/{id}", json={"patient": patient, "response": response}, headers=headers
    )


async def submit(
    client: httpx.AsyncClient, id: str, response: Json, version: int, patient: str, key: str = ""
) -> httpx.Response:
    headers = {"If-Match": f'"{version}"', "Idempotency-Key": key or str(uuid.uuid4())}
    body = {"patient": patient, "response": response}
    return await client.post(f"/portal/v1/clipboards/{id}/submit", json=body, headers=headers)


async def mayas(client: httpx.AsyncClient) -> Json:
    (row,) = [
        one for one in await listed(client, await patient_named(client, "Maya")) if one["title"].startswith("Asthma")
    ]
    return row


async def on_home(client: httpx.AsyncClient, patient: str) -> str:
    """What Home says of the clipboard of the next visit."""
    return str((await client.get(f"/portal/v1/patients/{patient}/news")).json()["coming"][0]["clipboard"])


async def patient_named(client: httpx.AsyncClient, given: str) -> str:
    people = (await client.get("/portal/v1/family")).json()["people"]
    return str(next(one["id"] for one in people if one["given"] == given))


@pytest.mark.rule("CLIP-1", "CLIP-2")
async def test_it_is_filled_in_half_then_whole_and_submitted_once(sign_in: SignIn) -> None:
    client = await sign_in("daniel.reyes")
    maya, row = await patient_named(client, "Maya"), await mayas(client)
    assert (row["version"], row["response"], row["answered"], row["zone"]) == (0, None, 0, "America/New_York")
    assert {one["action"]: one["allowed"] for one in row["can"]} == {"clipboard.save": True, "clipboard.submit": False}
    assert await on_home(client, maya) == "to-fill-in"
    kept = await put(client, row["id"], HALF, 0, maya)
    assert (kept.status_code, kept.json()["version"], kept.headers["etag"]) == (200, 1, '"1"')
    half = await mayas(client)
    assert (half["answered"], half["response"]["status"], half["version"]) == (2, "in-progress", 1)
    assert half["response"]["item"][0]["item"][0]["text"].startswith("How well")
    refused = await submit(client, row["id"], HALF, 1, maya)
    assert (refused.status_code, refused.json()["reason"]) == (422, "required-missing")
    assert [one["question"] for one in refused.json()["missing"]] == ["nights", "peak-flow"]
    assert await on_home(client, maya) == "begun"
    key = str(uuid.uuid4())
    done = await submit(client, row["id"], WHOLE, 1, maya, key)
    assert await on_home(client, maya) == "submitted"
    assert done.json()["submitted"]["by"] == "Daniel Reyes"
    assert (await submit(client, row["id"], WHOLE, 1, maya, key)).content == done.content
    for again in (
        await submit(client, row["id"], WHOLE, 2, maya),
        await put(client, row["id"], HALF, 2, maya),
    ):
        assert (again.status_code, again.json()["reason"]) == (409, "already-submitted")
    found = await client.get(f"/fhir/r4/QuestionnaireResponse/{row['id']}")
    assert (found.json()["status"], found.json()["author"]["display"]) == ("completed", "Daniel Reyes")
    assert (await client.get("/fhir/r4/Questionnaire", params={"_id": "asthma"})).json()["entry"]


@pytest.mark.rule("CLIP-1")
async def test_the_visit_ends_it_and_a_stale_version_changes_nothing(mock: Mock, sign_in: SignIn) -> None:
    client = await sign_in("daniel.reyes")
    maya, row = await patient_named(client, "Maya"), await mayas(client)
    await put(client, row["id"], HALF, 0, maya)
    stale = await put(client, row["id"], WHOLE, 0, maya)
    assert (stale.status_code, stale.json()["reason"]) == (409, "stale-version")
    assert (stale.json()["clipboard"]["version"], stale.json()["clipboard"]["answered"]) == (1, 2)
    assert (await mayas(client))["answered"] == 2
    mock.clock.advance(timedelta(days=2, hours=1))
    client = await sign_in("daniel.reyes")
    late = await put(client, row["id"], WHOLE, 1, maya)
    assert (late.status_code, late.json()["reason"]) == (403, "already-started")


@pytest.mark.rule("CLIP-2")
@pytest.mark.parametrize(
    ("item", "words"),
    [
        (answer("days-off", {"valueInteger": 3}), "not asked"),
        (answer("peak-flow", {"valueQuantity": {"value": 5, "code": "L/min"}}), "smaller"),
        (answer("nothing", {"valueBoolean": True}), "no such question"),
        (answer("attack", {"valueString": "in May"}), "another kind"),
        (answer("attack", {"valueDate": "2026-02-30"}), ""),
        (answer("control", {"valueCoding": {"code": "other"}}), "none of those"),
    ],
)
async def test_what_is_no_answer_is_not_kept(sign_in: SignIn, item: Json, words: str) -> None:
    client = await sign_in("daniel.reyes")
    maya, row = await patient_named(client, "Maya"), await mayas(client)
    told = await put(client, row["id"], filled({"linkId": "symptoms", "item": [item]}), 0, maya)
    assert told.status_code == 422, told.text
    assert words in told.text
    assert (await mayas(client))["version"] == 0


@pytest.mark.rule("CLIP-2")
async def test_the_policy_says_how_long_an_answer_may_be(mock: Mock, sign_in: SignIn) -> None:
    policy = mock.policy.appointment.model_copy(update={"answer_characters": 15})
    mock.policy = mock.policy.model_copy(update={"appointment": policy})
    client = await sign_in("daniel.reyes")
    maya, row = await patient_named(client, "Maya"), await mayas(client)
    kept = await put(client, row["id"], WHOLE, 0, maya)
    assert kept.status_code == 200, "15 characters: only on Sundays"
    long = filled({"linkId": "symptoms", "item": [answer("nights", {"valueString": "only on Saturday"})]})
    refused = await put(client, row["id"], long, 1, maya)
    assert (refused.status_code, "longer than 15 characters" in refused.text) == (422, True)


async def test_the_record_is_there_to_be_confirmed(sign_in: SignIn) -> None:
    row = await mayas(await sign_in("daniel.reyes"))
    (medicines,) = [one for one in row["questionnaire"]["item"] if one["linkId"] == "medicines"]
    takes = medicines["item"][0]["answerOption"]
    assert any("Albuterol" in one["valueCoding"]["display"] for one in takes), takes
    assert all(one["initialSelected"] for one in takes)


@pytest.mark.rule("FAM-7", "FAM-3")
async def test_what_is_sensitive_and_what_is_a_teens_reach_nobody_else(sign_in: SignIn) -> None:
    own, spouse = await sign_in("daniel.reyes"), await sign_in("elena.reyes")
    daniel, leo = await patient_named(own, "Daniel"), await patient_named(own, "Leo")
    row = next(one for one in await listed(own, daniel) if one["title"] == "Mood and worry")
    assert "Mood and worry" not in {one["title"] for one in await _open(spouse, daniel)}
    assert (await put(spouse, row["id"], HALF, 0, daniel)).status_code in (403, 404)
    assert (await put(own, row["id"], HALF, 0, leo)).status_code in (403, 404)
    assert (await own.get(f"/portal/v1/patients/{leo}/clipboards")).status_code == 403


async def _open(client: httpx.AsyncClient, patient: str) -> list[Json]:
    told = await client.get(f"/portal/v1/patients/{patient}/clipboards")
    return told.json()["clipboards"] if told.status_code == 200 else []


async def test_a_score_is_for_the_clinic_alone(mock: Mock, sign_in: SignIn) -> None:
    client = await sign_in("daniel.reyes")
    daniel = await patient_named(client, "Daniel")
    row = next(one for one in await listed(client, daniel) if one["title"] == "Mood and worry")

    def most(items: list[Json]) -> list[Json]:
        return [
            {"linkId": one["linkId"], "item": most(one["item"])}
            if one["type"] == "group"
            else answer(one["linkId"], {"valueCoding": one["answerOption"][-1]["valueCoding"]})
            for one in items
            if one["linkId"] in ("phq", "gad", "difficult") or one.get("code")
        ]

    done = await submit(client, row["id"], filled(*most(row["questionnaire"]["item"])), 0, daniel)
    assert done.status_code == 200, done.text
    with mock.database.begin() as conn:
        kept = json.loads(conn.exec_driver_sql(f"SELECT scores FROM clipboard WHERE id = '{row['id']}'").scalar_one())
    assert [(one["name"], one["sum"]) for one in kept] == [("PHQ-2", 6), ("GAD-7", 21)]
    everything = [done.text, json.dumps(await listed(client, daniel))]
    everything.append((await client.get(f"/fhir/r4/QuestionnaireResponse?patient={daniel}")).text)
    assert not [text for text in everything if '"severe' in text or "PHQ" in text or "GAD-7" in text]


@pytest.mark.rule("ID-5")
async def test_basic_and_strangers_get_nothing(small: Mock) -> None:
    async with client_of(small, token_for(small, CHILD, level=1)) as client:
        assert (await client.get(f"/portal/v1/patients/{CHILD}/clipboards")).json()["reason"] == "premium-required"
        assert (await client.get(f"/portal/v1/patients/{TEEN}/clipboards")).status_code in (403, 404)
