"""Resources reached from others: origins (Provenance), attachments (Binary), includes. Each obeys its target."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from genesis_tui.mock_backend.database.engine import Prepared
from genesis_tui.mock_backend.database.record.readable import otherwise, stored_body
from genesis_tui.mock_backend.database.record.search import Code, Criteria, Found, Searches, Single, Tokens
from genesis_tui.mock_backend.database.schema.record import resource
from genesis_tui.mock_backend.fhir.access import Access
from genesis_tui.mock_backend.fhir.bundle import Entries
from genesis_tui.mock_backend.fhir.query import Query
from genesis_tui.mock_backend.fhir.resource_types import KINDS, ResourceType
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.decision import Allowed, Decision
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.state.access_tokens import Viewer

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
        """A resource by its id, if it is visible at all: released, not hidden, not another's sensitive one."""
        now = self._mock.clock.micros()
        return self._searches.one(resource_type, resource_id, viewer=viewer.person_id, now=now)

    def owner(self, resource_type: str, resource_id: str) -> str:
        """Whose resource an id is, visible or not; '' for nobody's. For the audit alone."""
        rows = self._mock.database.fetch(self._owner, {"type": resource_type, "resource": resource_id})
        return str(rows[0][0]) if rows else ""

    def may_have(self, viewer: Viewer, kind: ResourceType, found: Single) -> Decision:
        """Whether a visible resource may be read; what speaks of another resource is as open as that one."""
        target = _governed_by(kind, found)
        if target is None:
            return NOT_FOUND if kind.type == "Provenance" else self._access.found(viewer, kind, found)
        return self._target(viewer, target)

    def owners_of_origin(self, viewer: Viewer, query: Query) -> tuple[str, ...]:
        """Whose Provenance a search by `target` or `_id` may show: owners of targets that may all be read."""
        targets = [code.code for tokens in query.tokens if tokens.param == "target" for code in tokens.any_of]
        found = [self.one(viewer, "Provenance", one) for one in query.ids]
        targets += [target for one in found if one and (target := _governed_by(KINDS["Provenance"], one))]
        owners = [self._open_owner(viewer, target) for target in targets]
        return () if None in owners else tuple(dict.fromkeys(owner for owner in owners if owner is not None))

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
            included.append(("Patient", self._searches.run(patients)))
        if query.provenance and self._access.covers(viewer, "Provenance", "r"):
            targets = Tokens("target", tuple(Code(None, f"{kind.type}/{one.id}") for one in shown))
            origins = self._criteria(viewer, "Provenance", _MOST_INCLUDED, patients=owners, tokens=(targets,))
            included.append(("Provenance", self._searches.run(origins)))
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
    """The reference that decides who may read an origin or an attachment; None where nothing else does.

    An attachment is governed by its report or note. One that names only its patient is a document like any other: a
    patient's name is open to more people than their notes are (FAM-3).
    """
    if kind.type == "Provenance":
        return otherwise(lambda: _first_target(found), NOTHING_KNOWN)
    if kind.type == "Binary":
        return otherwise(lambda: _context(found), NOTHING_KNOWN)
    return None


def _first_target(found: Single) -> str | None:
    targets = stored_body(found.body).get("target", [])
    return str(targets[0].get("reference", "")) if targets else None


def _context(found: Single) -> str | None:
    context = str(stored_body(found.body).get("securityContext", {}).get("reference", ""))
    return context if context.partition("/")[0] in _TEXTS else None
