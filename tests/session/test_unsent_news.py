"""What is not sent stands among a person's news as it is on this computer (MSG-9, MSG-12)."""

from dataclasses import replace

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.app import create_app
from genesis_tui.session.portal import Portal
from tests.session.faulty_link import FaultyLink
from tests.session.test_drafts import begun, person, writer


async def titles(portal: Portal, who: str = "maya") -> list[str]:
    """What is not sent of one person's news, in words."""
    news = await portal.home.news(await person(portal, who))
    keys = [item.key for item in news.items]
    assert len(keys) == len(set(keys))
    return [item.title for item in news.items if item.state == "not sent"]


@pytest.mark.rule("MSG-9")
async def test_a_draft_that_the_server_does_not_have(mock: Mock) -> None:
    link = FaultyLink(httpx.ASGITransport(create_app(mock)))
    async with writer(mock, link) as (portal, post):
        before = await titles(portal)
        kept = await post.drafts.keep(replace(await begun(portal, post), subject="Iron\u200c"))
        assert [one for one in await titles(portal) if one not in before] == ["To nobody yet: Iron"]
        await post.drafts.keep_on_server(kept)
        assert len(await titles(portal)) == len(before) + 1, "once, though both have it"
        assert not any("Iron" in one for one in await titles(portal, "leo"))
        await post.drafts.delete(kept)
        assert await titles(portal) == before


@pytest.mark.rule("MSG-12")
async def test_a_message_on_its_way_until_it_has_arrived(mock: Mock) -> None:
    link = FaultyLink(httpx.ASGITransport(create_app(mock)))
    async with writer(mock, link) as (portal, post):
        before = await titles(portal)
        clinic = (await post.recipients((await person(portal)).id, "")).rows[0]
        words = {"recipient_id": clinic.id, "recipient": clinic.name, "category": "other", "subject": "Iron"}
        kept = await post.drafts.keep(replace(await begun(portal, post), **words))
        await post.drafts.keep_on_server(kept)
        await post.outbox.close()
        item = await post.send(kept)
        assert [one for one in await titles(portal) if one not in before] == [f"To {clinic.name}: Iron"]
        post.outbox.start()
        await post.outbox.settled(item.key, 5)
        assert await titles(portal) == before
