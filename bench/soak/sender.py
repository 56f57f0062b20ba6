"""One of the processes that send: `python -m bench.soak.sender URL LINK NAME FIRST COUNT`.

It goes on where the one before it was killed. A line on stdout is `kept n` once a message is on the disk, `sent n` once
it is said to be sent, `refused n`, or `done`.
"""

import asyncio
import sys
from dataclasses import replace

import httpx

from bench.soak.writer import SPONSOR
from genesis_tui.models.acts import ActStage, Outgoing
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.session.messages.messaging import Messaging
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile

AT_ONCE = 20
"""Messages on their way at a time."""
FAULTY = ("/portal/v1/messages", "/portal/v1/requests/", "/portal/v1/drafts")
"""What goes wrong."""
PATIENCE = 0.5
"""Seconds until an answer takes too long."""
PAUSES = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)
"""A tenth of what they are for people."""


class Impatient(httpx.AsyncHTTPTransport):
    """Over the link, and with less patience than a person has."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request; what a process begins with takes the time that it takes."""
        if request.url.path.startswith(FAULTY):
            request.extensions["timeout"]["read"] = PATIENCE
        return await super().handle_async_request(request)


class Sender:
    """Sends messages that are told apart by their numbers."""

    def __init__(self, post: Messaging, empty: Draft, name: str) -> None:
        """`empty`: a draft with all but subject and body; `name` begins the subject."""
        self._post = post
        self._empty = empty
        self._name = name
        self._room = asyncio.Semaphore(AT_ONCE)
        self._waits: set[asyncio.Task[None]] = set()

    async def all(self, first: int, count: int) -> None:
        """What was left, then from `first` on."""
        left = {item.draft.subject: item for item in self._post.outbox.unsent}
        for item in left.values():
            await self._wait(item)
        drafts = {draft.subject: draft for draft in self._post.drafts.kept()}
        for draft in drafts.values():
            await self._send(draft)
        for number in range(first, count):
            if not {subject := f"{self._name} {number}"} & {*left, *drafts}:
                new = self._post.drafts.begin(self._empty.patient_id, self._empty.patient_name)
                await self._send(replace(self._empty, id=new.id, subject=subject, body=f"Soak {subject}"))
        await asyncio.gather(*self._waits)

    async def _send(self, draft: Draft) -> None:
        kept = await self._post.drafts.keep(draft)
        _tell("kept", kept)
        await self._wait(await self._post.send(kept))

    async def _wait(self, item: Outgoing) -> None:
        await self._room.acquire()
        task = asyncio.create_task(self._settled(item))
        self._waits.add(task)
        task.add_done_callback(self._waits.discard)

    async def _settled(self, item: Outgoing) -> None:
        done = await self._post.outbox.settled(item.key, 3600)
        _tell("sent" if done.stage is ActStage.SENT else "refused", done.draft)
        self._room.release()


def _tell(what: str, draft: Draft) -> None:
    print(what, draft.subject.rpartition(" ")[2], flush=True)


async def main(url: str, link: str, name: str, first: int, count: int) -> None:
    """Sign in, send, end."""
    portal = Portal(ServerProfile("sender", url), transport=Impatient(proxy=link))
    await portal.sign_in.by_password(*SPONSOR)
    post = await portal.messaging()
    post.outbox.pauses = PAUSES
    me = next(person for person in (await portal.family.load()).people if person.relation == "you")
    to = next(row for row in (await post.recipients(me.id, "")).rows if row.send.allowed)
    empty = replace(post.drafts.begin(me.id, me.name), recipient_id=to.id, recipient=to.name, category="other")
    await Sender(post, empty, name).all(first, count)
    await portal.close()
    print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])))
