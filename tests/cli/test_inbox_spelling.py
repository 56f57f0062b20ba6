"""What a person writes is sent and kept as it is spelled, and comes back so in JSON."""

import json
import sqlite3
import subprocess
from pathlib import Path

import pytest

from genesis_tui.sanitize import SPELLING
from tests.cli.conftest import DANIEL, Run, command, log_in
from tests.cli.test_inbox_outbox import Mock, here, mock, world
from tests.cli.written import HELLO, loaded, served

__all__ = ["here", "mock", "served", "world"]
HEART = "For you ❤\ufe0f"
SUBJECT = "می\u200cخواهم ❤\ufe0f"
TEXT = f"{SUBJECT}\nשלום\u200f! soft\u00adly \u200e, क्\u200dष ❤\ufe0e"
ODD = "c\u200c\u0327 e\u200e\u0301 d\u00ad\u030c"
"""A mark after each: an escape that ends in this letter must not take it on."""


def test_a_message_arrives_as_it_is_spelled(here: Run, mock: Mock, tmp_path: Path) -> None:
    loaded(here, *HELLO, "--subject", HEART, "--yes", stdin=f"{TEXT}\n")
    world = sqlite3.connect(tmp_path / "world.db")
    try:
        assert world.execute("select count(*) from message where body = ?", (TEXT,)).fetchone() == (1,)
        assert world.execute("select count(*) from thread where subject = ?", (HEART,)).fetchone() == (1,)
    finally:
        world.close()


@pytest.mark.rule("MSG-9")
@pytest.mark.parametrize("text", [TEXT, ODD])
def test_a_draft_comes_back_as_it_is_spelled_and_nothing_of_it_stands_raw(
    daniel: Run, served: dict[str, str], tmp_path: Path, text: str
) -> None:
    id = loaded(daniel, "draft", "save", "--subject", SUBJECT, "--body-file", "-", stdin=text)["draft"]["id"]
    elsewhere = tmp_path / "elsewhere" / "home"
    elsewhere.parent.mkdir()

    def there(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return command(elsewhere, "--server", served["url"], *words, **more)

    assert log_in(there, *DANIEL).returncode == 0
    for run in (daniel, there):
        done = run("inbox", "draft", "show", id, "--json")
        assert not set(SPELLING) & set(done.stdout)
        draft = json.loads(done.stdout)["draft"]
        assert (draft["subject"], draft["body"]) == (SUBJECT, text)
    assert daniel("inbox", "draft", "delete", id, "--yes").returncode == 0


def test_what_could_do_something_shows_in_json_as_before(daniel: Run) -> None:
    id = loaded(daniel, "draft", "save", "--body-file", "-", stdin="a\u202eb\x1b[2J\u200c\u00a0c")["draft"]["id"]
    done = daniel("inbox", "draft", "show", id, "--json")
    assert json.loads(done.stdout)["draft"]["body"] == "a⟨U+202E⟩b␛[2J\u200c c"
    assert daniel("inbox", "draft", "delete", id, "--yes").returncode == 0
