"""Who is signed in to the app: opening it for them, telling what limits them, and signing out."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from textual.app import App

from genesis_tui.app.idle_lock import IdleLock
from genesis_tui.app.navigation import SIGN_IN, SUPPORT, Navigation
from genesis_tui.app.pending import PendingActs
from genesis_tui.app.status import StatusMessages
from genesis_tui.app.type_ahead import TypeAhead
from genesis_tui.models.base.errors import ApiError, SignedOut
from genesis_tui.screens.base import places
from genesis_tui.widgets.frame.status import Status

if TYPE_CHECKING:
    from textual.worker import Worker

    from genesis_tui.app.compose import Composer
    from genesis_tui.models.sign_in import SignedIn
    from genesis_tui.screens.base.place import Framed
    from genesis_tui.session.portal import Portal

SECONDS_TO_SIGN_OUT = 2.0
"""How long leaving the program may wait for the server."""
NOT_TOLD = "You are signed out here, but the server could not be told. There the sign-in ends by itself."
FAR = timedelta(minutes=2)
"""Beyond it a clock that is wrong is worth telling."""


@dataclass(eq=False)
class UserSession:
    """One person at a time, from entering to signing out; a lock in between ends nothing here."""

    app: App[int]
    portal: "Portal"
    status: StatusMessages
    type_ahead: TypeAhead
    navigation: Navigation
    idle_lock: IdleLock
    pending: PendingActs
    composer: "Callable[[], Composer]"
    ahead: timedelta = timedelta()
    """How far the server's clock was ahead of this computer's at sign-in."""

    def local(self, at: datetime) -> datetime:
        """An instant in the zone of the person signed in; in the computer's own before that."""
        from genesis_tui.models.base.dates import in_zone

        return in_zone(at, self.portal.sign_in.me.zone if self.portal.sign_in.me else "")

    def now(self) -> datetime:
        """The server's time at sign-in and what has passed since, in the zone of the person signed in."""
        return self.local(datetime.now(UTC) + self.ahead)

    async def enter(self, me: "SignedIn") -> None:
        """Open the app for the person who signed in; a support agent gets a page of their own (SUP-5)."""
        from_outside = self.app.current_mode == SIGN_IN
        with self.type_ahead.deaf() if from_outside else nullcontext(), self.type_ahead.opening():
            if from_outside:
                self.navigation.pop_to_base()
            await self._enter(me)
            if from_outside:
                self.type_ahead.arrived()

    async def _enter(self, me: "SignedIn") -> None:
        self.status.clear()
        self.ahead = me.server_now - datetime.now(UTC)
        if await self.idle_lock.unlocked(me):
            self.pending.go_on_writing()
            await self.composer().reopen()
            return
        self.composer().forget()
        self.idle_lock.watch_over(me)
        if me.role == "support":
            self.app.switch_mode(SUPPORT)
            return
        family = self.navigation.people = await self.portal.family.load()
        if family.people and not self.portal.connection.has_portal:
            self.navigation.open_record(family.people[0])
        else:
            self.navigation.go(self.navigation.start)
        self._tell_limits(me)
        self.pending.go_on_writing()

    def _tell_limits(self, me: "SignedIn") -> None:
        """ID-5: what a Basic sign-in opens; SUP-6: outages, with what still works."""
        from genesis_tui.session.family import NO_SIGN_IN, OPEN

        people = self.navigation.people.people if self.navigation.people else ()
        notes = [Status(o.title, f"{o.detail} {o.still_works}".strip(), "pending") for o in me.outages]
        if skew := self._skew_words():
            notes.append(Status("Clock.", skew, "pending"))
        if any(c.rule == "ID-5" for p in people[:1] for c in p.can):
            opened = [p.name for p in (*places.PLACES, places.PATIENT) if p.action and people[0].may(p.action).allowed]
            text = f"It opens {', '.join(opened)}; p, then P makes it Premium and opens the rest."
            notes.append(Status(f"{me.level} sign-in.", text, "pending"))
        self.status.show(tuple(notes))
        if not notes and self.portal.sign_in.keeps and me.method not in (OPEN, NO_SIGN_IN):
            self.status.say("Signed in.", f"Kept in {self.portal.sign_in.saved.where}.")

    def _skew_words(self) -> str:
        """How far this computer's clock is wrong, where that is worth telling."""
        skew = self.portal.sign_in.skew
        if abs(skew) < FAR:
            return ""
        minutes = round(abs(skew).total_seconds() / 60)
        side = "behind" if skew > timedelta() else "ahead of"
        return f"This computer's clock is {minutes} minutes {side} the server's. Times here follow the server."

    def sign_out(self) -> "Worker[None]":
        """Remove every screen that showed something of the person, forget them here, then revoke the sign-in."""
        return self.app.run_worker(self._sign_out, group="sign-out", exclusive=True)

    def ask_and_sign_out(self) -> "Worker[None]":
        """The same, once the person knows what would be lost."""
        return self.app.run_worker(self._ask_and_sign_out, group="sign-out", exclusive=True)

    async def _ask_and_sign_out(self) -> None:
        if self.pending.may_sign_out():
            await self._sign_out()

    async def _sign_out(self) -> None:
        self.composer().keep()
        self.idle_lock.stop_watching()
        self.navigation.pop_to_base()
        self.portal.leave()
        self.navigation.people = None
        self.status.sign_in_over()
        self.app.switch_mode(SIGN_IN)
        await self.navigation.remove_places(list(self.navigation.opened))
        self.composer().forget()
        try:
            await self.portal.sign_in.out()
        except ApiError as error:
            if not isinstance(error, SignedOut):
                self.status.report(error)
        if hasattr(self.app.screen, "refresh_frame"):
            cast("Framed", self.app.screen).refresh_frame()

    async def farewell(self) -> str:
        """The program ends: whether the person stays signed in, in words; empty where nobody was signed in."""
        from genesis_tui.models.base.dates import time_on_day

        me = self.portal.sign_in.me
        try:
            stays = await asyncio.wait_for(self.portal.sign_in.leave(), SECONDS_TO_SIGN_OUT)
        except (ApiError, TimeoutError):
            return NOT_TOLD
        if not stays or me is None:
            return "" if stays is None else "You are signed out."
        until = f" until {time_on_day(self.local(me.ends))}" if me.ends is not None else ""
        return (
            f"You stay signed in{until}, kept in {self.portal.sign_in.saved.where}.\n"
            f"The app asks you to sign in again after {me.idle_minutes} minutes away. To sign out: genesis-tui logout"
        )

    def ended(self) -> None:
        """The server has ended the sign-in: whoever is not signing in already is signed out here too."""
        if self.app.current_mode != SIGN_IN:
            self.sign_out()

    def refresh(self) -> "Worker[None]":
        """Ask again who is signed in and what is open to them; the places begin anew."""
        return self.app.run_worker(self._refresh, group="person", exclusive=True)

    async def _refresh(self) -> None:
        try:
            await self.enter(await self.portal.sign_in.ask_again())
        except ApiError as error:
            self.status.report(error)
        else:
            opened = self.navigation.opened
            await self.navigation.remove_places([mode for mode in opened if mode != self.app.current_mode])
            self.status.say("Premium.", "All of your record is open now.")
