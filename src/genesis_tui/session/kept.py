"""A sign-in kept for later processes: in the system's keyring, or, for a mock's invented people only, in a file.

Nothing that belongs to a real person is ever written outside a keyring.
"""

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeVar

from genesis_tui.api_client import hosts
from genesis_tui.session import token_file

if TYPE_CHECKING:
    from genesis_tui.api_client.auth.tokens import Tokens

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


async def save(url: str, tokens: "Tokens | None", *, invented: bool) -> str:
    """Keep the sign-in; why it is not kept, or nothing when it is.

    Args:
        url: the server.
        tokens: what to keep; None forgets.
        invented: the server is a mock on this computer, so that a file will do.
    """
    if tokens is None:
        await forget(url)
        return ""
    content = json.dumps(asdict(tokens))
    ring = await _quietly(_keyring)
    if ring is not None and await _quietly(lambda: _set(ring, server_name(url), content)):
        return ""
    if invented:
        return await asyncio.to_thread(token_file.write, server_name(url), content)
    return "No keyring that keeps secrets encrypted answers here, so the sign-in ends with this process."


async def load(url: str) -> "Tokens | None":
    """The kept sign-in; None where there is none.

    Raises:
        ApiError: it lies in a file that others could have read or changed.
    """
    ring = await _quietly(_keyring)
    content = await _quietly(lambda: ring.get_password(SERVICE, server_name(url))) if ring is not None else None
    if not content:
        content = await asyncio.to_thread(token_file.read, server_name(url))
    return _tokens(content) if content else None


async def forget(url: str) -> None:
    """Take the kept sign-in away, wherever it is."""
    ring = await _quietly(_keyring)
    if ring is not None:
        await _quietly(lambda: ring.delete_password(SERVICE, server_name(url)))
    await asyncio.to_thread(token_file.remove, server_name(url))


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


def server_name(url: str) -> str:
    """Scheme, host and port: a path more or less is the same server."""
    trusted = hosts.trusted_origin(url)
    return "{}://{}:{}".format(*hosts.check(url, trusted=trusted).origin)


def _tokens(content: str) -> "Tokens | None":
    from genesis_tui.api_client.auth.tokens import Tokens

    try:
        return Tokens(**json.loads(content))
    except (ValueError, TypeError):
        return None


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
