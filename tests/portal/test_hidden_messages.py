"""What a limited viewer does not see changes nothing of what they are told (FAM-3, FAM-8)."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import insert

from genesis_tui.mock_backend.database.schema.messages import moved
from genesis_tui.mock_backend.mock import Mock
from tests.portal.writing import folders, listed, message, post, reply, sent, whole
from tests.small_world import (
    EXPIRED_PROXY,
    FULL_PROXY,
    GRANTER,
    LIMITED_PROXY,
    SPONSOR,
    SPOUSE,
    TEEN,
    client_of,
    token_for,
)


@pytest.mark.rule("FAM-3", "FAM-8", "MSG-10")
async def test_a_hidden_message_keeps_no_conversation_open(small: Mock, parent: httpx.AsyncClient) -> None:
    quiet = small.policy.message.model_copy(update={"staff_answers": False})
    small.policy = small.policy.model_copy(update={"message": quiet})
    thread = (await sent(parent, message(TEEN, body="From the parent.")))["thread"]
    small.clock.advance(timedelta(days=40))
    async with client_of(small, token_for(small, TEEN)) as teen:
        assert (
            await post(teen, "messages", {"patient": TEEN, "thread": thread, "body": "Private."})
        ).status_code == 201
    small.clock.advance(timedelta(days=10))
    async with client_of(small, token_for(small, SPONSOR)) as again:
        [can] = (await whole(again, thread))["can"]
        answer = await post(again, "messages", {"patient": TEEN, "thread": thread, "body": "Once more."})
    assert can["allowed"] is False
    assert (answer.status_code, answer.json()["reason"]) == (403, "reply-window-closed")


async def trash(client: httpx.AsyncClient, patient: str) -> None:
    body = {"patient": patient, "threads": [f"thread-{patient}"], "folder": "trash"}
    assert (await client.post("/portal/v1/messages/move", json=body)).status_code == 200


def in_trash(mock: Mock, patient: str) -> set[str]:
    """Who has the thread in which everybody wrote in Trash."""
    asked = f"SELECT viewer_id FROM moved WHERE folder = 'trash' AND thread_id = 'thread-{patient}'"
    with mock.database.begin() as conn:
        return {row.viewer_id for row in conn.exec_driver_sql(asked)}


@pytest.mark.rule("FAM-3", "FAM-8", "MSG-8")
async def test_a_hidden_message_brings_nothing_back_from_trash(small: Mock, parent: httpx.AsyncClient) -> None:
    await trash(parent, TEEN)
    before = await folders(parent, TEEN)
    async with client_of(small, token_for(small, TEEN)) as teen:
        await trash(teen, TEEN)
        await sent(teen, reply(TEEN))
        assert f"thread-{TEEN}" in await listed(teen, patient=TEEN), "the writer's own is back"
    assert f"thread-{TEEN}" in await listed(parent, "trash", TEEN)
    assert await folders(parent, TEEN) == before
    async with client_of(small, small.tester_token) as tester:
        answer = {"thread": f"thread-{TEEN}", "body": "To the teen alone."}
        assert (await tester.post("/mock/v1/staff/messages", json=answer)).status_code == 201
    assert await folders(parent, TEEN) == before, "nor does the answer to it"


@pytest.mark.rule("FAM-3", "FAM-5", "FAM-8")
@pytest.mark.parametrize(
    ("writer", "still"),
    [
        (GRANTER, {LIMITED_PROXY, EXPIRED_PROXY}),
        (FULL_PROXY, {LIMITED_PROXY, EXPIRED_PROXY}),
        (LIMITED_PROXY, {EXPIRED_PROXY}),
    ],
    ids=["the patient writes", "the full proxy writes", "the limited proxy writes"],
)
async def test_a_message_comes_back_to_whoever_sees_it(small: Mock, writer: str, still: set[str]) -> None:
    for viewer in (GRANTER, FULL_PROXY, LIMITED_PROXY):
        async with client_of(small, token_for(small, viewer)) as client:
            await trash(client, GRANTER)
    with small.database.begin() as conn:
        where = {"thread_id": f"thread-{GRANTER}", "patient_id": GRANTER, "folder": "trash"}
        conn.execute(insert(moved).values(viewer_id=EXPIRED_PROXY, **where))
    async with client_of(small, token_for(small, writer)) as client:
        await sent(client, reply(GRANTER))
    assert in_trash(small, GRANTER) == still


@pytest.mark.rule("FAM-3", "FAM-8")
async def test_a_clinics_own_answer_comes_back_to_whoever_sees_it(small: Mock, parent: httpx.AsyncClient) -> None:
    async with client_of(small, token_for(small, SPOUSE)) as other:
        await sent(other, reply(TEEN))
        await trash(other, TEEN)
    await trash(parent, TEEN)
    small.clock.advance(timedelta(days=7))
    async with client_of(small, token_for(small, SPONSOR)) as again:
        assert f"thread-{TEEN}" in await listed(again, "trash", TEEN)
    assert in_trash(small, TEEN) == {SPONSOR}, "it was to the other parent"
