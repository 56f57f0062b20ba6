"""One act on its way: sent under its key, asked for where it is not known, done, refused, or not done."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from genesis_tui.models.acts import Act, ActStage
from genesis_tui.models.base.errors import NOT_SENT, ApiError, Refused
from genesis_tui.session.acts.base.under_way import ActsUnderWay

REMEMBERED = timedelta(days=6, hours=12)
"""The server keeps what became of a key for 7 days; half a day is left for clocks that differ."""
AGAIN = frozenset({"in-flight"})


class Delivery:
    """Tries acts, one at a time each."""

    def __init__(self, under_way: ActsUnderWay) -> None:
        self.why: dict[str, ApiError] = {}
        """Why each was not done that somebody waits for."""
        self._under_way = under_way

    async def carried(self, act: Act, *, patience: timedelta, now: bool) -> ApiError | None:
        """What kept it from being settled, if anything did.

        Args:
            act: as it is on the disk.
            patience: how long it may have waited where its kind asks then.
            now: the person asked for it just now.
        """
        try:
            await self._deliver(act, patience, now=now)
        except ApiError as error:
            return error
        except Exception:  # what it says may hold words of the act
            return ApiError("Something went wrong in this app.")
        return None

    async def _deliver(self, act: Act, patience: timedelta, *, now: bool) -> None:
        kind = self._under_way.kind(act)
        try:
            if act.tried is not None:
                found = await self.became_of(act, act.tried)
                if found is not None:
                    await self._done(act, found)
                    return
                act = replace(act, tried=None)  # it is certain that it never arrived
            if act.tried is None and not (kind.waits or now):
                await self.not_done(act, ApiError(f"{_first(kind.named(act))} was not done: it did not arrive."))
            elif kind.asks and self._under_way.clock() - act.asked > patience:
                await self._under_way.keep(replace(act, stage=ActStage.ASKS, why="It has waited for more than a day."))
            else:
                await self._send(act)
        except Refused as refused:
            if refused.reason in AGAIN:
                raise
            await self.not_done(act, refused)
        except Forgotten as forgotten:
            await self.not_done(act, forgotten)

    async def _send(self, act: Act) -> None:
        kind = self._under_way.kind(act)
        await kind.prepare(act)
        before = act.tried
        act = replace(act, stage=ActStage.SENDING, tried=before or self._under_way.clock(), why="")
        await self._under_way.keep(act)
        try:
            answer = await kind.send(act)
        except ApiError as error:
            if before is None and not kind.waits and error.reason == NOT_SENT:
                self._under_way.items[act.key] = replace(act, tried=None)
            raise
        await self._done(act, answer)

    async def became_of(self, act: Act, tried: datetime) -> Any:
        """As the server says; None only where it is certain that it never arrived.

        Raises:
            Forgotten: the server would not know of it any more.
        """
        found = await self._under_way.kind(act).became_of(act)
        if found is None and self._under_way.clock() - tried > REMEMBERED:
            words = "The server no longer remembers whether this arrived."
            raise Forgotten(words, next="Look for it in Sent before you send it again.", reason="forgotten")
        return found

    async def _done(self, act: Act, answer: Any) -> None:
        kind = self._under_way.kind(act)
        done = kind.done(act, answer)
        await kind.ended(done)
        await self._under_way.settle(replace(done, stage=ActStage.SENT, why=""))

    async def not_done(self, act: Act, error: ApiError) -> None:
        """Here everything is as before it was asked for, with the server's words."""
        why = words(error)
        self.why[act.key] = error
        undone = await self._under_way.kind(act).undo(replace(act, why=why))
        await self._under_way.settle(replace(undone, stage=ActStage.REFUSED, why=why))

    async def say(self, act: Act, error: ApiError) -> Act:
        """It goes on waiting, and says why."""
        stage = ActStage.UNKNOWN if act.tried is not None else ActStage.QUEUED
        if (stage, error.title) != (act.stage, act.why):
            act = replace(act, stage=stage, why=error.title)
            await self._under_way.keep(act)
        return act

    async def settled_elsewhere(self, act: Act) -> None:
        """Another process did or undid it; one of which nothing is known is on its way no more."""
        kind, found = self._under_way.kind(act), None
        undone = done = None
        try:
            undone = await kind.undone_elsewhere(act)
            found = await kind.became_of(act) if undone is None else None
        except ApiError:
            found = None
        if undone is not None:
            self._under_way.items[act.key] = done = replace(undone, stage=ActStage.REFUSED)
        elif found is not None:
            self._under_way.items[act.key] = done = replace(kind.done(act, found), stage=ActStage.SENT, why="")
        else:
            del self._under_way.items[act.key]
        self._under_way.tell(done or replace(act, why=""))


class Forgotten(ApiError):
    """Nobody knows any more whether it arrived."""


def words(error: ApiError) -> str:
    """Title and next step."""
    return " ".join(part for part in (error.title, error.next) if part)


def _first(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]
