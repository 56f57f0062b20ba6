"""Locking the screen: by hand, after idle minutes, before suspending; and the end of a sign-in (SESS-2)."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType

from genesis_tui.app.navigation import SIGN_IN, Navigation
from genesis_tui.app.status import StatusMessages
from genesis_tui.models.base.errors import ApiError

if TYPE_CHECKING:
    from textual.timer import Timer
    from textual.worker import Worker

    from genesis_tui.models.sign_in import SignedIn
    from genesis_tui.session.portal import Portal

_TOUCHES = (events.Key, events.Paste, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)


class IdleLock:
    """A sign-in does not outlive its person's absence. One timer, set anew only when it has run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "lock", "lock", show=False, priority=True, id="app.lock"),
        Binding("ctrl+z", "suspend", "suspend", show=False, id="app.suspend"),
    ]

    clock: Callable[[], float] = staticmethod(time.monotonic)
    """Seconds, for idle time; tests move it."""

    def __init__(
        self,
        app: App[int],
        portal: "Portal",
        status: StatusMessages,
        navigation: Navigation,
        sign_out: Callable[[], object],
    ) -> None:
        """`sign_out` is called when the sign-in has ended by itself."""
        self.app = app
        self.portal = portal
        self.status = status
        self.navigation = navigation
        self._sign_out = sign_out
        self._touched = self.clock()
        self._watch: Timer | None = None
        self._last: Timer | None = None
        self._locked_at = ""
        self._locked_as = ""

    @property
    def may_lock(self) -> bool:
        """There is something to lock only while somebody is signed in."""
        return self.portal.sign_in.me is not None and self.portal.sign_in.locked is None

    def notice(self, event: events.Event) -> None:
        """Whoever types, clicks or scrolls is there."""
        if isinstance(event, _TOUCHES):
            self._touched = self.clock()

    # watching

    def watch_over(self, me: "SignedIn") -> None:
        """From now on idle minutes lock, and the sign-in ends when it ends."""
        self._touched = self.clock()
        self._look_again(timedelta(minutes=me.idle_minutes - me.idle_warning_minutes).total_seconds())
        if self._last is not None:
            self._last.stop()
            self._last = None
        if me.ends is not None and not me.offline:
            left = (me.ends - me.server_now).total_seconds()
            self._last = self.app.set_timer(max(1.0, left), self._over)

    def stop_watching(self) -> None:
        """Nobody is signed in."""
        for timer in (self._watch, self._last):
            if timer is not None:
                timer.stop()
        self._watch = self._last = None

    def _look_again(self, seconds: float) -> None:
        if self._watch is not None:
            self._watch.stop()
        self._watch = self.app.set_timer(max(0.05, seconds), self.look)

    def look(self) -> None:
        """Lock, warn, or look again when the next of the two could be due."""
        me = self.portal.sign_in.me
        if me is None or self.portal.sign_in.locked is not None:
            return
        idle, limit = self.clock() - self._touched, me.idle_minutes * 60.0
        warning = limit - me.idle_warning_minutes * 60.0
        if idle >= limit:
            self.lock()
        elif idle >= warning:
            minutes = max(1, round((limit - idle) / 60))
            self.status.say(f"This locks in {minutes} minute{'s' if minutes > 1 else ''}.", "Any key keeps it open.")
            self._look_again(limit - idle)
        else:
            self._look_again(warning - idle)

    def _over(self) -> None:
        """SESS-2: the sign-in has ended, whatever happens."""
        self.status.say("Your sign-in has ended, as it does after 12 hours.", "Sign in again.", ok=False)
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
        if self.portal.offline.since is not None:
            self._sign_out()
            return
        locking = self.app.run_worker(self.portal.sign_in.lock(), group="locking", exit_on_error=False)
        self.navigation.pop_to_base()
        self._locked_at, self._locked_as = (
            self.app.current_mode,
            self.portal.sign_in.me.id if self.portal.sign_in.me else "",
        )
        self.status.clear()
        self.stop_watching()
        self.app.switch_mode(SIGN_IN)
        try:
            await locking.wait()
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
