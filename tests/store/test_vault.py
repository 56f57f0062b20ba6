"""What is not sent yet, on disk: whole or not at all, opened by its own key and name alone (MSG-9, S5)."""

import os
import stat
import uuid
from pathlib import Path

import pytest

from genesis_tui.store.vault import FileVault, MemoryVault

KEY, OTHER = bytes(range(32)), bytes(32)
NAME = f"draft-{uuid.uuid4()}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.mark.rule("MSG-9")
def test_what_is_kept_comes_back_and_is_not_in_clear(folder: Path) -> None:
    FileVault(folder, KEY).write(NAME, b"the words of a patient")
    assert FileVault(folder, KEY).read(NAME) == b"the words of a patient"
    [path] = folder.iterdir()
    assert b"words" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_key_or_name_opens_nothing(folder: Path) -> None:
    FileVault(folder, KEY).write(NAME, b"words")
    assert FileVault(folder, OTHER).read(NAME) is None
    [path] = folder.iterdir()
    other = f"draft-{uuid.uuid4()}"
    path.rename(folder / f"{other}.sealed")
    assert FileVault(folder, KEY).read(other) is None, "a file is what its name says, or nothing"


@pytest.mark.parametrize("broken", [b"", b"x" * 11, b"x" * 40])
def test_a_broken_file_is_none(folder: Path, broken: bytes) -> None:
    vault = FileVault(folder, KEY)
    vault.write(NAME, b"words")
    (folder / f"{NAME}.sealed").write_bytes(broken)
    assert vault.read(NAME) is None


def test_one_changed_byte_opens_nothing(folder: Path) -> None:
    vault = FileVault(folder, KEY)
    vault.write(NAME, b"words")
    path = folder / f"{NAME}.sealed"
    body = bytearray(path.read_bytes())
    body[-1] ^= 1
    path.write_bytes(body)
    assert vault.read(NAME) is None


def test_what_was_half_written_goes_and_the_old_one_stays(folder: Path) -> None:
    FileVault(folder, KEY).write(NAME, b"old")
    (folder / f"{NAME}.123.new").write_bytes(b"half")
    vault = FileVault(folder, KEY)
    assert [path.suffix for path in folder.iterdir()] == [".sealed"]
    assert vault.read(NAME) == b"old"


def test_names_are_oldest_first_and_nothing_else_is_listed(folder: Path) -> None:
    vault = FileVault(folder, KEY)
    names = [f"draft-{uuid.uuid4()}" for _ in range(3)]
    for n, name in enumerate(names):
        vault.write(name, b"words")
        os.utime(folder / f"{name}.sealed", (n, n))
    (folder / "notes.txt").touch()
    (folder / "x.sealed").touch()
    assert vault.names() == tuple(names)


@pytest.mark.parametrize("name", ["../draft", "draft", "", "draft-../../x"])
def test_a_name_leads_nowhere_else(folder: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        FileVault(folder, KEY).write(name, b"words")


def test_what_is_removed_is_gone_and_removing_it_again_is_no_fault(folder: Path) -> None:
    for shelf in (FileVault(folder, KEY), MemoryVault()):
        shelf.write(NAME, b"words")
        assert shelf.names() == (NAME,)
        shelf.remove(NAME)
        shelf.remove(NAME)
        assert (shelf.read(NAME), shelf.names()) == (None, ())


def test_a_link_is_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "file"
    (folder / f"{NAME}.{os.getpid()}.new").symlink_to(elsewhere)
    vault = FileVault.__new__(FileVault)
    vault.__init__(folder, KEY)  # type: ignore[misc]
    vault.write(NAME, b"words")
    assert not elsewhere.exists()
