"""What is not sent yet, on disk: one small AES-GCM file each, under a key that the person's sign-in brings (MSG-9).

A file is written whole or not at all, and on the disk before `write` returns. Its name says nothing but what kind of
thing it is; what it holds opens under its own name and key alone.
"""

import errno
import math
import os
import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from genesis_tui.models.base.errors import DiskFault
from genesis_tui.store.private_files import private_folder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_ENDING, _LOCK = ".sealed", ".lock"
_NONCE = 12
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL)
"""What a disk says that knows no locks; nothing waits for ever because of it."""
_NAME = re.compile(r"[a-z]+-[0-9a-f\-]{36}")


class Vault(Protocol):
    """Where things are kept by name: `draft-<uuid>`."""

    lasts: bool
    """Whether what is kept outlasts this process."""

    def names(self, older_than: float = 0.0) -> tuple[str, ...]:
        """Everything that was kept so many seconds ago or before, oldest first."""

    def read(self, name: str) -> bytes | None:
        """What is kept under a name; None where nothing is, or nothing that this key opens."""

    def write(self, name: str, content: bytes) -> None:
        """Keep it in place of what was there. Raises DiskFault."""

    def remove(self, name: str) -> None:
        """Keep it no longer. Raises DiskFault."""

    def hold(self, name: str) -> AbstractContextManager[bool]:
        """Whether nobody else on this computer holds that name; meanwhile nobody can. Never waits. Raises DiskFault."""


def vault(*folders: str, key: bytes) -> "FileVault":
    """The vault in the last of these folders of state, each made private where it is not there.

    Raises:
        DiskFault: it can't be made.
        ApiError: others could read it.
    """
    with _told():
        [*_, folder] = [private_folder(name) for name in folders]
        return FileVault(folder, key)


class FileVault:
    """Files in a folder that exists and is private."""

    lasts = True

    def __init__(self, folder: Path, key: bytes) -> None:
        """`key`: 32 bytes. What a process left half written when it was killed is removed; it was never kept."""
        self._folder = folder
        self._key = key
        self._opened: AESGCM | None = None
        for half in folder.glob("*.new"):
            with suppress(OSError):
                half.unlink()
        for left in folder.glob(f"*{_LOCK}"):
            with suppress(DiskFault, ValueError), self.hold(left.stem):
                """What a process held when it was killed is held no longer, and its lock goes."""

    def names(self, older_than: float = 0.0) -> tuple[str, ...]:
        """Everything that was kept so many seconds ago or before, oldest first."""
        found = {path.stem: _age(path) for path in self._folder.glob(f"*{_ENDING}") if _NAME.fullmatch(path.stem)}
        last = time.time() - older_than if older_than else math.inf
        return tuple(sorted((name for name, at in found.items() if at <= last), key=lambda name: found[name]))

    def read(self, name: str) -> bytes | None:
        """What is kept under a name; None where nothing is, or nothing that this key opens under this name."""
        from cryptography.exceptions import InvalidTag

        try:
            sealed = self._path(name).read_bytes()
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except (OSError, InvalidTag, ValueError):
            return None

    def write(self, name: str, content: bytes) -> None:
        """Keep it in place of what was there; it is on the disk afterwards. Raises DiskFault."""
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, content, name.encode())
        path = self._path(name)
        with _told():
            for last in (False, True):
                half = path.with_suffix(f".{os.getpid()}-{os.urandom(4).hex()}.new")
                try:
                    _write_new(half, sealed)
                    half.replace(path)
                    break
                except FileNotFoundError:  # another process that opened the folder just then took it for a left one
                    if last:
                        raise
                except OSError:
                    with suppress(OSError):
                        half.unlink()
                    raise
            self._sync()

    def remove(self, name: str) -> None:
        """Keep it no longer. Raises DiskFault."""
        with _told():
            self._path(name).unlink(missing_ok=True)
            self._sync()

    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """Whether nobody else holds that name, by a small file beside it that is gone afterwards. Raises DiskFault."""
        from filelock import FileLock, Timeout

        path = self._path(name).with_suffix(_LOCK)
        lock = FileLock(path, mode=0o600, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise DiskFault.of(error) from None
            yield True
            return
        try:
            yield True
        finally:
            if os.name != "nt":  # taken away while it is held: whoever opened it meanwhile locks a file that is gone
                with suppress(OSError):
                    path.unlink(missing_ok=True)
            lock.release()

    @property
    def _cipher(self) -> "AESGCM":
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if self._opened is None:
            self._opened = AESGCM(self._key)
        return self._opened

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(name)
        return self._folder / f"{name}{_ENDING}"

    def _sync(self) -> None:
        """A name is on the disk once its folder is."""
        if os.name == "nt":
            return
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class MemoryVault:
    """The same where nothing is written (`--private`)."""

    lasts = False

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def names(self, older_than: float = 0.0) -> tuple[str, ...]:
        """Everything that is kept, oldest first; nothing of it was left by another process."""
        return () if older_than else tuple(self._kept)

    def read(self, name: str) -> bytes | None:
        """What is kept under a name."""
        return self._kept.get(name)

    def write(self, name: str, content: bytes) -> None:
        """Keep it in place of what was there."""
        self._kept[name] = content

    def remove(self, name: str) -> None:
        """Keep it no longer."""
        self._kept.pop(name, None)

    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """Nobody else sees what is in this process's memory."""
        yield True


@contextmanager
def _told() -> Iterator[None]:
    """Whatever the disk does not do is one error."""
    try:
        yield
    except OSError as error:
        raise DiskFault.of(error) from None


def _write_new(path: Path, content: bytes) -> None:
    """A file that was not there, on the disk when this returns. Raises OSError."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _age(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0
