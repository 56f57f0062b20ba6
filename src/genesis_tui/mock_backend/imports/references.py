"""Finds what the references of a source point to, and rewrites them to where that is here."""

from collections.abc import Callable
from typing import Any, Final

from genesis_tui.mock_backend.imports.bundles import Json
from genesis_tui.mock_backend.imports.names import Here, Naming, target_of

_CACHED: Final = 50_000
_SHORT: Final = 200

Alias = Callable[[str, int], Here | None]


class References:
    """The references of one source. `alias` finds a resource by a fullUrl that does not say its type and id."""

    def __init__(self, naming: Naming, alias: Alias) -> None:
        self._naming = naming
        self._alias = alias
        self._known: dict[tuple[str, str], Here | None] = {}

    def resolve(self, reference: str, base: str, scope: int) -> Here | None:
        """Where a literal reference points to; None where that is not known here, or outside.

        `base` is the server of the resource that refers, `scope` its document.
        """
        if reference.startswith(("urn:", "http")):
            found = self._alias(reference.partition("#")[0], scope)
            if found is not None:
                return found
        key = (reference, base)
        if key in self._known:
            return self._known[key]
        target = target_of(reference)
        here = self._naming.here(target, base) if target else None
        if len(reference) <= _SHORT:
            if len(self._known) >= _CACHED:
                self._known.clear()
            self._known[key] = here
        return here

    def rewrite(self, body: Json, base: str, scope: int) -> list[str]:
        """Points every reference of a resource, in place, to what it means here; what is contained stays.

        Returns the ids of the Binaries that it names.
        """
        binaries: list[str] = []

        def moved(reference: str) -> str:
            here = None if reference.startswith("#") else self.resolve(reference, base, scope)
            if here is None:
                return reference
            if here.type == "Binary":
                binaries.append(here.id)
            _, mark, fragment = reference.partition("#")
            return f"{here.type}/{here.id}{mark}{fragment}"

        _walk(body, moved)
        return binaries


def _walk(body: Json, moved: Callable[[str], str]) -> None:
    waiting: list[Any] = [body]
    while waiting:
        node = waiting.pop()
        if node.__class__ is list:
            waiting += [item for item in node if item.__class__ is dict or item.__class__ is list]
            continue
        for key, value in node.items():
            kind = value.__class__
            if kind is dict or kind is list:
                waiting.append(value)
            elif kind is str and (key == "reference" or (key == "url" and _is_attachment(value))):
                node[key] = moved(value)


def _is_attachment(url: str) -> bool:
    """Whether a url is that of a resource: extensions and the pages of others have one too."""
    return url.startswith(("urn:uuid:", "Binary/", "/Binary/")) or (url.startswith("http") and "/Binary/" in url)
