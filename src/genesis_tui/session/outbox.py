"""Messages on their way: the intent is on the disk before the first byte leaves, and each is sent once (MSG-12).

No screen waits for it and none can cancel it. What it is not known of is asked for under its key, never sent blindly
again; what waited for longer than a day is sent only once its writer says so again.
"""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from genesis_tui.api_client.errors import ApiError, Refused, SignedOut
from genesis_tui.models.writing import Draft, Outgoing, Stage
from genesis_tui.session.paper import outgoing_bytes, outgoing_of

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.writing import WritingApi
    from genesis_tui.session.drafts import Drafts
    from genesis_tui.store.vault import Shelf

_OUT = "out-"
ASK_AFTER = timedelta(hours=24)
REMEMBERED = timedelta(days=6, hours=12)
"""The server keeps what became of a key for 7 days; half a day is left for clocks that differ."""
PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds between tries while nothing gets through; the last goes on."""
_AGAIN = frozenset({"in-flight"})
_WAITING = (Stage.QUEUED, Stage.SENDING, Stage.UNKNOWN)


class Outbox:
    """The messages of one person on one server that are not known to have arrived, and those of this session."""

    def __init__(self, shelf: "Shelf", api: "WritingApi", drafts: "Drafts") -> None:
        """On what an earlier session left; nothing is sent before `start`."""
        self.heard: Callable[[Outgoing], None] = lambda _: None
        """Told each change of a message."""
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.pauses: tuple[float, ...] = PAUSES
        self._shelf = shelf
        self._api = api
        self._drafts = drafts
        self._items: dict[str, Outgoing] = {}
        self._on_its_way = ""
        self._held: set[str] = set()
        self._wake = asyncio.Event()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        for name in shelf.names():
            item = outgoing_of(shelf.read(name)) if name.startswith(_OUT) else None
            if item is not None:
                self._items[item.key] = item
                drafts.drop_here(item.draft)

    @property
    def items(self) -> tuple[Outgoing, ...]:
        """Everything of this session, oldest first, what was sent and refused too."""
        return tuple(self._items.values())

    @property
    def unsent(self) -> tuple[Outgoing, ...]:
        """What is not known to have arrived."""
        return tuple(item for item in self._items.values() if item.unsent)

    async def send(self, draft: Draft) -> Outgoing:
        """Take a draft to be sent, as soon as it can be. It is no draft any more when this returns. Raises ApiError."""
        item = Outgoing(str(uuid.uuid4()), draft, Stage.QUEUED, self.clock())
        try:
            await self._keep(item)
        except OSError as error:
            why = error.strerror or "the disk does not take it"
            raise ApiError(f"Nothing was sent: {why}.", next="It is still a draft.", reason="not-written") from None
        await self._drafts.take_out(draft)
        self._wake.set()
        return item

    async def again(self, key: str) -> None:
        """The person still wants what waited for more than a day."""
        item = self._items[key]
        await self._keep(replace(item, asked=self.clock(), stage=Stage.UNKNOWN if item.tried else Stage.QUEUED))
        self._wake.set()

    async def take_back(self, key: str) -> Draft | None:
        """A draft again, where it is certain that the server never got it; None where it is not.

        Raises:
            ApiError: that can't be found out, or it is being sent at this moment.
        """
        if key == self._on_its_way:
            raise ApiError("The message is being sent right now.", next="Try again in a moment.", reason="in-flight")
        self._held.add(key)
        try:
            return await self._taken_back(self._items[key])
        finally:
            self._held.discard(key)
            self._wake.set()

    async def _taken_back(self, item: Outgoing) -> Draft | None:
        if item.tried is not None and await self._api.became_of(item.key) is not None:
            return None
        draft = await self._drafts.bring_back(item.draft)
        await asyncio.to_thread(self._shelf.remove, f"{_OUT}{item.key}")
        del self._items[item.key]
        return draft

    def start(self) -> None:
        """Send what waits, now and whenever something is added, until `close`."""
        if self._task is None:
            self._wake.set()
            self._task = asyncio.create_task(self._run())

    async def settled(self, key: str, seconds: float) -> Outgoing:
        """The message once it is sent or refused, or as it is after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._items[key].stage in _WAITING:
                    self._changed.clear()
                    await self._changed.wait()
        return self._items[key]

    def stop(self) -> None:
        """Send nothing more; what was under way is asked for the next time."""
        task, self._task, self._on_its_way = self._task, None, ""
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """The same, and wait until nothing is under way."""
        task = self._task
        self.stop()
        if task is not None:
            with suppress(asyncio.CancelledError):
                await task

    # on the way

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            for pause in self._pauses():
                if not await self._round():
                    break
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)
                    self._wake.clear()

    def _pauses(self) -> Iterator[float]:
        yield from self.pauses
        while True:
            yield self.pauses[-1]

    async def _round(self) -> bool:
        """Try everything that waits once; whether anything still does."""
        for key in [key for key, one in self._items.items() if one.stage in _WAITING]:
            if key not in self._items or key in self._held:
                continue
            self._on_its_way = key
            try:
                await self._deliver(self._items[key])
            except SignedOut as error:
                await self._say(self._items[key], error)
                return False
            except (ApiError, OSError) as error:
                await self._say(self._items[key], error)
            finally:
                self._on_its_way = ""
        return any(one.stage in _WAITING for one in self._items.values())

    async def _deliver(self, item: Outgoing) -> None:
        try:
            if item.tried is not None and await self._arrived(item):
                return
            if self.clock() - item.asked > ASK_AFTER:
                await self._keep(replace(item, stage=Stage.ASKS, why="It has waited for more than a day."))
                return
            await self._upload(item)
            item = replace(item, stage=Stage.SENDING, tried=item.tried or self.clock(), why="")
            await self._keep(item)
            await self._sent(item, *await self._api.send(item.draft, item.key))
        except Refused as refused:
            if refused.reason in _AGAIN:
                raise
            await self._refused(item, refused)

    async def _arrived(self, item: Outgoing) -> bool:
        """Ask what became of it: True where there is nothing left to do."""
        found = await self._api.became_of(item.key)
        if found is not None:
            await self._sent(item, *found)
            return True
        if item.tried is not None and self.clock() - item.tried > REMEMBERED:
            words = "The server does not remember any more whether this arrived."
            await self._refused(item, Refused(words, next="Look for it in Sent before you send it again."))
            return True
        return False

    async def _upload(self, item: Outgoing) -> None:
        for file in item.draft.files:
            body = await asyncio.to_thread(self._drafts.content, file)
            if body is not None:
                await self._api.upload(item.draft.patient_id, file, body)

    async def _sent(self, item: Outgoing, thread_id: str, due: date | None) -> None:
        await asyncio.to_thread(self._drafts.drop_files, item.draft.files)
        await asyncio.to_thread(self._shelf.remove, f"{_OUT}{item.key}")
        self._items[item.key] = done = replace(item, stage=Stage.SENT, why="", due=due, thread_id=thread_id)
        self._tell(done)

    async def _refused(self, item: Outgoing, refused: Refused) -> None:
        """It is a draft again, with the server's words."""
        why = " ".join(part for part in (refused.title, refused.next) if part)
        await self._drafts.bring_back(replace(item.draft, refused=why))
        await asyncio.to_thread(self._shelf.remove, f"{_OUT}{item.key}")
        self._items[item.key] = done = replace(item, stage=Stage.REFUSED, why=why)
        self._tell(done)

    async def _say(self, item: Outgoing, error: ApiError | OSError) -> None:
        """It goes on waiting, and says why."""
        stage = Stage.UNKNOWN if item.tried is not None else Stage.QUEUED
        why = error.title if isinstance(error, ApiError) else error.strerror or ""
        if (stage, why) != (item.stage, item.why):
            with suppress(OSError):
                await self._keep(replace(item, stage=stage, why=why))

    async def _keep(self, item: Outgoing) -> None:
        await asyncio.to_thread(self._shelf.write, f"{_OUT}{item.key}", outgoing_bytes(item))
        self._items[item.key] = item
        self._tell(item)

    def _tell(self, item: Outgoing) -> None:
        self._changed.set()
        self.heard(item)
