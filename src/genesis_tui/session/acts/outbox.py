"""Acts on their way: the intent is on the disk before the first byte leaves, and each is done once (MSG-12).

No screen can cancel one. What is not known of it is asked for under its key, never sent blindly again. What may wait
for the network waits, and asks its writer where it waited for longer than a day; what may not is done now or is not
done. Of several processes of one person one at a time works on an act, and each looks first whether another one has
settled it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from genesis_tui.models.acts import Act, ActStage, Outgoing
from genesis_tui.models.base.errors import ApiError, DiskFault, Refused, SignedOut
from genesis_tui.session.acts.base.delivery import AGAIN, REMEMBERED, Delivery, words
from genesis_tui.session.acts.base.kind import AnyKind
from genesis_tui.session.acts.base.under_way import ActsUnderWay

if TYPE_CHECKING:
    from genesis_tui.store.vault import Vault

__all__ = ["ASK_AFTER", "PAUSES", "REMEMBERED", "Outbox"]

A = TypeVar("A", bound=Act)
ASK_AFTER = timedelta(hours=24)
PATIENCE = 15.0
"""Seconds that somebody waits for what is done now; after them it goes on by itself."""
PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds between tries while nothing gets through; the last goes on."""
_WAITING = (ActStage.QUEUED, ActStage.SENDING, ActStage.UNKNOWN)


Acts = Callable[[], Awaitable["Outbox"]]
"""Gives the outbox of whoever is signed in. Raises ApiError."""


