"""Reads FHIR files of any shape as a stream of entries: Bundles, single resources, NDJSON, gzip of each.

Memory stays flat: a document of up to `WHOLE` bytes is read at once, a longer one entry by entry, and no line or entry
may be longer than `LONGEST`.
"""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, cast

import msgspec

from genesis_tui.mock_backend.imports.bundles import SourceEntry, Unreadable, of_entry, of_tree

WHOLE: Final = 4 * 1024 * 1024
LONGEST: Final = 32 * 1024 * 1024
_CHUNK: Final = 64 * 1024
_GZIP: Final = b"\x1f\x8b"
_LINES: Final = (".ndjson", ".jsonl")
_SUFFIXES: Final = (".json", *_LINES)
_HEAD: Final = (b'"Patient"', b'"Bundle"', b"/Patient/")
"""What a line must hold to matter to the first pass: patients, Bundles, patients by the address of their server."""
decode = msgspec.json.Decoder(float_hook=Decimal).decode
"""Numbers keep their digits: 5.40 stays 5.40."""

_ENDINGS = (".gz", ".json", ".ndjson", ".jsonl")


class BrokenFile(Exception):
    """A file that cannot be read to its end. The text is for people: where, and what is wrong."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}" if where else why)
        self.where = where
        self.why = why


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file to import: where it is, and the name that reports give it."""

    path: Path
    name: str


class Read(NamedTuple):
    """One entry of a file, or why it is none; `scope` tells documents of an import apart."""

    scope: int
    entry: SourceEntry | Unreadable


def files_in(path: Path) -> list[SourceFile]:
    """The files that a path stands for: itself, or those in a folder that may hold FHIR, by name."""
    if not path.is_dir():
        return [SourceFile(path, path.name)]
    found = (one for one in path.rglob("*") if _form(one.name) and one.is_file())
    return [SourceFile(one, one.relative_to(path).as_posix()) for one in sorted(found)]


def read(file: SourceFile, *, number: int, heads: bool = False) -> Iterator[Read]:
    """The entries of a file; `number` is its place in the import. `heads`: leave out lines of no use to a first pass.

    Raises BrokenFile.
    """
    first = number << 32
    with _told():
        form = _shape(file)
        if form == "lines":
            yield from _lines(file, first, heads=heads)
        elif form == "whole":
            with _opened(file) as stream:
                yield from (Read(first, one) for one in _tree(stream.read(LONGEST + 1)))
        else:
            yield from (Read(first, one) for one in _entries(file, form))


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong with a file, in words."""
    try:
        yield
    except EOFError:
        raise BrokenFile("", "the gzip file ends too early") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise BrokenFile("", f"not sound gzip ({error})") from None
    except OSError as error:
        raise BrokenFile("", error.strerror or "cannot be read") from None


@contextmanager
def _opened(file: SourceFile) -> Iterator[BinaryIO]:
    with file.path.open("rb") as raw:
        if raw.read(2) != _GZIP:
            raw.seek(0)
            yield raw
            return
        raw.seek(0)
        with gzip.GzipFile(fileobj=raw) as stream:
            yield cast(BinaryIO, stream)


def _form(name: str) -> str:
    """The ending that tells how a file is written, in small letters; '' for a name that tells nothing."""
    plain = name.lower().removesuffix(".gz")
    return next((suffix for suffix in _SUFFIXES if plain.endswith(suffix)), "")


def _shape(file: SourceFile) -> str:
    """`lines` for NDJSON, `whole` for a document that is read at once, else the path of a long one's entries."""
    if _form(file.name) in _LINES:
        return "lines"
    with _opened(file) as stream:
        head = stream.read(WHOLE + 1)
    if not head.strip():
        raise BrokenFile("", "the file is empty")
    if _begins_with_a_line(head):
        return "lines"
    if len(head) <= WHOLE:
        return "whole"
    return "item" if head.lstrip(_BLANK).startswith(b"[") else "entry.item"


_BLANK = b" \t\r\n\xef\xbb\xbf"


