"""What one FHIR request is answered: a resource by its id, or a page of a search."""

import secrets
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from genesis_tui.mock_backend.database.appointments.slot_search import SLOT, SlotSearches
from genesis_tui.mock_backend.database.record.search import Code, Criteria, Found, Key, Searches, Tokens
from genesis_tui.mock_backend.fhir import bundle
from genesis_tui.mock_backend.fhir.access import Access, not_there
from genesis_tui.mock_backend.fhir.linked import LinkedResources
from genesis_tui.mock_backend.fhir.masking import as_seen, hides_deers
from genesis_tui.mock_backend.fhir.outcome import FhirResponse, bad_request
from genesis_tui.mock_backend.fhir.page_links import ForeignLink, PageLink, PageLinks, Pairs
from genesis_tui.mock_backend.fhir.query import RESULT_PARAMS, BadSearch, Query, parse
from genesis_tui.mock_backend.fhir.resource_types import POST_ONLY, ResourceType
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND
from genesis_tui.mock_backend.rules.record import words_of
from genesis_tui.mock_backend.state.access_tokens import Viewer

PAGE = "page"
_BESIDE = RESULT_PARAMS | {PAGE, "_contained", "_containedType", "_elements"}
"""What may stand beside a page's token: the page is told as its search was."""


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
        self._slots = SlotSearches(mock.database)
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
        if kind.type == SLOT:
            found = self._slots.one(resource_id, now=self._mock.clock.micros())
        else:
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
            query = parse(kind, page.pairs, base=self._mock.fhir_base, posted=posted or page.pairs is not pairs)
        except (BadSearch, ForeignLink) as error:
            return Answered(bad_request(str(error)))
        if kind.type == "Provenance":
            query, patients = self._linked.origins(viewer, query)
            decision: Decision = Allowed()
        else:
            decision, patients = self._patients(viewer, kind, query)
        if isinstance(decision, Refused):
            return Answered(decision, patients=_some(query.patient))
        criteria = self._criteria(viewer, kind, query, patients, page.after)
        refused = (
            self._slots.may_run(criteria, self._mock.policy.appointment) if criteria and kind.type == SLOT else None
        )
        if isinstance(refused, Refused):
            return Answered(refused)
        searches = self._slots if kind.type == SLOT else self._searches
        total = self._total(viewer, kind, criteria) if query.total else None
        found = searches.run(criteria) if criteria and query.count else []
        shown = as_seen(viewer, kind.type, found[: query.count])
        links = self._links(viewer, page, shown, more=len(found) > query.count)
        shown = self._linked.shown(viewer, kind, shown)
        includes = self._linked.included(viewer, kind, query, shown)
        answer = bundle.search_set(self._mock.fhir_base, links, (kind.type, shown), includes, total=total)
        return Answered(decision, answer, _whose(query, shown))

    def _page(self, viewer: Viewer, kind: ResourceType, pairs: Pairs) -> PageLink:
        tokens = [value for name, value in pairs if name == PAGE]
        if not tokens:
            return PageLink(kind.type, pairs)
        page = self._pages.open(tokens[0], viewer) if len(tokens) == 1 else None
        if page is None or page.type != kind.type or any(_is_added(pair, page) for pair in pairs):
            raise ForeignLink("A page link is taken as it was given, with nothing else searched for.")
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

    def _criteria(
        self, viewer: Viewer, kind: ResourceType, query: Query, patients: tuple[str, ...], after: Key | None
    ) -> Criteria | None:
        """What finds the page's resources and one more, where there is one; None where nothing may be found."""
        if not patients or (hides_deers(viewer, kind.type) and any(t.param == "identifier" for t in query.tokens)):
            return None
        twice = bool(query.categories) and self._searches.filed_twice(query.categories)
        filed = Tokens("category", tuple(Code(None, one) for one in query.categories), query.categories)
        return Criteria(
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
            oldest_first=query.oldest_first,
        )

    def _total(self, viewer: Viewer, kind: ResourceType, criteria: Criteria | None) -> int:
        """How many matches the viewer finds on all pages together (FAM-8)."""
        if criteria is None:
            return 0
        if kind.type != "Provenance":
            return (self._slots if kind.type == SLOT else self._searches).count(criteria)
        found = self._searches.run(replace(criteria, after=None, limit=self._searches.count(criteria) or 1))
        return len(self._linked.shown(viewer, kind, found))

    def _links(self, viewer: Viewer, page: PageLink, shown: list[Found], *, more: bool) -> dict[str, str]:
        """`self` states the parameters, but for names and identifiers, which its token holds; `next` is opaque."""
        stated = tuple(pair for pair in page.pairs if pair[0] not in POST_ONLY)
        begins = page.after is None and stated == page.pairs
        links = {"self": self._link(page, stated if begins else (*stated, self._token(viewer, page)))}
        if more:
            last = shown[-1]
            following = page._replace(after=Key(last.at, last.row))
            links["next"] = self._link(page, (self._token(viewer, following),))
        return links

    def _token(self, viewer: Viewer, page: PageLink) -> tuple[str, str]:
        return PAGE, self._pages.seal(page, viewer)

    def _link(self, page: PageLink, pairs: Pairs) -> str:
        return f"{self._mock.fhir_base}/{page.type}?{_query_string(pairs)}"


@lru_cache(maxsize=1024)
def _query_string(pairs: Pairs) -> str:
    return urlencode(pairs, safe="/:,")


def _is_added(pair: tuple[str, str], page: PageLink) -> bool:
    """Whether a parameter beside a page's token searches for something that the page does not."""
    return pair[0] not in _BESIDE and pair not in page.pairs


def _some(patient: str | None) -> tuple[str, ...]:
    return (patient,) if patient else ()


def _whose(query: Query, shown: list[Found]) -> tuple[str, ...]:
    """Whose record a search was about: the patient named, else all who show in it."""
    return _some(query.patient) or tuple(dict.fromkeys(one.patient_id for one in shown if one.patient_id))
