"""A pilot that waits until the app has nothing left to do, and for nothing else.

Textual's pilot takes an app for idle once the process has used next to no processor time for 20 ms, and it looks three
times for each key. The app, the client and the mock of a test share one event loop, so that loop knows better: nothing
is left when no callback is ready, no thread works for it, the screen on top is painted and no short timer runs.
"""

import asyncio
import unicodedata
from asyncio import AbstractEventLoop, BaseEventLoop
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import pytest
from anyio.to_thread import current_default_thread_limiter
from textual import events, screen
from textual.app import App, ScreenStackError
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.timer import Timer

from genesis_tui.app import type_ahead

SOON = 0.12
"""Seconds; a timer that the app sets for less is waited for: the rest of a cursor (0.06), a dialog's opening (0.1)."""
SECONDS_A_FRAME = 0.25
"""What is idle is painted at once; a frame in between, of what is still under way, is the exception."""
PATIENCE = 1.0
"""Seconds after which a thread that does not end is not waited for any more, as in Textual's own pilot."""
TURNS = 3
"""Turns of the loop without work: what the selector found in one is ready in the next."""

_threads: WeakKeyDictionary[AbstractEventLoop, int] = WeakKeyDictionary()
_timers: WeakSet[Timer] = WeakSet()


def use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pilot waits in this way, also those that tests do not make themselves (`snap_compare`).

    What it presses as soon as it can is no burst of keys under a hand.
    """
    _count_threads(monkeypatch)
    _note_timers(monkeypatch)
    monkeypatch.setattr(Pilot, "pause", _pause)
    monkeypatch.setattr(Pilot, "press", _press)
    monkeypatch.setattr(screen, "UPDATE_PERIOD", SECONDS_A_FRAME)
    monkeypatch.setattr(type_ahead, "BURST", 0.0)


async def idle(app: App[Any]) -> None:
    """Wait until nothing is left to do."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    quiet = 0
    while quiet < TURNS:
        await asyncio.sleep(0)
        if loop._ready:  # type: ignore[attr-defined]
            quiet = 0
        elif _waits(loop) and loop.time() < end:
            quiet = 0
            await asyncio.sleep(0.001)
        elif _painted(app):
            quiet = 0
        else:
            quiet += 1


def _waits(loop: AbstractEventLoop) -> bool:
    threads = _threads.get(loop, 0) + current_default_thread_limiter().borrowed_tokens
    return bool(threads) or any(timer._task is not None and not timer._task.done() for timer in _timers)


def _painted(app: App[Any]) -> bool:
    """Paint now what the next frame would show; whether there was anything."""
    try:
        top = app.screen
    except ScreenStackError:
        return False
    dirty = top._layout_required or top._scroll_required or top._repaint_required or top._dirty_widgets
    if not (dirty or top._recompose_required or top._callbacks) or app._batch_count or not top.is_current:
        return False
    top._on_timer_update()
    return True


async def _pause(self: Pilot[Any], delay: float | None = None) -> None:
    if delay is not None:
        await asyncio.sleep(delay)
    await idle(self.app)


async def _press(self: Pilot[Any], *keys: str) -> None:
    """What a field takes is sent at once; any other key only when what was before it is done with."""
    app = self.app
    for event in map(_event, keys):
        field = app.focused
        typed = field is not None and field.check_consume_key(event.key, event.character)
        if not typed:
            await idle(app)
        event.set_sender(app)
        assert app._driver is not None
        app._driver.send_message(event)
        if not typed:
            await idle(app)
    await idle(app)


def _event(key: str) -> events.Key:
    """As `App._press_keys` makes it."""
    key = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
    try:
        character = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
    except KeyError:
        character = key if len(key) == 1 else None
    return events.Key(key, character)


def _count_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    original = BaseEventLoop.run_in_executor

    def run_in_executor(loop: BaseEventLoop, *args: Any) -> asyncio.Future[Any]:
        future = original(loop, *args)
        _threads[loop] = _threads.get(loop, 0) + 1
        future.add_done_callback(lambda _: _threads.update({loop: _threads[loop] - 1}))
        return future

    monkeypatch.setattr(BaseEventLoop, "run_in_executor", run_in_executor)


def _note_timers(monkeypatch: pytest.MonkeyPatch) -> None:
    original = MessagePump.set_timer

    def set_timer(pump: MessagePump, delay: float, *args: Any, **named: Any) -> Timer:
        timer = original(pump, delay, *args, **named)
        if delay < SOON:
            _timers.add(timer)
        return timer

    monkeypatch.setattr(MessagePump, "set_timer", set_timer)
