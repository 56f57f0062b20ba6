"""Reads the authored data files. What they say is the same for every world, so each is read once a process."""

from functools import lru_cache
from importlib.resources import files
from typing import TypeVar

import msgspec

from genesis_tui.mock_backend.world.authored.catalogue import Catalogue, Kinds, People, Places
from genesis_tui.mock_backend.world.authored.records import AuthoredClipboard, Record

T = TypeVar("T")
_DATA = files("genesis_tui.mock_backend.world") / "data"


def _read(name: str, shape: type[T]) -> T:
    return msgspec.json.decode((_DATA / name).read_bytes(), type=shape)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The laboratory's tests and panels."""
    return _read("labs.json", Catalogue)


@lru_cache(maxsize=1)
def kinds() -> Kinds:
    """Kinds of study, vaccines with their schedules, and drugs."""
    return _read("kinds.json", Kinds)


@lru_cache(maxsize=1)
def places() -> Places:
    """Facilities, their clinics, and the staff."""
    return _read("places.json", Places)


@lru_cache(maxsize=1)
def codes() -> dict[str, dict[str, str]]:
    """How a code system itself names the codes of diagnoses, procedures and allergies: system -> code -> display."""
    return _read("codes.json", dict[str, dict[str, str]])


@lru_cache(maxsize=1)
def people() -> People:
    """Everybody the portal knows."""
    return _read("people.json", People)


@lru_cache(maxsize=256)
def record(key: str) -> Record:
    """One person's record; an empty one for somebody without a file."""
    path = _DATA / "records" / f"{key}.json"
    return msgspec.json.decode(path.read_bytes(), type=Record) if path.is_file() else Record()


@lru_cache(maxsize=64)
def clipboard(key: str) -> AuthoredClipboard:
    """A questionnaire with its scales; nothing is asked where there is no such file."""
    path = _DATA / "clipboards" / f"{key}.json"
    return msgspec.json.decode(path.read_bytes(), type=AuthoredClipboard) if path.is_file() else AuthoredClipboard()


@lru_cache(maxsize=1)
def clipboards() -> tuple[str, ...]:
    """The keys of all clipboards."""
    return tuple(sorted(path.name.removesuffix(".json") for path in (_DATA / "clipboards").iterdir()))


@lru_cache(maxsize=512)
def text(name: str) -> str:
    """A report or note as plain text; its place-holders are still in it."""
    return (_DATA / "texts" / f"{name}.txt").read_text(encoding="utf-8").strip() + "\n"
