"""Files of messages at the command line: what may be attached, and saving that stays in its folder."""

import json
import os
from pathlib import Path

import pytest

from genesis_tui.cli.base import diagnostics
from tests.cli.conftest import Run
from tests.cli.written import HELLO, PDF, drafts, loaded, refusal, served, subjects

__all__ = ["served"]
MIB = 1024**2
PNG = b"\x89PNG\r\n\x1a\n"


def with_files(run: Run, *paths: Path) -> list[str]:
    return [*HELLO, "--yes", *(word for path in paths for word in ("--attach", str(path)))]


def thread_with(run: Run, *paths: Path) -> str:
    return str(loaded(run, *with_files(run, *paths), stdin="Please find it attached.")["thread"])


def made(folder: Path, name: str, body: bytes) -> Path:
    path = folder / name
    path.write_bytes(body)
    return path


@pytest.mark.rule("MSG-6")
@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("empty.pdf", b"", "empty.pdf is empty"),
        ("large.pdf", PDF + b" " * (6 * MIB), "large.pdf is larger than 6 MiB"),
        ("script.sh", b"#!/bin/sh\n", "script.sh is of a kind that can't be sent"),
        ("pdf", PDF, "pdf is of a kind that can't be sent"),
        ("really.pdf", PNG, "really.pdf is named like a PDF file"),
    ],
)
def test_a_file_that_can_not_go_is_refused_by_name(
    daniel: Run, tmp_path: Path, name: str, body: bytes, words: str
) -> None:
    before = subjects(daniel)
    good, bad = made(tmp_path, "good.pdf", PDF), made(tmp_path, name, body)
    done = daniel("inbox", *with_files(daniel, good, bad), "--json", stdin="Hello.")
    assert refusal(done) == ("MSG-6", "attachment", diagnostics.EXIT_REFUSED)
    assert words in done.stderr
    assert (subjects(daniel), drafts(daniel)) == (before, [])


@pytest.mark.rule("MSG-6")
def test_the_largest_file_and_the_most_files_go_and_one_more_does_not(daniel: Run, tmp_path: Path) -> None:
    four = [made(tmp_path, f"{n}.pdf", PDF + b"%d" % n) for n in range(4)]
    four[0].write_bytes(PDF.ljust(6 * MIB))
    assert thread_with(daniel, *four)
    for one, words in (
        (made(tmp_path, "5.pdf", PDF + b"5"), "at most 4 files"),
        (four[1], "1.pdf is attached already"),
    ):
        paths = [*four, one] if one not in four else [four[1], one]
        done = daniel("inbox", *with_files(daniel, *paths), stdin="Hello.")
        assert (done.returncode, words in done.stderr) == (diagnostics.EXIT_REFUSED, True)
    two = [made(tmp_path, f"{n}.png", PNG + b"%d" % n + b" " * 5 * MIB) for n in range(2)]
    done = daniel("inbox", *with_files(daniel, *two), stdin="Hello.")
    assert "Together the files would be larger than 10 MiB" in done.stderr


def test_nothing_of_a_file_is_left_when_the_message_does_not_go(daniel: Run, home: Path, tmp_path: Path) -> None:
    good = made(tmp_path, "good.pdf", PDF)
    for words in (("--body-file", "/no/such/file"), ("--subject", "")):
        assert daniel("inbox", *with_files(daniel, good), *words, stdin="I have chest pain").returncode == 2
    assert [*home.rglob("file-*")] == []


@pytest.mark.parametrize("name", ["a\x1b]52;c;aGk=\x07.pdf", "fdp.\u202eexe.pdf", "\udcff.pdf", "x" * 201 + ".pdf"])
def test_a_name_that_does_something_is_shown_and_not_sent(daniel: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(PDF)
    done = daniel("inbox", *with_files(daniel, path), stdin="Hello.")
    assert done.returncode == diagnostics.EXIT_USAGE
    assert "Rename it" in done.stderr
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stderr)


