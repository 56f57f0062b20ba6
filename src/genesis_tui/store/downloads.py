"""Documents as files on this computer: saved where the person says, or opened with a program of theirs.

A name from a server never decides where a file goes: it is made safe first, and nothing that exists is overwritten.
"""

import atexit
import os
import re
import secrets
import shlex
import shutil
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.base.files import FileContent
from genesis_tui.store.private_files import private_folder, state_folder
from genesis_tui.store.short_lived import ShortLivedFolder

_ENDINGS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/tiff": ".tif",
    "image/bmp": ".bmp",
    "image/webp": ".webp",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "text/calendar": ".ics",
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "text/xml": ".xml",
    "application/xml": ".xml",
    "application/hl7-cda+xml": ".xml",
    "text/rtf": ".rtf",
    "application/rtf": ".rtf",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/dicom": ".dcm",
    "application/json": ".json",
    "application/fhir+json": ".json",
    "application/zip": ".zip",
    "audio/mpeg": ".mp3",
    "video/mp4": ".mp4",
}
_OPENED = frozenset({".pdf", ".png", ".jpg", ".gif", ".tif", ".bmp", ".webp", ".txt", ".rtf", ".doc", ".docx", ".dcm"})
"""What a program may be started with; pages and archives could do more than be looked at, so they are only saved."""
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
_MADE_VISIBLE = re.compile("⟨[^⟩]*⟩|[\u2400-\u243f]")
"""How `sanitize.plain` writes characters that do something."""
_SEPARATORS = frozenset('/\\:*?"<>|')
_LONGEST = 120
"""Bytes of a name before its ending; file systems take 255."""
_CHOICES, _REMEMBERED = "choices", "save-folder"
_MOST = 1_000
"""Files of one name in one folder."""


class FileFault(ApiError):
    """A file could not be written or opened; the words say why and what to do instead."""

    heading = "The file could not be saved."


def ending_of(content_type: str) -> str:
    """The ending that says what a file holds; `.bin` where that is not known."""
    return _ENDINGS.get(content_type, ".bin")


def safe_name(title: str, content_type: str) -> str:
    """A file name made of a title: no separators, no control or direction characters, no dots or spaces at its ends,
    no name that an operating system keeps for itself, and the ending of its content type.
    """
    ending = ending_of(content_type)
    shown = "".join(_harmless(_MADE_VISIBLE.sub("-", unicodedata.normalize("NFC", title))))
    stem = " ".join(shown.split()).strip(". -")
    if stem.casefold().endswith(ending):
        stem = stem[: -len(ending)].rstrip(". ")
    stem = _cut(stem) or "document"
    return f"{'_' if _RESERVED.match(stem) else ''}{stem}{ending}"


def _harmless(title: str) -> Iterator[str]:
    for char in title:
        category = unicodedata.category(char)
        if char in _SEPARATORS or category[0] == "C":
            yield "-"
        elif category[0] == "Z":
            yield " "
        else:
            yield char


def _cut(stem: str) -> str:
    return stem.encode()[:_LONGEST].decode("utf-8", "ignore").strip(". ")


def downloads(chosen: str = "") -> Path:
    """The folder that files are saved to: the one that the settings name, else Downloads, else where we are."""
    if chosen:
        return Path(chosen).expanduser().absolute()
    usual = Path.home() / "Downloads"
    return usual if usual.is_dir() else Path.cwd()


def remembered() -> str:
    """The folder that the person said once; empty where they said none."""
    with suppress(OSError, UnicodeDecodeError):
        return (state_folder(_CHOICES) / _REMEMBERED).read_text().strip()
    return ""


def remember(folder: str) -> None:
    """Propose this one no more, but use it; an empty one is forgotten. What the disk does not take is asked again."""
    with suppress(OSError, ApiError):
        path = private_folder(_CHOICES) / _REMEMBERED
        if folder:
            path.write_text(folder)
            path.chmod(0o600)
        else:
            path.unlink(missing_ok=True)


