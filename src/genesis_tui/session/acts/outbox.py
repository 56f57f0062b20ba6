"""Messages on their way: the intent is on the disk before the first byte leaves, and each is sent once (MSG-12).

No screen waits for it and none can cancel it. What it is not known of is asked for under its key, never sent blindly
again; what waited for longer than a day is sent only once its writer says so again. Of several processes of one person
one at a time works on a message, and each looks first whether another one has settled it.
"""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, ParamSpec, Protocol

from genesis_tui.models.acts import ActStage, Outgoing
from genesis_tui.models.base.errors import ApiError, Refused, SignedOut
from genesis_tui.models.messages.drafts import Draft, DraftFile
from genesis_tui.store.messages import outgoing_bytes, outgoing_of

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.messages.drafts import PortalDrafts
    from genesis_tui.store.vault import Vault

P = ParamSpec("P")
_OUT = "out-"
ASK_AFTER = timedelta(hours=24)
REMEMBERED = timedelta(days=6, hours=12)
"""The server keeps what became of a key for 7 days; half a day is left for clocks that differ."""
PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds between tries while nothing gets through; the last goes on."""
_AGAIN = frozenset({"in-flight"})
_WAITING = (ActStage.QUEUED, ActStage.SENDING, ActStage.UNKNOWN)


class SentFiles(Protocol):
    """The files of drafts, as far as sending needs them."""

    async def upload(self, draft: Draft, known: Iterable[DraftFile] = ()) -> None:
        """Give the server the files of a draft that it does not have."""

    def drop(self, files: Iterable[DraftFile]) -> None:
        """Remove the copies of files that were sent."""


class DraftStore(Protocol):
    """The drafts that messages are made from, and that they become again where they are not sent."""

    @property
    def files(self) -> SentFiles:
        """The files that go with drafts."""

    def kept(self) -> tuple[Draft, ...]:
        """Everything on this disk."""

    def drop_here(self, draft: Draft) -> None:
        """Remove a draft that an earlier session began to send."""

    async def take_out(self, draft: Draft) -> None:
        """Remove a draft that is to be sent."""

    async def bring_back(self, draft: Draft) -> Draft:
        """Make a message a draft again."""


class Outbox:
    """The messages of one person on one server that are not known to have arrived, and those of this session."""

    def __init__(self, shelf: "Vault", api: "PortalDrafts", drafts: DraftStore) -> None:
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
        self._ending: asyncio.Task[None] | None = None
        self.unopened = 0
        """How many messages of an earlier session are there that do not open here; they are left alone."""
        for name in shelf.names():
            if name.startswith(_OUT):
                self._load(name)

    def _load(self, name: str) -> None:
        try:
            with self._shelf.hold(name) as mine:
                self._read(name, mine=mine)
        except OSError:
            self._read(name, mine=False)

    def _read(self, name: str, *, mine: bool) -> None:
        """What another process works on may become a draft again at any moment, so that is not dropped."""
        item = outgoing_of(self._shelf.read(name))
        if item is not None:
            self._items[item.key] = item
            if mine:
                self._drafts.drop_here(item.draft)
        elif name in self._shelf.names():  # no other process settled it just now
            self.unopened += 1

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
        item = Outgoing(str(uuid.uuid4()), draft, ActStage.QUEUED, self.clock())
        try:
            await self._keep(item)
        except OSError as error:
            why = error.strerror or "the disk does not take it"
            raise ApiError(f"Nothing was sent: {why}.", next="It is still a draft.", reason="not-written") from None
        await self._drafts.take_out(draft)
        self._wake.set()
        return item

    async def again(self, key: str) -> None:
        """The person still wants what waited for more than a day.

        Raises:
            ApiError: it is on its way no more, or it is being sent at this moment.
        """
        with self._alone(key):
            item = await self._still_here(key)
            if item is not None:
                stage = ActStage.UNKNOWN if item.tried else ActStage.QUEUED
                await self._keep(replace(item, asked=self.clock(), stage=stage, why=""))
        self._wake.set()

    async def take_back(self, key: str) -> Draft | None:
        """A draft again, where it is certain that the server never got it; None where it is not.

        Raises:
            ApiError: that can't be found out, or it is being sent at this moment.
        """
        await self._ended()
        with self._alone(key):
            self._held.add(key)
            try:
                item = await self._still_here(key)
                return await self._taken_back(item) if item is not None else self._draft_again(key)
            finally:
                self._held.discard(key)
                self._wake.set()

    async def _taken_back(self, item: Outgoing) -> Draft | None:
        draft = item.draft
        try:
            if item.tried is not None and await self._became_of(item, item.tried) is not None:
                return None
        except Refused as refused:
            if refused.reason in _AGAIN:
                raise
            draft = replace(draft, refused=_words(refused))
        draft = await self._drafts.bring_back(draft)
        await _to_the_end(self._shelf.remove, f"{_OUT}{item.key}")
        del self._items[item.key]
        return draft

    def _draft_again(self, key: str) -> Draft | None:
        """What another process made a draft; None where it sent it. Raises ApiError where that is not known."""
        item = self._item(key)
        return item.draft if item.stage is ActStage.REFUSED else None

    def _item(self, key: str) -> Outgoing:
        if key not in self._items:
            raise ApiError("The message is not on its way any more.", next="Look for it in Sent and in Drafts.")
        return self._items[key]

    def start(self) -> None:
        """Send what waits, now and whenever something is added, until `close`."""
        if self._task is None:
            self._wake.set()
            self._task = asyncio.create_task(self._run())

    async def settled(self, key: str, seconds: float) -> Outgoing:
        """The message once it is sent or refused, or as it is after so many seconds."""
        item = self._items[key]
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while key in self._items and self._items[key].stage in _WAITING:
                    item = self._items[key]
                    self._changed.clear()
                    await self._changed.wait()
        return self._items.get(key, item)

    def stop(self) -> None:
        """Send nothing more; what was under way is asked for the next time."""
        task, self._task, self._on_its_way = self._task, None, ""
        if task is not None:
            task.cancel()
            self._ending = task

    async def close(self) -> None:
        """The same, and wait until nothing is under way."""
        self.stop()
        await self._ended()

    async def _ended(self) -> None:
        """Until nothing is under way of what was stopped."""
        if self._ending is not None:
            await asyncio.wait([self._ending])

    # on the way

    async def _run(self) -> None:
        me = asyncio.current_task()
        while self._task is me:
            await self._wake.wait()
            self._wake.clear()
            for pause in self._pauses():
                if not await self._round() or self._task is not me:
                    break
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._wake.wait()
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
                if not await self._try(key):
                    return False
            finally:
                self._on_its_way = ""
        return any(one.stage in _WAITING for one in self._items.values())

    async def _try(self, key: str) -> bool:
        """Try one, unless another process does; False where nobody is signed in. Nothing of one stops the others."""
        try:
            with self._shelf.hold(f"{_OUT}{key}") as mine:
                error = await self._carried(key) if mine else None
                if error is not None:
                    await self._say(key, error)
        except Exception:  # it is tried again, from what is on the disk
            return True
        return not isinstance(error, SignedOut)

    async def _carried(self, key: str) -> ApiError | OSError | None:
        """What kept it from being sent, if anything did."""
        try:
            item = await self._still_here(key)
            if item is not None:
                await self._deliver(item)
        except (ApiError, OSError) as error:
            return error
        except Exception:  # what it says may hold words of the message
            return ApiError("Something in this app went wrong.")
        return None

    async def _deliver(self, item: Outgoing) -> None:
        try:
            if item.tried is not None:
                found = await self._became_of(item, item.tried)
                if found is not None:
                    await self._sent(item, *found)
                    return
                item = replace(item, tried=None)  # it is certain that it never arrived
            if self.clock() - item.asked > ASK_AFTER:
                await self._keep(replace(item, stage=ActStage.ASKS, why="It has waited for more than a day."))
                return
            await self._drafts.files.upload(item.draft)
            item = replace(item, stage=ActStage.SENDING, tried=self.clock(), why="")
            await self._keep(item)
            await self._sent(item, *await self._api.send(item.draft, item.key))
        except Refused as refused:
            if refused.reason in _AGAIN:
                raise
            await self._refused(item, refused)
        except _Forgotten as forgotten:
            await self._refused(item, forgotten)

    async def _became_of(self, item: Outgoing, tried: datetime) -> tuple[str, date | None] | None:
        """As the server says; None only where that is certain.

        Raises:
            _Forgotten: the server would not know of it any more.
        """
        found = await self._api.became_of(item.key)
        if found is None and self.clock() - tried > REMEMBERED:
            words = "The server does not remember any more whether this arrived."
            raise _Forgotten(words, next="Look for it in Sent before you send it again.", reason="forgotten")
        return found

    # other processes

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """Nothing else works on it meanwhile. Raises ApiError where something does."""
        busy = ApiError("The message is being sent right now.", next="Try again in a moment.", reason="in-flight")
        if key == self._on_its_way or key in self._held:
            raise busy
        try:
            with self._shelf.hold(f"{_OUT}{key}") as mine:
                if not mine:
                    raise busy
                yield
        except OSError as error:
            why = error.strerror or "the disk does not take it"
            raise ApiError(f"Nothing was changed: {why}.", reason="not-written") from None

    async def _still_here(self, key: str) -> Outgoing | None:
        """As it is on the disk now, where another process may have tried it; None where that one has settled it."""
        item, name = self._item(key), f"{_OUT}{key}"
        content = await asyncio.to_thread(self._shelf.read, name)
        if content is None and name not in await asyncio.to_thread(self._shelf.names):
            await self._settled_elsewhere(item)
            return None
        self._items[key] = item = outgoing_of(content) or item
        return item

    async def _settled_elsewhere(self, item: Outgoing) -> None:
        """Another process sent it, or made it a draft again; one that it is not known of is on its way no more."""
        done, found = replace(item, why=""), None
        kept = next((one for one in await asyncio.to_thread(self._drafts.kept) if one.id == item.draft.id), None)
        with suppress(ApiError):
            if kept is not None:
                kept = await self._drafts.bring_back(kept)
            else:
                found = await self._api.became_of(item.key)
        if kept is not None:
            why = kept.refused or "It was made a draft again elsewhere."
            self._items[item.key] = done = replace(item, draft=kept, stage=ActStage.REFUSED, why=why)
        elif found is not None:
            self._items[item.key] = done = replace(done, stage=ActStage.SENT, thread_id=found[0], due=found[1])
        else:
            del self._items[item.key]
        self._tell(done)

    # steps of one

    async def _sent(self, item: Outgoing, thread_id: str, due: date | None) -> None:
        await asyncio.to_thread(self._drafts.files.drop, item.draft.files)
        await _to_the_end(self._shelf.remove, f"{_OUT}{item.key}")
        self._items[item.key] = done = replace(item, stage=ActStage.SENT, why="", due=due, thread_id=thread_id)
        self._tell(done)

    async def _refused(self, item: Outgoing, refused: ApiError) -> None:
        """It is a draft again, with the server's words."""
        why = _words(refused)
        await self._drafts.bring_back(replace(item.draft, refused=why))
        await _to_the_end(self._shelf.remove, f"{_OUT}{item.key}")
        self._items[item.key] = done = replace(item, stage=ActStage.REFUSED, why=why)
        self._tell(done)

    async def _say(self, key: str, error: ApiError | OSError) -> None:
        """It goes on waiting, and says why."""
        item = self._items.get(key)
        if item is None or item.stage not in _WAITING:
            return
        stage = ActStage.UNKNOWN if item.tried is not None else ActStage.QUEUED
        why = error.title if isinstance(error, ApiError) else error.strerror or ""
        if (stage, why) != (item.stage, item.why):
            with suppress(OSError):
                await self._keep(replace(item, stage=stage, why=why))

    async def _keep(self, item: Outgoing) -> None:
        await _to_the_end(self._shelf.write, f"{_OUT}{item.key}", outgoing_bytes(item))
        self._items[item.key] = item
        self._tell(item)

    def _tell(self, item: Outgoing) -> None:
        self._changed.set()
        self.heard(item)


class _Forgotten(ApiError):
    """Nobody knows any more whether it arrived."""


def _words(error: ApiError) -> str:
    return " ".join(part for part in (error.title, error.next) if part)


async def _to_the_end(act: Callable[P, object], *args: P.args, **named: P.kwargs) -> None:
    """On a thread; what is begun is done before this is left, cancelled or not."""
    doing = asyncio.ensure_future(asyncio.to_thread(act, *args, **named))
    try:
        await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait([doing])
        raise
