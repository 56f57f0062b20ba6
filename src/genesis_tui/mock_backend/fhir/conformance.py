"""`/metadata`: what this server does, made from the table that routes the requests."""

from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from genesis_tui import __version__
from genesis_tui.mock_backend.fhir.outcome import refusal
from genesis_tui.mock_backend.fhir.resource_types import FORMS, TABLE, ResourceType
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND

_SECURITY = "http://terminology.hl7.org/CodeSystem/restful-security-service"
_DATE = "2026-01-01"

DEFINED: Final = ("StructureDefinition", "CodeSystem")
"""Types of which single definitions can be read, without a sign-in."""


def capability_statement(mock: Mock) -> bytes:
    """The CapabilityStatement as JSON bytes."""
    return msgspec.json.encode(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": _DATE,
            "kind": "instance",
            "software": {"name": "genesis-tui mock portal", "version": __version__},
            "implementation": {"description": "A mock portal of invented patients", "url": mock.fhir_base},
            "fhirVersion": "4.0.1",
            "format": ["application/fhir+json"],
            "rest": [
                {
                    "mode": "server",
                    "security": _security(),
                    "resource": [*map(_resource, TABLE), *map(_definition, DEFINED)],
                }
            ],
        }
    )


def _security() -> dict[str, Any]:
    coding = [{"system": _SECURITY, "code": "SMART-on-FHIR"}]
    return {"service": [{"coding": coding, "text": "SMART App Launch: see .well-known/smart-configuration"}]}


def _resource(kind: ResourceType) -> dict[str, Any]:
    interactions = ["read", "search-type"] if kind.searchable else ["read"]
    found: dict[str, Any] = {
        "type": kind.type,
        "interaction": [{"code": code} for code in interactions],
        "versioning": "versioned",
    }
    if kind.profile:
        found["supportedProfile"] = [kind.profile]
    if kind.include:
        found["searchInclude"] = [kind.include]
    if kind.provenance:
        found["searchRevInclude"] = ["Provenance:target"]
    if kind.searchable:
        found["searchParam"] = [{"name": name, "type": _form(name)} for name in kind.params]
    if kind.sorted:
        found["searchParam"].append({"name": "_sort", "type": "special", "documentation": "date or -date"})
    return found


def _form(name: str) -> str:
    form = FORMS[name]
    return "token" if form == "id" else form


def _definition(name: str) -> dict[str, Any]:
    return {"type": name, "interaction": [{"code": "read"}]}


@cache
def definitions() -> dict[str, bytes]:
    """The packaged definitions as JSON bytes, by `Type/id`."""
    found = files("genesis_tui.mock_backend.fhir").joinpath("profiles").iterdir()
    return {one.name.removesuffix(".json").replace("-", "/", 1): one.read_bytes() for one in found}


def definition_routes() -> list[Route]:
    """One read route for each type of definition."""
    return [Route(f"/{name}/{{id}}", _read_definition, methods=["GET"]) for name in DEFINED]


async def _read_definition(request: Request) -> Response:
    name = request.url.path.rsplit("/", 2)[-2]
    body = definitions().get(f"{name}/{request.path_params['id']}")
    answer = refusal(NOT_FOUND)
    status = answer.status if body is None else 200
    return Response(body or answer.body, status, media_type="application/fhir+json")
