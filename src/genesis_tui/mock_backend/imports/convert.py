"""Makes of an entry what is stored: whose it is, its id and references as they are here, what searches need."""

import re
from typing import Any, Final, NamedTuple

import msgspec

from genesis_tui.mock_backend.database.appointments.slot_search import SLOT
from genesis_tui.mock_backend.database.record.dates import span
from genesis_tui.mock_backend.database.record.indexing import index
from genesis_tui.mock_backend.database.record.resources import encode, instant
from genesis_tui.mock_backend.fhir.resource_types import KINDS
from genesis_tui.mock_backend.imports.bundles import Json, SourceEntry
from genesis_tui.mock_backend.imports.compartment import BY_OTHERS, NOT_SERVED, Knows, patient_named
from genesis_tui.mock_backend.imports.references import IdMap, LocalId, References, target_of
from genesis_tui.mock_backend.imports.staging import Staged, Staging

_UUID: Final = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_SERVERS_OWN: Final = ("versionId", "lastUpdated")
_LONGEST_VALUE: Final = 500
_MILLISECOND: Final = 1000


class Owner(NamedTuple):
    """Whose a resource is, '' for nobody's; or what has to be known first; or why it is nobody's whom we know."""

    patient: str | None
    waits: str | None = None
    reason: str = ""


def identity(entry: SourceEntry, naming: IdMap) -> tuple[str, str]:
    """The server that an entry names ('' for none), and its id here: its own, its fullUrl's, or one of its content."""
    target = target_of(entry.full_url) if entry.full_url else None
    base = target.base if target else ""
    own = entry.body.get("id")
    if isinstance(own, str) and own:
        return base, naming.new_id(base, own)
    if target is not None and target.type == entry.type:
        return base, naming.new_id(base, target.id)
    if _UUID.fullmatch(entry.full_url):
        return base, naming.hashed(entry.full_url)
    return base, naming.hashed(f"{entry.full_url} {encode(entry.body).decode()}")


class Converter:
    """Makes the staged resources of one source, all of them changed at `now` (microseconds)."""

    def __init__(self, naming: IdMap, references: References, knows: Knows, staging: Staging, *, now: int) -> None:
        self._naming = naming
        self._references = references
        self._knows = knows
        self._staging = staging
        self._first = {"versionId": "1", "lastUpdated": instant(now // _MILLISECOND * _MILLISECOND)}

    def make(self, entry: SourceEntry, scope: int, file: int) -> Staged | str:
        """The resource as it can be stored, or the reason why it is not taken."""
        if entry.type not in KINDS or entry.type == SLOT:
            return NOT_SERVED
        body = entry.body
        base, new_id = identity(entry, self._naming)
        owner = self._owner(entry, new_id, base, scope)
        if owner.reason:
            return owner.reason
        for binary in self._references.rewrite(body, base, scope):
            self._staging.add_attached(binary, LocalId(entry.type, new_id), file)
        indexed = index(body, tolerant=True)
        tokens = [token for token in indexed.tokens if _searchable(token)]
        stamp, edition, meta = _meta(body.pop("meta", None))
        del body["resourceType"]
        body.pop("id", None)
        whole = {"resourceType": entry.type, "id": new_id, "meta": {**self._first, **meta}, **body}
        return Staged(
            *(file, entry.place, stamp, edition, entry.type, new_id, owner.patient, owner.waits),
            *(indexed.sensitive, indexed.hidden, *indexed.span, indexed.category, encode(tokens), encode(whole)),
        )

    def _owner(self, entry: SourceEntry, new_id: str, base: str, scope: int) -> Owner:
        def resolve(reference: str) -> LocalId | None:
            return self._references.resolve(reference, base, scope)

        if entry.type == "Patient":
            return Owner(new_id)
        if KINDS[entry.type].directory:
            return Owner("")
        if entry.type in BY_OTHERS:
            spoken_of = entry.body.get("target" if entry.type == "Provenance" else "securityContext")
            found = [resolve(one) for one in _references_in(spoken_of)]
            return Owner(None, msgspec.json.encode([here for here in found if here]).decode())
        patient, reason = patient_named(entry.body, entry.type, resolve, self._knows)
        return Owner(patient, reason=reason)


def _references_in(element: Any) -> list[str]:
    elements = element if isinstance(element, list) else [element]
    found = [one.get("reference") for one in elements if isinstance(one, dict)]
    return [one for one in found if isinstance(one, str)]


def _meta(meta: Any) -> tuple[int, int, Json]:
    """When the source last changed a resource, in which version, and what stays.

    Version and time of change are the server's own, so those of the source are left out.
    """
    if not isinstance(meta, dict):
        return 0, 0, {}
    rest = {key: value for key, value in meta.items() if key not in _SERVERS_OWN}
    return _instant(meta.get("lastUpdated")), _number(meta.get("versionId")), rest


def _instant(value: Any) -> int:
    try:
        return span(value)[0] if isinstance(value, str) else 0
    except ValueError:
        return 0


def _number(value: Any) -> int:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 18 else 0


def _searchable(token: tuple[str, str, str]) -> bool:
    return all(len(part) <= _LONGEST_VALUE and "\x00" not in part for part in token)
