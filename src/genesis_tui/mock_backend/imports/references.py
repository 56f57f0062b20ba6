"""Finds what the references of a source point to, and rewrites them to where that is here."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from genesis_tui.mock_backend.imports.bundles import Json

_CACHED: Final = 50_000
_SHORT: Final = 200

_REFERENCE: Final = re.compile(
    r"(?:(?P<base>https?://[^\s?#]+)/|/)?(?P<type>[A-Z][A-Za-z]{2,39})/(?P<id>[^/?#\s]+)(?:/_history/[^/?#\s]+)?(?:#.*)?"
)
_LEGAL: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
_MOST_ID = 64
_NAMESPACE = 20


class LocalId(NamedTuple):
    """A resource by its type and its id in this mock."""

    type: str
    id: str


Alias = Callable[[str, int], LocalId | None]


class Target(NamedTuple):
    """What a reference names: the server it gives ('' for none), the type, and the id there."""

    base: str
    type: str
    id: str


@dataclass(slots=True)
class IdMap:
    """How one source's ids become ids here.

    `home` is the base URL of the server that the source's patients live on, '' as long as none is known: resources of
    it and those that name no server share their ids; another server's get ids of their own, so that two patients with
    the same id on two servers stay two. `bases` are the servers that something in the source came from.
    """

    namespace: str
    home: str = ""
    bases: set[str] = field(default_factory=set)

    def new_id(self, base: str, resource_id: str) -> str:
        """`<namespace>-<id>` where that is a FHIR id, else with a hash in place of the id; `base` '' is home."""
        if base and base != self.home:
            return self.hashed(f"{base}/{resource_id}")
        plain = f"{self.namespace}-{resource_id}"
        return plain if len(plain) <= _MOST_ID and _LEGAL.fullmatch(resource_id) else self.hashed(resource_id)

    def hashed(self, text: str) -> str:
        """An id for what has none that can be used: always the same for the same text."""
        digest = blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()
        return f"{self.namespace}-{digest}"

    def here(self, target: Target, base: str) -> LocalId | None:
        """Where a target is in this mock; `base` is the server of the resource that refers to it.

        None for one on a server that nothing here came from.
        """
        named = target.base or base
        if target.base and target.base != self.home and target.base not in self.bases:
            return None
        return LocalId(target.type, self.new_id(named, target.id))


class References:
    """The references of one source. `alias` finds a resource by a fullUrl that does not say its type and id."""

    def __init__(self, naming: IdMap, alias: Alias) -> None:
        self._naming = naming
        self._alias = alias
        self._known: dict[tuple[str, str], LocalId | None] = {}

    def resolve(self, reference: str, base: str, scope: int) -> LocalId | None:
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


def target_of(reference: str) -> Target | None:
    """The target of a literal reference, relative or absolute, its version left out; None for everything else."""
    found = _REFERENCE.fullmatch(reference)
    return Target(found["base"] or "", found["type"], found["id"]) if found else None


def namespace_of(name: str) -> str:
    """A namespace for a source's name: letters and digits alone, a letter first, never a hyphen.

    So no id of one source can begin as another's do.
    """
    kept = "".join(letter for letter in name.casefold() if letter.isascii() and letter.isalnum())
    return (kept if kept[:1].isalpha() else f"s{kept}")[:_NAMESPACE]
