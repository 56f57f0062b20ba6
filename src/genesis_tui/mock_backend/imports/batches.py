"""Which sources the paths of one import are."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from genesis_tui.mock_backend.imports.files import File, files_in

_ENDINGS = (".gz", ".json", ".ndjson", ".jsonl")


class Batch(NamedTuple):
    """The files of one source."""

    source: str
    files: tuple[File, ...]


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


def _unique(paths: list[Path]) -> Iterator[File]:
    seen: set[Path] = set()
    for file in (file for path in paths for file in files_in(path)):
        place = file.path.resolve()
        if place not in seen:
            seen.add(place)
            yield file
