"""`genesis-tui inbox move`, `unread` and folders by their names."""

from typing import Any

import pytest

from genesis_tui.cli.base import diagnostics
from tests.cli.conftest import Run
from tests.cli.written import loaded, refusal, served

__all__ = ["served"]
FIRST, SECOND = "thread-12742301-5", "thread-12742301-7"
NOT_FOUND, USAGE = diagnostics.EXIT_NOT_FOUND, diagnostics.EXIT_USAGE


def held(run: Run, folder: str) -> list[str]:
    return [row["id"] for row in loaded(run, "list", "--folder", folder, "--limit", "0")["threads"]]


def folders(run: Run) -> dict[str, Any]:
    return {folder["name"]: folder["id"] for folder in loaded(run, "list")["folders"]}


@pytest.mark.rule("MSG-7")
def test_conversations_move_to_a_new_folder_and_back(daniel: Run) -> None:
    told = loaded(daniel, "move", FIRST, SECOND, FIRST, "--to", "Knee 2026", "--create")
    assert told["moved"] == [{"id": FIRST, "from": "inbox"}, {"id": SECOND, "from": "inbox"}]
    assert told["folder"] == {"id": folders(daniel)["Knee 2026"], "name": "Knee 2026"}
    for name in ("knee 2026", told["folder"]["id"]):
        assert set(held(daniel, name)) == {FIRST, SECOND}
    assert not {FIRST, SECOND} & set(held(daniel, "inbox"))
    again = loaded(daniel, "move", FIRST, "--to", "KNEE 2026", "--create")
    assert again["moved"] == [{"id": FIRST, "from": told["folder"]["id"]}]
    back = daniel("inbox", "move", FIRST, SECOND, "--to", "inbox")
    assert back.stdout.split() == [FIRST, told["folder"]["id"], SECOND, told["folder"]["id"]]
    assert "Daniel Reyes" in back.stderr
    assert {FIRST, SECOND} <= set(held(daniel, "inbox"))


@pytest.mark.rule("MSG-8")
def test_trash_is_a_folder_to_come_back_from(daniel: Run) -> None:
    assert daniel("inbox", "move", FIRST, "--to", "Trash").returncode == 0
    assert held(daniel, "trash") == [FIRST]
    assert daniel("inbox", "move", FIRST, "--to", "inbox").returncode == 0
    assert (held(daniel, "trash"), FIRST in held(daniel, "inbox")) == ([], True)


def test_all_move_or_none_and_no_folder_is_left_behind(daniel: Run) -> None:
    before = folders(daniel)
    done = daniel("inbox", "move", FIRST, "thread-none", "--to", "Never made", "--create", "--json")
    assert refusal(done)[2] == diagnostics.EXIT_NOT_FOUND
    assert (folders(daniel), FIRST in held(daniel, "inbox")) == (before, True)


@pytest.mark.rule("MSG-7")
@pytest.mark.parametrize("name", ["no/slash", "x" * 51, "a\x1b[2J"])
def test_a_folder_has_a_plain_name(daniel: Run, name: str) -> None:
    done = daniel("inbox", "move", FIRST, "--to", name, "--create", "--json")
    assert refusal(done) == ("MSG-7", "folder-name", diagnostics.EXIT_REFUSED)


@pytest.mark.parametrize(
    ("words", "told", "code"),
    [
        (("move", FIRST, "--to", "nowhere"), "Choose one of: Inbox, Trash", NOT_FOUND),
        (("move", FIRST, "--to", "sent"), "Nothing can be moved to Sent", USAGE),
        (("move", FIRST, "--to", "drafts", "--create"), "Nothing can be moved to Drafts", USAGE),
        (("move", FIRST), "--to", USAGE),
        (("move", "--to", "inbox"), "ID", USAGE),
        (("move", *(f"t{n}" for n in range(201)), "--to", "inbox"), "At most 200", USAGE),
        (("unread",), "ID", USAGE),
        (("list", "--folder", "nowhere"), "Choose one of: Inbox, Sent, Drafts, Trash", NOT_FOUND),
    ],
)
def test_what_makes_no_sense_is_told(daniel: Run, words: tuple[str, ...], told: str, code: int) -> None:
    done = daniel("inbox", *words)
    assert (done.returncode, done.stdout, told in done.stderr) == (code, "", True)


def test_a_conversation_is_unread_again(daniel: Run) -> None:
    (row, *_) = [row for row in loaded(daniel, "list")["threads"] if row["unread"]]
    daniel("inbox", "read", row["id"], "--mark-read")
    assert row["id"] not in _unread(daniel)
    assert loaded(daniel, "unread", row["id"]) == {"unread": [row["id"]]}
    assert row["id"] in _unread(daniel)
    assert "Unread again: 1" in daniel("inbox", "unread", row["id"]).stderr


def _unread(run: Run) -> list[str]:
    return [row["id"] for row in loaded(run, "list")["threads"] if row["unread"]]
