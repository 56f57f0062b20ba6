"""What `/openapi.json` tells of answers: their types, the refusals, who must be signed in.

`answers` only names a type where an endpoint is declared. Its schema is made when somebody asks for the description, so
that neither the start nor any answer costs more: tests compare answers with it, the running mock does not.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from typing_extensions import TypedDict

from genesis_tui.mock_backend.http.json import Instant
from genesis_tui.mock_backend.http.problems import MEDIA_TYPE

Json = dict[str, Any]
JSON, HTML, FORM = "application/json", "text/html", "application/x-www-form-urlencoded"
REF = "#/components/schemas/"
_ANSWER = "x-answer"
_PORTAL, _TESTER = "/portal/v1", "/mock/v1"
_PLAIN = ("/oauth/account", "/oauth/forgot")
"""What stands under `/oauth/` and is none of OAuth's own endpoints."""
_METHODS = ("get", "put", "post", "delete")
_BEARER = {"type": "http", "scheme": "bearer"}
_SECURITY = {
    "portal": _BEARER | {"description": "An access token of a sign-in, with the scope `portal`."},
    "tester": _BEARER | {"description": "The tester token that the mock printed at its start."},
}
_REFUSED = {
    400: "Not understood.",
    401: "Nobody is signed in, or no longer.",
    403: "A rule refuses it.",
    404: "There is nothing there, or nothing that the caller may know of.",
    408: "It did not come in whole.",
    409: "Something else was done meanwhile.",
    413: "Too large.",
    415: "Not of a type that is taken.",
    421: "This server does not go by that name.",
    422: "Not as it must be, or a rule refuses what it holds.",
    423: "Locked.",
    429: "Too often.",
    503: "Not now.",
}


ProblemBody = TypedDict(
    "ProblemBody",
    {
        "type": str,
        "title": str,
        "status": int,
        "detail": str,
        "rule": str,
        "reason": str,
        "next": str,
        "from": Instant | None,
        "request_id": str,
    },
)
"""A refusal (RFC 9457); some kinds have members of their own."""


class OAuthErrorBody(TypedDict):
    """An error of an OAuth endpoint (RFC 6749, 5.2); refusals of a rule tell more."""

    error: str
    error_description: str


class Extra(TypedDict):
    """What goes to a route's declaration."""

    openapi_extra: Json


_TYPES: dict[str, Any] = {}


def answers(
    kind: Any = None,
    *,
    media: str | tuple[str, ...] = JSON,
    refused: tuple[int, ...] = (),
    pages: tuple[int, ...] = (),
    form: Any = None,
    query: Any = None,
    takes: str = "",
) -> Extra:
    """What an endpoint answers with, for its declaration: `@router.get("/counts", **answers(CountsAnswer))`.

    Args:
        kind: a TypedDict; None for what is no JSON.
        media: its media types, where it is no JSON; none at all where there is no body.
        refused: statuses of refusals besides those that all of its API have.
        pages: statuses that a page tells of: a refusal, or a way on.
        form: a TypedDict of the fields that its form takes.
        query: one of the parameters that it reads from its address by itself.
        takes: the media type of a body that is a file.
    """
    told = {
        "type": _named(kind),
        "form": _named(form),
        "query": _named(query),
        "takes": takes,
        "media": [media] if isinstance(media, str) else list(media),
        "refused": list(refused),
        "pages": list(pages),
    }
    return {"openapi_extra": {_ANSWER: told}}


def description(api: FastAPI) -> Json:
    """The OpenAPI document of an application."""
    found = get_openapi(title=api.title, version=api.version, description=api.description, routes=api.routes)
    schemas = found["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    ours = _schemas()
    twice = ours.keys() & schemas.keys()
    assert not twice, f"two schemas of one name: {twice}"
    schemas |= ours
    found["components"]["securitySchemes"] = _SECURITY
    for path, item in found["paths"].items():
        for method in _METHODS:
            if method in item:
                told = item[method].pop(_ANSWER, None) or answers()["openapi_extra"][_ANSWER]
                _describe_request(item[method], told, schemas)
                _describe_answers(path, item[method], told)
    return found


def _describe_request(operation: Json, told: Json, schemas: Json) -> None:
    if told["form"]:
        operation["requestBody"] = {"required": True, "content": {FORM: {"schema": {"$ref": REF + told["form"]}}}}
    if told["takes"]:
        file = {"schema": {"type": "string", "format": "binary"}}
        operation["requestBody"] = {"required": True, "content": {told["takes"]: file}}
    if told["query"]:
        wanted = schemas[told["query"]]
        operation["parameters"] = [
            {"name": name, "in": "query", "required": name in wanted.get("required", ()), "schema": schema}
            for name, schema in wanted["properties"].items()
        ]


def _describe_answers(path: str, operation: Json, told: Json) -> None:
    responses = operation["responses"]
    done = next(code for code in responses if code.startswith("2"))
    responses[done].pop("content", None)
    if done != "204" and told["media"]:
        schema = {"$ref": REF + told["type"]} if told["type"] else {"type": "string"}
        responses[done]["content"] = {media: {"schema": schema} for media in told["media"]}
    for status in sorted({*_refusals(path, operation), *told["refused"]}):
        responses[str(status)] = _refusal(path, status)
    for status in told["pages"]:
        page = {} if status == 303 else {"content": {HTML: {"schema": {"type": "string"}}}}
        responses[str(status)] = {"description": _REFUSED.get(status, "On to another place.")} | page
    for prefix, scheme in ((_PORTAL, "portal"), (_TESTER, "tester")):
        if path.startswith(prefix):
            operation["security"] = [{scheme: []}]


def _refusals(path: str, operation: Json) -> set[int]:
    """The statuses that any endpoint of its kind may answer with."""
    found = {421}
    if operation["responses"].pop("422", None) is not None:
        found |= {422}
    if "requestBody" in operation:
        found |= {400, 413, 422}
    if path.startswith(_PORTAL):
        found |= {401, 403, 404}
        if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ())):
            found |= {400, 409, 422}
    elif path.startswith(_TESTER):
        found |= {401, 404}
    return found


def _refusal(path: str, status: int) -> Json:
    oauth = path.startswith("/oauth/") and not path.startswith(_PLAIN) and status not in (413, 421)
    body = {"schema": {"$ref": REF + ("OAuthErrorBody" if oauth else "ProblemBody")}}
    return {"description": _REFUSED[status], "content": {JSON if oauth else MEDIA_TYPE: body}}


def _named(kind: Any) -> str:
    """The name under which a type stands in the description."""
    if kind is None:
        return ""
    name: str = kind.__name__
    assert _TYPES.setdefault(name, kind) is kind, f"two types of one name: {name}"
    return name


def types() -> Json:
    """The types that endpoints name, by name."""
    return {"ProblemBody": ProblemBody, "OAuthErrorBody": OAuthErrorBody, **_TYPES}


def _schemas() -> Mapping[str, Any]:
    """Schemas of all types, and of what they hold, by name."""
    from pydantic import TypeAdapter

    wanted = [(name, "serialization", TypeAdapter(kind)) for name, kind in types().items()]
    _, found = TypeAdapter.json_schemas(wanted, ref_template=REF + "{model}")  # type: ignore[arg-type]
    made: Mapping[str, Any] = deepcopy(found["$defs"])
    return made
