"""A person who types and sends, as the form does, until the process is killed: `python -m bench.soak.writer URL SEED`.

Each line on stdout is `what number count seconds`: `key` before a letter is typed, `kept` once the draft is said to be
kept, `sending`, `queued` once it is in the outbox, `sent` once it is said to be sent. Seconds are CLOCK_MONOTONIC.
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from random import Random
from typing import Any

from genesis_tui.models.acts import ActStage
from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.messages.drafts import Draft
from genesis_tui.session.messages.messaging import Messaging
from genesis_tui.session.portal import Portal
from genesis_tui.settings.settings import ServerProfile

SPONSOR = ("daniel.reyes", "Walnut-Harbor-2041-Daniel")
Work = Callable[[], Coroutine[Any, Any, None]]
ON_DISK = 0.4
"""Seconds, as in the form."""
ON_SERVER = 0.15
"""Shorter than in the form, so that the server is told often."""
_WORDS = ("the dose of iron", "was taken", "with food", "at noon", "and again", "late in the day", "so far")


def subject_of(seed: int, number: int) -> str:
    """What the message is called; none begins like another."""
    return f"Run {seed:05} message {number:03}"


def text_of(seed: int, number: int) -> str:
    """What is typed, letter by letter."""
    random = Random(f"{seed} {number}")
    return " ".join([subject_of(seed, number), *random.choices(_WORDS, k=random.randint(2, 16))])


class Writer:
    """Types one message after the other."""

    def __init__(self, post: Messaging, empty: Draft, seed: int) -> None:
        """`empty`: a draft with all but subject and body."""
        self._post = post
        self._empty = empty
        self._seed = seed
        self._random = Random(seed)
        self._number = 0
        self._draft = empty
        self._unsaved = False
        self._disk: asyncio.TimerHandle | None = None
        self._net: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def write(self, number: int) -> None:
        """One message, from the first letter until it is sent."""
        self._number, text = number, text_of(self._seed, number)
        new = self._post.drafts.begin(self._empty.patient_id, self._empty.patient_name)
        self._draft = replace(self._empty, id=new.id, subject=subject_of(self._seed, number))
        for count in range(1, len(text) + 1):
            tell("key", number, count)
            self._changed(replace(self._draft, body=text[:count]))
            pause = self._random.random()
            await asyncio.sleep(0.3 if pause < 0.01 else 0.012 * pause)
        self._keep_at_once()
        tell("sending", number, len(text))
        item = await self._post.send(self._draft)
        tell("queued", number, len(text))
        if (await self._post.outbox.settled(item.key, 20)).stage is ActStage.SENT:
            tell("sent", number, len(text))

    def _changed(self, draft: Draft) -> None:
        self._draft, self._unsaved = draft, True
        loop = asyncio.get_running_loop()
        if self._disk is None:
            self._disk = loop.call_later(ON_DISK, self._start, self._keep)
        if self._net is not None:
            self._net.cancel()
        self._net = loop.call_later(ON_SERVER, self._start, self._keep_on_server)

    def _start(self, work: Work) -> None:
        task = asyncio.ensure_future(work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep(self) -> None:
        self._disk = None
        if self._unsaved:
            self._unsaved = False
            self._take(self._number, await self._post.drafts.keep(self._draft))

    def _keep_at_once(self) -> None:
        if self._unsaved:
            self._unsaved = False
            self._take(self._number, self._post.drafts.keep_now(self._draft))

    async def _keep_on_server(self) -> None:
        number = self._number
        try:
            found = await self._post.drafts.keep_on_server(self._draft)
        except ApiError:
            return
        if isinstance(found, Draft) and found.saved is not None:
            self._take(number, found)

    def _take(self, number: int, kept: Draft) -> None:
        tell("kept", number, len(kept.body))
        if kept.id == self._draft.id:
            same = kept.same_words(self._draft)
            self._draft = kept if same else replace(self._draft, version=kept.version, saved=kept.saved)


def tell(what: str, number: int, count: int) -> None:
    """A line that is out of the process when this returns."""
    os.write(1, f"{what} {number} {count} {time.monotonic()}\n".encode())


async def main(url: str, seed: int) -> None:
    """Sign in, then write for ever."""
    portal = Portal(ServerProfile("writer", url))
    await portal.sign_in.by_password(*SPONSOR)
    post = await portal.messaging()
    me = next(person for person in (await portal.family.load()).people if person.relation == "you")
    to = next(row for row in (await post.recipients(me.id, "")).rows if row.send.allowed)
    empty = replace(post.drafts.begin(me.id, me.name), recipient_id=to.id, recipient=to.name, category="other")
    writer = Writer(post, empty, seed)
    for number in range(1000):
        await writer.write(number)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
