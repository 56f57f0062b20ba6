"""Reading without the network, where the person turned it on: what was read online is kept encrypted (SESS-5, FAM-11).

Each person has a file of their own for each server. Its key is random; their passphrase opens it, and it is kept
besides where sign-ins are (the system's keyring, or a file that another passphrase opens), so that a session online can
add to the file. Starting without the network asks for the copy's own passphrase, whatever is kept there.
"""

import asyncio
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from genesis_tui.api_client.http.hosts import server_name
from genesis_tui.models.base.errors import ApiError
from genesis_tui.store.private_files import only_mine

if TYPE_CHECKING:
    from concurrent.futures import Future

    from genesis_tui.api_client.offline import CachedResponse
    from genesis_tui.store.response_cache import ResponseCache

SHORTEST = 12
"""Characters of the passphrase: somebody who has the file can try for as long as they like."""
KEPT_DAYS = 30
"""What nobody has read online for longer is removed."""
RULE = "SESS-5"
_PROBE = "offline probe"


class Secrets(Protocol):
    """Where keys are kept for later processes."""

    async def read(self, name: str) -> str:
        """A secret; empty where there is none. Raises ApiError."""
        ...

    async def write(self, name: str, content: str) -> None:
        """Raises ApiError where it can't be kept."""
        ...

    async def take_out(self, name: str) -> bool:
        """Keep it no longer; whether it is known to be out."""
        ...


def is_on(url: str) -> bool:
    """Whether anybody turned it on for this server, on this computer."""
    folder = _folder(url)
    return folder.is_dir() and any(folder.glob("*.key"))


async def check(secrets: Secrets) -> None:
    """Find out whether a key can be kept, before anybody chooses a passphrase. Raises ApiError."""
    try:
        await secrets.write(_PROBE, _PROBE)
    except ApiError as error:
        words = f"{error.title} Without it nothing that you read can be added to an offline copy."
        raise ApiError(words, next=error.next, rule=RULE, reason="not-kept") from None
    await secrets.take_out(_PROBE)


async def turn_on(url: str, viewer_id: str, passphrase: str, secrets: Secrets) -> None:
    """Make the person's file, in place of one they had.

    Raises:
        ApiError: the passphrase is too short, or the file can't be written, or its key can't be kept.
    """
    if len(passphrase) < SHORTEST:
        raise ApiError(
            f"The passphrase needs at least {SHORTEST} characters.",
            next="Several words that belong together only for you are easy to type and hard to guess.",
            rule=RULE,
            reason="invalid",
        )
    await check(secrets)
    await turn_off(url, viewer_id, secrets)
    key = os.urandom(32)
    await secrets.write(_secret(url, viewer_id), key.hex())
    await asyncio.to_thread(_make, url, viewer_id, key, passphrase)


async def turn_off(url: str, viewer_id: str, secrets: Secrets) -> None:
    """Remove the person's file and its key, wherever that is kept."""
    await secrets.take_out(_secret(url, viewer_id))
    await asyncio.to_thread(_remove, _place(url, viewer_id))


def is_kept(url: str, viewer_id: str) -> bool:
    """Whether the person has a file here, whoever can open it."""
    return _place(url, viewer_id).with_suffix(".db").exists()


async def adding(url: str, viewer_id: str, secrets: Secrets) -> "OfflineCopy | None":
    """The person's file, to add to while they are online; None where it is not turned on, or its key can't be had."""
    if not _place(url, viewer_id).with_suffix(".key").exists():
        return None
    try:
        key = await secrets.read(_secret(url, viewer_id))
        if not key:
            return None
        return await asyncio.to_thread(_opened, _place(url, viewer_id), bytes.fromhex(key))
    except (ApiError, ValueError):
        return None


async def opened(url: str, passphrase: str) -> "OfflineCopy":
    """The file that the passphrase opens, to read from.

    Raises:
        ApiError: it opens none; or others could have read or changed it.
    """
    return await asyncio.to_thread(_unlocked, url, passphrase)


@dataclass(slots=True)
class OfflineCopy:
    """What is kept for one person of one server. Adding happens in a thread of its own, in order."""

    answers: "ResponseCache"
    _adding: ThreadPoolExecutor

    def hear(self, heard: "CachedResponse") -> None:
        """Keep an answer."""
        self._adding.submit(self.answers.keep, heard.name, heard.body, patient=heard.patient, kind=heard.kind)

    def forget(self, patient_id: str) -> "Future[None]":
        """Remove everything of one patient: their record is closed to the person, or a part of it is (FAM-11).

        What comes of it may be NotRemovedError.
        """
        return self._adding.submit(self.answers.forget, patient_id)

    @property
    def since(self) -> datetime:
        """When something was added last."""
        return datetime.fromtimestamp(self.answers.newest(), UTC)

    def close(self) -> None:
        """Write what waits, then close the file."""
        self._adding.shutdown()
        self.answers.close()


def _make(url: str, viewer_id: str, key: bytes, passphrase: str) -> None:
    from genesis_tui.store.sealed import Passphrase, seal

    place = _place(url, viewer_id)
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        only_mine(place.parent, 0o700, rule=RULE)
        seal(place.with_suffix(".key"), key, Passphrase(passphrase))
    except OSError as error:
        raise ApiError(
            f"Nothing can be kept in {place.parent}.", detail=error.strerror or "", rule=RULE, reason="not-written"
        ) from None
    _opened(place, key).close()


def _unlocked(url: str, passphrase: str) -> OfflineCopy:
    from genesis_tui.store.sealed import Passphrase, WrongPassphraseError, unseal

    for sealed in sorted(_folder(url).glob("*.key")):
        only_mine(sealed.parent, 0o700, rule=RULE)
        only_mine(sealed, 0o600, rule=RULE)
        with suppress(WrongPassphraseError, OSError):
            return _opened(sealed.with_suffix(".db"), unseal(sealed, Passphrase(passphrase)))
    raise ApiError(
        "This passphrase opens nothing that is kept on this computer.",
        next="Type it again; it is the one that was set when offline reading was turned on.",
        rule=RULE,
        reason="wrong-passphrase",
    )


def _opened(place: Path, key: bytes) -> OfflineCopy:
    from genesis_tui.store.response_cache import ResponseCache, WrongKeyError

    try:
        answers = ResponseCache(place, key)
    except WrongKeyError:
        raise ApiError(
            "What is kept on this computer can't be opened: the file is damaged.",
            next="Turn offline reading off and on again: genesis-tui offline on",
            rule=RULE,
            reason="damaged",
        ) from None
    answers.prune(KEPT_DAYS)
    return OfflineCopy(answers, ThreadPoolExecutor(1, "offline"))


def _remove(place: Path) -> None:
    for ending in (".key", ".db", ".db-wal", ".db-shm"):
        with suppress(OSError):
            place.with_suffix(ending).unlink(missing_ok=True)


def _folder(url: str) -> Path:
    from platformdirs import user_data_path

    return user_data_path("genesis-tui") / "offline" / _hash(server_name(url))


def _place(url: str, viewer_id: str) -> Path:
    return _folder(url) / f"{_hash(viewer_id)}.db"


def _secret(url: str, viewer_id: str) -> str:
    return f"offline {server_name(url)} {_hash(viewer_id)}"


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:24]
