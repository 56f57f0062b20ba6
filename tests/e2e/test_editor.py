"""`f4`: the text of a message in the person's own editor, in a file of which nothing is left afterwards (S3)."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.terminal import Terminal
from tests.e2e.aftermath import left_wrong
from tests.e2e.conftest import PROGRAM, SPONSOR, Server, Start, choose_a_person, enter_as

WORDS = "canary: the knee, since Monday"
_F4 = "\x1bOS"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """Where the system keeps what never reaches a disk."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    yield folder
    assert list(folder.rglob("*")) == [], "the file is gone"


def editor(folder: Path, *lines: str) -> str:
    """A program to edit with."""
    script = folder / "editor"
    script.write_text("\n".join(("#!/bin/sh", *lines)) + "\n")
    script.chmod(0o755)
    return str(script)


def writing(start: Start, server: Server, **env: str) -> Terminal:
    app = start(PROGRAM, "--server", server.url, GENESIS_TUI_MOCK_TOKEN=server.tester_token, **env)
    enter_as(app, SPONSOR, "New since")
    app.press("3")
    app.expect("Drafts  Trash", "Blood pressure")
    app.press("n")
    app.expect("Not for emergencies", "Dr. Anna Okafor")
    return app


def leave(app: Terminal) -> None:
    app.press("ctrl+q")
    assert app.wait(20) == 0
    assert left_wrong(app) == []


def test_what_the_editor_leaves_is_the_text(start: Start, server: Server, tmp_path: Path, memory: Path) -> None:
    lines = (f'echo "{WORDS}" >> "$1"', f'stat -c "%a %n" "$1" > {tmp_path}/seen', "printf '\\033[2J' >> \"$1\"")
    app = writing(start, server, EDITOR=editor(tmp_path, *lines), XDG_RUNTIME_DIR=str(memory))
    app.type(_F4)
    app.expect(WORDS, "draft saved", "␛[2J")
    mode, _, name = (tmp_path / "seen").read_text().partition(" ")
    assert mode == "600"
    assert name.startswith(str(memory))
    assert WORDS not in name
    leave(app)


def test_an_editor_that_fails_changes_nothing(start: Start, server: Server, tmp_path: Path, memory: Path) -> None:
    program = editor(tmp_path, 'echo other > "$1"', "exit 3")
    app = writing(start, server, EDITOR=program, XDG_RUNTIME_DIR=str(memory))
    app.type(_F4)
    app.expect("ended with 3", "The text is as it was.")
    assert "other" not in app.text
    leave(app)


@pytest.mark.rule("MSG-9")
def test_what_was_typed_just_before_is_kept_first(start: Start, server: Server, tmp_path: Path, memory: Path) -> None:
    lines = (f"find {tmp_path} -name 'draft-*.sealed' > {tmp_path}/seen", "exit 1")
    app = writing(start, server, EDITOR=editor(tmp_path, *lines), XDG_RUNTIME_DIR=str(memory))
    app.press("enter")
    app.expect("your PCM")
    app.type(f"\x1b[C\rIron\rIs it low?{_F4}")
    app.expect("ended with 1")
    assert (tmp_path / "seen").read_text().count(".sealed") == 1
    leave(app)


@pytest.mark.parametrize("named", ["no-such-editor", "'unbalanced"])
def test_an_editor_that_is_none_is_told(start: Start, server: Server, memory: Path, named: str) -> None:
    app = writing(start, server, EDITOR=named, VISUAL="", XDG_RUNTIME_DIR=str(memory))
    app.type(_F4)
    app.expect("There is no editor.", "EDITOR")
    leave(app)


def test_without_a_place_in_memory_it_is_a_file_of_ones_own(start: Start, server: Server, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    program = editor(tmp_path, f'dirname "$1" > {tmp_path}/seen', f'stat -c %a "$(dirname "$1")" >> {tmp_path}/seen')
    app = writing(start, server, EDITOR=program, XDG_RUNTIME_DIR="", TMPDIR=str(tmp_path / "tmp"))
    app.type(_F4)
    app.settle(1.0)
    folder, mode = (tmp_path / "seen").read_text().split()
    assert mode == "700"
    assert not os.path.exists(folder)
    leave(app)


def test_what_a_killed_app_left_in_the_editor_goes_at_the_next_start(
    start: Start, server: Server, tmp_path: Path, memory: Path
) -> None:
    lines = (
        f'echo "{WORDS}" >> "$1"',
        f'echo "$$ $1" > {tmp_path}/seen.new',
        f"mv {tmp_path}/seen.new {tmp_path}/seen",
    )
    program = editor(tmp_path, *lines, "exec sleep 60")
    app = writing(start, server, EDITOR=program, XDG_RUNTIME_DIR=str(memory))
    app.type(_F4)
    _until((tmp_path / "seen").exists)
    pid, _, name = (tmp_path / "seen").read_text().strip().partition(" ")
    app.process.kill()
    assert app.wait() == -signal.SIGKILL
    os.kill(int(pid), signal.SIGKILL)
    assert WORDS in Path(name).read_text()
    again = start(
        PROGRAM, "--server", server.url, GENESIS_TUI_MOCK_TOKEN=server.tester_token, XDG_RUNTIME_DIR=str(memory)
    )
    choose_a_person(again)
    _until(lambda: not list(memory.iterdir()))
    leave(again)


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)
