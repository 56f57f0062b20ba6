"""REC-7: saying that an entry is wrong, and what the care team makes of it."""

from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.portal.writing import listed, message, post, refusal, whole
from tests.small_world import CHILD, DAY, SPONSOR, TEEN, client_of, token_for

ENTRY = f"Observation/Observation-{CHILD}"


def wrong(patient: str = CHILD, **change: Any) -> dict[str, Any]:
    words = {"category": "record-correction", "entry": f"Observation/Observation-{patient}"}
    return message(patient, **words, subject="The value is wrong", body="> LDL 148\n\nI was not fasting.") | change


async def told(client: httpx.AsyncClient, patient: str = CHILD) -> list[Any]:
    answer = await client.get(f"/portal/v1/patients/{patient}/corrections")
    rows: list[Any] = answer.json()["corrections"]
    return rows


@pytest.mark.rule("REC-7")
async def test_a_correction_is_a_message_with_the_entry_quoted(parent: httpx.AsyncClient) -> None:
    made = (await post(parent, "corrections", wrong())).json()
    thread = await whole(parent, made["thread"])
    assert thread["category"] == "Record correction"
    assert thread["correction"] == {"entry": ENTRY, "state": "asked", "note": ""}
    [row] = await told(parent)
    assert (row["entry"], row["state"], row["thread"]) == (ENTRY, "asked", made["thread"])


@pytest.mark.rule("REC-7")
@pytest.mark.parametrize("outcome", ["amended", "clarified", "declined"])
async def test_the_answer_shows_on_the_entry(small: Mock, parent: httpx.AsyncClient, outcome: str) -> None:
    made = (await post(parent, "corrections", wrong())).json()
    async with client_of(small, small.tester_token) as tester:
        body = {"thread": made["thread"], "body": "The laboratory looked again.", "outcome": outcome}
        assert (await tester.post("/mock/v1/staff/messages", json=body)).status_code == 201
        assert (await tester.post("/mock/v1/staff/messages", json=body)).status_code == 422, "it has its answer"
    [row] = await told(parent)
    assert (row["state"], row["note"]) == (outcome, "The laboratory looked again.")
    assert (await whole(parent, made["thread"]))["messages"][-1]["body"] == "The laboratory looked again."


@pytest.mark.rule("REC-7")
async def test_the_care_team_answers_by_itself(small: Mock, parent: httpx.AsyncClient) -> None:
    for _ in range(8):
        await post(parent, "corrections", wrong())
    small.clock.set(small.clock.now() + 8 * DAY)
    async with client_of(small, token_for(small, SPONSOR)) as client:
        rows = await told(client)
    assert all(one["state"] in ("amended", "clarified", "declined") and one["note"] for one in rows)


@pytest.mark.rule("REC-7", "FAM-3", "FAM-8")
@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"entry": "Observation/nothing"}, (404, "FAM-8", "")),
        ({"entry": f"Observation/Observation-{SPONSOR}"}, (404, "FAM-8", "")),
        ({"entry": "Medication/Medication-1"}, (404, "FAM-8", "")),
        ({"entry": "nonsense"}, (422, "", "invalid")),
        ({"category": "other"}, (422, "", "invalid")),
    ],
)
async def test_only_an_entry_of_this_record_is_corrected(
    parent: httpx.AsyncClient, change: dict[str, str], answer: tuple[int, str, str]
) -> None:
    before = await listed(parent)
    for path in ("corrections", "corrections/preview"):
        assert refusal(await post(parent, path, wrong(**change))) == answer
    assert await listed(parent) == before


@pytest.mark.rule("FAM-3")
async def test_what_is_withheld_of_a_teenager_is_not_corrected_either(parent: httpx.AsyncClient) -> None:
    for entry in (f"Observation/Observation-{TEEN}", "Observation/nothing"):
        assert refusal(await post(parent, "corrections", wrong(TEEN, entry=entry)))[2] == "restricted-teen"


@pytest.mark.rule("REC-7")
async def test_a_correction_begins_a_conversation_of_its_own(parent: httpx.AsyncClient) -> None:
    thread = (await post(parent, "messages", message())).json()["thread"]
    for path in ("corrections", "corrections/preview", "corrections"):
        assert (await post(parent, path, wrong(thread=thread))).status_code in (400, 422)
    assert await told(parent) == []
    assert (await whole(parent, thread)).get("correction") is None
