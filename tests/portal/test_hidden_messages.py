"""What a limited viewer does not see changes nothing of what they are told (FAM-3, FAM-8)."""

from datetime import timedelta

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.portal.writing import message, post, sent, whole
from tests.small_world import SPONSOR, TEEN, client_of, token_for


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
