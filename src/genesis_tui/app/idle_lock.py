"""Locking the screen: by hand, after idle minutes, before suspending; and the end of a sign-in (SESS-2)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.binding import Binding, BindingType

from genesis_tui.app.navigation import SIGN_IN, Navigation
from genesis_tui.models.base.errors import ApiError

if TYPE_CHECKING:
    from textual.timer import Timer

    from genesis_tui.models.sign_in import SignedIn

FAR = timedelta(minutes=2)
"""Beyond it a clock that is wrong is worth telling."""
_TOUCHES = (events.Key, events.Paste, events.MouseDown, events.MouseScrollDown, events.MouseScrollUp)


class IdleLock(Navigation):
    """The app with a sign-in that does not outlive its person's absence. One timer, set anew only when it has run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "lock", "lock", show=False, priority=True, id="app.lock"),
        Binding("ctrl+z", "suspend", "suspend", show=False, id="app.suspend"),
    ]

    clock: Callable[[], float] = staticmethod(time.monotonic)
    """Seconds, for idle time; tests move it."""

    def __init__(self) -> None:
        super().__init__()
        self._touched = self.clock()
        self._watch: Timer | None = None
        self._last: Timer | None = None
        self._locked_at = ""
        self._locked_as = ""

    def say(self, lead: str, text: str = "", *, ok: bool = True, about: str = "") -> None:
        """Put words in the message line."""

    async def on_event(self, event: events.Event) -> None:
        """Note that somebody is there; nothing else happens for it."""
        if isinstance(event, _TOUCHES):
            self._touched = self.clock()
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to lock only while somebody is signed in."""
        if action == "lock":
            return self.portal.me is not None and self.portal.locked is None
        return super().check_action(action, parameters)

    # watching

    def watch_over(self, me: SignedIn) -> None:
        """From now on idle minutes lock, and the sign-in ends when it ends."""
        self._touched = self.clock()
        self._look_again(timedelta(minutes=me.idle_minutes - me.idle_warning_minutes).total_seconds())
        if self._last is not None:
            self._last.stop()
            self._last = None
        if me.ends is not None and not me.offline:
            left = (me.ends - me.server_now).total_seconds()
            self._last = self.set_timer(max(1.0, left), self._over)

    def stop_watching(self) -> None:
        """Nobody is signed in."""
        for timer in (self._watch, self._last):
            if timer is not None:
                timer.stop()
        self._watch = self._last = None

    def _look_again(self, seconds: float) -> None:
        if self._watch is not None:
            self._watch.stop()
        self._watch = self.set_timer(max(0.05, seconds), self.look)

    def look(self) -> None:
        """Lock, warn, or look again when the next of the two could be due."""
        me = self.portal.me
        if me is None or self.portal.locked is not None:
            return
        idle, limit = self.clock() - self._touched, me.idle_minutes * 60.0
        warning = limit - me.idle_warning_minutes * 60.0
        if idle >= limit:
            self.action_lock()
        elif idle >= warning:
            minutes = max(1, round((limit - idle) / 60))
            self.say(f"This locks in {minutes} minute{'s' if minutes > 1 else ''}.", "Any key keeps it open.")
            self._look_again(limit - idle)
        else:
            self._look_again(warning - idle)

    def _over(self) -> None:
        """SESS-2: the sign-in has ended, whatever happens."""
        self.say("Your sign-in has ended, as it does after 12 hours.", "Sign in again.", ok=False)
        self.run_worker(self.run_action("app.sign_out"))

    # locking

    @work(exclusive=True, group="lock")
    async def action_lock(self) -> None:
        """`ctrl+l`: take everything off the terminal, end the sign-in, and keep what is open for its person."""
        await self._lock()

    async def action_suspend(self) -> None:
        """`ctrl+z`: lock first, so that nothing is on the terminal and nothing opens when the program comes back."""
        if self.portal.me is not None and self.portal.locked is None:
            await self._lock()
        self.action_suspend_process()

    async def _lock(self) -> None:
        if self.portal.copying.since is not None:
            await self.run_action("app.sign_out")
            return
        locking = self.run_worker(self.portal.lock(), group="locking", exit_on_error=False)
        self.pop_to_base()
        self._locked_at, self._locked_as = self.current_mode, self.portal.me.id if self.portal.me else ""
        self.clear_notes()
        self.stop_watching()
        self.switch_mode(SIGN_IN)
        try:
            await locking.wait()
        except ApiError as error:
            self.report(error)

    async def unlocked(self, me: SignedIn) -> bool:
        """Whether the same person came back; then everything is as it was. Else the places of before are removed."""
        place, self._locked_at = self._locked_at, ""
        if not place:
            return False
        if self._locked_as == me.id and place in self._opened:
            self.watch_over(me)
            self.switch_mode(place)
            return True
        self.people = None
        await self.remove_places(list(self._opened))
        return False

    def skew_words(self) -> str:
        """How far this computer's clock is wrong, where that is worth telling."""
        skew = self.portal.skew
        if abs(skew) < FAR:
            return ""
        minutes = round(abs(skew).total_seconds() / 60)
        side = "behind" if skew > timedelta() else "ahead of"
        return f"This computer's clock is {minutes} minutes {side} the server's. Times here follow the server."
