"""What is told of messages on their way: to whom and about whom, what asks, what does not open (MSG-12, FAM-9)."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from genesis_tui.models.acts import ActStage
from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.session.messages.messaging import Messaging
from tests.screens.signed_in import Session
from tests.screens.writing_app import Write, link, own_places, write
from tests.session.faulty_link import FaultyLink

__all__ = ["link", "own_places", "write"]


async def about_maya(app: Session) -> tuple[Messaging, Draft]:
    """The sponsor's post, and a message about a child that every rule lets go."""
    post = await app.app.portal.messaging()
    post.outbox.pauses = (0.0, 0.0, 0.01)
    maya = (await app.app.portal.family.load()).find("maya")[0]
    clinic = (await post.recipients(maya.id, "")).rows[0]
    draft = post.drafts.begin(maya.id, maya.name)
    words = {"recipient_id": clinic.id, "recipient": clinic.name, "category": "other", "subject": "Iron"}
    return post, replace(draft, body="Is this too low?", **words)


def told(app: Session, lead: str, text: str = "") -> bool:
    return any(lead in note.lead and text in note.text for note in app.app.notes)


@pytest.mark.rule("FAM-9", "MSG-12")
async def test_it_is_told_whom_a_message_is_about(write: Write, link: FaultyLink) -> None:
    async with write() as app:
        post, draft = await about_maya(app)
        to = f"{draft.recipient} about {draft.patient_name}"
        link.down = True
        await post.send(draft)
        await app.until(lambda: told(app, f"Not sent yet to {to}: ", "goes out by itself, once"))
        link.down = False
        await app.until(lambda: told(app, f"Sent to {to}."))
        assert not told(app, "Not sent yet"), "it is sent"
        await post.send(replace(draft, id=draft.id[::-1][:8] + draft.id[8:], subject="x" * 51, patient_name="M\n\x1b"))
        await app.until(lambda: told(app, f"Not sent to {draft.recipient} about M ␛."))
        assert not post.outbox.unsent


@pytest.mark.rule("MSG-12")
async def test_what_asks_is_told_at_every_start_and_before_leaving(write: Write) -> None:
    async with write() as app:
        post, draft = await about_maya(app)
        usual = post.outbox.clock
        await post.outbox.close()
        item = await post.send(draft)
        post.outbox.clock = lambda: usual() + timedelta(hours=25)
        post.outbox.start()
        assert (await post.outbox.settled(item.key, 5)).stage is ActStage.ASKS
        assert told(app, f"about {draft.patient_name} waited for more than a day.")
        for _ in range(2):
            app.app.clear_notes()
            app.app.portal.stop_messaging()
            app.app.pending.go_on_writing()
            await app.until(lambda: told(app, "1 message waited for more than a day.", "until you say so"))
        app.app.clear_notes()
        assert app.app.pending.may_leave() is False
        assert told(app, "1 message is not sent yet.", "Quit again to leave; it is not sent before you say so")


async def test_what_does_not_open_is_told(write: Write) -> None:
    async with write() as app:
        post, draft = await about_maya(app)
        await post.drafts.keep(draft)
        post.outbox.unopened = 1
        app.app.pending.go_on_writing()
        await app.until(lambda: told(app, "1 message kept on this computer can't be opened."))
        assert told(app, "1 draft is not sent yet.", "See Drafts in the Inbox.")
        assert "✓ 1 draft" not in app.text, "it is no success"


@pytest.mark.rule("MSG-12")
async def test_what_was_not_known_of_an_act_is_told_once_it_is(write: Write, link: FaultyLink) -> None:
    whole = link._inner

    class LosesMoves(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await whole.handle_async_request(request)
            if request.url.path.endswith("/messages/move"):
                link.down = True
                raise httpx.ReadError("lost")
            return answer

    async with write() as app:
        post, _ = await about_maya(app)
        record = await app.app.portal.open((await app.app.portal.family.load()).find("maya")[0])
        thread = (await record.threads.load()).rows[0].id
        link._inner = LosesMoves()
        with pytest.raises(ApiError, match="not-known"):
            await record.threads.move([thread], "trash")
        assert not told(app, "Done.")
        link.down = False
        await app.until(lambda: told(app, "Done.", "moving a conversation"))
        assert not post.outbox.unknown
        assert thread in {row.id for row in (await record.threads.load("trash")).rows}
