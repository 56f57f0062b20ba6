"""Files that belong to a result or an entry, and how a person is told of them. Nothing here fetches anything."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to an entry. It is fetched when a person asks for it, never by itself."""

    title: str
    content_type: str
    """Media type without parameters, in lower case; empty where the server does not say."""
    size: int | None = None
    """Bytes, where the server says."""
    place: str = ""
    """What the open record knows it by; it says nothing to anybody else."""
    readable: bool = False
    """Whether it is text that can be read here."""


@dataclass(frozen=True, slots=True)
class FileContent:
    """What an attachment holds."""

    body: bytes
    content_type: str


def size_text(size: int | None) -> str:
    """`84 KiB`; empty where it is not known."""
    if size is None:
        return ""
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024 or unit == "MiB":
            return f"{size:,} {unit}"
        size = round(size / 1024)
    return ""


def kind_text(content_type: str) -> str:
    """`PDF`, `PNG picture`, or the media type itself."""
    main, _, part = content_type.partition("/")
    if content_type == "application/pdf":
        return "PDF"
    if main == "image":
        return f"{part.upper()} picture"
    known = {"text/plain": "text", "text/html": "page", "text/xml": "XML", "application/xml": "XML"}
    return known.get(content_type, content_type or "unknown kind")


def attached_text(files: Sequence[Attachment]) -> str:
    """`1 file (PDF)`, `3 files (PDF, PNG picture)`."""
    kinds = ", ".join(dict.fromkeys(kind_text(one.content_type) for one in files))
    return f"{len(files)} {'file' if len(files) == 1 else 'files'} ({kinds})"
