"""One process at a time holds a name, however the others end (MSG-12)."""

import errno
import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from genesis_tui.store.vault import FileVault, MemoryVault

KEY = bytes(range(32))
NAME = f"out-{uuid.uuid4()}"
OTHER = """
import sys
from pathlib import Path
from genesis_tui.store.vault import FileVault
with FileVault(Path(sys.argv[1]), bytes(range(32))).hold(sys.argv[2]) as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""


def holds(vault: FileVault) -> bool:
    with vault.hold(NAME) as mine:
        return mine


def test_another_process_holds_it_until_it_lets_go_or_is_killed(tmp_path: Path) -> None:
    vault, program = FileVault(tmp_path, KEY), [sys.executable, "-c", OTHER, str(tmp_path), NAME]
    for end in ("close", "kill"):
        with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdin is not None
            assert other.stdout is not None
            assert other.stdout.readline() == "True\n"
            assert (holds(vault), vault.names()) == (False, ())
            FileVault(tmp_path, KEY)
            assert not holds(vault), "whoever comes later takes no lock away"
            other.kill() if end == "kill" else other.stdin.close()
            other.wait(30)
        assert holds(vault)
        assert [*tmp_path.iterdir()] == []


def test_what_a_killed_process_left_goes(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.lock").touch()
    (tmp_path / "other.lock").touch()
    FileVault(tmp_path, KEY)
    assert [path.name for path in tmp_path.iterdir()] == ["other.lock"]


def test_two_of_one_process_exclude_each_other_too(tmp_path: Path) -> None:
    one, two = FileVault(tmp_path, KEY), FileVault(tmp_path, KEY)
    with one.hold(NAME) as mine:
        assert (mine, holds(two)) == (True, False)
    assert holds(two)
    with MemoryVault().hold(NAME) as mine:
        assert mine


def test_a_disk_that_knows_no_locks_keeps_nothing_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def knows_none(file: int, how: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", knows_none)
    assert holds(FileVault(tmp_path, KEY))
