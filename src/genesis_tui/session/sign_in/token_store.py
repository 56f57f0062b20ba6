"""A sign-in kept for later processes: in the system's keyring, or in a file that the person's passphrase opens.

Nothing is ever written in clear; where neither is there, the sign-in ends with the process.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from genesis_tui.api_client.http.hosts import server_name
from genesis_tui.models.base.errors import ApiError
from genesis_tui.sanitize import one_line
from genesis_tui.store import passphrase_file, system_keyring
from genesis_tui.store.passphrase_file import Ask, PassphraseFile

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from genesis_tui.api_client.sign_in.tokens import Tokens

KEYRING, PASSPHRASE, MEMORY = "keyring", "passphrase", "memory"
WORDS = {
    KEYRING: "the system's keyring",
    PASSPHRASE: "a file that your passphrase opens",
    MEMORY: "memory only, until you quit",
}
_NO_KEYRING = "No keyring that keeps secrets encrypted answers here."
_IN_A_FILE = 'To use a file that a passphrase opens instead, set secrets = "passphrase" in the settings.'
_COPIES = "offline "
"""How the names of keys of offline copies begin."""
_LOCK_SECONDS = 30.0
_SCRIPTS, _REVOKING = " for scripts", "to revoke at "


def nobody(new: bool) -> str:
    """Nobody can be asked."""
    return ""


class TokenStore:
    """What is kept of the sign-in to one server, where the settings say."""

    def __init__(
        self,
        url: str,
        choice: str = KEYRING,
        ask: Ask = nobody,
        *,
        scripts: bool = False,
        file: PassphraseFile | None = None,
    ) -> None:
        """Nothing is opened, and nobody asked, before something is to be read or written.

        Args:
            url: the server.
            choice: one of `settings.SECRETS`.
            ask: asks for the passphrase.
            scripts: the sign-in that scripts go on with, beside the person's own (SESS-4).
            file: the passphrase file, where it may be open already; then `ask` is its own.
        """
        chosen = PASSPHRASE if choice == KEYRING and passphrase_file.has_variable() else choice
        self.place = MEMORY
        """Where the last sign-in is: one of `WORDS`."""
        self._url = url
        self._name = server_name(url) + (_SCRIPTS if scripts else "")
        self._choice = chosen
        self._file = file or PassphraseFile(ask)

    async def save(self, tokens: "Tokens") -> str:
        """Keep the sign-in; why it is not kept, or nothing when it is."""
        try:
            await self.write(self._name, json.dumps(asdict(tokens)))
        except ApiError as error:
            self.place = MEMORY
            return f"{error.title} The sign-in ends with this process. {error.next}".strip()
        self.place = self._choice
        return ""

    async def load(self) -> "Tokens | None":
        """The kept sign-in; None where there is none.

        Raises:
            ApiError: it lies in a file that others could have read, or that the passphrase does not open.
        """
        content = await self.read(self._name)
        tokens = _tokens(content) if content else None
        self.place = self._choice if tokens is not None else MEMORY
        return tokens

    async def forget(self) -> bool:
        """Take the kept sign-in away; False where the passphrase file can't be opened now, and stays as it is."""
        self.place = MEMORY
        return await self.take_out(self._name)

    async def others(self) -> tuple[str, ...]:
        """Other sign-ins that are kept beside this one, each by its server, as far as that is known unasked."""
        found = [
            name for name in self._file.names() if name != self._name and not name.startswith((_REVOKING, _COPIES))
        ]
        scripts = f"{server_name(self._url)}{_SCRIPTS}"
        if self._choice == KEYRING and scripts != self._name and await system_keyring.secret(scripts):
            found.append(scripts)
        return tuple(one_line(name) for name in found)

    async def wait_to_revoke(self, refresh: str) -> bool:
        """Remember, as safely as the sign-in itself, what the server is to be told later; whether it could be."""
        try:
            waiting = [*await self.to_revoke(), refresh]
            await self.write(_revoking(self._url), json.dumps(waiting))
        except ApiError:
            return False
        return True

    async def to_revoke(self) -> tuple[str, ...]:
        """What the server is still to be told. Raises ApiError as `load`."""
        content = await self.read(_revoking(self._url))
        return tuple(json.loads(content)) if content else ()

    async def revoked(self) -> None:
        """The server has been told everything."""
        if self._choice == PASSPHRASE:
            await asyncio.to_thread(self._file.write, _revoking(self._url), "")
        else:
            await system_keyring.forget_secret(_revoking(self._url))

    @asynccontextmanager
    async def alone(self) -> "AsyncIterator[Tokens | None]":
        """The kept sign-in, while no other process of this person renews it (SESS-1)."""
        if self.place == MEMORY:
            yield None
            return
        lock = await asyncio.to_thread(_locked, self._name)
        try:
            yield await self.load()
        finally:
            if lock is not None:
                await asyncio.to_thread(lock.release)

    async def read(self, name: str) -> str:
        """A secret; empty where there is none. Raises ApiError as `load`."""
        if self._choice == KEYRING:
            return await system_keyring.secret(name)
        return await asyncio.to_thread(self._file.read, name) if self._choice == PASSPHRASE else ""

    async def write(self, name: str, content: str) -> None:
        """Keep a secret for later processes. Raises ApiError where it can't be kept."""
        if self._choice == MEMORY:
            raise ApiError('The settings say secrets = "memory".', reason="not-kept")
        if self._choice == KEYRING:
            if not await system_keyring.keep_secret(name, content):
                raise ApiError(_NO_KEYRING, next=_IN_A_FILE, reason="not-kept")
            return
        try:
            await asyncio.to_thread(self._file.write, name, content)
        except OSError as error:
            raise ApiError(f"The file of secrets can't be written ({error.strerror}).", reason="not-kept") from None

    async def take_out(self, name: str) -> bool:
        """Keep a secret no longer, wherever it is; False where the passphrase file can't be opened now."""
        await system_keyring.forget_secret(name)
        return await asyncio.to_thread(self._file.take_out, name)


def _revoking(url: str) -> str:
    return f"{_REVOKING}{server_name(url)}"


def _tokens(content: str) -> "Tokens | None":
    from genesis_tui.api_client.sign_in.tokens import Tokens

    try:
        return Tokens(**json.loads(content))
    except (ValueError, TypeError):
        return None


def _locked(name: str) -> "BaseFileLock | None":
    """The lock of one server's sign-in, held; None where no file can be written to hold it by."""
    from filelock import FileLock, Timeout

    from genesis_tui.store.private_files import private_folder

    name = hashlib.sha256(name.encode()).hexdigest()[:24]
    try:
        lock = FileLock(private_folder("locks") / f"{name}.lock", mode=0o600, thread_local=False)
        lock.acquire(timeout=_LOCK_SECONDS)
    except (OSError, ApiError, Timeout):
        return None
    return lock
