"""Keys in their order: one that was pressed while another still opens something waits for that.

Textual gives a key to what has the focus when the key is read. What the key before it does happens later, so over a
slow line, or under fast hands, keys would go to a screen, or to a patient, that is being left.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.message import Message

from genesis_tui.widgets.screen_classes import DELIBERATE, UNASKED

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget

Typed = events.Key | events.Paste
_MOVES = frozenset({"up", "down", "pageup", "pagedown", "home", "end", "j", "k"})
"""Keys that leave the focus where it is."""
_ROUNDS = 2
"""The key itself is done with after the first; what it posted to its widget's screen, after the second."""
_LOST = 0.25
"""Seconds after which a `Passed` is not waited for any more: what it was sent to is gone."""
_STOP = 0.7
"""Seconds without a key in which whoever typed has seen what came."""
BURST = 0.12
"""Seconds at most between two keys that were struck together; whoever looks at what came needs longer for the next."""
_PATIENCE = 2.0
"""Seconds that keys wait for a screen. Then they are dropped: they were meant for it, and for nothing else."""


class Passed(Message):
    """Goes behind a key through the queues that the key goes through; back here, the key is done with."""

    def __init__(self, number: int = 0) -> None:
        super().__init__()
        self.number = number


class TypeAhead:
    """Hands on the events of an app, with keys that never overtake what the keys before them do."""

    def __init__(self, app: App[int], deliver: Callable[[events.Event], Awaitable[None]]) -> None:
        """The app hands every event to `take`, and every `Passed` to `passed`.

        Args:
            app: whose keys these are.
            deliver: what the toolkit does with an event.
        """
        self.app = app
        self._deliver = deliver
        self.waiting: deque[tuple[Typed, Screen[Any]]] = deque()
        """What was typed, and what was on top then."""
        self._key_before: Typed | None = None
        self._target: Widget | Screen[Any] | None = None
        self._settled: Screen[Any] | None = None
        """The screen that keys go to; another one on top has not shown that it takes them yet."""
        self._seen: Screen[Any] | None = None
        """The screen that came by itself and was there when fingers had stopped."""
        self._rounds = 0
        self._number = 0
        """Of the `Passed` that is under way; what others that are late would tell is known."""
        self._timer: asyncio.TimerHandle | None = None
        self._openings = 0
        self._leavable = 0
        self._deaf = 0
        self._struck = False
        """Something was typed while nothing was taken."""
        self._gap = 0.0
        """Seconds without a key that end what was typed while nothing was taken."""
        self._arrived = 0.0
        """When somebody was signed in; after `_PATIENCE` a key is for what shows, pause or not."""
        self._patient = True
        self._deadline = 0.0
        self._typed = 0.0

    @contextmanager
    def opening(self, *, leave: bool = False) -> Iterator[None]:
        """Keys wait until this ends: they are for what it opens. `leave`: `esc` goes to what is left by it."""
        self._openings += 1
        self._leavable += leave
        try:
            yield
        finally:
            self._openings -= 1
            self._leavable -= leave
            if not self._openings:
                self._patient = True
                self._rounds = 0
                self.app.call_later(self._go_on, self._number)

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Until this ends keys are for nothing, but those that work everywhere, and `esc`."""
        self._struck = self._struck and bool(self._deaf)
        self._deaf += 1
        try:
            yield
        finally:
            self._deaf -= 1

    def arrived(self) -> None:
        """Somebody is signed in: what is struck together with the keys of before is not for what shows now."""
        self.waiting.clear()
        self._gap, self._arrived = _STOP if self._struck else BURST, Passed().time

    def unasked(self) -> None:
        """A screen of the class `UNASKED` comes now."""
        self._typed = Passed().time

    async def take(self, event: events.Event) -> None:
        """Hold a key back until the one before it is done with."""
        if isinstance(event, Typed) and not event.is_forwarded:
            before, self._typed = self._typed, event.time
            if self._is_for_nothing(event, event.time - before):
                return
            if self.app.screen.has_class(UNASKED) and self.app.screen is not self._seen:
                if event.time - before < _STOP and not self._works_everywhere(event):
                    return
                self._seen = self.app.screen
            if self._has_to_wait(event):
                self._hold(event)
                return
            self._sent(event)
        await self._deliver(event)

    def _is_for_nothing(self, event: Typed, pause: float) -> bool:
        """Whether it is typed for what does not open, while somebody is signed in, or without a pause after that."""
        if not self._deaf and (pause >= self._gap or event.time - self._arrived >= _PATIENCE):
            self._gap = 0.0
        if not (self._openings or self._deaf or pause < self._gap) or self._works_everywhere(event):
            return False
        if self._openings and not self._patient:
            return pause < _STOP and not _gives_up(event)
        if self._deaf:
            self._struck = True
            return not _gives_up(event)
        return pause < self._gap and not _gives_up(event)

    def _sent(self, event: Typed) -> None:
        self._key_before, self._target, self._settled = event, self.app.focused or self.app.screen, self.app.screen

    def _has_to_wait(self, event: Typed) -> bool:
        if self._openings:
            leaves = (self._deaf or self._leavable) and _gives_up(event)
            return self._patient and not (leaves or self._works_everywhere(event))
        return bool(self.waiting) or not self._goes_straight()

    def _goes_straight(self) -> bool:
        """Whether nothing that is going on can change where a key belongs."""
        if self._key_before is None:
            return True
        if self.app.screen is not self._settled or (self.app.focused or self.app.screen) is not self._target:
            return False
        if isinstance(self._key_before, events.Paste):
            return True
        key, character = self._key_before.key, self._key_before.character
        in_field = self._target is not None and self._target.check_consume_key("x", "x")
        return self._target.check_consume_key(key, character) if in_field else key in _MOVES

    def _works_everywhere(self, event: Typed) -> bool:
        """Leaving and locking wait for nothing."""
        if not isinstance(event, events.Key):
            return False
        bound = (bindings.key_to_bindings.get(event.key, ()) for _, bindings in self.app.screen._binding_chain)
        return any(binding.priority for found in bound for binding in found)

    # waiting

    def _hold(self, event: Typed) -> None:
        if not self.waiting:
            self._deadline = asyncio.get_running_loop().time() + _PATIENCE
        self.waiting.append((event, self.app.screen))
        if self._timer is not None:
            return
        self._rounds = 0
        if self._openings:
            self._go_on_within(_PATIENCE)
        else:
            self._send_behind()

    def _go_on_within(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        number = self._number
        self._timer = loop.call_later(seconds, lambda: self.app.call_later(self._go_on, number))

    def _send_behind(self) -> None:
        """A `Passed` behind the last key, or to the screen that is on top since."""
        target = self._target
        if target is None or not target.is_attached or target.screen is not self.app.screen:
            target = self.app.focused or self.app.screen
        self._number += 1
        self._go_on_within(_LOST)
        target.post_message(Passed(self._number))

    def passed(self, event: Passed) -> None:
        """What the key has asked of the app is in the app's queue before what this puts there."""
        self.app.call_later(self._go_on, event.number)

    async def _go_on(self, number: int) -> None:
        """Send what waits, as far as it is known where it belongs."""
        if number != self._number:
            return
        if not self.waiting:
            self._stop_timer()
        elif self._openings:
            self._lose_patience()
        elif self.app.screen is not self._settled:
            self._settled = self.app.screen
            self._rounds = 0
            self._send_behind()
        elif self._rounds < _ROUNDS:
            self._rounds += 1
            self._send_behind()
        else:
            await self._send_first()

    async def _send_first(self) -> None:
        self._stop_timer()
        event, screen = self.waiting.popleft()
        if screen is self.app.screen or not self.app.screen.has_class(DELIBERATE):
            self._sent(event)
            await self._deliver(event)
        if self.waiting:
            self._rounds = 0
            self._send_behind()

    def _lose_patience(self) -> None:
        left = self._deadline - asyncio.get_running_loop().time()
        if left > 0:
            self._go_on_within(left)
            return
        self._patient = False
        self._stop_timer()
        self.waiting.clear()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None


def _gives_up(event: Typed) -> bool:
    return isinstance(event, events.Key) and event.key == "escape"