def _begins_with_a_line(head: bytes) -> bool:
    """Whether the first line is a whole document and more follows: NDJSON under another name."""
    line, _, rest = head.lstrip(_BLANK).partition(b"\n")
    if not rest.strip() or not line.rstrip().endswith(b"}"):
        return False
    try:
        decode(line)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _lines(file: SourceFile, first: int, *, heads: bool) -> Iterator[Read]:
    with _opened(file) as stream:
        number = 0
        try:
            while line := stream.readline(LONGEST + 1):
                number += 1
                if len(line) > LONGEST:
                    raise BrokenFile(f"line {number}", f"longer than {LONGEST // 1024**2} MiB")
                if heads and not any(mark in line for mark in _HEAD):
                    continue
                if line := line.strip(_BLANK):
                    yield from (Read(first + number, one) for one in _line(line, number))
        except EOFError:
            raise BrokenFile(f"after line {number}", "the gzip file ends too early") from None


def _line(line: bytes, number: int) -> Iterator[SourceEntry | Unreadable]:
    place = f"line {number}"
    try:
        tree = decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        yield Unreadable(place, "not-json")
        return
    yield from of_tree(tree, place)


def _tree(text: bytes) -> Iterator[SourceEntry | Unreadable]:
    if len(text) > LONGEST:
        raise BrokenFile("", f"one resource longer than {LONGEST // 1024**2} MiB")
    body = text.strip(_BLANK)
    try:
        tree = decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BrokenFile(_line_of(str(error), text), "not JSON") from None
    yield from of_tree(tree, "")


def _line_of(fault: str, text: bytes) -> str:
    """Where a decoder's complaint points to: it names a byte, people look for a line."""
    _, marked, rest = fault.rpartition("byte ")
    at = int(rest.rstrip(")")) if marked and rest.rstrip(")").isdigit() else len(text)
    return f"line {text[:at].count(bytes([10])) + 1}"


def _entries(file: SourceFile, path: str) -> Iterator[SourceEntry | Unreadable]:
    """The entries of a long Bundle, or what stands in a long list, one after the other."""
    import ijson  # type: ignore[import-untyped]

    number = 0
    with _opened(file) as stream:
        bounded = _Bounded(stream)
        try:
            for number, item in enumerate(ijson.items(bounded, path), start=1):
                bounded.passed()
                place = f"entry {number}"
                yield from of_entry(item, place, 0) if path == "entry.item" else of_tree(item, place)
        except (ijson.JSONError, ValueError) as error:
            where = f"after entry {number}, about line {bounded.lines + 1}"
            raise BrokenFile(where, f"not JSON ({str(error).splitlines()[0][:80]})") from None
    if not number:
        with _opened(file) as stream:
            yield from _tree(stream.read(LONGEST + 1))


class _Bounded:
    """A stream from which no more than `LONGEST` bytes are read for one entry."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._since = 0
        self.lines = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(_CHUNK if size < 0 else size)
        self._since += len(chunk)
        self.lines += chunk.count(b"\n")
        if self._since > LONGEST:
            raise BrokenFile(f"about line {self.lines}", f"an entry longer than {LONGEST // 1024**2} MiB")
        return chunk

    def passed(self) -> None:
        """Begin to count anew: an entry has been read."""
        self._since = 0


class Batch(NamedTuple):
    """The files that are imported as one source."""

    source: str
    files: tuple[SourceFile, ...]


def batches_of(paths: Iterable[Path], source_name: str = "") -> list[Batch]:
    """Which sources the paths are: all of them one, where it is named; else each folder one by its own name.

    Single files of one folder are one source too: by the folder's name, or a file that is alone by its own.
    """
    chosen = list(dict.fromkeys(paths))
    if source_name:
        return [Batch(source_name, tuple(_unique(chosen)))]
    loose: dict[Path, list[Path]] = {}
    for path in chosen:
        loose.setdefault(path.resolve() if path.is_dir() else path.resolve().parent, []).append(path)
    return [Batch(_name(folder, some), tuple(_unique(some))) for folder, some in loose.items()]


def _name(folder: Path, paths: list[Path]) -> str:
    if len(paths) > 1 or paths[0].is_dir():
        return folder.name or "files"
    name = paths[0].name
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name or "file"


def _unique(paths: list[Path]) -> Iterator[SourceFile]:
    seen: set[Path] = set()
    for file in (file for path in paths for file in files_in(path)):
        place = file.path.resolve()
        if place not in seen:
            seen.add(place)
            yield file
