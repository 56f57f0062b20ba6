"""What is longer than a message may be, and whom a message may be to: told so that the next try is the last."""

import subprocess
from pathlib import Path

import pytest

from genesis_tui.cli.base import diagnostics
from tests.cli.conftest import Run
from tests.cli.written import HELLO, Typed, drafts, loaded, served, typed

__all__ = ["served", "typed"]
TOO_LONG = "12,000 characters are 2,000 too many; at most 10,000 fit."
WHAT_TO_DO = "Shorten it, or attach the rest as a file: --attach FILE"


def usage(done: "subprocess.CompletedProcess[str]", code: int = diagnostics.EXIT_USAGE) -> str:
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    return done.stderr


@pytest.mark.rule("MSG-4")
@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ((*HELLO, "--yes"), "sent"),
        (("reply", "thread-12742301-2", "--body-file", "-", "--yes"), "sent"),
        (("draft", "save", "--subject", "a", "--body-file", "-"), "kept"),
    ],
)
def test_a_text_says_its_length_the_limit_and_the_way_on(daniel: Run, words: tuple[str, ...], kept: str) -> None:
    told = usage(daniel("inbox", *words, stdin="x" * 12_000))
    assert f"Nothing was {kept}. The text: {TOO_LONG} {WHAT_TO_DO}" in told
    assert drafts(daniel) == []


@pytest.mark.rule("MSG-4")
def test_a_subject_says_it_too(daniel: Run) -> None:
    for words in (HELLO, ("draft", "save")):
        told = usage(daniel("inbox", *words, "--subject", "x" * 60, stdin="Hello."))
        assert "--subject: 60 characters are 10 too many; at most 50 fit. Shorten it." in told
    assert drafts(daniel) == []


def test_what_is_quoted_counts_and_is_told(daniel: Run) -> None:
    told = usage(daniel("inbox", *HELLO, "--quote", "thread-12742301-1", "--yes", stdin="x" * 9_990))
    assert "at most 10,000 fit. " in told
    assert "characters of it are quoted. Shorten it" in told


def test_a_huge_file_says_what_a_message_takes(daniel: Run) -> None:
    told = usage(daniel("inbox", *HELLO[:-1], "/dev/zero", "--yes"))
    assert "more than 1,000,000 bytes; a message takes at most 10,000 characters. Shorten it, or attach it" in told


def test_one_character_is_one(daniel: Run) -> None:
    one = daniel("inbox", *HELLO, "--yes", stdin="a")
    assert "Message   1 character\n" in one.stderr
    assert "Message   2 characters\n" in daniel("inbox", *HELLO, "--yes", stdin="ab").stderr


@pytest.mark.rule("MSG-1")
def test_a_slip_of_the_pen_is_told_who_was_meant(daniel: Run) -> None:
    told = usage(daniel("inbox", *HELLO, "--to", "Dr. Okafer", "--yes", stdin="Hello."), diagnostics.EXIT_NOT_FOUND)
    assert told.endswith("nobody is called 'Dr. Okafer'.\nDid you mean:\n  Dr. Anna Okafor (Family practice)\n")


@pytest.mark.rule("MSG-1")
def test_nobody_is_told_whom_one_can_write_to(daniel: Run) -> None:
    done = daniel("inbox", *HELLO, "--to", "zzz", "--yes", stdin="Hello.")
    told = usage(done, diagnostics.EXIT_NOT_FOUND).splitlines()
    head = next(n for n, line in enumerate(told) if "nobody is called 'zzz'" in line)
    listed = told[head + 2 :]
    assert (len(listed), listed[0], listed[-1]) == (11, "  Dr. Anna Okafor (Family practice)", "  and 1 more")


@pytest.mark.rule("MSG-1")
def test_several_are_listed_and_all_that_were_found_are_counted(daniel: Run) -> None:
    told = usage(daniel("inbox", *HELLO, "--to", "a", "--yes", stdin="Hello.")).splitlines()
    head = next(n for n, line in enumerate(told) if "'a' means several" in line)
    listed = told[head + 1 :]
    assert len(listed) == 11
    assert listed[-1].startswith("  and ")
    assert int(listed[-1].split()[1]) > 12, "those that the server counted and did not send are among them"


@pytest.mark.rule("MSG-1")
def test_a_line_of_the_list_is_a_name(daniel: Run) -> None:
    sent = loaded(daniel, *HELLO, "--to", "Fort Belvoir Dermatology (nursing pool)", "--yes", stdin="Hello.")
    thread = loaded(daniel, "read", sent["thread"])["thread"]
    assert thread["messages"][0]["to"]["name"] == "Fort Belvoir Dermatology"


def test_a_long_name_is_not_repeated_whole(daniel: Run) -> None:
    told = usage(daniel("inbox", *HELLO, "--to", "x" * 150, "--yes", stdin="Hello."), diagnostics.EXIT_NOT_FOUND)
    assert f"'{'x' * 40}…'" in told


def test_what_is_missing_names_what_there_is_to_choose(daniel: Run) -> None:
    told = usage(daniel("inbox", "send", "--to", "Okafor", "--subject", "a", "--body-file", "-", stdin="Hello."))
    assert "--category is one of: visit-instructions (" in told
    assert "other (Other)" in told


def test_a_draft_that_is_too_long_says_how_to_change_it(typed: Typed, daniel: Run, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nhead -c 10500 /dev/zero | tr '\\0' y > \"$1\"\n")
    editor.chmod(0o700)
    new = ("send", "--to", "Okafor", "--subject", "a", "--category", "other", "--yes")
    told = usage(typed(*new, EDITOR=str(editor)))
    (kept,) = drafts(daniel)
    assert "10,500 characters are 500 too many" in told
    assert f"Change it with: genesis-tui inbox draft save {kept['id']} --body-file FILE\n" in told
    assert daniel("inbox", "draft", "save", kept["id"], "--body-file", "-", stdin="Short.").returncode == 0
    assert daniel("inbox", "draft", "send", kept["id"], "--yes").returncode == 0
