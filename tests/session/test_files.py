"""Files from a record: where they go, what they are called, and what is started with them."""

import os
import stat
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genesis_tui.models.base.files import FileContent
from genesis_tui.settings import settings
from genesis_tui.store.downloads import FileFault, OpenedFiles, downloads, safe_name, save

PDF = "application/pdf"
HOSTILE = [
    "../../x",
    "/etc/passwd",
    "..",
    ".",
    "",
    "C:\\Windows\\x",
    "a\0b",
    "line\nbreak",
    "\u202efdp.exe",
    "x" * 300,
    "é" * 300,
    "CON",
    "aux.txt",
    ".bashrc",
    "-rf",
    "a/b",
    "a\u2044b",
    "\x1b]52;c;x\x07",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_name_stays_in_its_folder(tmp_path: Path, title: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = save(folder, safe_name(title, PDF), b"x")
    assert path.resolve().parent == folder.resolve()
    assert [p.name for p in folder.iterdir()] == [path.name]
    assert [p for p in tmp_path.iterdir() if p != folder] == []


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_name_is_always_one_that_every_system_takes(title: str) -> None:
    name = safe_name(title, PDF)
    assert name.endswith(".pdf")
    assert len(name.encode()) <= 130
    assert not name.startswith((".", "-", " "))
    assert not any(c in '/\\:*?"<>|' or unicodedata.category(c)[0] == "C" for c in name)
    assert name.split(".")[0].casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt1"}


@pytest.mark.parametrize(
    ("title", "kind", "name"),
    [
        ("Visit summary", PDF, "Visit summary.pdf"),
        ("Visit summary.PDF", PDF, "Visit summary.pdf"),
        ("invoice.pdf.exe", PDF, "invoice.pdf.exe.pdf"),
        ("scan", "image/png", "scan.png"),
        ("scan", "application/x-msdownload", "scan.bin"),
        ("", "text/plain", "document.txt"),
        ("nul", PDF, "_nul.pdf"),
    ],
)
def test_the_ending_comes_from_the_kind_of_file(title: str, kind: str, name: str) -> None:
    assert safe_name(title, kind) == name


def test_a_saved_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = save(tmp_path, "a.pdf", b"content")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"content", 0o600)


def test_what_exists_is_never_overwritten(tmp_path: Path) -> None:
    names = [save(tmp_path, "a.pdf", str(n).encode()).name for n in range(3)]
    assert names == ["a.pdf", "a (2).pdf", "a (3).pdf"]
    assert (tmp_path / "a.pdf").read_bytes() == b"0"


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.pdf").symlink_to(target)
    assert save(folder, "a.pdf", b"x").name == "a (2).pdf"
    assert not target.exists()


@pytest.mark.parametrize("name", ["../x.pdf", "/x.pdf", "a/b.pdf", "", ".", ".."])
def test_a_name_that_is_a_path_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileFault):
        save(tmp_path, name, b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileFault) as fault:
        save(tmp_path / "nowhere", "a.pdf", b"x")
    assert "nowhere" in fault.value.detail
    assert "downloads" in fault.value.next


def test_the_folder_is_the_chosen_one_else_downloads_else_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert downloads() == tmp_path
    (tmp_path / "Downloads").mkdir()
    assert downloads() == tmp_path / "Downloads"
    assert downloads("~/papers") == tmp_path / "papers"


@pytest.fixture
def opener(tmp_path: Path) -> tuple[str, Path]:
    """A program that writes down what it was started with."""
    told = tmp_path / "told"
    script = tmp_path / "program.py"
    script.write_text(
        f"import os, sys, pathlib\n"
        f"pathlib.Path({str(told)!r} + '.part').write_text('\\n'.join([*sys.argv[1:], *os.environ]))\n"
        f"os.rename({str(told)!r} + '.part', {str(told)!r})\n"
    )
    return f"'{sys.executable}' '{script}' --flag", told


def _wait(path: Path) -> list[str]:
    import time

    for _ in range(500):
        if path.exists():
            return path.read_text().splitlines()
        time.sleep(0.02)
    raise AssertionError("the program never started")


def test_a_program_gets_a_neutral_name_in_a_private_folder(
    opener: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    command, told = opener
    monkeypatch.setenv("GENESIS_TUI_MOCK_TOKEN", "secret")
    opened = OpenedFiles()
    opened.open(FileContent(b"%PDF", PDF), command)
    flag, name, *variables = _wait(told)
    path = Path(name)
    assert (flag, path.name, path.read_bytes()) == ("--flag", "document-1.pdf", b"%PDF")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "GENESIS_TUI_MOCK_TOKEN" not in variables
    opened.clear()
    assert not path.parent.exists()


def test_the_settings_name_folder_and_program(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('downloads = "~/papers"\nopener = "evince --new"\n')
    chosen = settings.load(path=file)
    assert (chosen.downloads, chosen.opener) == ("~/papers", "evince --new")


def test_without_a_display_saving_is_offered() -> None:
    with pytest.raises(FileFault) as fault:
        OpenedFiles().open(FileContent(b"x", PDF), environment={"PATH": os.environ["PATH"]})
    assert "display" in fault.value.title
    assert "Save" in fault.value.next


@pytest.mark.parametrize("command", ["no-such-program-anywhere", "'unbalanced"])
def test_a_program_that_is_not_there_is_told(command: str) -> None:
    with pytest.raises(FileFault) as fault:
        OpenedFiles().open(FileContent(b"x", PDF), command)
    assert "Save" in fault.value.next


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/zip", "application/x-sh", ""])
def test_what_could_do_more_than_be_looked_at_is_only_saved(kind: str, opener: tuple[str, Path]) -> None:
    with pytest.raises(FileFault) as fault:
        OpenedFiles().open(FileContent(b"x", kind), opener[0])
    assert "Save" in fault.value.next
    assert not opener[1].exists()
