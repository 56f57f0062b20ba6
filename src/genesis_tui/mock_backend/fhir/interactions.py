"""What one FHIR request is answered: a resource by its id, or a page of a search."""

import secrets
from typing import NamedTuple

from genesis_tui.mock_backend.database.record.search import Code, Criteria, Found, Key, Searches, Tokens
from genesis_tui.mock_backend.fhir import bundle
from genesis_tui.mock_backend.fhir.access import Access, not_there
from genesis_tui.mock_backend.fhir.linked import LinkedResources
from genesis_tui.mock_backend.fhir.masking import as_seen, hides_deers
from genesis_tui.mock_backend.fhir.outcome import FhirResponse, bad_request
from genesis_tui.mock_backend.fhir.page_links import ForeignLink, PageLink, PageLinks, Pairs
from genesis_tui.mock_backend.fhir.query import BadSearch, Query, parse
from genesis_tui.mock_backend.fhir.resource_types import ResourceType
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.rules.record import words_of
from genesis_tui.mock_backend.state.access_tokens import Viewer

PAGE = "page"


class Answered(NamedTuple):
    """What a request comes to: the decision, the answer where it was allowed, and whose record it was about."""

    decision: Decision
    answer: FhirResponse | None = None
    patients: tuple[str, ...] = ()


class Interactions:
    """Reads and searches of one mock. `access` decides on them."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock
        self.access = Access(mock)
        self._searches = Searches(mock.database)
        self._linked = LinkedResources(mock, self.access, self._searches)
        self._pages = PageLinks(secrets.token_bytes(32))

    def by_id(self, viewer: Viewer, kind: ResourceType, resource_id: str) -> Answered:
        """One resource. An id that may not be seen answers exactly as one that nobody has (FAM-8)."""
        decision = self.access.any_id(viewer, kind)
        if isinstance(decision, Refused):
            return Answered(decision, patients=_some(viewer.only_patient))
        if kind.type == "Patient":
            decision = self.access.patient(viewer, resource_id)
        if isinstance(decision, Refused):
            return Answered(decision, patients=(resource_id,))
        found = self._linked.one(viewer, kind.type, resource_id)
        decision = NOT_FOUND if found is None else not_there(self._linked.may_have(viewer, kind, found))
        if found is None or isinstance(decision, Refused):
            return Answered(decision, patients=_some(self._linked.owner(kind.type, resource_id)))
        shown = self._linked.origin(viewer, found) if kind.type == "Provenance" else found
        (seen,) = as_seen(viewer, kind.type, [shown or found])
        return Answered(decision, bundle.one(seen), _some(found.patient_id))

    def search(self, viewer: Viewer, kind: ResourceType, pairs: Pairs, *, posted: bool) -> Answered:
        """One page of a search, newest first."""
        try:
            page = self._page(viewer, kind, pairs)
            query = parse(kind, page.pairs, posted=posted or page.pairs is not pairs)
        except (BadSearch, ForeignLink) as error:
            return Answered(bad_request(str(error)))
        if kind.type == "Provenance":
            query, patients = self._linked.origins(viewer, query)
            decision: Decision = Allowed()
        else:
            decision, patients = self._patients(viewer, kind, query)
        if isinstance(decision, Refused):
            return Answered(decision, patients=_some(query.patient))
        found = self._run(viewer, kind, query, patients, page.after)
        shown = as_seen(viewer, kind.type, found[: query.count])
        links = self._links(viewer, page, shown, more=len(found) > query.count)
        shown = self._linked.shown(viewer, kind, shown)
        includes = self._linked.included(viewer, kind, query, shown)
        answer = bundle.search_set(self._mock.fhir_base, links, (kind.type, shown), includes)
        return Answered(decision, answer, _whose(query, shown))

    def _page(self, viewer: Viewer, kind: ResourceType, pairs: Pairs) -> PageLink:
        if not any(name == PAGE for name, _ in pairs):
            return PageLink(kind.type, pairs)
        page = self._pages.open(pairs[0][1], viewer) if len(pairs) == 1 else None
        if page is None or page.type != kind.type:
            raise ForeignLink("A page link is taken as it was given.")
        return page

    def _patients(self, viewer: Viewer, kind: ResourceType, query: Query) -> tuple[Decision, tuple[str, ...]]:
        """Whose records a search looks into, or why it looks into none."""
        if kind.directory:
            return Allowed(), ("",)
        words = words_of(kind.type, query.named)
        if query.patient is None:
            decision = self.access.any_id(viewer, kind)
            return decision, self.access.open_patients(viewer, words)
        decision = self.access.patient(viewer, query.patient)
        if isinstance(decision, Allowed):
            decision = self.access.words(viewer, query.patient, words)
        return decision, (query.patient,)

    def _run(
        self, viewer: Viewer, kind: ResourceType, query: Query, patients: tuple[str, ...], after: Key | None
    ) -> list[Found]:
        """The page's resources and one more, where there is one."""
        if not patients or (hides_deers(viewer, kind.type) and any(t.param == "identifier" for t in query.tokens)):
            return []
        twice = bool(query.categories) and self._searches.filed_twice(query.categories)
        filed = Tokens("category", tuple(Code(None, one) for one in query.categories), query.categories)
        criteria = Criteria(
            type=kind.type,
            patients=patients,
            viewer=viewer.person_id,
            now=self._mock.clock.micros(),
            limit=query.count + 1,
            categories=() if twice else query.categories,
            ids=query.ids,
            tokens=(*query.tokens, filed) if twice else query.tokens,
            bounds=query.bounds,
            after=after,
        )
        return self._searches.run(criteria)

    def _links(self, viewer: Viewer, page: PageLink, shown: list[Found], *, more: bool) -> dict[str, str]:
        links = {"self": self._link(viewer, page)}
        if more:
            last = shown[-1]
            links["next"] = self._link(viewer, page._replace(after=Key(last.at, last.row)))
        return links

    def _link(self, viewer: Viewer, page: PageLink) -> str:
        return f"{self._mock.fhir_base}/{page.type}?{PAGE}={self._pages.seal(page, viewer)}"


def _some(patient: str | None) -> tuple[str, ...]:
    return (patient,) if patient else ()


def _whose(query: Query, shown: list[Found]) -> tuple[str, ...]:
    """Whose record a search was about: the patient named, else all who show in it."""
    return _some(query.patient) or tuple(dict.fromkeys(one.patient_id for one in shown if one.patient_id))
