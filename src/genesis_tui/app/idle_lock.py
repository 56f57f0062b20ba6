"""Locking the screen: by hand, after idle minutes, before suspending; and the end of a sign-in (SESS-2)."""

import asyncio
import time
from collections.abc import Callable
from math import ceil, inf
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType

from genesis_tui.app.navigation import SIGN_IN, Navigation
from genesis_tui.app.status import StatusMessages
from genesis_tui.models.base.errors import ApiError
from genesis_tui.session.base.elapsed import awake_or_asleep
from genesis_tui.widgets.frame.status import SIGN_IN as SIGN_IN_OVER

if TYPE_CHECKING:
    from textual.timer import Timer
    from textual.worker import Worker

    from genesis_tui.models.sign_in import SignedIn
    from genesis_tui.session.portal import Portal

_TOUCHES = (events.Key, events.Paste, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)

BETWEEN_LOOKS = 5.0
"""Seconds at most until it is seen that a computer has slept over the time."""
IDLE, END = "idle-lock", "sign-in-end"
"""What the two warnings are about."""


class IdleLock:
    """A sign-in does not outlive its person's absence. One timer, set anew only when it has run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "lock", "lock", show=False, priority=True, id="app.lock"),
        Binding("ctrl+z", "suspend", "suspend", show=False, id="app.suspend"),
    ]

    clock: Callable[[], float] = staticmethod(awake_or_asleep())
    """Seconds, for idle time; they pass while the computer sleeps, too. Tests move it."""

    def __init__(
        self,
        app: App[int],
        portal: "Portal",
        status: StatusMessages,
        navigation: Navigation,
        sign_out: Callable[[], object],
        interrupt: Callable[[], object],
    ) -> None:
        """`sign_out` is called when the sign-in has ended by itself, `interrupt` before a lock closes anything."""
        self.app = app
        self.portal = portal
        self.status = status
        self.navigation = navigation
        self._sign_out = sign_out
        self._interrupt = interrupt
        self._touched = self.clock()
        self._ends = inf
        self._told: dict[str, int] = {}
        """Minutes that the warnings speak of, by what they are about."""
        self._watch: Timer | None = None
        self._locked_at = ""
        self._locked_as = ""

    @property
    def may_lock(self) -> bool:
        """There is something to lock only while somebody is signed in."""
        return self.portal.sign_in.me is not None and self.portal.sign_in.locked is None

    def notice(self, event: events.Event) -> bool:
        """Whoever types, clicks or scrolls is there; whether it came too late, and only locks or ends the sign-in."""
        if not isinstance(event, _TOUCHES):
            return False
        me = self.portal.sign_in.me
        if me is not None and self._watch is not None and self._due(me):
            self.look()
            return True
        self._touched = self.clock()
        self._stop_telling(IDLE)
        return False

    # watching

    def watch_over(self, me: "SignedIn") -> None:
        """From now on idle minutes lock, and the sign-in ends when it ends."""
        self.stop_watching()
        self._touched = self.clock()
        if me.ends is not None and not me.offline:
            self._ends = self._touched + (me.ends - me.server_now).total_seconds()
        self._look_again(BETWEEN_LOOKS)

    def stop_watching(self) -> None:
        """Nobody is signed in."""
        if self._watch is not None:
            self._watch.stop()
        self._watch, self._ends = None, inf
        for about in list(self._told):
            self._stop_telling(about)

    def look(self) -> None:
        """Lock, warn, and look again soon: a timer does not count the time that the computer sleeps."""
        me = self.portal.sign_in.me
        if me is None or self.portal.sign_in.locked is not None:
            return
        idle_left, left = self._touched + me.idle_minutes * 60.0 - self.clock(), self._ends - self.clock()
        if left <= 0:
            self._over()
        elif idle_left <= 0:
            self.lock()
        else:
            if self.portal.close_ended():
                self.navigation.access_ended()
            self.portal.sign_in.saved.active(time.time() - (self.clock() - self._touched))
            warning = me.idle_warning_minutes * 60.0
            self._warn(END, left, warning, "Your sign-in ends in", "Every sign-in ends after 12 hours.")
            first = idle_left if idle_left < left else inf  # no key keeps open what ends before it would lock
            self._warn(IDLE, first, warning, "This locks in", "Any key keeps it open.")
            self._look_again(min(left, idle_left))

    def _due(self, me: "SignedIn") -> bool:
        """Whether the time for locking, or for the end of the sign-in, has come."""
        now = self.clock()
        return self.may_lock and now >= min(self._touched + me.idle_minutes * 60.0, self._ends)

    def _look_again(self, seconds: float) -> None:
        if self._watch is not None:
            self._watch.stop()
        self._watch = self.app.set_timer(min(BETWEEN_LOOKS, max(0.05, seconds)), self.look)

    def _warn(self, about: str, left: float, warning: float, lead: str, text: str) -> None:
        """From the warning's time on, what is coming stands on the screen; the minutes in it go down."""
        if left > warning:
            self._stop_telling(about)
            return
        minutes = ceil(left / 60)
        if self._told.get(about) != minutes:
            self._told[about] = minutes
            self.status.stand(f"{lead} {minutes} minute{'s' if minutes > 1 else ''}.", text, about=about)

    def _stop_telling(self, about: str) -> None:
        if self._told.pop(about, None) is not None:
            self.status.unsay(about)

    def _over(self) -> None:
        """SESS-2: the sign-in has ended, whatever happens."""
        self.stop_watching()
        self.status.say(
            "Your sign-in has ended, as it does after 12 hours.", "Sign in again.", ok=False, about=SIGN_IN_OVER
        )
        self._sign_out()

    # locking

    def lock(self) -> "Worker[None]":
        """Take everything off the terminal, end the sign-in, and keep what is open for its person."""
        return self.app.run_worker(self._lock, group="lock", exclusive=True)

    async def suspend(self) -> None:
        """Lock first, so that nothing is on the terminal and nothing opens when the program comes back."""
        if self.may_lock:
            await self._lock()
        self.app.action_suspend_process()

    async def _lock(self) -> None:
        self._interrupt()
        if self.portal.offline.since is not None:
            self._sign_out()
            return
        locking = self.portal.sign_in.lock()
        self.navigation.pop_to_base()
        self._locked_at, self._locked_as = (
            self.app.current_mode,
            self.portal.sign_in.me.id if self.portal.sign_in.me else "",
        )
        self.status.clear()
        self.stop_watching()
        self.app.switch_mode(SIGN_IN)
        try:
            await asyncio.shield(locking)
        except ApiError as error:
            self.status.report(error)

    async def unlocked(self, me: "SignedIn") -> bool:
        """Whether the same person came back; then everything is as it was. Else the places of before are removed."""
        place, self._locked_at = self._locked_at, ""
        if not place:
            return False
        if self._locked_as == me.id and place in self.navigation.opened:
            self.watch_over(me)
            self.app.switch_mode(place)
            return True
        self.navigation.people = None
        await self.navigation.remove_places(list(self.navigation.opened))
        return False
