"""The system's keyring, where one that keeps secrets encrypted answers; it is never waited for longer than a moment."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
SERVICE = "genesis-tui"
PATIENCE = 3.0
"""Seconds that a keyring may take; a locked one waits for a person who may not be there."""
REAL_KEYRINGS = frozenset(
    {
        "keyring.backends.macOS.Keyring",
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)
"""Backends that keep secrets encrypted; plain-text and third-party ones are not on the list."""


async def secret(name: str) -> str:
    """What the keyring holds under `name`; empty where it holds nothing, or there is none."""
    ring = await _quietly(_keyring)
    return (await _quietly(lambda: ring.get_password(SERVICE, name)) if ring is not None else None) or ""


async def keep_secret(name: str, content: str) -> bool:
    """Put it into the keyring; whether it is there now."""
    ring = await _quietly(_keyring)
    return ring is not None and bool(await _quietly(lambda: _set(ring, name, content)))


async def forget_secret(name: str) -> None:
    """Take it out of the keyring."""
    ring = await _quietly(_keyring)
    if ring is not None:
        await _quietly(lambda: ring.delete_password(SERVICE, name))


def _keyring() -> Any:
    import keyring

    chosen: Any = keyring.get_keyring()
    for backend in (chosen, *getattr(chosen, "backends", ())):
        kind = type(backend)
        if f"{kind.__module__}.{kind.__qualname__}" in REAL_KEYRINGS:
            return backend
    return None


def _set(ring: Any, name: str, content: str) -> bool:
    ring.set_password(SERVICE, name, content)
    return bool(ring.get_password(SERVICE, name) == content)


async def _quietly(call: Callable[[], T]) -> T | None:
    """What the call brings, or None when it fails or takes longer than `PATIENCE`.

    A keyring may wait for ever for somebody to unlock it, so the call gets a thread that nobody waits for at exit.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T | None] = loop.create_future()

    def deliver(value: T | None) -> None:
        if not answer.done():
            answer.set_result(value)

    def run() -> None:
        try:
            value = call()
        except Exception:  # whatever a keyring backend raises means that it can't be used
            value = None
        try:
            loop.call_soon_threadsafe(deliver, value)
        except RuntimeError:  # the loop was closed meanwhile
            return

    threading.Thread(target=run, daemon=True, name="keyring").start()
    try:
        return await asyncio.wait_for(answer, PATIENCE)
    except TimeoutError:
        return None
