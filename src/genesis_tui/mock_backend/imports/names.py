"""The ids that resources of a source get here, and what a reference of the source points to."""

import re
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, NamedTuple

_REFERENCE: Final = re.compile(
    r"(?:(?P<base>https?://[^\s?#]+)/|/)?(?P<type>[A-Z][A-Za-z]{2,39})/(?P<id>[^/?#\s]+)(?:/_history/[^/?#\s]+)?(?:#.*)?"
)
_LEGAL: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
_MOST_ID = 64
_NAMESPACE = 20


class Target(NamedTuple):
    """What a reference names: the server it gives ('' for none), the type, and the id there."""

    base: str
    type: str
    id: str


class Here(NamedTuple):
    """A resource by its type and its id in this mock."""

    type: str
    id: str


def target_of(reference: str) -> Target | None:
    """The target of a literal reference, relative or absolute, its version left out; None for everything else."""
    found = _REFERENCE.fullmatch(reference)
    return Target(found["base"] or "", found["type"], found["id"]) if found else None


@dataclass(slots=True)
class Naming:
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

    def here(self, target: Target, base: str) -> Here | None:
        """Where a target is in this mock; `base` is the server of the resource that refers to it.

        None for one on a server that nothing here came from.
        """
        named = target.base or base
        if target.base and target.base != self.home and target.base not in self.bases:
            return None
        return Here(target.type, self.new_id(named, target.id))


def namespace_of(name: str) -> str:
    """A namespace for a source's name: letters and digits alone, a letter first, never a hyphen.

    So no id of one source can begin as another's do.
    """
    kept = "".join(letter for letter in name.casefold() if letter.isascii() and letter.isalnum())
    return (kept if kept[:1].isalpha() else f"s{kept}")[:_NAMESPACE]
