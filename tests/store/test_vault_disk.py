"""A disk that is full, read-only or gone: whatever is asked of a vault, one error says so, and nothing else comes."""

import resource
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from genesis_tui.models.base.errors import DiskFault
from genesis_tui.store.vault import FileVault, vault

KEY = bytes(range(32))
NAME, OTHER = (f"draft-{uuid.uuid4()}" for _ in range(2))
Fault = Callable[[Path], AbstractContextManager[None]]


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """No file can grow: what a full disk does, without a disk of one's own."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def gone(folder: Path) -> Iterator[None]:
    """Nothing can be made, replaced or removed in the folder, whoever asks: it is none any more."""
    aside = folder.rename(folder.with_name("aside"))
    folder.touch()
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)


def write(shelf: FileVault) -> None:
    shelf.write(NAME, b"new words")


def write_another(shelf: FileVault) -> None:
    shelf.write(OTHER, b"new words")


def remove(shelf: FileVault) -> None:
    shelf.remove(NAME)


def hold(shelf: FileVault) -> None:
    with shelf.hold(NAME):
        pass


@pytest.mark.rule("MSG-9")
@pytest.mark.parametrize(
    ("fault", "act"),
    [(full, write), (full, write_another), (gone, write), (gone, write_another), (gone, remove), (gone, hold)],
    ids=lambda one: one.__name__,
)
def test_a_disk_that_fails_is_told_by_one_error_and_what_was_kept_stays(
    tmp_path: Path, fault: Fault, act: Callable[[FileVault], None]
) -> None:
    folder = tmp_path / "writing"
    folder.mkdir()
    shelf = FileVault(folder, KEY)
    shelf.write(NAME, b"words")
    with fault(folder), pytest.raises(DiskFault) as told:
        act(shelf)
    assert told.value.why
    assert told.value.reason == "not-written"
    assert (shelf.names(), shelf.read(NAME)) == ((NAME,), b"words")
    assert {path.suffix for path in folder.iterdir()} == {".sealed"}, "nothing half written is left"


def test_a_home_in_which_no_folder_can_be_made_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(DiskFault):
        vault("writing", "one", key=KEY)
