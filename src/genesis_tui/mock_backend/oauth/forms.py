"""Form bodies and answers of the OAuth endpoints (RFC 6749 section 3: no parameter twice, errors as JSON)."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse

from genesis_tui.mock_backend.clock import to_micros
from genesis_tui.mock_backend.rules.decision import Refused
from genesis_tui.mock_backend.state.authorization_requests import Client, known_client

LARGEST = 16 * 1024
"""Bytes of a form."""
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class FormError(Exception):
    """A body that is no form; the text says why."""


class OAuthProblem(Exception):
    """Ends a request to an OAuth endpoint with an error answer (RFC 6749, 5.2)."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.answer = oauth_error(error, description, status=status)


async def read_form(request: Request) -> dict[str, str]:
    """The parameters of a form body; raises FormError when it is not a form, too large, or says something twice."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise FormError("The body must be application/x-www-form-urlencoded.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise FormError("The body is too large.")
    return single(bytes(body))


async def client_form(request: Request, *, first_party: bool = False) -> tuple[Client, dict[str, str]]:
    """The program that a request names, and its form. Raises OAuthProblem: no form, no such program, or not ours."""
    try:
        form = await read_form(request)
    except FormError as error:
        raise OAuthProblem("invalid_request", str(error)) from error
    client = known_client(form)
    if client is None:
        raise OAuthProblem("invalid_client", "This client is not registered.", status=401)
    if first_party and not client.first_party:
        raise OAuthProblem("unauthorized_client", "This client sends people to the sign-in page.")
    return client, form


def single(encoded: bytes) -> dict[str, str]:
    """Decoded parameters, each at most once; raises FormError."""
    try:
        pairs = parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError as error:
        raise FormError("The parameters cannot be read.") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise FormError("A parameter is given twice.")
    return form


def oauth_error(
    error: str, description: str, *, status: int = 400, more: Mapping[str, object] | None = None
) -> JSONResponse:
    """An error answer: `error` and `error_description`, and what else a person is told."""
    body = {"error": error, "error_description": description} | dict(more or {})
    return JSONResponse(body, status, headers=NO_STORE)


def refusal(error: str, refused: Refused, *, more: Mapping[str, object] | None = None) -> JSONResponse:
    """An error answer that a rule stands behind, with its id, reason and next step."""
    said = {"rule": refused.rule, "reason": refused.reason, "title": refused.title, "next": refused.next}
    return oauth_error(error, refused.title, status=refused.status, more=said | dict(more or {}))


def seconds_until(refused: Refused, now: int) -> str:
    """Whole seconds from `now` (microseconds) until a refusal ends, rounded up: what `Retry-After` says."""
    assert refused.from_ is not None
    return str(max(1, -((now - to_micros(refused.from_)) // 1_000_000)))