def test_a_pipe_is_no_file(daniel: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    done = daniel("inbox", *with_files(daniel, tmp_path / "pipe.pdf"), stdin="Hello.")
    assert (done.returncode, "is no file" in done.stderr) == (diagnostics.EXIT_USAGE, True)


# saving


def test_files_are_saved_and_never_over_anything(daniel: Run, tmp_path: Path) -> None:
    thread = thread_with(daniel, made(tmp_path, "form.pdf", PDF), made(tmp_path, "log.txt", b"120/80"))
    assert "File: form.pdf 24 bytes" in daniel("inbox", "read", thread).stdout
    there = tmp_path / "saved"
    there.mkdir()
    made(there, "form.pdf", b"mine")
    done = daniel("inbox", "attach-save", thread, "--to", str(there))
    assert done.returncode == diagnostics.EXIT_USAGE
    assert "1 form.pdf, 2 log.txt" in done.stderr
    one = daniel("inbox", "attach-save", thread, "--to", str(there), "--name", "FORM.PDF")
    assert one.stdout == f"{there / 'form (2).pdf'}\n"
    assert loaded(daniel, "attach-save", thread, "--to", str(there), "--name", "2") == {"saved": [f"{there}/log.txt"]}
    every = loaded(daniel, "attach-save", thread, "--to", str(there), "--all")["saved"]
    assert [Path(path).name for path in every] == ["form (3).pdf", "log (2).txt"]
    assert (there / "form.pdf").read_bytes() == b"mine"
    assert (there / "form (3).pdf").read_bytes() == PDF
    assert (there / "form (3).pdf").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "name", ["..\\..\\up.pdf", "con.pdf", ".bashrc.pdf", "-rf *.pdf", "a:b|c?.pdf", "~.pdf", "$(id).pdf"]
)
def test_a_hostile_name_stays_in_the_folder(daniel: Run, tmp_path: Path, name: str) -> None:
    thread = thread_with(daniel, made(tmp_path, name, PDF))
    there = tmp_path / "deep/saved"
    there.mkdir(parents=True)
    before = {path for path in tmp_path.rglob("*") if "home" not in path.parts}
    [path] = loaded(daniel, "attach-save", thread, "--to", str(there))["saved"]
    assert {one for one in tmp_path.rglob("*") if "home" not in one.parts} - before == {Path(path)}
    assert Path(path).parent == there
    assert not Path(path).name.startswith((".", "-"))
    assert not set(Path(path).name) & set('\\:*?"<>|')


def test_a_link_in_the_folder_leads_nowhere(daniel: Run, tmp_path: Path) -> None:
    thread = thread_with(daniel, made(tmp_path, "form.pdf", PDF))
    there = tmp_path / "saved"
    there.mkdir()
    (there / "form.pdf").symlink_to(tmp_path / "elsewhere.pdf")
    assert loaded(daniel, "attach-save", thread, "--to", str(there)) == {"saved": [f"{there}/form (2).pdf"]}
    assert not (tmp_path / "elsewhere.pdf").exists()


@pytest.mark.parametrize(
    ("words", "told", "code"),
    [
        (("--name", "nothing"), "means none of its files", diagnostics.EXIT_NOT_FOUND),
        (("--name", "0"), "means none of its files", diagnostics.EXIT_NOT_FOUND),
        (("--name", "x", "--all"), "exclude each other", diagnostics.EXIT_USAGE),
        (("--to", "/no/such/folder"), "/no/such/folder is no folder", diagnostics.EXIT_USAGE),
        (("--to", "/dev/null"), "/dev/null is no folder", diagnostics.EXIT_USAGE),
    ],
)
def test_what_makes_no_sense_is_told(daniel: Run, tmp_path: Path, words: tuple[str, ...], told: str, code: int) -> None:
    thread = thread_with(daniel, made(tmp_path, "form.pdf", PDF))
    done = daniel("inbox", "attach-save", thread, *words)
    assert (done.returncode, done.stdout, told in done.stderr) == (code, "", True)


def test_a_conversation_without_files_has_none(daniel: Run) -> None:
    done = daniel("inbox", "attach-save", "thread-12742301-1")
    assert (done.returncode, "has no files" in done.stderr) == (diagnostics.EXIT_NOT_FOUND, True)


@pytest.mark.rule("FAM-8")
def test_files_of_somebody_elses_conversation_are_not_there(daniel: Run) -> None:
    done = daniel("inbox", "attach-save", "thread-12742399-1", "--json")
    assert refusal(done)[0::2] == ("FAM-8", diagnostics.EXIT_NOT_FOUND)
    assert json.loads(done.stderr)["error"]["kind"] == "Refused"