def save(folder: Path, name: str, body: bytes, *, numbered: str = " ({})") -> Path:
    """Write a new file that only its owner can read; a taken name gets ` (2)` and so on.

    Args:
        folder: it must exist.
        name: as `safe_name` gives it.
        numbered: what a taken name gets.

    Raises:
        FileFault: it can't be written; nothing of it is left.
    """
    if Path(name).name != name or name in ("", ".", ".."):
        raise FileFault("A file can't have this name.")
    for number in range(1, _MOST):
        path = folder / (name if number == 1 else _numbered(name, numbered.format(number)))
        try:
            _write(path, body)
        except FileExistsError:
            continue
        except OSError as error:
            raise _not_written(folder, error) from None
        return path
    raise FileFault(detail=f"{folder}: there are too many files of this name.", next="Move some of them away.")


def save_as(path: Path, body: bytes) -> None:
    """Write this new file that only its owner can read.

    Raises:
        FileFault: it is there already, or can't be written; nothing of it is left.
    """
    try:
        _write(path, body)
    except FileExistsError:
        raise taken(path) from None
    except OSError as error:
        raise _not_written(path.parent, error) from None


def taken(path: Path) -> FileFault:
    """That this file is there already."""
    said = "is a folder" if path.is_dir() else "is there already, and is not replaced"
    return FileFault(detail=f"{path}: it {said}.", next="Choose another name for the file.", reason="exists")


def _not_written(folder: Path, error: OSError) -> FileFault:
    why = error.strerror or "it can't be written"
    return FileFault(
        detail=f"{folder}: {why}.", next="Choose another folder; `downloads` in the settings names the usual one."
    )


def _numbered(name: str, number: str) -> str:
    return f"{Path(name).stem}{number}{Path(name).suffix}"


def _write(path: Path, body: bytes) -> None:
    """Whole or not at all: under another name first. Raises FileExistsError where the name is taken."""
    if os.path.lexists(path):
        raise FileExistsError
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        _create(part, body)
        try:
            os.link(part, path)
        except FileExistsError:
            raise
        except OSError:  # not every file system has links
            _create(path, body)
    finally:
        part.unlink(missing_ok=True)


def _create(path: Path, body: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


class OpenedFiles:
    """Files that were opened with a program: in a private folder, until sign-out or the end of the process."""

    def __init__(self) -> None:
        self._folder: ShortLivedFolder | None = None
        self._count = 0

    def open(self, content: FileContent, opener: str = "", *, environment: Mapping[str, str] = os.environ) -> None:
        """Start the person's program with the file. The file's name says nothing of what it holds.

        Args:
            content: what to open.
            opener: the program that the settings name, with its options; the system's own when empty.
            environment: where a display and programs are looked for.

        Raises:
            FileFault: there is no display, no program, or the kind of file can only be saved.
        """
        ending = ending_of(content.content_type)
        if ending not in _OPENED:
            raise FileFault("This kind of file is not opened from here.", next="Save it with e.")
        command = _command(opener, environment)
        self._count += 1
        path = save(self._private(), f"document-{self._count}{ending}", content.body)
        kept = {name: value for name, value in environment.items() if not name.startswith("GENESIS_TUI")}
        try:
            process = subprocess.Popen(
                [*command, str(path)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env=kept,
            )
        except OSError as error:
            raise FileFault(
                f"{command[0]} could not be started.", detail=error.strerror or "", next="Save it with e."
            ) from None
        threading.Thread(target=process.wait, daemon=True).start()

    def clear(self) -> None:
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.remove()
            atexit.unregister(self.clear)

    def _private(self) -> Path:
        if self._folder is None:
            self._folder = ShortLivedFolder()
            atexit.register(self.clear)
        return self._folder.path


def _command(opener: str, environment: Mapping[str, str]) -> list[str]:
    mac = sys.platform == "darwin"
    if not opener and not mac and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        raise FileFault(
            "There is no display to open it on.", next="Save it with e, or name an `opener` in the settings."
        )
    try:
        command = shlex.split(opener) or ["open" if mac else "xdg-open"]
    except ValueError:
        raise FileFault("The `opener` in the settings can't be understood.", next="Save it with e.") from None
    if shutil.which(command[0], path=environment.get("PATH")) is None:
        raise FileFault(f"The program {command[0]} is not there.", next="Save it with e, or name another `opener`.")
    return command
