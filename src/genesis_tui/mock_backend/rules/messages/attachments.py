"""MSG-6: what may be attached to a message. Files are judged by what they hold, never by their names alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import MessagePolicy

MIB = 1024**2
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13, 27}


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file: the endings of its name, its media type, and how its content begins (empty: it is text)."""

    endings: tuple[str, ...]
    media_type: str
    starts: tuple[bytes, ...] = ()
    holds: bytes = b""
    """What stands somewhere in it, where the beginning does not tell it apart."""


KINDS = (
    FileType(("pdf",), "application/pdf", (b"%PDF-",)),
    FileType(("png",), "image/png", (b"\x89PNG\r\n\x1a\n",)),
    FileType(("jpg", "jpeg"), "image/jpeg", (b"\xff\xd8\xff",)),
    FileType(("gif",), "image/gif", (b"GIF87a", b"GIF89a")),
    FileType(("txt",), "text/plain"),
    FileType(("rtf",), "application/rtf", (b"{\\rtf",)),
    FileType(("doc",), "application/msword", (_OLE,)),
    FileType(("docx",), f"{_OFFICE}.wordprocessingml.document", (_ZIP,), b"word/"),
    FileType(("xls",), "application/vnd.ms-excel", (_OLE,)),
    FileType(("xlsx",), f"{_OFFICE}.spreadsheetml.sheet", (_ZIP,), b"xl/"),
)
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file of a message: `sha256` of its content, `size` in bytes."""

    name: str
    size: int
    sha256: str


def kind_of(name: str) -> FileType | None:
    """The type of file that a name's ending stands for."""
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    return next((kind for kind in KINDS if ending in kind.endings), None)


def may_upload(name: str, content: bytes, policy: MessagePolicy) -> Decision:
    """Whether one file may be attached at all."""
    if not content:
        return _refused("attachment-empty", f"“{name}” is empty.", "Choose another file.")
    if len(content) > policy.file_bytes:
        return too_large(name, policy)
    kind = kind_of(name)
    if kind is None:
        listed = ", ".join(ENDINGS)
        return _refused("attachment-type", f"“{name}” is of a kind that can't be sent.", f"Send one of: {listed}.")
    if not _holds(kind, content):
        words = f"“{name}” is named like a {kind.endings[0].upper()} file, but it isn't one."
        return _refused("attachment-type", words, "Save it again in that format, or give it the name of what it is.")
    return Allowed("MSG-6")


def too_large(name: str, policy: MessagePolicy) -> Refused:
    """One file is larger than it may be."""
    most = size_text(policy.file_bytes)
    return _refused("attachment-size", f"“{name}” is larger than {most}.", "Send a smaller one, or in parts.")


def may_attach(files: Sequence[FileFacts], policy: MessagePolicy) -> Decision:
    """Whether these files may go with one message; each was uploaded before."""
    if len(files) > policy.files:
        words = f"A message takes at most {policy.files} files; these are {len(files)}."
        return _refused("attachment-count", words, "Send the others with a second message.")
    seen: dict[str, str] = {}
    for file in files:
        if file.sha256 in seen:
            same = seen[file.sha256]
            words = f"“{file.name}” is attached twice{'' if same == file.name else f', once as “{same}”'}."
            return _refused("attachment-duplicate", words, "Leave one of them out.")
        seen[file.sha256] = file.name
    if sum(file.size for file in files) > policy.files_bytes:
        words = f"The files together are larger than {size_text(policy.files_bytes)}."
        return _refused("attachment-size", words, "Send some of them with a second message.")
    return Allowed("MSG-6")


def size_text(size: int) -> str:
    """A number of bytes in words: `6 MiB`, `512 KiB`."""
    return f"{size / MIB:g} MiB" if size >= MIB else f"{size / 1024:g} KiB"


def _holds(kind: FileType, content: bytes) -> bool:
    if not kind.starts:
        return _is_text(content)
    return content.startswith(kind.starts) and kind.holds in content


def _is_text(content: bytes) -> bool:
    """Text in UTF-8, or in a one-byte code without control characters."""
    if not _CONTROLS.isdisjoint(content):
        return False
    return not any(content.startswith(start) for kind in KINDS for start in kind.starts)


def _refused(reason: str, title: str, next: str) -> Refused:
    return Refused("MSG-6", reason, title, next=next, status=422)
