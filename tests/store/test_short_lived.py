"""Folders for files that are not to outlast their process: gone with it, or with the next one (S3)."""

import subprocess
import sys
from pathlib import Path

import pytest

from genesis_tui.store.short_lived import ShortLivedFolder, remove_left

HOLD = """
from genesis_tui.store.short_lived import ShortLivedFolder
folder = ShortLivedFolder(in_memory=True)
(folder.path / "words").write_text("canary")
print(folder.path, flush=True)
input()
"""


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the system keeps what never reaches a disk."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


def test_what_a_killed_process_left_goes_and_what_a_live_one_holds_stays(memory: Path) -> None:
    program = [sys.executable, "-c", HOLD]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        left = Path(other.stdout.readline().strip())
        assert (left.parent, left.stat().st_mode & 0o777) == (memory, 0o700)
        mine = ShortLivedFolder(in_memory=True)
        assert (left / "words").read_text() == "canary"
        other.kill()
        other.wait()
    remove_left()
    assert list(memory.iterdir()) == [mine.path]
    mine.remove()
    assert list(memory.iterdir()) == []


def test_what_is_not_ones_own_alone_is_left(memory: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (memory / "genesis-tui-link").symlink_to(elsewhere)
    (memory / "genesis-tui-open").mkdir(mode=0o755)
    (memory / "genesis-tui-file").touch(mode=0o600)
    (memory / "other").mkdir(mode=0o700)
    remove_left()
    assert {one.name for one in memory.iterdir()} == {
        *("genesis-tui-link", "genesis-tui-open", "genesis-tui-file", "other"),
    }
    assert elsewhere.exists()