class Outbox:
    """The acts of one person on one server that are not known to be done, and those of this session."""

    def __init__(self, shelf: "Vault") -> None:
        """Nothing is read before `open`, and nothing of an earlier session sent before `start`."""
        self.pauses: tuple[float, ...] = PAUSES
        self.unopened = 0
        """How many acts of an earlier session are there that do not open here; they are left alone."""
        self._under_way = ActsUnderWay(shelf)
        self._delivery = Delivery(self._under_way)
        self._busy: set[str] = set()
        """Keys that this process works on."""
        self._begun: set[str] = set()
        """Those of `do` whose first word is still to come."""
        self._free = asyncio.Event()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._now: set[asyncio.Task[ApiError | None]] = set()
        self._ending: set[asyncio.Task[object]] = set()

    def open(self, kinds: Iterable[AnyKind]) -> None:
        """Read what an earlier session left; `kinds` are all that there are."""
        self.unopened = self._under_way.open(kinds)

    @property
    def heard(self) -> Callable[[Act], None]:
        """Told each change of an act."""
        return self._under_way.heard

    @heard.setter
    def heard(self, hear: Callable[[Act], None]) -> None:
        self._under_way.heard = hear

    @property
    def clock(self) -> Callable[[], datetime]:
        """Says what time it is."""
        return self._under_way.clock

    @clock.setter
    def clock(self, clock: Callable[[], datetime]) -> None:
        self._under_way.clock = clock

    @property
    def acts(self) -> tuple[Act, ...]:
        """Everything of this session, oldest first, what was done and refused too."""
        return tuple(self._under_way.items.values())

    @property
    def receipts(self) -> tuple[Act, ...]:
        """What became of acts of earlier sessions, where the server does not tell of it."""
        return tuple(self._under_way.receipts.values())

    @property
    def items(self) -> tuple[Outgoing, ...]:
        """The messages among them."""
        return tuple(act for act in self._under_way.items.values() if isinstance(act, Outgoing))

    @property
    def unsent(self) -> tuple[Outgoing, ...]:
        """The messages that are not known to have arrived."""
        return tuple(item for item in self.items if item.unsent)

    @property
    def others(self) -> tuple[Act, ...]:
        """What is no message and may not wait for the network: what of it is not known, and what became of that."""
        acts = (act for act in self.acts if not isinstance(act, Outgoing))
        return tuple(act for act in acts if not self._under_way.kind(act).waits and act.key not in self._begun)

    @property
    def unknown(self) -> tuple[Act, ...]:
        """What else is not known to be done, though it was asked for."""
        return tuple(act for act in self.others if act.unsent)

    def named(self, act: Act) -> str:
        """What it is, for a sentence."""
        return self._under_way.kind(act).named(act)

    async def take(self, act: A) -> A:
        """Have it done, as soon as it can be. Raises ApiError where it can't be written down."""
        await self._write_down(act)
        self._wake.set()
        return act

    async def do(self, act: A) -> A:
        """Have it done now, with what the server answered. It goes to the end though nobody waits any more.

        Raises:
            Refused: the server's word.
            ApiError: it was not done; where it may wait, or where that is not known (reason `not-known`), it is still
                on its way.
        """
        self._busy.add(act.key)
        self._begun.add(act.key)
        try:
            await self._write_down(act)
        except BaseException:
            self._let_go(act.key)
            self._begun.discard(act.key)
            raise
        task = asyncio.create_task(self._done_now(act.key))
        self._now.add(task)
        task.add_done_callback(self._now.discard)
        await asyncio.wait([task], timeout=PATIENCE)
        if not task.done():
            self._begun.discard(act.key)
            self._doubted(act.key)
        return self._outcome(act, task.result() if task.done() and not task.cancelled() else None)

    async def hurry(self, kind: str) -> None:
        """Try what waits of a kind once, now. Raises ApiError where one goes on waiting."""
        for key in [act.key for act in self.acts if act.kind == kind and act.stage in _WAITING]:
            while key in self._busy:
                self._free.clear()
                await self._free.wait()
            if key in self._under_way.items and self._under_way.items[key].stage in _WAITING:
                self._busy.add(key)
                error = await self._done_now(key)
                if isinstance(error, ApiError):
                    raise error

    def _let_go(self, key: str) -> None:
        """This process works on it no more."""
        self._busy.discard(key)
        self._free.set()

    def _outcome(self, act: A, error: ApiError | None) -> A:
        """As it is now. Raises ApiError unless it is done."""
        known = self._under_way.items.get(act.key, act)
        assert isinstance(known, type(act))
        if not known.unsent:
            if known.stage is ActStage.REFUSED:
                raise self._delivery.why.pop(act.key, ApiError(known.why))
            return known
        if isinstance(error, ApiError) and (isinstance(error, SignedOut) or self._under_way.kind(act).waits):
            raise error
        raise ApiError(
            f"It is not known yet whether this was done: {self.named(act)}.",
            detail=error.title if isinstance(error, ApiError) else "",
            next="The app asks again by itself, and never does it twice.",
            reason="not-known",
        )

    async def _done_now(self, key: str) -> ApiError | None:
        """What stands in the way, if anything does."""
        try:
            with self._under_way.hold(key):
                error = await self._tried(key, now=True)
                act = self._under_way.items.get(key)
                if error is None or act is None or self._under_way.kind(act).waits:
                    return error
                if act.tried is None and isinstance(error, ApiError):
                    await self._delivery.not_done(act, error)
                elif not isinstance(error, SignedOut):
                    error = await self._asked_now(act, error)
            return error
        except DiskFault as fault:
            return fault
        finally:
            self._let_go(key)
            self._begun.discard(key)
            self._doubted(key)
            self._wake.set()

    def _doubted(self, key: str) -> None:
        """Nobody waits for it any more, so that what becomes of it must be told."""
        act = self._under_way.items.get(key)
        if act is not None and act in self.unknown:
            self._under_way.tell(act)

    async def _asked_now(self, act: Act, first: ApiError) -> ApiError | None:
        """What became of it; where it never arrived, it is not done, by the error that its sending met."""
        error = await self._tried(act.key, now=False)
        if error is None and self._delivery.why.get(act.key) is not None and isinstance(first, ApiError):
            known = self._delivery.why[act.key]
            self._delivery.why[act.key] = known if isinstance(known, Refused) else first
        return error

    async def _write_down(self, act: Act) -> None:
        try:
            await self._under_way.keep(act)
        except DiskFault as fault:
            fault.title = f"Nothing was sent: {fault.why}."
            fault.next = "It is still a draft." if isinstance(act, Outgoing) else ""
            raise
        with suppress(DiskFault):  # what is on its way goes on all the same
            await self._under_way.kind(act).begun(act)

    async def again(self, key: str) -> None:
        """The person still wants what waited for more than a day.

        Raises:
            ApiError: it is on its way no more, or it is being sent at this moment.
        """
        with self._alone(key):
            act = await self._still_here(key)
            if act is not None:
                stage = ActStage.UNKNOWN if act.tried else ActStage.QUEUED
                await self._under_way.keep(replace(act, asked=self.clock(), stage=stage, why=""))
        self._wake.set()

    async def take_back(self, key: str) -> Act | None:
        """Undone here, where it is certain that the server never got it; None where it is not.

        Raises:
            ApiError: that can't be found out, or it is being sent at this moment.
        """
        await self._ended()
        with self._alone(key):
            act = await self._still_here(key)
            taken = await self._taken_back(act) if act is not None else self._undone(key)
        self._wake.set()
        return taken

    async def _taken_back(self, act: Act) -> Act | None:
        why = ""
        try:
            if act.tried is not None and await self._delivery.became_of(act, act.tried) is not None:
                return None
        except Refused as refused:
            if refused.reason in AGAIN:
                raise
            why = words(refused)
        undone: Act = await self._under_way.kind(act).undo(replace(act, why=why))
        await self._under_way.forget(act)
        return undone

    def _undone(self, key: str) -> Act | None:
        """What another process undid; None where it did it. Raises ApiError where that is not known."""
        act = self._item(key)
        return act if act.stage is ActStage.REFUSED else None

    def _item(self, key: str) -> Act:
        if key not in self._under_way.items:
            raise ApiError("The message is no longer on its way.", next="Look for it in Sent and in Drafts.")
        return self._under_way.items[key]

    def start(self) -> None:
        """Send what waits, now and whenever something is added, until `close`."""
        if self._task is None:
            self._wake.set()
            self._task = asyncio.create_task(self._run())

    async def settled(self, key: str, seconds: float) -> Outgoing:
        """The message once it is sent or refused, or as it is after so many seconds."""
        item = await self.known(key, seconds)
        assert isinstance(item, Outgoing)
        return item

    async def known(self, key: str, seconds: float) -> Act:
        """The act once it is known what became of it, or as it is after so many seconds."""
        items = self._under_way.items
        act = items[key]
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while key in items and items[key].stage in _WAITING:
                    act = items[key]
                    self._under_way.changed.clear()
                    await self._under_way.changed.wait()
        return items.get(key, act)

    def stop(self) -> None:
        """Send nothing more; what was under way is asked for the next time."""
        task, self._task = self._task, None
        ending: set[asyncio.Task[object]] = {*self._now, *([task] if task is not None else [])}
        for one in ending:
            one.cancel()
        self._ending |= ending

    async def close(self) -> None:
        """The same, and wait until nothing is under way."""
        self.stop()
        await self._ended()

    async def _ended(self) -> None:
        """Until nothing is under way of what was stopped."""
        if self._ending:
            await asyncio.wait(self._ending)
            self._ending.clear()

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
        items = self._under_way.items
        for key in [key for key, one in items.items() if one.stage in _WAITING]:
            if key not in items or items[key].stage not in _WAITING or key in self._busy:
                continue  # settled meanwhile, or tried by somebody else
            self._busy.add(key)
            try:
                if not await self._try(key):
                    return False
            finally:
                self._let_go(key)
        return any(one.stage in _WAITING for one in items.values())

    async def _try(self, key: str) -> bool:
        """Try one, unless another process does; False where nobody is signed in. Nothing of one stops the others."""
        try:
            with self._under_way.hold(key) as mine:
                error = await self._tried(key, now=False) if mine else None
        except Exception:  # it is tried again, from what is on the disk
            return True
        return not isinstance(error, SignedOut)

    async def _tried(self, key: str, *, now: bool) -> ApiError | None:
        """What kept it from being settled, if anything did; that is told."""
        if key not in self._under_way.items or (act := await self._still_here(key)) is None:
            return None
        error = await self._delivery.carried(act, patience=ASK_AFTER, now=now)
        known = self._under_way.items.get(key)
        if error is not None and known is not None and known.stage in _WAITING:
            with suppress(DiskFault):
                await self._delivery.say(known, error)
        return error

    # other processes

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """Nothing else works on it meanwhile. Raises ApiError where something does."""
        busy = ApiError("The message is being sent right now.", next="Try again in a moment.", reason="in-flight")
        if key in self._busy:
            raise busy
        self._busy.add(key)
        try:
            with self._under_way.hold(key) as mine:
                if not mine:
                    raise busy
                yield
        except DiskFault as fault:
            fault.title, fault.next = f"Nothing was changed: {fault.why}.", ""
            raise
        finally:
            self._let_go(key)

    async def _still_here(self, key: str) -> Act | None:
        """As it is on the disk now, where another process may have tried it; None where that one has settled it."""
        act = self._item(key)
        newest = await self._under_way.newest(act)
        if newest is None:
            await self._delivery.settled_elsewhere(act)
        return newest
