"""What stands in a FHIR document: a resource, or a Bundle of them, Bundles in Bundles included."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

Json = dict[str, Any]
_DEEPEST: Final = 8


class SourceEntry(NamedTuple):
    """One resource as its source has it. `place` is where in the file, '' for all of it."""

    body: Json
    type: str
    full_url: str
    place: str


class Unreadable(NamedTuple):
    """Something that stands where a resource should, and why it is none."""

    place: str
    reason: str


def of_tree(tree: Any, place: str, depth: int = 0) -> Iterator[SourceEntry | Unreadable]:
    """The resources of a document: those of a Bundle or a list, else itself."""
    if isinstance(tree, list):
        for number, item in enumerate(tree, start=1):
            yield from _at_most(item, _inside(place, number), depth)
    elif isinstance(tree, dict) and tree.get("resourceType") == "Bundle":
        yield from _of_bundle(tree, place, depth)
    else:
        yield _one(tree, "", place)


def of_entry(entry: Any, place: str, depth: int) -> Iterator[SourceEntry | Unreadable]:
    """The resources of one Bundle entry; a Bundle in it is opened."""
    resource = entry.get("resource") if isinstance(entry, dict) else None
    if resource is None:
        yield Unreadable(place, "no-resource")
    elif isinstance(resource, dict) and resource.get("resourceType") == "Bundle":
        yield from _at_most(resource, place, depth)
    else:
        url = entry.get("fullUrl")
        yield _one(resource, url if isinstance(url, str) else "", place)


def _of_bundle(bundle: Json, place: str, depth: int) -> Iterator[SourceEntry | Unreadable]:
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        yield Unreadable(place, "no-resource")
        return
    for number, entry in enumerate(entries, start=1):
        yield from of_entry(entry, _inside(place, number), depth)


def _at_most(tree: Any, place: str, depth: int) -> Iterator[SourceEntry | Unreadable]:
    if depth >= _DEEPEST:
        yield Unreadable(place, "too-deep")
    else:
        yield from of_tree(tree, place, depth + 1)


def _one(resource: Any, full_url: str, place: str) -> SourceEntry | Unreadable:
    name = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(name, str) or not name:
        return Unreadable(place, "no-resource-type")
    return SourceEntry(resource, name, full_url, place)


def _inside(place: str, number: int) -> str:
    return f"{place}, entry {number}" if place else f"entry {number}"
