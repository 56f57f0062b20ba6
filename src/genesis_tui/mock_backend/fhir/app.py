"""The FHIR side as a Starlette application of its own: raw bytes, repeated and dashed parameters, no model between."""

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from genesis_tui.mock_backend.fhir.bundle import content, unless_known
from genesis_tui.mock_backend.fhir.conformance import DEFINED, capability_statement, definition_routes
from genesis_tui.mock_backend.fhir.interactions import Answered, Interactions
from genesis_tui.mock_backend.fhir.outcome import FhirResponse, bad_request, refusal, unsupported
from genesis_tui.mock_backend.fhir.page_links import Pairs
from genesis_tui.mock_backend.fhir.resource_types import KINDS, TABLE, ResourceType
from genesis_tui.mock_backend.http.formats import ALWAYS, FORMAT, gives, takes_given
from genesis_tui.mock_backend.http.headers import header
from genesis_tui.mock_backend.http.limits import FHIR
from genesis_tui.mock_backend.http.problems import FAULT
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.state.access_tokens import Viewer

_MOST_POSTED = 64 * 1024
_MOST_PARAMETERS = 50
_UNACCEPTABLE = unsupported("Answers are given in JSON alone.", "Ask for application/fhir+json.", status=406)
_SAID = "GET metadata says what is."
_NOT_AUDITED = (400, 401, 406, 501)
"""What is refused whatever anybody's record holds."""
_FORM = b"application/x-www-form-urlencoded"


class FhirApp:
    """All routes as a Starlette application; a search by GET goes straight to its endpoint, past routing (P9)."""

    def __init__(self, routed: Starlette, searches: "Mapping[str, Endpoint]") -> None:
        self.routed = routed
        self._searches = searches

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; a fault is told as an OperationOutcome, and goes on to whoever logs it."""
        endpoint = self._searches.get(scope["path"]) if scope["method"] == "GET" else None
        if not takes_given(scope):
            await _told(_UNACCEPTABLE)(scope, receive, send)
            return
        if endpoint is None:
            await self.routed(scope, receive, send)
            return
        try:
            await endpoint(scope, receive, send)
        except Exception:
            if not scope["entry"].status:
                await _told(FAULT)(scope, receive, send)
            raise


def create_fhir_app(mock: Mock) -> FhirApp:
    """FHIR R4 of one mock, to be served under `FHIR`. Each request's `scope["entry"]` is its line in the log."""
    reads = Interactions(mock)
    searches = {f"{FHIR}/{kind.type}": Endpoint(mock, reads, kind, _searched, "s") for kind in TABLE if kind.searchable}
    routes = [route for kind in TABLE for route in _routes(mock, reads, kind)]
    routes += [Route("/metadata", _metadata(mock)), *definition_routes()]
    return FhirApp(Starlette(routes=routes, exception_handlers={HTTPException: _no_route, Exception: _fault}), searches)


def _routes(mock: Mock, reads: Interactions, kind: ResourceType) -> list[Route]:
    found = [Route(f"/{kind.type}/{{id}}", Endpoint(mock, reads, kind, _by_id, "r"), methods=["GET"])]
    if kind.searchable:
        found.insert(0, Route(f"/{kind.type}", Endpoint(mock, reads, kind, _searched, "s"), methods=["GET"]))
        found.insert(1, Route(f"/{kind.type}/_search", Endpoint(mock, reads, kind, _posted, "s"), methods=["POST"]))
    return found


class Endpoint:
    """One route: signs the viewer in, lets `handle` work out the outcome, then notes and answers it."""

    def __init__(self, mock: Mock, reads: Interactions, kind: ResourceType, handle: "Handle", interaction: str) -> None:
        self._mock = mock
        self._reads = reads
        self._kind = kind
        self._handle = handle
        self._interaction = interaction

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        viewer = self._reads.access.enter(header(scope, b"authorization"), self._kind, self._interaction)
        if isinstance(viewer, Refused):
            outcome = Answered(viewer)
        else:
            body = await _body(receive) if self._handle is _posted else b""
            outcome = self._handle(self._reads, viewer, self._kind, scope, body)
        self._note(scope, viewer, outcome)
        answer = _answer(scope, outcome)
        await send(answer.start())
        await send({"type": "http.response.body", "body": answer.body})

    def _note(self, scope: Scope, viewer: Viewer | Refused, outcome: Answered) -> None:
        """AUD-1, FAM-10: every read of another's record, and every refusal."""
        entry = scope["entry"]
        who = "" if isinstance(viewer, Refused) else viewer.person_id
        entry.person = who
        entry.note(outcome.decision, patient=outcome.patients[0] if len(outcome.patients) == 1 else "")
        refused = isinstance(outcome.decision, Refused)
        if refused and not outcome.patients:
            self._audit(entry.id, who, "", outcome)
        for patient in outcome.patients:
            if refused or patient != who:
                self._audit(entry.id, who, patient, outcome)

    def _audit(self, request_id: str, who: str, patient: str, outcome: Answered) -> None:
        decision = outcome.decision
        if isinstance(decision, Refused) and decision.status in _NOT_AUDITED:
            return
        what = f"{'read' if self._interaction == 'r' else 'search'} {self._kind.type}"
        self._mock.note(decision, what, who_id=who, for_id=patient, request_id=request_id)


