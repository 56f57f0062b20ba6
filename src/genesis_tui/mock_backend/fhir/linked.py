"""Resources reached from others: origins (Provenance), attachments (Binary), includes. Each obeys its target."""

from collections.abc import Container, Sequence
from dataclasses import replace
from itertools import compress
from typing import Any, TypeVar

from sqlalchemy import bindparam, select

from genesis_tui.mock_backend.database.engine import Prepared
from genesis_tui.mock_backend.database.record.readable import otherwise, stored_body
from genesis_tui.mock_backend.database.record.resources import encode
from genesis_tui.mock_backend.database.record.search import Code, Criteria, Found, Searches, Single, Tokens
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.fhir.access import Access
from genesis_tui.mock_backend.fhir.bundle import Entries
from genesis_tui.mock_backend.fhir.masking import as_seen
from genesis_tui.mock_backend.fhir.query import Query
from genesis_tui.mock_backend.fhir.resource_types import KINDS, ResourceType
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.decision import Allowed, Decision
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.state.access_tokens import Viewer

F = TypeVar("F", Found, Single)
_MOST_INCLUDED = 1000
NOTHING_KNOWN: str | None = ""
"""A reference that nothing stands behind: what says so oddly what governs it is open to nobody."""
_TEXTS = ("DocumentReference", "DiagnosticReport")
_OWNER = select(resource.c.patient_id).where(
    resource.c.type == bindparam("type"), resource.c.id == bindparam("resource")
)


class LinkedResources:
    """Looks up single resources and what hangs on others, for one mock."""

    def __init__(self, mock: Mock, access: Access, searches: Searches) -> None:
        self._mock = mock
        self._access = access
        self._searches = searches
        self._owner = Prepared(_OWNER, mock.database.engine)

    def one(self, viewer: Viewer, resource_type: str, resource_id: str) -> Single | None:
        """A resource by its id, if it is visible at all: released, not hidden, not another's sensitive one.

        One of a stranger's is not looked at any further: it takes no more work than an id that nobody has (FAM-8).
        """
        now, near = self._mock.clock.micros(), self._mock.record_access.reachable(viewer.person_id)
        found = self._searches.one(resource_type, resource_id, viewer=viewer.person_id, now=now)
        return found if found is not None and found.patient_id in ("", *near) else None

    def owner(self, resource_type: str, resource_id: str) -> str:
        """Whose resource an id is, visible or not; '' for nobody's. For the audit alone."""
        rows = self._mock.database.fetch(self._owner, {"type": resource_type, "resource": resource_id})
        return str(rows[0][0]) if rows else ""

    def may_have(self, viewer: Viewer, kind: ResourceType, found: Single) -> Decision:
        """Whether a visible resource may be read; what speaks of another resource is as open as that one."""
        if kind.type == "Provenance":
            return Allowed() if self.origin(viewer, found) else NOT_FOUND
        target = _governed_by(kind, found)
        return self._access.found(viewer, kind, found) if target is None else self._target(viewer, target)

    def origin(self, viewer: Viewer, found: F, known: Container[str] = ()) -> F | None:
        """A Provenance with those of its targets that the viewer may read; None where there are none (FAM-8).

        `known` are references to what may be read, for certain.
        """
        body = stored_body(found.body)
        nothing: list[str] = []
        named = otherwise(lambda: [str(one["reference"]) for one in body["target"]], nothing)
        shown = [one in known or self._read(viewer, one) is not None for one in named]
        if not any(shown):
            return None
        return (
            found
            if all(shown)
            else found._replace(body=encode(body | {"target": list(compress(body["target"], shown))}))
        )

    def origins(self, viewer: Viewer, query: Query) -> tuple[Query, tuple[str, ...]]:
        """What a search for Provenance by `target` or `_id` looks for, and in whose records (FAM-8).

        All targets that it names must be open; an id that may not be seen is left out, as one that nobody has is.
        """
        targets = [code.code for tokens in query.tokens if tokens.param == "target" for code in tokens.any_of]
        owners = [self._open_owner(viewer, target) for target in targets]
        found = [self.one(viewer, "Provenance", one) for one in query.ids]
        seen = [one for one in found if one is not None and self.origin(viewer, one) is not None]
        if None in owners or (query.ids and not seen):
            return query, ()
        whose = (*(owner for owner in owners if owner is not None), *(one.patient_id for one in seen))
        return replace(query, ids=tuple(one.id for one in seen)), tuple(dict.fromkeys(whose))

    def shown(self, viewer: Viewer, kind: ResourceType, found: list[Found]) -> list[Found]:
        """A page as the viewer may see it: origins without the targets that are withheld."""
        if kind.type != "Provenance":
            return found
        return [origin for one in found if (origin := self.origin(viewer, one)) is not None]

    def included(self, viewer: Viewer, kind: ResourceType, query: Query, shown: Sequence[Found]) -> list[Entries]:
        """What a search set carries besides its matches: the patients of consents, the origins of entries.

        Each needs a scope of its own.
        """
        if not shown or not (query.include or query.provenance):
            return []
        owners = tuple(dict.fromkeys(one.patient_id for one in shown))
        included: list[Entries] = []
        if query.include and self._access.covers(viewer, "Patient", "r"):
            patients = self._criteria(viewer, "Patient", len(owners), ids=owners, patients=owners)
            included.append(("Patient", as_seen(viewer, "Patient", self._searches.run(patients))))
        if query.provenance and self._access.covers(viewer, "Provenance", "r"):
            names = [f"{kind.type}/{one.id}" for one in shown]
            targets = Tokens("target", tuple(Code(None, name) for name in names))
            origins = self._criteria(viewer, "Provenance", _MOST_INCLUDED, patients=owners, tokens=(targets,))
            found = [self.origin(viewer, one, frozenset(names)) for one in self._searches.run(origins)]
            included.append(("Provenance", [one for one in found if one is not None]))
        return included

    def _open_owner(self, viewer: Viewer, target: str) -> str | None:
        found = self._read(viewer, target)
        return found.patient_id if found else None

    def _target(self, viewer: Viewer, target: str) -> Decision:
        return Allowed() if self._read(viewer, target) else NOT_FOUND

    def _read(self, viewer: Viewer, target: str) -> Single | None:
        """The resource behind a reference, if the viewer may read it."""
        name, _, resource_id = target.partition("/")
        kind = KINDS.get(name)
        found = self.one(viewer, name, resource_id) if kind and name != "Provenance" else None
        if kind is None or found is None:
            return None
        return found if isinstance(self.may_have(viewer, kind, found), Allowed) else None

    def _criteria(self, viewer: Viewer, resource_type: str, limit: int, **rest: Any) -> Criteria:
        patients = rest.pop("patients", ())
        now = self._mock.clock.micros()
        return Criteria(type=resource_type, patients=patients, viewer=viewer.person_id, now=now, limit=limit, **rest)


def _governed_by(kind: ResourceType, found: Single) -> str | None:
    """The reference that decides who may read an attachment; None where nothing else does.

    An attachment is governed by its report or note. One that names only its patient is a document like any other: a
    patient's name is open to more people than their notes are (FAM-3).
    """
    if kind.type == "Binary":
        return otherwise(lambda: _context(found), NOTHING_KNOWN)
    return None


def _context(found: Single) -> str | None:
    context = str(stored_body(found.body).get("securityContext", {}).get("reference", ""))
    return context if context.partition("/")[0] in _TEXTS else None
