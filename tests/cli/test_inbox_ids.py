"""Ids of conversations that are none, and those of conversations about somebody else."""

from pathlib import Path

import pytest

from genesis_tui.cli.base import diagnostics
from tests.cli.conftest import Run
from tests.cli.written import loaded, refusal, served

__all__ = ["served"]
MINE = "thread-12742301-5"
BY_ID = [
    ("read", "{}"),
    ("read", "{}", "--mark-read"),
    ("attach-save", "{}"),
    ("unread", "{}"),
    ("move", "{}", "--to", "trash"),
    ("reply", "{}", "--body-file", "-", "--yes"),
    ("send", "--quote", "{}", "--body-file", "-", "--yes"),
    ("draft", "save", "--quote", "{}"),
]


def called(words: tuple[str, ...], id: str) -> tuple[str, ...]:
    return ("inbox", *(word.replace("{}", id) for word in words))


@pytest.fixture(scope="module")
def of_maya(served: dict[str, str], signed_in: Path) -> str:
    from tests.cli.conftest import command

    def run(*words: str, **more: str) -> object:
        return command(signed_in, "--server", served["url"], *words, **more)

    return str(loaded(run, "list", "--patient", "Maya")["threads"][0]["id"])  # type: ignore[arg-type]


@pytest.mark.rule("FAM-8", "FAM-9")
@pytest.mark.parametrize("words", BY_ID, ids=" ".join)
def test_one_of_somebody_else_is_told_as_one_that_is_not_there(
    daniel: Run, of_maya: str, words: tuple[str, ...]
) -> None:
    told = []
    for id in (of_maya, "thread-none"):
        done = daniel(*called(words, id), stdin="Hello.")
        assert (done.returncode, done.stdout) == (diagnostics.EXIT_NOT_FOUND, "")
        assert f"There is no conversation {id} in the inbox of Daniel Reyes." in done.stderr
        assert "--patient WHO" in done.stderr
        assert "Ids are listed by: genesis-tui inbox list\n" in done.stderr
        assert "server" not in done.stderr.casefold()
        told.append(daniel(*called(words, id), "--json", stdin="Hello."))
    assert {refusal(done) for done in told} == {("FAM-8", "no-such-conversation", diagnostics.EXIT_NOT_FOUND)}


def test_where_ids_stand_is_told_for_whom_it_was_asked(daniel: Run) -> None:
    done = daniel("inbox", "read", MINE, "--patient", "Maya")
    assert "in the inbox of Maya Reyes" in done.stderr
    assert "genesis-tui inbox list --patient 6\n" in done.stderr


def test_of_several_none_moves(daniel: Run, of_maya: str) -> None:
    done = daniel("inbox", "move", MINE, of_maya, "--to", "trash", "--json")
    assert refusal(done) == ("FAM-8", "no-such-conversation", diagnostics.EXIT_NOT_FOUND)
    assert "Not all of these 2 conversations are in the inbox of Daniel Reyes. Nothing was changed." in done.stderr
    assert MINE in [row["id"] for row in loaded(daniel, "list", "--limit", "0")["threads"]]


@pytest.mark.parametrize("words", BY_ID, ids=" ".join)
@pytest.mark.parametrize("id", ["two words", "a/b", "a\x1b[2J", "x" * 65])
def test_one_that_is_none_is_named_before_anything_is_asked(run: Run, words: tuple[str, ...], id: str) -> None:
    done = run(*called(words, id), stdin="Hello.")
    assert (done.returncode, done.stdout) == (diagnostics.EXIT_USAGE, "")
    assert f"{(id if len(id) < 65 else 'x' * 40 + '…')!r} is not the id of a conversation." in done.stderr
    assert "Ids are listed by: genesis-tui inbox list" in done.stderr
    assert "pattern" not in done.stderr


def test_each_that_is_none_is_named(run: Run) -> None:
    several = ("move", "a b", MINE, "", "--to", "trash")
    assert "'a b', '' are not ids of a conversation" in run("inbox", *several).stderr
    many = run("inbox", "unread", *(f"no {n}" for n in range(8))).stderr
    assert "'no 4' and 3 more are not ids" in many


def test_an_empty_id_is_none(run: Run) -> None:
    assert "'' is not the id of a conversation" in run("inbox", "read", "").stderr


@pytest.mark.parametrize("words", [("",), (" ", " "), ("x" * 201,)])
def test_words_to_look_for_have_their_length(daniel: Run, words: tuple[str, ...]) -> None:
    done = daniel("inbox", "search", *words)
    assert (done.returncode, "in 1 to 200 characters" in done.stderr) == (diagnostics.EXIT_USAGE, True)


def test_an_empty_folder_is_called_empty_and_one_row_is_one(daniel: Run) -> None:
    assert daniel("inbox", "list", "--folder", "trash").stderr == (
        "No conversations about Daniel Reyes in the folder trash.\n"
    )
    assert "This is the newest.\n" in daniel("inbox", "list", "--limit", "1").stderr