Handle = Callable[[Interactions, Viewer, ResourceType, Scope, bytes], Answered]


def _by_id(reads: Interactions, viewer: Viewer, kind: ResourceType, scope: Scope, body: bytes) -> Answered:
    wanted: str = scope["path_params"]["id"]
    if wanted.startswith(("$", "_")):
        return Answered(_not_offered(kind.type, wanted))
    if not _names(scope["query_string"]) <= ALWAYS:
        return Answered(bad_request("A read takes no parameter but _format."))
    outcome = reads.by_id(viewer, kind, wanted)
    if kind.type == "Binary" and outcome.answer is not None and _wants_content(header(scope, b"accept")):
        return outcome._replace(answer=content(outcome.answer))
    return outcome


def _wants_content(accept: str) -> bool:
    """A Binary is served as a resource unless the client asks for neither JSON nor just anything."""
    return bool(accept) and "json" not in accept and "*/*" not in accept


def _searched(reads: Interactions, viewer: Viewer, kind: ResourceType, scope: Scope, body: bytes) -> Answered:
    pairs = _pairs(scope["query_string"])
    if pairs is None:
        return Answered(bad_request("The parameters cannot be read."))
    return reads.search(viewer, kind, pairs, posted=False)


def _posted(reads: Interactions, viewer: Viewer, kind: ResourceType, scope: Scope, body: bytes) -> Answered:
    if header(scope, b"content-type").partition(";")[0].strip().encode() != _FORM:
        return Answered(Refused("", "invalid", "A search is posted as a form.", status=415))
    if len(body) > _MOST_POSTED:
        return Answered(Refused("", "too-large", "The search is too long.", status=413))
    pairs = _pairs(body) if _names(scope["query_string"]) <= ALWAYS else None
    if pairs is None:
        return Answered(bad_request("The parameters cannot be read.", "Put all of them into the body."))
    if not gives(dict(pairs).get(FORMAT, "")):
        return Answered(_UNACCEPTABLE)
    return reads.search(viewer, kind, pairs, posted=True)


@lru_cache(maxsize=1024)
def _pairs(text: bytes) -> Pairs | None:
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    except ValueError:
        return None
    return tuple(pairs) if len(pairs) <= _MOST_PARAMETERS else None


def _names(query_string: bytes) -> set[str]:
    """The parameters of a query string; one without a name for what cannot be read."""
    pairs = _pairs(query_string)
    return {""} if pairs is None else {name for name, _ in pairs}


async def _body(receive: Receive) -> bytes:
    """A posted body; reading stops beyond the limit."""
    body, more = b"", True
    while more and len(body) <= _MOST_POSTED:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _answer(scope: Scope, outcome: Answered) -> FhirResponse:
    if isinstance(outcome.decision, Refused):
        return refusal(outcome.decision)
    assert outcome.answer is not None
    known = header(scope, b"if-none-match")
    return unless_known(outcome.answer, known) if known else outcome.answer


def _metadata(mock: Mock) -> Callable[[Request], Awaitable[Response]]:
    async def metadata(request: Request) -> Response:
        return Response(capability_statement(mock), media_type="application/fhir+json")

    return metadata


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return _told(_not_offered(*request.url.path.removeprefix(FHIR).strip("/").split("/")))
    title = "Records are read here, not written." if error.status_code == 405 else error.detail
    answer = _told(Refused("", "invalid", title, status=error.status_code))
    answer.headers.update(error.headers or {})
    return answer


def _not_offered(*steps: str) -> Refused:
    """What no route leads to: types that are not served, operations, earlier versions, searches of another kind."""
    marks = {step[0] for step in steps if step} & {"$", "_"}
    if marks:
        what = "Operations are" if "$" in marks else "Earlier versions, and searches of this kind, are"
        return unsupported(f"{what} not offered here.", _SAID)
    if steps == ("",):
        return unsupported("A search of all types at once is not offered here.", "Search each type by its name.")
    if steps[0] in (*KINDS, *DEFINED):
        return unsupported("Resources of this type are not offered in this way here.", _SAID)
    return unsupported("Resources of this type are not served here.", _SAID, status=404)


async def _fault(request: Request, error: Exception) -> Response:
    return _told(FAULT)


def _told(refused: Refused) -> Response:
    answer = refusal(refused)
    return Response(answer.body, answer.status, media_type="application/fhir+json")
